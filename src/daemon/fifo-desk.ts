import { isDeepStrictEqual } from 'node:util';
import { type DaemonSettings, type GlobalSettings } from '../config/index.js';
import { Fifo } from '../kernel/fifo.js';
import { FifoOutlet, type FifoTally } from '../notify/index.js';
import { type ChosenFifo, type FifoWriter, fifosOf } from './fifo-choice.js';
import { type Log } from './log.js';
import { openUserDatabase, ownerOf } from './users.js';

/** What a worker's FIFOs take from the configuration. */
export interface FifoDeskSettings {
  readonly global: GlobalSettings;
  readonly fifos: DaemonSettings['fifos'];
}

interface OpenFifo {
  readonly chosen: ChosenFifo;
  readonly fifo: Fifo;
  readonly outlet: FifoOutlet;
}

/** The FIFOs that a worker writes its changes to. The supervisor makes them, and starts who reads them. */
export class FifoDesk {
  private open: readonly OpenFifo[] = [];

  constructor(
    private readonly worker: FifoWriter,
    settings: FifoDeskSettings,
    private readonly log: Log,
  ) {
    this.reconfigure(settings);
  }

  /** One that stays what it was goes on with what waits for its reader. */
  reconfigure({ global, fifos }: FifoDeskSettings): void {
    const wanted = fifosOf(this.worker, fifos);
    const kept = this.open.filter(
      ({ chosen, fifo }) =>
        fifo.isInPlace && wanted.some((each) => isDeepStrictEqual(placeOf(each), placeOf(chosen))),
    );
    for (const each of this.open) if (!kept.includes(each)) each.outlet.close();
    const users = openUserDatabase();
    this.open = wanted.flatMap((chosen) => {
      const known = kept.find(({ outlet }) => outlet.path === chosen.path);
      if (known) return known;
      const fifo = Fifo.open(chosen.path, ownerOf(chosen, global, users));
      if (fifo.ok) {
        const outlet = new FifoOutlet(fifo.value, (text) => this.log.warning(text));
        return { chosen, fifo: fifo.value, outlet };
      }
      this.log.error(`Unable to open ${chosen.prefix}notify fifo ${chosen.path} - ${fifo.error}`);
      return [];
    });
  }

  /** Writes a line to every FIFO; undefined for none. */
  tell(line: string | undefined): void {
    if (line === undefined) return;
    for (const { outlet } of this.open) outlet.tell(line);
  }

  get tallies(): readonly FifoTally[] {
    return this.open.map(({ outlet }) => outlet.tally);
  }

  close(): void {
    for (const { outlet } of this.open) outlet.close();
    this.open = [];
  }
}

const placeOf = ({ path, user, group }: ChosenFifo): unknown => ({ path, user, group });
