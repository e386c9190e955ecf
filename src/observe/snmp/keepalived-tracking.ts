import { type BfdDetails, type TrackFileSettings, type TrackProcessSettings } from '../../config/index.js';
import {
  type ProcessSettings,
  type ProcessSnapshot,
  type ScriptSettings,
  type ScriptSnapshot,
  type TrackedObject,
} from '../../vrrp/index.js';
import { type SnmpFacts } from './facts.js';
import { KEEPALIVED_VRRP } from './keepalived-instances.js';
import { tableSeries, type Column, type Series } from './mib-view.js';
import { command, gauge, integer, text, truth } from './values.js';

interface TrackedRow {
  readonly object: TrackedObject;
  /** The position of who tracks it, then its own. */
  readonly index: readonly number[];
}

/** Columns of what is tracked by somebody; those of interfaces are counted from 1, because their index is no column. */
const trackedColumns = (prefix: string, first: 1 | 2): readonly Column<TrackedRow>[] => [
  [first, `${prefix}Name`, ({ object }) => text(object.name)],
  [first + 1, `${prefix}Weight`, ({ object }) => integer(object.weight)],
  [first + 2, `${prefix}WgtRev`, ({ object }) => truth(object.reverse)],
];

type TrackedKind = 'trackInterfaces' | 'trackScripts' | 'trackFiles' | 'trackProcesses' | 'trackBfd';

/** Tables of what instances track, by their numbers, and of what sync groups track. */
const TRACKED: readonly (readonly [
  kind: TrackedKind,
  what: string,
  ofInstances: number,
  ofGroups: number,
])[] = [
  ['trackInterfaces', 'Interface', 4, 14],
  ['trackScripts', 'Script', 5, 15],
  ['trackFiles', 'File', 12, 16],
  ['trackBfd', 'Bfd', 17, 19],
  ['trackProcesses', 'Process', 20, 22],
];

interface ScriptRow {
  readonly settings: ScriptSettings;
  readonly argv: readonly string[];
  readonly weight: number;
  readonly reverse: boolean;
  readonly snapshot?: ScriptSnapshot | undefined;
}

/** init(1), bad(2), good(3), or initfailed(5): init_fail, and no result yet. */
function scriptResult({ settings, snapshot }: ScriptRow): number {
  if (snapshot?.state === 'up') return 3;
  if (snapshot?.state === 'down') return 2;
  return settings.initFail ? 5 : 1;
}

const SCRIPT_COLUMNS: readonly Column<ScriptRow>[] = [
  [2, 'vrrpScriptName', ({ settings }) => text(settings.name)],
  [3, 'vrrpScriptCommand', command],
  [4, 'vrrpScriptInterval', ({ settings }) => integer(Math.trunc(settings.interval / 1_000_000))],
  [5, 'vrrpScriptWeight', ({ weight }) => integer(weight)],
  [6, 'vrrpScriptResult', (row) => integer(scriptResult(row))],
  [7, 'vrrpScriptRise', ({ settings }) => gauge(settings.rise)],
  [8, 'vrrpScriptFall', ({ settings }) => gauge(settings.fall)],
  [9, 'vrrpScriptWgtRev', ({ reverse }) => truth(reverse)],
  [10, 'vrrpScriptPath', ({ argv }) => text(argv[0])],
  [11, 'vrrpScriptIntervalUsec', ({ settings }) => gauge(settings.interval)],
  [12, 'vrrpScriptTimeoutUsec', ({ settings }) => gauge(settings.timeout)],
];

interface FileRow {
  readonly name: string;
  readonly settings: TrackFileSettings;
  readonly value: number;
}

const FILE_COLUMNS: readonly Column<FileRow>[] = [
  [2, 'vrrpFileName', ({ name }) => text(name)],
  [3, 'vrrpFilePath', ({ settings }) => text(settings.file)],
  [4, 'vrrpFileResult', ({ value }) => integer(value)],
  [5, 'vrrpFileWeight', ({ settings }) => integer(settings.weight)],
  [6, 'vrrpFileWgtRev', ({ settings }) => truth(settings.reverse)],
];

interface BfdRow {
  readonly name: string;
  readonly up: boolean;
  readonly details?: BfdDetails | undefined;
}

const BFD_COLUMNS: readonly Column<BfdRow>[] = [
  [2, 'vrrpBfdName', ({ name }) => text(name)],
  [3, 'vrrpBfdResult', ({ up }) => integer(up ? 1 : 0)],
  [4, 'vrrpBfdWeight', ({ details }) => integer(details?.weight ?? 0)],
  [5, 'vrrpBfdWgtRev', ({ details }) => truth(details?.reverse)],
];

interface ProcessRow {
  readonly settings: ProcessSettings;
  readonly details?: TrackProcessSettings | undefined;
  readonly snapshot?: ProcessSnapshot | undefined;
}

/** none(0), exact(1), partial(2), initial(3), as the MIB has it. */
const MATCHES = { none: 0, exact: 1, partial: 2, initial: 3 } as const;

const PROCESS_COLUMNS: readonly Column<ProcessRow>[] = [
  [2, 'vrrpProcessName', ({ settings }) => text(settings.name)],
  [3, 'vrrpProcessPath', ({ details }) => text(details?.process)],
  [4, 'vrrpProcessParams', ({ details }) => text(details?.parameters.join(' '))],
  [5, 'vrrpProcessParamMatch', ({ details }) => integer(MATCHES[details?.match ?? 'none'])],
  [6, 'vrrpProcessWeight', ({ details }) => integer(details?.weight)],
  [7, 'vrrpProcessWgtRev', ({ details }) => truth(details?.reverse)],
  [8, 'vrrpProcessQuorum', ({ settings }) => gauge(settings.quorum)],
  // -1: as many as there are.
  [9, 'vrrpProcessQuorumMax', ({ settings }) => integer(settings.quorumMax ?? -1)],
  [10, 'vrrpProcessForkDelay', ({ settings }) => gauge(settings.forkDelay)],
  [11, 'vrrpProcessTerminateDelay', ({ settings }) => gauge(settings.terminateDelay)],
  [12, 'vrrpProcessFullCommand', ({ details }) => truth(details?.fullCommand)],
  [13, 'vrrpProcessCurProc', ({ snapshot }) => integer(snapshot?.count ?? 0)],
  [14, 'vrrpProcessResult', ({ snapshot }) => truth(snapshot?.hasQuorum)],
];

/** What is tracked, and by whom: the tables 4, 5, 9 and 12 to 22 of KEEPALIVED-MIB's group `vrrp`. */
export function keepalivedTracking(facts: SnmpFacts): readonly Series[] {
  const { vrrp } = facts.configuration;
  const tracked = (
    number: number,
    prefix: string,
    kind: TrackedKind,
    trackers: readonly Readonly<Record<TrackedKind, readonly TrackedObject[]>>[],
  ) =>
    tableSeries({
      entry: [...KEEPALIVED_VRRP, number, 1],
      columns: trackedColumns(prefix, kind === 'trackInterfaces' ? 1 : 2),
      rows: trackers.flatMap((tracker, by) =>
        tracker[kind].map((object, at) => ({ object, index: [by + 1, at + 1] })),
      ),
      index: ({ index }) => index,
    });
  return [
    ...TRACKED.flatMap(([kind, what, ofInstances, ofGroups]) => [
      ...tracked(ofInstances, `vrrpTracked${what}`, kind, vrrp.instances),
      ...tracked(ofGroups, `vrrpSyncTracked${what}`, kind, vrrp.syncGroups),
    ]),
    ...tables(facts),
  ];
}

function tables({ configuration, router }: SnmpFacts): readonly Series[] {
  const { vrrp, vrrpScripts, trackFiles, trackProcesses, details } = configuration;
  const scripts = new Map(router?.scripts.map((each) => [each.name, each]));
  const processes = new Map(router?.processes.map((each) => [each.name, each]));
  const table = <Row>(number: number, columns: readonly Column<Row>[], rows: readonly Row[]) =>
    tableSeries({
      entry: [...KEEPALIVED_VRRP, number, 1],
      columns,
      rows,
      index: (_, position) => [position],
    });
  return [
    ...table(
      9,
      SCRIPT_COLUMNS,
      vrrp.scripts.map((settings) => ({
        settings,
        argv: vrrpScripts[settings.name]?.argv ?? [],
        ...(details.scripts[settings.name] ?? { weight: 0, reverse: false }),
        snapshot: scripts.get(settings.name),
      })),
    ),
    ...table(
      13,
      FILE_COLUMNS,
      Object.entries(trackFiles).map(([name, settings]) => ({
        name,
        settings,
        value: router?.files[name] ?? 0,
      })),
    ),
    ...table(
      18,
      BFD_COLUMNS,
      Object.entries(details.bfd)
        .filter(([, each]) => each.vrrp)
        .map(([name, each]) => ({ name, details: each, up: router?.bfd[name] ?? false })),
    ),
    ...table(
      21,
      PROCESS_COLUMNS,
      vrrp.processes.map((settings) => ({
        settings,
        details: trackProcesses[settings.name],
        snapshot: processes.get(settings.name),
      })),
    ),
  ];
}
