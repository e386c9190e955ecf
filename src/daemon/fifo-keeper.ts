import { isDeepStrictEqual } from 'node:util';
import { type Configuration } from '../config/index.js';
import { Fifo } from '../kernel/fifo.js';
import { type ScriptEnd } from '../notify/index.js';
import { type ChosenFifo, type FifoWriter, fifosFor } from './fifo-choice.js';
import { FifoReader } from './fifo-reader.js';
import { type Log } from './log.js';
import { openUserDatabase, ownerOf, resolveScript } from './users.js';

interface KeptFifo {
  readonly chosen: ChosenFifo;
  readonly fifo: Fifo;
  readonly reader?: FifoReader;
}

/**
 * Makes the FIFOs that workers write to, starts the scripts that read them, and removes what it made at the end. The
 * supervisor holds them open, so that a worker that dies takes nothing with it.
 */
export class FifoKeeper {
  private kept: readonly KeptFifo[] = [];

  constructor(private readonly log: Log) {}

  /**
   * Brings about what a configuration wants. A reload starts every reader anew (as in keepalived), and keeps the FIFOs.
   * @param go called when no former reader is left, who would share the lines with its successor.
   */
  follow(
    { global, details }: Pick<Configuration, 'global' | 'details'>,
    writers: readonly FifoWriter[],
    go: () => void,
  ): void {
    const wanted = fifosFor(writers, details.daemon.fifos);
    const users = openUserDatabase();
    const before = this.kept;
    const staying = before.filter(
      ({ chosen, fifo }) => fifo.isInPlace && wanted.some((each) => samePlace(each, chosen)),
    );
    for (const { fifo } of before.filter((each) => !staying.includes(each))) release(fifo);
    this.kept = wanted.flatMap((chosen): readonly KeptFifo[] => {
      const known = staying.find(({ fifo }) => fifo.path === chosen.path);
      const fifo = known?.fifo ?? this.make(chosen, ownerOf(chosen, global, users));
      return fifo ? [{ chosen, fifo }] : [];
    });
    const former = before.flatMap(({ reader }) => reader ?? []);
    const goOn = (): void => {
      this.startReaders(global);
      go();
    };
    if (former.length === 0) goOn();
    else void Promise.all(former.map((reader) => reader.stop())).then(goOn);
  }

  /** Every worker has ended: readers get what is left, then the end of the file, and a second to end in. */
  async close(): Promise<void> {
    const { kept } = this;
    this.kept = [];
    for (const { fifo } of kept) release(fifo);
    const readers = kept.flatMap(({ reader }) => reader ?? []);
    await Promise.all(readers.map((reader) => reader.finish()));
  }

  private make(chosen: ChosenFifo, owner: ReturnType<typeof ownerOf>): Fifo | undefined {
    const { prefix, path } = chosen;
    const fifo = Fifo.make(path, owner);
    if (!fifo.ok) {
      this.log.error(`${prefix}notify fifo ${path} is not used: ${fifo.error}`);
      return undefined;
    }
    const { notGiven } = fifo.value;
    if (notGiven !== undefined) this.log.warning(`Failed to set uid:gid for fifo ${path}: ${notGiven}`);
    return fifo.value;
  }

  private startReaders(global: Configuration['global']): void {
    const users = openUserDatabase();
    this.kept = this.kept.map(({ chosen, fifo }) => {
      if (!chosen.script) return { chosen, fifo };
      const script = resolveScript(chosen.script, global, users);
      if (!script.ok) {
        this.log.error(`${script.error} - not running ${chosen.script.argv[0] ?? ''}`);
        return { chosen, fifo };
      }
      const reader = new FifoReader(script.value, chosen.path, (end) =>
        this.log.warning(`${chosen.prefix.replace('_', ' ')}notify fifo script terminated${describe(end)}`),
      );
      return { chosen, fifo, reader };
    });
  }
}

function release(fifo: Fifo): void {
  // Removed first, so that a reader that opens it again and again cannot.
  if (fifo.made) fifo.remove();
  fifo.close();
}

const samePlace = (a: ChosenFifo, b: ChosenFifo): boolean =>
  isDeepStrictEqual([a.path, a.user, a.group], [b.path, b.user, b.group]);

function describe(end: ScriptEnd): string {
  if (end.kind === 'exited') return end.status === 0 ? '' : `, status ${end.status}`;
  if (end.kind === 'not-started') return `: ${end.error}`;
  return end.kind === 'signalled' ? ` by signal ${end.signal}` : '';
}
