import { err, ok, type Result } from '../base/result.js';
import { micros, MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { type Configuration } from '../config/index.js';
import { type DaemonFacts, type DaemonNews, type News, type WorkerState } from '../observe/index.js';
import { type NoAnswer } from './control-inquiries.js';
import { type WorkerQuery } from './control-queries.js';
import { packageVersion } from './version.js';
import { wantsAlerts } from './alerts-wanted.js';
import { type Companions } from './companions.js';
import { type DumpOrder } from './dumps.js';
import { EXIT } from './exit-code.js';
import { type FifoWriter } from './fifo-choice.js';
import { type DaemonFlags } from './flags.js';
import { type ProcessStatus } from '../kernel/process.js';
import { type Log } from './log.js';
import { MarkLedger } from './mark-ledger.js';
import { MarkMemory } from './mark-memory.js';
import { MasterMemory } from './master-memory.js';
import { type Asked, type WorkerKind, type WorkerSetting, type WorkerShares } from './messages.js';
import { NewsRelay } from './news-relay.js';
import { alertsShare, bfdShare, checkersShare, vrrpShare } from './shares.js';
import { SupervisedWorker, type Message, type WorkerMemory } from './supervised-worker.js';
import { type StartWorker } from './worker-handle.js';

/** What reading the configuration came to. */
export interface LoadedConfiguration {
  /** Absent if it cannot be run. */
  readonly configuration?: Configuration;
  /** Every problem, as it is shown to people; empty if there is none. */
  readonly report: string;
  /** The errors among them, without their places: what must not become worse by a reload. */
  readonly errors: readonly string[];
  /** keepalived's exit code for a start with this file; 0 if it can be run. */
  readonly exitCode: number;
  /** keepalived's exit code for -t. */
  readonly testExitCode: number;
}

/** The pid files of the processes; a test's fake writes none. */
export interface PidFiles {
  write(process: 'supervisor' | Asked, pid: number): void;
  /** Removes the one of a worker that does not run, or all of them at the end. */
  remove(process: Asked): void;
  removeAll(): void;
}

/** The supervisor's surroundings: everything that touches the system, so that a test can put its own there. */
export interface SupervisorHost {
  readonly log: Log;
  readonly pidFiles: PidFiles;
  readonly startWorker: StartWorker;
  now(): Micros;
  /** Milliseconds since the Unix epoch. */
  wallClock(): number;
  later(delay: Micros, action: () => void): void;
  /** What the kernel says of a process, if there is one of that id. */
  processStatus(pid: number): ProcessStatus | undefined;
  /** Reads the file anew, as the configuration in force wants a reload to do it. */
  load(running: Configuration): LoadedConfiguration;
  /** Every worker runs its configuration, or has failed to: whoever started the daemon need not wait longer. */
  started(): void;
  /** What runs beside the workers, before and after them. */
  readonly companions: Companions;
  /** Takes on what the configuration says of this process itself: its name, its umask, when it reloads. */
  become(configuration: Configuration): void;
  /** Writes a dump; resolves when it is there, or the log says why not. */
  dump(order: DumpOrder): Promise<void>;
  /** The last act. */
  exit(code: number): void;
}

/** keepalived's child_wait_time: how long workers may take to finish before they are killed. */
const STOP_WITHIN: Micros = micros(5 * MICROS_PER_SECOND);

/**
 * Reads the configuration, keeps a worker running for each part of it that is used, and hands reloads on. It
 * takes no part in any protocol, so that nothing it does can delay an advert or a check.
 */
export class Supervisor {
  private configuration: Configuration;
  private vrrp: SupervisedWorker<'vrrp'> | undefined;
  private checkers: SupervisedWorker<'checkers'> | undefined;
  private bfd: SupervisedWorker<'bfd'> | undefined;
  private alerts: SupervisedWorker<'alerts'> | undefined;
  private readonly relay: NewsRelay;
  private readonly reloads = { accepted: 0, refused: 0 };
  private readonly bornAtMs: number;
  /** Workers that have not yet said that a start or reload is in force. */
  private readonly awaited = new Set<Stoppable>();
  private reloadQueued = false;
  private readonly running = new Set<Stoppable>();
  /** What operators have ordered of real servers. */
  readonly serverMarks = new MarkMemory();
  private stopCode: number | undefined;
  private started = false;
  /** startup_script has run. */
  private begun = false;
  /** A reload was accepted, and waits for the readers of FIFOs. */
  private changing = false;
  private finished = false;
  private readonly marks = new MarkLedger();

  constructor(
    private readonly host: SupervisorHost,
    private readonly setting: WorkerSetting,
    configuration: Configuration,
    private acceptedErrors: readonly string[] = [],
  ) {
    this.configuration = this.marks.settle(configuration);
    this.bornAtMs = host.wallClock();
    this.relay = new NewsRelay((news) => this.alerts?.tell({ type: 'News', news }), host.log);
  }

  private get flags(): DaemonFlags {
    return this.setting.flags;
  }

  /** Runs startup_script, then starts the workers that the configuration needs. */
  start(): void {
    this.host.become(this.configuration);
    this.host.companions.before(this.configuration, () => this.begin());
  }

  private begin(): void {
    this.begun = true;
    if (this.stopCode !== undefined) {
      this.finish();
      return;
    }
    this.host.companions.follow(this.configuration, this.fifoWriters, () => this.startWorkers());
  }

  private startWorkers(): void {
    this.startVrrp();
    this.startCheckers();
    this.startBfd();
    const isIdle = this.running.size === 0;
    this.startAlerts();
    if (isIdle) {
      this.host.log.info('Warning - there is no configuration to run');
      this.host.started();
    }
    if (this.awaited.size === 0) this.reloadIfQueued();
  }

  /**
   * SIGHUP. The new file is read and judged whole before any worker hears of it; a bad one changes nothing. Bad is
   * a file that cannot be run, or one with errors that the running one did not have: keepalived would run without
   * the lines that it cannot use, and so lose an address to a misspelt word; or one that leaves nothing to do: to
   * let go of everything there is SIGTERM. One reload at a time: a signal during
   * a reload leads to one more.
   */
  reload(): void {
    if (this.stopCode !== undefined) return;
    if (this.awaited.size > 0 || this.changing || !this.begun) {
      this.reloadQueued = true;
      return;
    }
    this.host.log.info('Reloading ...');
    const loaded = this.loadAcceptable();
    if (!loaded) {
      this.host.log.error('Reload refused: the running configuration stays in force');
      this.reloads.refused += 1;
      return;
    }
    const configuration = this.marks.settle(loaded);
    this.configuration = configuration;
    for (const { pool, realServer, mark } of this.serverMarks.keepOnly(configuration.health))
      this.host.log.info(`${realServer} of VS ${pool} is gone from the file, and no longer ${mark}`);
    this.reloads.accepted += 1;
    this.host.become(configuration);
    this.changing = true;
    this.host.companions.follow(configuration, this.fifoWriters, () => {
      this.changing = false;
      if (this.stopCode === undefined) this.change(configuration);
    });
  }

  /** Hands each worker its share of an accepted configuration. */
  private change(configuration: Configuration): void {
    const heard = hearsOfReloads(configuration);
    if (!this.vrrp) this.startVrrp();
    else if (this.vrrp.reconfigure(vrrpShare(configuration), heard)) this.awaited.add(this.vrrp);
    if (!this.checkers) this.startCheckers();
    else if (this.checkers.reconfigure(checkersShare(configuration), heard)) this.awaited.add(this.checkers);
    if (!this.bfd) this.startBfd();
    else if (this.bfd.reconfigure(bfdShare(configuration))) this.awaited.add(this.bfd);
    this.reconfigureAlerts();
    if (this.awaited.size > 0) return;
    this.host.log.info('Reload completed: nothing changed');
    this.reloadIfQueued();
  }

  /** Reads the file anew; undefined if it, or the reading of it, is not fit to replace what runs. */
  private loadAcceptable(): Configuration | undefined {
    let loaded: LoadedConfiguration;
    try {
      loaded = this.host.load(this.configuration);
    } catch (error) {
      // The kernel did not answer about interfaces, or a bug of ours: no reason to stop what runs.
      this.host.log.error(`Cannot read the configuration: ${describe(error)}`);
      return undefined;
    }
    const { configuration, report, errors } = loaded;
    if (report !== '') this.host.log.warning(report);
    if (!configuration || errors.some((error) => !this.acceptedErrors.includes(error))) return undefined;
    if (isEmpty(configuration) && !isEmpty(this.configuration)) {
      // A file that is being written, or was lost; keepalived would let go of every address.
      this.host.log.error('The configuration holds no vrrp_instance and no virtual_server any more');
      return undefined;
    }
    this.acceptedErrors = errors;
    return configuration;
  }

  /** SIGTERM, SIGINT, or a worker's permanent failure: workers finish what they owe the network, then we go. */
  stop(code: number = EXIT.ok): void {
    if (this.stopCode !== undefined) return;
    this.stopCode = code;
    this.host.log.info('Stopping');
    this.tell({ type: 'Stopping' });
    const workers = [...this.running].filter((worker) => worker !== this.alerts);
    if (!this.begun) this.host.companions.hurry();
    else if (workers.length === 0) this.takeLeave();
    for (const worker of workers) worker.stop();
    this.host.later(STOP_WITHIN, () => {
      for (const worker of workers) if (this.running.has(worker)) worker.kill();
    });
  }

  /** The alerts worker goes last, because it is to tell how the others went. */
  private takeLeave(): void {
    const { alerts } = this;
    if (!alerts || !this.running.has(alerts)) {
      this.finish();
      return;
    }
    this.relay.drained(() => alerts.stop());
    this.host.later(STOP_WITHIN, () => {
      if (this.running.has(alerts)) alerts.kill();
    });
  }

  /** The configuration in force. */
  get current(): Configuration {
    return this.configuration;
  }

  /** What is known without asking anybody. */
  get facts(): DaemonFacts {
    const workers = [this.vrrp, this.checkers, this.bfd, this.alerts].flatMap((worker) =>
      worker ? [worker.view] : [],
    );
    return {
      version: packageVersion(),
      startedAtMs: this.bornAtMs,
      reloads: { ...this.reloads },
      workers: workers.map(({ kind, startedAt, respawns }) => ({ kind, startedAt, respawns })),
    };
  }

  /** The worker of that kind, while there is one. */
  worker<Kind extends WorkerKind>(kind: Kind): AskableWorker<Kind> | undefined {
    const workers: { readonly [Each in WorkerKind]: AskableWorker<Each> | undefined } = {
      vrrp: this.vrrp,
      checkers: this.checkers,
      bfd: this.bfd,
      alerts: this.alerts,
    };
    return workers[kind];
  }

  /** The workers that write to FIFOs: those that run, and those that are about to. */
  private get fifoWriters(): readonly FifoWriter[] {
    return [
      ...(this.vrrp || this.wantsVrrp ? (['vrrp'] as const) : []),
      ...(this.checkers || this.wantsCheckers ? (['checkers'] as const) : []),
    ];
  }

  private get wantsVrrp(): boolean {
    return this.flags.runVrrp && (this.flags.runAll || this.configuration.vrrp.instances.length > 0);
  }

  private get wantsCheckers(): boolean {
    return this.flags.runCheckers && (this.flags.runAll || this.configuration.health.pools.length > 0);
  }

  private startVrrp(): void {
    if (!this.wantsVrrp) {
      this.host.pidFiles.remove('vrrp');
      return;
    }
    this.vrrp = this.launch(
      'vrrp',
      vrrpShare(this.configuration),
      new MasterMemory(() => this.configuration.vrrp),
    );
  }

  private startCheckers(): void {
    if (!this.wantsCheckers) {
      this.host.pidFiles.remove('checkers');
      return;
    }
    this.checkers = this.launch('checkers', checkersShare(this.configuration), {
      ...NO_MEMORY,
      marks: () => this.serverMarks.marks,
    });
  }

  private startBfd(): void {
    const wanted = this.flags.runBfd && (this.flags.runAll || this.configuration.bfd.sessions.length > 0);
    if (!wanted) {
      this.host.pidFiles.remove('bfd');
      return;
    }
    this.bfd = this.launch('bfd', bfdShare(this.configuration), NO_MEMORY);
  }

  /** Nothing waits for this one: not whoever started the daemon, and no reload. */
  private startAlerts(): void {
    if (!wantsAlerts(this.configuration)) return;
    const worker: SupervisedWorker<'alerts'> = new SupervisedWorker<'alerts'>(
      'alerts',
      alertsShare(this.configuration),
      { host: this.host, setting: this.setting, expendable: true },
      {
        started: () => undefined,
        ready: () => this.relay.opened(),
        died: () => this.relay.closed(),
        failed: (code) => this.alertsGone(worker, code),
        stopped: () => this.workerGone(worker),
        said: (message) => this.hear(message),
      },
      NO_MEMORY,
    );
    this.alerts = worker;
    this.running.add(worker);
    worker.start();
  }

  private reconfigureAlerts(): void {
    if (this.alerts) this.alerts.reconfigure(alertsShare(this.configuration));
    else this.startAlerts();
    this.tell({ type: 'Reloaded' });
  }

  /** It died for good. Nobody hears of anything any more, but nothing else changes; a reload starts it again. */
  private alertsGone(worker: Stoppable, code: number): void {
    this.host.log.error(`Alerts process ended with status ${code}: nobody is alerted until a reload`);
    this.relay.closed();
    this.alerts = undefined;
    this.workerGone(worker);
  }

  /** News of our own. */
  private tell(news: DaemonNews): void {
    this.pass([{ ...news, at: this.host.wallClock() }]);
  }

  private pass(news: readonly News[]): void {
    if (this.alerts) this.relay.add(news);
  }

  private hear(message: Message): void {
    switch (message.type) {
      case 'News':
        this.pass(message.news);
        break;
      case 'NewsTaken':
        this.relay.taken();
        break;
      case 'Ask':
        void this.answer(message);
        break;
      case 'Order':
        void this.carryOut(message);
        break;
    }
  }

  private answerOwn(query: WorkerQuery): Result<WorkerState, NoAnswer> {
    return ok(query.type === 'State' ? { daemon: this.facts } : {});
  }

  private async askWorker(kind: Asked, query: WorkerQuery): Promise<Result<unknown, NoAnswer>> {
    return (await this.worker(kind)?.ask(query)) ?? err(NOT_RUNNING);
  }

  private async carryOut({ id, order }: Extract<Message, { type: 'Order' }>): Promise<void> {
    if (order === 'reload') this.reload();
    else await this.host.dump(order);
    this.alerts?.tell({ type: 'Answered', id, answer: ok(null) });
  }

  /** What the alerts worker asks another one, as somebody at the control socket would. */
  private async answer({ id, worker, query }: Extract<Message, { type: 'Ask' }>): Promise<void> {
    const answer = worker === 'supervisor' ? this.answerOwn(query) : await this.askWorker(worker, query);
    this.alerts?.tell({ type: 'Answered', id, answer });
  }

  private launch<Kind extends Asked>(
    kind: Kind,
    share: WorkerShares[Kind],
    memory: WorkerMemory,
  ): SupervisedWorker<Kind> {
    const worker = new SupervisedWorker<Kind>(
      kind,
      share,
      { host: this.host, setting: this.setting },
      {
        started: (pid) => this.workerStarted(kind, pid),
        ready: () => this.workerReady(worker),
        died: () => this.workerDied(worker),
        failed: (code) => this.workerGone(worker, code),
        stopped: () => this.workerGone(worker),
        said: (message) => this.hear(message),
      },
      memory,
    );
    this.running.add(worker);
    this.awaited.add(worker);
    worker.start();
    return worker;
  }

  private workerStarted(kind: Asked, pid: number): void {
    this.host.pidFiles.write(kind, pid);
    this.tell({ type: 'WorkerStarted', worker: kind, pid });
  }

  private workerDied(worker: SupervisedWorker<Asked>): void {
    this.tell({ type: 'WorkerDied', worker: worker.kind });
    this.noLongerAwaited(worker);
  }

  private workerReady(worker: Stoppable): void {
    if (this.awaited.has(worker) && this.awaited.size === 1) {
      this.host.log.info(this.started ? 'Reload completed' : 'Startup complete');
      this.started = true;
    }
    this.noLongerAwaited(worker);
  }

  /** It is ready, or it died, in which case a queued reload may be just what cures it. */
  private noLongerAwaited(worker: Stoppable): void {
    this.awaited.delete(worker);
    if (this.awaited.size > 0) return;
    this.host.started();
    this.reloadIfQueued();
  }

  private reloadIfQueued(): void {
    if (!this.reloadQueued) return;
    this.reloadQueued = false;
    this.reload();
  }

  private workerGone(worker: Stoppable, permanentFailure?: number): void {
    this.running.delete(worker);
    if (permanentFailure !== undefined) {
      this.stop(permanentFailure);
      return;
    }
    const others = [...this.running].filter((each) => each !== this.alerts);
    if (this.stopCode !== undefined && others.length === 0 && worker !== this.alerts) this.takeLeave();
    else if (this.stopCode !== undefined && this.running.size === 0) this.finish();
  }

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.host.companions.after(this.configuration, () => {
      this.host.pidFiles.removeAll();
      this.host.exit(this.stopCode ?? EXIT.ok);
    });
  }
}

/** What the control socket needs of a worker. */
export type AskableWorker<Kind extends WorkerKind> = Pick<SupervisedWorker<Kind>, 'ask' | 'view'>;

/** Nothing would run. */
const isEmpty = ({ vrrp, health }: Configuration): boolean =>
  vrrp.instances.length === 0 && health.pools.length === 0;

/** Workers that write to FIFOs are told of every reload: a FIFO may be another one by now, and states may be wanted. */
const hearsOfReloads = ({ details }: Configuration): boolean => Object.keys(details.daemon.fifos).length > 0;

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** What stopping needs of a worker, whatever its kind. */
type Stoppable = Pick<SupervisedWorker<WorkerKind>, 'stop' | 'kill'>;

const NOT_RUNNING = { kind: 'not-running', text: 'the worker does not run' } as const;

const NO_MEMORY: WorkerMemory = { message: () => undefined, bereavedAt: () => [] };
