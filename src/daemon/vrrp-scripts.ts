import { type Micros } from '../base/units.js';
import { type Configuration, type ScriptCommand } from '../config/index.js';
import {
  type FifoTally,
  ScriptRunner,
  stateLine,
  stateScripts,
  vrrpLine,
  type ScriptEnd,
} from '../notify/index.js';
import {
  sameData,
  type RouterSnapshot,
  type RunNotify,
  type VrrpEvent,
  type VrrpState,
} from '../vrrp/index.js';
import { type Recorder, type ScriptRuns } from '../observe/index.js';
import { FifoDesk } from './fifo-desk.js';
import { type Log } from './log.js';
import { ScriptDesk } from './script-desk.js';

/** What scripts and FIFOs take from the configuration. */
export type ScriptSettings = Pick<Configuration, 'global' | 'notify' | 'vrrpScripts'> & {
  readonly details: { readonly daemon: Pick<Daemon, 'fifos' | 'fifoStatesOnReload'> };
};

type Daemon = Configuration['details']['daemon'];

/** How a tracking script ended: what its event says of it. */
type TrackingEnd = Pick<Extract<VrrpEvent, { type: 'ScriptExited' }>, 'success' | 'detail' | 'status'>;

/** The scripts of the vrrp worker: those that track, and those that are told of changes; and its FIFOs, which are told, too. */
export class VrrpScripts {
  private readonly trackers = new ScriptRunner();
  private readonly desk: ScriptDesk;
  private readonly fifos: FifoDesk;
  /** Who was told of since the latest reload began, as `INSTANCE VI_1`. */
  private readonly told = new Set<string>();
  /** In force before the latest reload: only there are the listeners of an instance that it removed. */
  private former: ScriptSettings;

  constructor(
    private settings: ScriptSettings,
    log: Log,
    recorder?: Recorder,
  ) {
    this.desk = new ScriptDesk(settings.global, log, recorder);
    this.fifos = new FifoDesk('vrrp', fifosOf(settings), log);
    this.former = settings;
    this.desk.prepare(commandsOf(settings));
  }

  /** @returns the vrrp_scripts that now run something else, or as somebody else. */
  reconfigure(settings: ScriptSettings): readonly string[] {
    this.former = this.settings;
    this.settings = settings;
    this.desk.reconfigure(settings.global);
    this.fifos.reconfigure(fifosOf(settings));
    this.told.clear();
    this.desk.prepare(commandsOf(settings));
    const before = this.former;
    return Object.keys(settings.vrrpScripts).filter(
      (name) => name in before.vrrpScripts && !sameData(orderOf(name, settings), orderOf(name, before)),
    );
  }

  /** How often each has run, and for how long. */
  get runs(): readonly ScriptRuns[] {
    return this.desk.tally.state;
  }

  /** Runs a tracking script once. */
  track(name: string, timeout: Micros, onEnd: (end: TrackingEnd) => void): void {
    const command = this.settings.vrrpScripts[name];
    const script = command && this.desk.resolve(command);
    if (!script) {
      setImmediate(() => onEnd({ success: false, detail: 'cannot be run' }));
      return;
    }
    const order = orderOf(name, this.settings);
    const ended = this.desk.tally.began('track', name);
    this.trackers.run(script, {
      timeoutMs: timeout / 1000,
      onEnd: (end) => {
        ended();
        // What a run of something else comes to says nothing any more.
        if (!sameData(order, orderOf(name, this.settings))) return;
        onEnd(trackingEnd(end));
      },
    });
  }

  /** Tells the scripts that want to know of a change, and then the readers of FIFOs. */
  notify(event: RunNotify): void {
    const { instances, groups } = (event.state === 'DELETED' ? this.former : this.settings).notify;
    const listeners = event.subject === 'GROUP' ? groups[event.name] : instances[event.name];
    for (const command of stateScripts(listeners, event)) {
      if (event.state === 'STOP') this.desk.runFarewell(command);
      else this.desk.run(command);
    }
    this.fifos.tell(vrrpLine(listeners, event));
    if (STATES.has(event.state)) this.told.add(`${event.subject} ${event.name}`);
  }

  /**
   * fifo_write_vrrp_states_on_reload: a reload is over; readers of FIFOs, who may have been started anew, hear the state
   * of all that it did not change. (keepalived leaves out the masters.)
   */
  tellStates({ syncGroups, instances }: Pick<RouterSnapshot, 'syncGroups' | 'instances'>): void {
    if (!this.settings.details.daemon.fifoStatesOnReload) return;
    const tell = (subject: RunNotify['subject'], name: string, state: VrrpState, priority: number): void => {
      if (state === 'INIT' || this.told.has(`${subject} ${name}`)) return;
      this.fifos.tell(stateLine(subject, name, state, priority));
    };
    for (const { name, state } of syncGroups) tell('GROUP', name, state, 0);
    for (const { name, state, effectivePriority } of instances)
      tell('INSTANCE', name, state, effectivePriority);
  }

  /** How the FIFOs' readers keep up. */
  get fifoTallies(): readonly FifoTally[] {
    return this.fifos.tallies;
  }

  /** Ends tracking scripts, and resolves when those that tell of the stop have ended, or after a second. */
  async stop(): Promise<void> {
    this.trackers.signalAll('SIGTERM');
    await this.desk.farewellsEnded();
    this.fifos.close();
  }
}

const fifosOf = ({
  global,
  details,
}: ScriptSettings): Pick<Daemon, 'fifos'> & Pick<ScriptSettings, 'global'> => ({
  global,
  fifos: details.daemon.fifos,
});

/** What makes further word of a state needless. */
const STATES: ReadonlySet<string> = new Set(['MASTER', 'BACKUP', 'FAULT']);

/** Everything that may have to be run. */
function commandsOf({ vrrpScripts, notify }: ScriptSettings): readonly ScriptCommand[] {
  const listeners = [...Object.values(notify.instances), ...Object.values(notify.groups)];
  const told = listeners.flatMap((listener) => Object.values(listener) as (ScriptCommand | boolean)[]);
  return [...Object.values(vrrpScripts), ...told.filter((command) => typeof command === 'object')];
}

/** Who executes what for a vrrp_script. */
function orderOf(name: string, { vrrpScripts, global }: ScriptSettings): unknown {
  const command = vrrpScripts[name];
  const { scriptUser, scriptGroup } = global;
  return command?.user === undefined ? { command, scriptUser, scriptGroup } : { command };
}

const trackingEnd = (end: ScriptEnd): TrackingEnd => ({
  success: end.kind === 'exited' && end.status === 0,
  detail: describeEnd(end),
  ...(end.kind === 'exited' && { status: end.status }),
});

function describeEnd(end: ScriptEnd): string {
  switch (end.kind) {
    case 'exited':
      return `exited with status ${end.status}`;
    case 'signalled':
      return `due to signal ${end.signal}`;
    case 'timed-out':
      return 'timed out';
    case 'not-started':
      return end.error;
  }
}
