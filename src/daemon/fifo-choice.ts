import { type DaemonSettings, type FifoSettings, type ScriptCommand } from '../config/index.js';

type Fifos = DaemonSettings['fifos'];
type Kind = keyof Fifos;

/** The workers that write to FIFOs, or which of them run. */
export type FifoWriter = 'vrrp' | 'checkers';

/** A FIFO that is used, and by whom it is read. */
export interface ChosenFifo {
  /** What keepalived puts before `notify fifo` in its log. */
  readonly prefix: '' | 'vrrp_' | 'lvs_';
  readonly path: string;
  readonly user?: string;
  readonly group?: string;
  readonly script?: ScriptCommand;
}

const PREFIX: Readonly<Record<Kind, ChosenFifo['prefix']>> = { all: '', vrrp: 'vrrp_', lvs: 'lvs_' };
const OWN: Readonly<Record<FifoWriter, Kind>> = { vrrp: 'vrrp', checkers: 'lvs' };

/** Where a worker writes: notify_fifo and its own one, once if they are the same. */
export function fifosOf(worker: FifoWriter, fifos: Fifos): readonly ChosenFifo[] {
  return distinct([chosen('all', fifos.all), chosen(OWN[worker], fifos[OWN[worker]])]);
}

/**
 * All that must be there for these workers, each path once. Of scripts for one path one reads: that of notify_fifo, else
 * that of vrrp_notify_fifo, as keepalived has it.
 */
export function fifosFor(workers: readonly FifoWriter[], fifos: Fifos): readonly ChosenFifo[] {
  if (workers.length === 0) return [];
  return distinct([
    chosen('all', fifos.all),
    ...workers.map((worker) => chosen(OWN[worker], fifos[OWN[worker]])),
  ]);
}

function chosen(kind: Kind, fifo: FifoSettings | undefined): readonly ChosenFifo[] {
  return fifo?.path === undefined ? [] : [{ ...fifo, path: fifo.path, prefix: PREFIX[kind] }];
}

/** The first of each path; a script of a later one is taken on by an earlier one of another worker that has none. */
function distinct(lists: readonly (readonly ChosenFifo[])[]): readonly ChosenFifo[] {
  const byPath = new Map<string, ChosenFifo>();
  for (const fifo of lists.flat()) {
    const first = byPath.get(fifo.path);
    if (!first) byPath.set(fifo.path, fifo);
    else if (first.prefix !== '' && !first.script) byPath.set(fifo.path, { ...first, ...scriptOf(fifo) });
  }
  return [...byPath.values()];
}

const scriptOf = ({ script }: ChosenFifo): Pick<ChosenFifo, 'script'> => (script ? { script } : {});
