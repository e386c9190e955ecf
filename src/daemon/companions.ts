import { type Configuration, type TimedScript } from '../config/index.js';
import { ScriptRunner } from '../notify/index.js';
import { type FifoWriter } from './fifo-choice.js';
import { FifoKeeper } from './fifo-keeper.js';
import { type Log } from './log.js';
import { openUserDatabase, resolveScript } from './users.js';

/** What a supervisor has done beside its workers: scripts before and after them, and the FIFOs that they write to. */
export interface Companions {
  /** startup_script runs first; then `go` is called, exactly once. */
  before(configuration: Configuration, go: () => void): void;
  /** The daemon is to stop before that was over: what runs is ended, and `go` follows soon. */
  hurry(): void;
  /**
   * At start and at each reload: calls `go` when the FIFOs for these workers are there, and former readers have ended,
   * so that their successors hear all that is written from then on. At once where there were none.
   */
  follow(configuration: Configuration, writers: readonly FifoWriter[], go: () => void): void;
  /** All workers have ended: readers of FIFOs end, shutdown_script runs, then `end` is called. */
  after(configuration: Configuration, end: () => void): void;
}

/** The companions of a real daemon. */
export class DaemonCompanions implements Companions {
  private readonly fifos: FifoKeeper;
  private readonly runner = new ScriptRunner();

  constructor(private readonly log: Log) {
    this.fifos = new FifoKeeper(log);
  }

  before(configuration: Configuration, go: () => void): void {
    this.run('startup', configuration, configuration.details.daemon.scripts.startup, go);
  }

  hurry(): void {
    this.runner.signalAll('SIGTERM');
  }

  follow(configuration: Configuration, writers: readonly FifoWriter[], go: () => void): void {
    this.fifos.follow(configuration, writers, go);
  }

  after(configuration: Configuration, end: () => void): void {
    void this.fifos
      .close()
      .then(() => this.run('shutdown', configuration, configuration.details.daemon.scripts.shutdown, end));
  }

  private run(
    when: 'startup' | 'shutdown',
    { global }: Configuration,
    timed: TimedScript | undefined,
    then: () => void,
  ): void {
    if (!timed) {
      then();
      return;
    }
    const [name = ''] = timed.command.argv;
    const script = resolveScript(timed.command, global, openUserDatabase());
    if (!script.ok) {
      this.log.error(`${script.error} - not running ${name}`);
      then();
      return;
    }
    this.log.detail(`Running ${when} script ${name}`);
    this.runner.run(script.value, {
      timeoutMs: timed.timeoutS * 1000,
      onEnd: (end) => {
        if (end.kind === 'timed-out') this.log.error(`${when} script timed out`);
        else if (end.kind === 'not-started')
          this.log.error(`Call of ${when} script ${name} failed: ${end.error}`);
        else if (end.kind === 'signalled') this.log.error(`${when} script ended by signal ${end.signal}`);
        else if (end.status !== 0) this.log.error(`${when} script failed, status ${end.status}`);
        else this.log.detail(`${when} script succeeded`);
        then();
      },
    });
  }
}
