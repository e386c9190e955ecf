import { micros, type Micros } from '#base/units.js';
import { type Configuration } from '#config/index.js';
import { type Companions } from '#daemon/companions.js';
import { DEFAULT_FLAGS } from '#cli/flags.js';
import { Log } from '#daemon/log.js';
import { type FromWorker, type ToWorker } from '#daemon/messages.js';
import { Supervisor, type LoadedConfiguration } from '#daemon/supervisor.js';
import { type ProcessStatus } from '#kernel/process.js';
import { type WorkerExit, type WorkerListener } from '#daemon/worker-handle.js';

export const MS = 1000;
export const fine: LoadedConfiguration = { report: '', errors: [], exitCode: 0, testExitCode: 0 };

/** A configuration with just what the supervisor looks at. */
export function configuration(
  instances: readonly string[],
  pools: readonly string[] = [],
  sessions: readonly string[] = [],
  mailTo: readonly string[] = [],
): Configuration {
  return {
    global: { processNames: {} },
    vrrp: {
      instances: instances.map((name) => ({
        ...{ name, downTimerAdverts: 3, advertInterval: 1000 * MS, authentication: { type: 'none' } },
      })),
      syncGroups: [],
      scripts: [],
      processes: [],
      startupDelay: 0,
    },
    vrrpAddresses: {},
    vrrpScripts: {},
    trackFiles: {},
    trackProcesses: {},
    bfd: { sessions: sessions.map((name) => ({ name })) },
    details: {
      daemon: {
        receiveBuffers: {},
        dbus: { enabled: false },
        lvs: { timeouts: {}, flush: false, flushOnStop: 'no' },
        fifos: {},
        mail: { to: mailTo, server: { host: '192.0.2.25', port: 25 } },
        snmp: {},
      },
      instances: {},
      bfd: {},
      pools: {},
    },
    health: { pools: pools.map((id) => ({ id, realServers: [] })) },
    probes: {},
    services: {},
    notify: {},
  } as unknown as Configuration;
}

/** A worker that sleeps and does nothing else. */
export const ASLEEP: ProcessStatus = { state: 'S', cpuTime: micros(0) };

export class FakeWorker {
  readonly sent: ToWorker<unknown>[] = [];
  readonly signals: string[] = [];
  constructor(
    readonly kind: string,
    readonly pid: number,
    readonly listener: WorkerListener,
  ) {}
  send(message: ToWorker<unknown>): void {
    this.sent.push(message);
  }
  kill(signal: string): void {
    this.signals.push(signal);
  }
  says(message: FromWorker): void {
    this.listener.message(message);
  }
  ends(exit: Partial<WorkerExit>): void {
    this.listener.exited({ code: null, signal: null, ...exit });
  }
}

/** Nothing to do beside the workers. */
const PROMPT: Companions = {
  before: (_configuration, go) => go(),
  hurry: () => undefined,
  follow: (_configuration, _writers, go) => go(),
  after: (_configuration, end) => end(),
};

/** A supervisor in a world without processes, files or clocks. */
export class World {
  readonly lines: string[] = [];
  readonly workers: FakeWorker[] = [];
  readonly pidFiles = new Map<string, number>();
  readonly timers: { at: Micros; action: () => void }[] = [];
  now = micros(0);
  /** Of every process. */
  status: ProcessStatus | undefined;
  exitCode: number | undefined;
  pidOfNext: number | undefined;
  started = false;
  title: string | undefined;
  next: LoadedConfiguration = fine;
  readonly log = new Log([{ write: (_at, _level, text) => this.lines.push(text) }], 0);
  readonly supervisor: Supervisor;
  readonly dumped: string[] = [];

  constructor(
    first: Configuration,
    flags: Partial<typeof DEFAULT_FLAGS> = {},
    errors: readonly string[] = [],
    companions: Companions = PROMPT,
  ) {
    this.supervisor = new Supervisor(
      {
        log: this.log,
        pidFiles: {
          write: (process, pid) => void this.pidFiles.set(process, pid),
          remove: (process) => void this.pidFiles.delete(process),
          removeAll: () => this.pidFiles.clear(),
        },
        startWorker: (kind, listener) => {
          const worker = new FakeWorker(kind, this.pidOfNext ?? 100 + this.workers.length, listener);
          this.workers.push(worker);
          return worker;
        },
        now: () => this.now,
        wallClock: () => 1_700_000_000_000,
        later: (delay, action) => void this.timers.push({ at: micros(this.now + delay), action }),
        processStatus: () => this.status,
        load: () => this.next,
        companions,
        started: () => void (this.started = true),
        become: ({ global }) => void (this.title = global.processNames.main),
        dump: (order) => {
          this.dumped.push(order);
          return Promise.resolve();
        },
        exit: (code) => void (this.exitCode = code),
      },
      { flags: { ...DEFAULT_FLAGS, ...flags }, programName: 'keepalived' },
      first,
      errors,
    );
    this.supervisor.start();
  }

  worker(index: number): FakeWorker {
    return this.workers[index]!;
  }

  pass(ms: number): void {
    this.now = micros(this.now + ms * MS);
    for (const timer of this.timers.splice(0)) {
      if (timer.at <= this.now) timer.action();
      else this.timers.push(timer);
    }
  }

  said(): readonly string[] {
    this.log.flush();
    return this.lines;
  }
}
