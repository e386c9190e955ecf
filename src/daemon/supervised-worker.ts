import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Result } from '../base/result.js';
import { micros, microsToSeconds, type Micros } from '../base/units.js';
import { Inquiries, type NoAnswer } from './control-inquiries.js';
import { type AnswerTo, type WorkerQuery } from './control-queries.js';
import { type Marks } from '../health/index.js';
import { EXIT, PERMANENT_FAILURES } from './exit-code.js';
import { type ProcessStatus } from '../kernel/process.js';
import { type Log } from './log.js';
import {
  type Bereaved,
  type FromAlerts,
  type FromWorker,
  type ToAlerts,
  type WorkerKind,
  type WorkerSetting,
  type WorkerShares,
} from './messages.js';
import { RespawnPolicy } from './respawn.js';
import { Watchdog } from './watchdog.js';
import { type StartWorker, type WorkerExit, type WorkerHandle } from './worker-handle.js';

/** What a supervised worker needs of its surroundings. */
export interface WorkerSurroundings {
  readonly host: {
    readonly startWorker: StartWorker;
    readonly log: Log;
    /** The monotonic clock. */
    now(): Micros;
    /** Runs `action` once after `delay`. */
    later(delay: Micros, action: () => void): void;
    /** What the kernel says of a process, if there is one of that id. */
    processStatus(pid: number): ProcessStatus | undefined;
  };
  readonly setting: WorkerSetting;
  /** The daemon goes on without it. */
  readonly expendable?: boolean;
}

/** What a worker says for others to hear. */
export type Message = Extract<FromWorker, { type: 'News' }> | FromAlerts;

/** What the supervisor is told. */
export interface SupervisedWorkerListener {
  /** A process runs, for the first time or again. */
  started(pid: number): void;
  /** Runs a configuration; after a start and after each reload. */
  ready(): void;
  /** It died unasked, and a new one takes its place at once or later. */
  died(): void;
  /** It died of something that a new one would die of, too; or respawning is off. */
  failed(exitCode: number): void;
  /** It ended after stop(). */
  stopped(): void;
  /** Something that is not about the worker itself. */
  said(message: Message): void;
}

/** What is known of a worker without asking it. */
export interface WorkerView<Share> {
  readonly kind: WorkerKind;
  /** 0 while it does not run. */
  readonly pid: number;
  readonly startedAt: Micros;
  /** How often it was started again. */
  readonly respawns: number;
  /**
   * What this process was handed, at start and by reloads, oldest first: a recording names them by their number.
   * After SHARES reloads no more are kept.
   */
  readonly shares: readonly (() => Share)[];
}

/** Reloads whose settings are kept for recordings. */
export const SHARES = 16;

/** What is remembered of a worker for the one that will take its place. */
export interface WorkerMemory {
  message(message: FromWorker): void;
  /** The vrrp_instances that it leaves behind as master. @param aliveAt when it last did its work. */
  bereavedAt(aliveAt: Micros): readonly Bereaved[];
  /** What operators have ordered of real servers. */
  marks?(): Marks;
}

/** Keeps a value in a hundredth of its room; it is made anew each time that it is asked for. */
function packed<T>(value: T): () => T {
  const bytes = gzipSync(serialize(value));
  return () => deserialize(gunzipSync(bytes)) as T;
}

/** What a worker is called in the log. */
const TITLES: Readonly<Record<WorkerKind, string>> = {
  vrrp: 'VRRP',
  checkers: 'Healthcheck',
  bfd: 'BFD',
  alerts: 'Alerts',
};

/** One worker process over all of its lives: started, told of reloads, started again when it dies, stopped. */
export class SupervisedWorker<Kind extends WorkerKind> {
  private handle: WorkerHandle<WorkerShares[Kind]> | undefined;
  private startedAt: Micros = micros(0);
  private starts = 0;
  private shares: (() => WorkerShares[Kind])[] = [];
  private watchdog: Watchdog | undefined;
  /** The worker was last heard then, and was killed because it hung. */
  private hungSince: Micros | undefined;
  private heardAt: Micros = micros(0);
  /** SNMP has set something: not all of it is any more as the share has it. */
  private isSet = false;
  private stopping = false;
  private died = false;
  private isReady = false;
  private bereaved: readonly Bereaved[] = [];
  private readonly policy = new RespawnPolicy();
  private readonly inquiries = new Inquiries((id, query) => this.sendQuery(id, query));

  /**
   * @param memory what outlives the process: fed with its messages, asked when it has died.
   */
  constructor(
    readonly kind: Kind,
    private share: WorkerShares[Kind],
    private readonly around: WorkerSurroundings,
    private readonly listener: SupervisedWorkerListener,
    private readonly memory: WorkerMemory,
  ) {}

  get pid(): number | undefined {
    return this.handle?.pid;
  }

  /**
   * Hands over a changed share, or (with `always`) one that is not; true if `ready` will follow, false if there is
   * nothing to tell or nobody to tell it to.
   */
  reconfigure(share: WorkerShares[Kind], always = false): boolean {
    if (!always && !this.isSet && isDeepStrictEqual(share, this.share)) return false;
    this.isSet = false;
    // What is kept for recordings only is kept small: with thousands of real servers each is tens of megabytes.
    if (this.shares.length <= SHARES) {
      this.shares[this.shares.length - 1] = packed(this.share);
      this.shares.push(() => share);
    }
    this.share = share;
    this.handle?.send({ type: 'Reconfigure', share });
    return this.handle !== undefined;
  }

  start(): void {
    this.startedAt = this.around.host.now();
    this.starts += 1;
    this.isReady = false;
    this.isSet = false;
    const { share } = this;
    this.shares = [() => share];
    this.handle = this.around.host.startWorker(this.kind, {
      message: (message) => this.onMessage(message),
      exited: (exit) => this.onExit(exit),
    });
    const { pid } = this.handle;
    if (pid === 0) {
      this.around.host.log.error(`Unable to start the ${TITLES[this.kind]} child process`);
      return;
    }
    this.around.host.log.info(`Starting ${TITLES[this.kind]} child process, pid=${pid}`);
    this.listener.started(pid);
    this.handle.send({
      type: 'Start',
      setting: this.around.setting,
      share: this.share,
      bereaved: this.bereaved,
      respawned: this.died,
      marks: this.memory.marks?.() ?? [],
    });
  }

  /** What is known of it without asking. */
  get view(): WorkerView<WorkerShares[Kind]> {
    const { kind, startedAt, starts, shares } = this;
    return { kind, pid: this.pid ?? 0, startedAt, respawns: Math.max(0, starts - 1), shares };
  }

  /** Asks the worker something, for somebody at the control socket. */
  ask<Query extends WorkerQuery>(query: Query): Promise<Result<AnswerTo<Query>, NoAnswer>> {
    this.isSet ||= query.type === 'SetInstance' || query.type === 'SetWeight';
    return this.inquiries.ask(query);
  }

  /** Tells the alerts worker something, if it runs. */
  tell(message: ToAlerts): void {
    this.handle?.send(message);
  }

  /** Asks it to finish; `stopped` follows, at once if there is nothing to finish. */
  stop(): void {
    this.stopping = true;
    this.watchdog?.stop();
    const inherits = this.died && !this.around.expendable;
    // What a dead worker has left in the kernel only a successor takes away, and that not before it knows of it.
    if (inherits && !this.handle) this.start();
    if (!this.handle) this.listener.stopped();
    else if (!inherits || this.isReady) this.handle.kill('SIGTERM');
  }

  /** It did not finish in time. */
  kill(): void {
    if (!this.handle) return;
    this.around.host.log.error(`${TITLES[this.kind]} process failed to die - forcing termination`);
    this.handle.kill('SIGKILL');
  }

  private sendQuery(id: number, query: WorkerQuery): boolean {
    this.handle?.send({ type: 'Query', id, query });
    return this.handle !== undefined;
  }

  /** From when it is ready: what a start takes depends on the configuration. */
  private watch(handle: WorkerHandle<WorkerShares[Kind]>): void {
    const { host } = this.around;
    this.watchdog ??= new Watchdog({
      ping: () => handle.send({ type: 'Ping' }),
      status: () => host.processStatus(handle.pid),
      later: (delay, action) => host.later(delay, action),
      hung: (reason) => {
        const text = `${TITLES[this.kind]} child process(${handle.pid}) hangs: ${reason} - forcing termination`;
        host.log.say('alert', text);
        this.hungSince = this.heardAt;
        handle.kill('SIGKILL');
      },
    });
  }

  private onMessage(message: FromWorker): void {
    this.heardAt = this.around.host.now();
    this.watchdog?.heard();
    if (message.type === 'Alive') return;
    if (message.type === 'Answer') {
      this.inquiries.answered(message.id, message.answer);
      return;
    }
    if (message.type !== 'Ready' && message.type !== 'StateChanged') {
      this.listener.said(message);
      return;
    }
    this.memory.message(message);
    if (message.type !== 'Ready') return;
    this.isReady = true;
    if (this.stopping) {
      this.handle?.kill('SIGTERM');
      return;
    }
    if (this.handle) this.watch(this.handle);
    this.listener.ready();
  }

  private onExit(exit: WorkerExit): void {
    const pid = this.handle?.pid ?? 0;
    this.handle = undefined;
    this.inquiries.abandon();
    this.watchdog?.stop();
    this.watchdog = undefined;
    this.sayExit(pid, exit);
    if (this.stopping) {
      this.listener.stopped();
      return;
    }
    if (exit.code !== null && PERMANENT_FAILURES.has(exit.code)) {
      this.listener.failed(exit.code);
      return;
    }
    if (!this.around.setting.flags.respawn) {
      this.around.host.log.say(
        'alert',
        `${TITLES[this.kind]} child process(${pid}) died: ${this.around.expendable ? 'Going on without' : 'Exiting'}`,
      );
      this.listener.failed(EXIT.ok);
      return;
    }
    this.respawn(pid, exit.lastAdvertAt);
  }

  private respawn(pid: number, lastAdvertAt: Micros | undefined): void {
    const diedAt = this.around.host.now();
    this.died = true;
    // One that hung, or was stopped, had sent no adverts for some time when it died.
    this.bereaved = this.memory.bereavedAt(lastAdvertAt ?? this.hungSince ?? diedAt);
    this.hungSince = undefined;
    this.around.host.log.say('alert', `${TITLES[this.kind]} child process(${pid}) died: Respawning`);
    const delay = this.policy.delayAfter(this.startedAt, diedAt);
    if (delay === 0) {
      this.start();
      this.listener.died();
      return;
    }
    this.around.host.log.info(
      `Restart of ${TITLES[this.kind]} process delayed ${microsToSeconds(delay)} seconds to limit respawn rate`,
    );
    this.around.host.later(delay, () => {
      if (!this.stopping) this.start();
    });
    this.listener.died();
  }

  private sayExit(pid: number, exit: WorkerExit): void {
    const name = `pid ${pid}`;
    if (exit.signal !== null) this.around.host.log.info(`${name} exited due to signal ${exit.signal}`);
    else if (exit.code !== null && exit.code !== EXIT.ok) {
      const permanent = PERMANENT_FAILURES.get(exit.code);
      this.around.host.log.info(
        permanent === undefined
          ? `${name} exited with status ${exit.code}`
          : `${name} exited with permanent error ${permanent}. Terminating`,
      );
    }
  }
}
