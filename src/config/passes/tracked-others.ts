import { type Micros } from '../../base/units.js';
import { type TrackFileSettings, type TrackProcessSettings } from '../model-track.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { parseInteger } from './numbers.js';
import { type Reading } from './read-arguments.js';
import { readSection, type Section } from './section.js';

/** Reads a track_file block; undefined (and a problem) if it cannot be followed. */
export function readTrackFile(context: PassContext, block: Reading): TrackFileSettings | undefined {
  const { statement } = block;
  const name = block.values[0] as string;
  let init: TrackFileSettings['init'];
  const section = readSection(context, statement.keyword.text, statement.body ?? [], statement, (reading) => {
    if (reading.name === 'init_file') init = readInit(context, reading.statement);
    return true;
  });
  const file = section.text('file');
  if (file === undefined) {
    context.error('file-missing', `track_file '${name}' has no file; it is left out`, statement.span);
    return undefined;
  }
  if (!canBeFollowed(context, file, section, init?.overwrite ?? false)) return undefined;
  const [weight = 1, direction] = section.get('weight')?.values ?? [];
  return { file, weight: weight as number, reverse: direction === 'reverse', ...(init && { init }) };
}

function canBeFollowed(context: PassContext, file: string, section: Section, overwrite: boolean): boolean {
  const slash = file.lastIndexOf('/');
  const directory = slash < 0 ? '.' : file.slice(0, slash);
  if (!context.hasDirectory(directory)) {
    context.error(
      'no-directory',
      `there is no directory '${directory}'; the track_file is left out`,
      section.spanOf('file'),
    );
    return false;
  }
  if (!context.host.canWatch(directory)) {
    context.error(
      'cannot-be-watched',
      `the file system of '${file}' is read-only or tells of no changes; the track_file is left out`,
      section.spanOf('file'),
    );
    return false;
  }
  const type = overwrite ? context.host.permissions(file)?.type : undefined;
  if (type === undefined || type === 'file') return true;
  context.error(
    'not-a-file',
    `'${file}' is no regular file; the track_file is left out`,
    section.spanOf('file'),
  );
  return false;
}

function readInit(context: PassContext, statement: Statement): { value: number; overwrite: boolean } {
  let value = 0;
  let overwrite = false;
  for (const { text, span } of statement.words.slice(1)) {
    if (/^\s*[-\d]/.test(text)) {
      const number = parseInteger(text);
      value = number?.exact ? number.value : 0;
      if (!number?.exact) context.error('invalid-number', `'${text}' is not a number; using 0`, span);
      else if (Math.abs(value) > 254)
        context.warning('out-of-range', `'${text}' is not within -254 to 254`, span);
    } else if (text === 'overwrite') overwrite = true;
    else context.error('unknown-option', `'${text}' is no option of init_file; it is ignored`, span);
  }
  return { value, overwrite };
}

/** Reads a vrrp_track_process block; undefined (and a problem) if it names no process. */
export function readTrackProcess(context: PassContext, block: Reading): TrackProcessSettings | undefined {
  const { statement } = block;
  const name = block.values[0] as string;
  const draft = new ProcessDraft(context);
  const section = readSection(context, 'vrrp_track_process', statement.body ?? [], statement, (reading) =>
    draft.visit(reading),
  );
  if (!context.host.hasProcessEvents) {
    context.error(
      'no-process-events',
      'the kernel cannot tell of processes (CONFIG_PROC_EVENTS)',
      statement.span,
    );
    return undefined;
  }
  if (draft.process === undefined) {
    context.error(
      'process-missing',
      `vrrp_track_process '${name}' has no process; it is left out`,
      statement.span,
    );
    return undefined;
  }
  const [weight = 0, direction] = section.get('weight')?.values ?? [];
  return {
    process: draft.process,
    parameters: draft.parameters,
    match: draft.match,
    fullCommand: draft.fullCommand || section.has('full_command'),
    weight: weight as number,
    reverse: direction === 'reverse',
    quorum: draft.quorum,
    ...(draft.quorumMax !== undefined && { quorumMax: draft.quorumMax }),
    terminateDelay: draft.terminateDelay as Micros,
    forkDelay: draft.forkDelay as Micros,
  };
}

/** Settings of a process that depend on the order of lines. */
class ProcessDraft {
  process: string | undefined;
  parameters: readonly string[] = [];
  match: TrackProcessSettings['match'] = 'none';
  fullCommand = false;
  quorum = 1;
  quorumMax: number | undefined;
  terminateDelay = 0;
  forkDelay = 0;

  constructor(private readonly context: PassContext) {}

  visit({ statement, values: [value, more] }: Reading): boolean {
    const delay = value as number;
    switch (statement.keyword.text) {
      case 'process':
        this.setProcess(value as string, (more ?? []) as readonly string[]);
        return true;
      case 'param_match':
        this.match = value === undefined ? 'exact' : (value as 'initial' | 'partial');
        this.fullCommand = true;
        return true;
      case 'quorum':
        return this.setQuorum(value as number, statement);
      case 'quorum_max':
        return this.setQuorumMax(value as number, statement);
      case 'delay':
        this.terminateDelay = this.forkDelay = delay;
        return true;
      case 'terminate_delay':
        this.terminateDelay = delay;
        return true;
      case 'fork_delay':
        this.forkDelay = delay;
        return true;
      default:
        return true;
    }
  }

  private setProcess(process: string, parameters: readonly string[]): void {
    this.process = process;
    this.parameters = parameters;
    if (parameters.length === 0) return;
    if (this.match === 'none') this.match = 'exact';
    this.fullCommand = true;
  }

  private setQuorum(quorum: number, statement: Statement): boolean {
    if (quorum > (this.quorumMax ?? Infinity)) {
      this.context.error(
        'impossible-range',
        'quorum is greater than quorum_max; it is ignored',
        statement.span,
      );
      return false;
    }
    this.quorum = quorum;
    return true;
  }

  private setQuorumMax(most: number, statement: Statement): boolean {
    if ((most > 0 || this.quorum > 1) && most < this.quorum) {
      this.context.error('impossible-range', 'quorum_max is less than quorum; it is ignored', statement.span);
      return false;
    }
    this.quorumMax = most;
    if (most === 0) this.quorum = 0;
    else if (this.quorum === 0) this.quorum = 1;
    return true;
  }
}
