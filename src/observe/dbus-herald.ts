import { type HeraldConfiguration } from '../config/index.js';
import { type InstanceSettings } from '../vrrp/index.js';
import { BusName } from './dbus-bus.js';
import {
  DbusObjects,
  INSTANCE_INTERFACE,
  instancePath,
  SERVICE_NAME,
  stateNumber,
  VRRP_INTERFACE,
  vrrpPath,
  type DbusAnswer,
  type DbusCall,
  type DbusInstance,
  type DbusNaming,
  type DbusOrder,
  type DbusState,
} from './dbus-objects.js';
import { type Herald } from './herald.js';
import { type News } from './news.js';

/** What D-Bus needs of the rest of the daemon. */
export interface DbusSurroundings {
  /** Of the bus: `unix:path=/run/dbus/system_bus_socket`. */
  readonly address: string;
  say(level: 'info' | 'warning', text: string): void;
  /** The state of every instance now, by name; undefined if nobody answers. @param count how many there are. */
  readStates(count: number): Promise<ReadonlyMap<string, DbusState> | undefined>;
  /** Resolves when it has been done, with true, or cannot be: whoever asked for a dump may read it then. */
  carryOut(order: DbusOrder): Promise<boolean>;
  /** Runs `action` once after so many milliseconds, unless the function that comes back is called before. */
  later(delayMs: number, action: () => void): () => void;
}

/** A bus that is not there yet, or was restarted, is tried again so often. */
const RETRY_MS = 5000;

/** org.keepalived.Vrrp1: what the configuration has, and in which state it is. */
export class DbusHerald implements Herald {
  private configuration: HeraldConfiguration;
  private byName: ReadonlyMap<string, InstanceSettings>;
  private readonly states = new Map<string, DbusState>();
  /** Instances whose state was told while it was being asked for: what was told is newer. */
  private toldMeanwhile: Set<string> | undefined;
  private bus: { readonly name: BusName; acquired: boolean } | undefined;
  private cancelRetry: (() => void) | undefined;
  private complained = false;
  private objects: DbusObjects | undefined;

  constructor(
    configuration: HeraldConfiguration,
    private readonly around: DbusSurroundings,
  ) {
    this.configuration = configuration;
    this.byName = byName(configuration);
    if (this.settings.enabled) this.connect();
  }

  news(news: News): void {
    switch (news.type) {
      case 'InstanceChanged':
        this.changed(news.instance, news.to);
        break;
      case 'Notified':
        if (news.subject === 'INSTANCE') this.notified(news.name, news.state);
        break;
      case 'WorkerStarted':
        if (news.worker === 'vrrp') void this.refresh();
        break;
      case 'Reloaded':
        this.signal('VrrpReloaded');
        break;
      default:
    }
  }

  reconfigure(configuration: HeraldConfiguration): void {
    const before = this.settings;
    this.configuration = configuration;
    this.byName = byName(configuration);
    this.objects = undefined;
    const { enabled, serviceName } = this.settings;
    if (before.enabled && (!enabled || serviceName !== before.serviceName)) this.leave();
    if (enabled && !this.bus) this.connect();
  }

  stop(): Promise<void> {
    this.leave();
    return Promise.resolve();
  }

  private get settings(): HeraldConfiguration['details']['daemon']['dbus'] {
    return this.configuration.details.daemon.dbus;
  }

  private get naming(): DbusNaming {
    const { networkNamespace, instanceName, dbus } = this.configuration.details.daemon;
    return {
      ...(networkNamespace !== undefined && { networkNamespace }),
      ...(instanceName !== undefined && { daemonInstance: instanceName }),
      noInterfaceName: dbus.noInterfaceName ?? 'none',
    };
  }

  private connect(): void {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    const serviceName = this.settings.serviceName ?? SERVICE_NAME;
    const bus = {
      acquired: false,
      name: new BusName(this.around.address, serviceName, {
        acquired: () => {
          bus.acquired = true;
          this.complained = false;
          this.around.say('info', `Acquired the name ${serviceName} on the system bus`);
          void this.begin();
        },
        call: (call, answer) => void this.called(call, answer),
        lost: (reason) => this.lost(bus, reason),
      }),
    };
    this.bus = bus;
  }

  /** The name is ours: whoever listens is told that we are here, and how things are. */
  private async begin(): Promise<void> {
    await this.refresh();
    this.signal('VrrpStarted');
    for (const instance of this.instances()) this.tellState(instance, instance.state);
  }

  private lost(bus: NonNullable<DbusHerald['bus']>, reason: string): void {
    if (this.bus !== bus) return;
    this.bus = undefined;
    if (!this.complained) {
      this.around.say('warning', `D-Bus: ${reason}; trying again every ${RETRY_MS / 1000} s`);
    }
    this.complained = true;
    this.cancelRetry = this.around.later(RETRY_MS, () => this.connect());
  }

  private leave(): void {
    this.cancelRetry?.();
    this.signal('VrrpStopped');
    this.bus?.name.close();
    this.bus = undefined;
  }

  private async called(call: DbusCall, reply: (answer: DbusAnswer) => void): Promise<void> {
    this.objects ??= new DbusObjects(this.naming, this.instances());
    const answer = this.objects.answer(call);
    if (answer.type !== 'Order') {
      reply(answer);
      return;
    }
    this.around.say('info', `${call.member} on D-Bus request`);
    reply((await this.around.carryOut(answer.order)) ? answer : FAILED);
  }

  private changed(name: string, state: DbusState): void {
    this.states.set(name, state);
    this.toldMeanwhile?.add(name);
    this.objects = undefined;
  }

  /** What scripts are told, listeners on the bus are told. Changes of priority are no states. */
  private notified(name: string, state: Extract<News, { type: 'Notified' }>['state']): void {
    if (state === 'MASTER_PRIORITY' || state === 'BACKUP_PRIORITY' || state === 'MASTER_RX_LOWER_PRI') return;
    const settings = this.byName.get(name);
    if (settings) this.tellState(this.shown(settings), state);
  }

  private tellState(instance: DbusInstance, state: DbusState): void {
    const path = instancePath(this.naming, instance);
    this.bus?.name.signal(path, INSTANCE_INTERFACE, 'VrrpStatusChange', 'u', [stateNumber(state)]);
  }

  private signal(member: 'VrrpStarted' | 'VrrpReloaded' | 'VrrpStopped'): void {
    this.bus?.name.signal(vrrpPath(this.naming), VRRP_INTERFACE, member);
  }

  /** Asks how every instance is. */
  private async refresh(): Promise<void> {
    const told = (this.toldMeanwhile = new Set<string>());
    const states = await this.around.readStates(this.byName.size);
    if (this.toldMeanwhile !== told || !states) return; // asked again meanwhile
    this.toldMeanwhile = undefined;
    for (const [name, state] of states) if (!told.has(name)) this.states.set(name, state);
    this.objects = undefined;
  }

  private instances(): readonly DbusInstance[] {
    return this.configuration.vrrp.instances.map((settings) => this.shown(settings));
  }

  private shown({ name, interface: device, vrid, family }: InstanceSettings): DbusInstance {
    const state = this.states.get(name) ?? 'INIT';
    return { ...{ name, vrid, family, state }, ...(device !== '' && { interface: device }) };
  }
}

const FAILED: DbusAnswer = {
  type: 'Error',
  name: 'org.freedesktop.DBus.Error.Failed',
  text: 'It could not be done: the log says why',
};

const byName = ({ vrrp }: HeraldConfiguration): ReadonlyMap<string, InstanceSettings> =>
  new Map(vrrp.instances.map((instance) => [instance.name, instance]));
