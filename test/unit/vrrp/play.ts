import { parseIpAddress, type IpAddress } from '#base/address.js';
import { DeadlineQueue } from '#base/deadline-queue.js';
import { centis, micros, plus, seconds, secondsToMicros, type Micros } from '#base/units.js';
import {
  Router,
  type AdvertReceived,
  type InstanceSettings,
  type InstanceSnapshot,
  type InterfaceState,
  type ScriptSettings,
  type SyncGroupSettings,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpSettings,
  type VrrpState,
} from '#vrrp/index.js';
import { encodeAdvert, type Advert } from '#wire/vrrp.js';

/** An address from its text; a test that misspells one fails at once. */
export function ip(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (address === undefined) throw new RangeError(`not an address: ${text}`);
  return address;
}

/** Seconds as microseconds. */
export const s = secondsToMicros;

/** An effect with the moment at which it was ordered. */
export type Played = VrrpEffect & { readonly when: Micros };

/**
 * A router on a clock of its own: the smallest driver there can be. It holds the deadlines, passes them in time
 * and keeps every effect; nothing else is carried out.
 */
export class Play {
  readonly router: Router;
  now: Micros = micros(1_000_000);
  /** Everything ordered since the last `forget`. */
  effects: Played[] = [];
  private readonly deadlines = new DeadlineQueue();

  constructor(settings: VrrpSettings, interfaces: readonly InterfaceState[] = [eth0]) {
    this.router = new Router(settings);
    for (const state of interfaces) this.step({ type: 'InterfaceChanged', state });
  }

  /** Takes one event, now; returns what it led to. */
  step(event: VrrpEvent): readonly Played[] {
    const effects = this.router.step(event, this.now).map((effect) => ({ ...effect, when: this.now }));
    for (const effect of effects) this.carryOut(effect);
    this.effects.push(...effects);
    return effects;
  }

  /** Starts the router; `resume` as in the event. */
  start(resume?: readonly string[]): this {
    this.step({ type: 'Started', ...(resume && { resume }) });
    return this;
  }

  /** Lets `duration` pass, with every deadline in it. */
  wait(duration: Micros): this {
    const end = plus(this.now, duration);
    for (let due = this.deadlines.next(); due !== undefined && due <= end; due = this.deadlines.next()) {
      this.now = due > this.now ? due : this.now;
      this.passDue();
    }
    this.now = end;
    return this;
  }

  /** This process stands still for `duration`: all that fell due meanwhile passes late, at its end. */
  stall(duration: Micros): this {
    this.now = plus(this.now, duration);
    while (this.passDue());
    return this;
  }

  /** Moves the clock and passes nothing: for events that come while deadlines are overdue. */
  drift(duration: Micros): this {
    this.now = plus(this.now, duration);
    return this;
  }

  /** Forgets the effects so far. */
  forget(): this {
    this.effects = [];
    return this;
  }

  /** When the deadline falls due, if it is set. */
  due(name: string): Micros | undefined {
    return this.deadlines.get(name);
  }

  /** How long until the deadline falls due. */
  until(name: string): number | undefined {
    const due = this.due(name);
    return due === undefined ? undefined : due - this.now;
  }

  /** The effects of one type since the last `forget`. */
  all<Type extends VrrpEffect['type']>(type: Type): Extract<Played, { type: Type }>[] {
    return this.effects.filter((effect): effect is Extract<Played, { type: Type }> => effect.type === type);
  }

  instance(name = 'VI_1'): InstanceSnapshot {
    const found = this.router.snapshot().instances.find((instance) => instance.name === name);
    if (!found) throw new RangeError(`no instance ${name}`);
    return found;
  }

  state(name = 'VI_1'): VrrpState {
    return this.instance(name).state;
  }

  /** An interface goes up or down and keeps its addresses. */
  link(name: string, up: boolean): readonly Played[] {
    return this.step({ type: 'InterfaceChanged', state: { ...eth0, name, up } });
  }

  script(name: string, success: boolean): readonly Played[] {
    const detail = success ? '' : 'exited with status 1';
    return this.step({ type: 'ScriptExited', script: name, success, detail });
  }

  /** An advert comes in; what is not told is as VI_1 expects it. */
  hear(advert: Heard): readonly Played[] {
    return this.step(heard(advert));
  }

  /** The story so far: one word or two an effect, deadlines and log lines left out. */
  story(): string[] {
    return tell(this.effects);
  }

  private passDue(): boolean {
    const due = this.deadlines.takeDue(this.now);
    if (due) this.step({ type: 'DeadlinePassed', ...due });
    return due !== undefined;
  }

  private carryOut(effect: VrrpEffect): void {
    if (effect.type === 'SetDeadline') this.deadlines.set(effect.name, effect.at);
    else if (effect.type === 'ClearDeadline') this.deadlines.clear(effect.name);
  }
}

/** One word or two an effect; deadlines, log lines and script runs left out. */
export function tell(effects: readonly VrrpEffect[]): string[] {
  return effects.flatMap((effect) => {
    switch (effect.type) {
      case 'SendAdvert':
        return [`advert ${effect.priority} ${effect.instance}`];
      case 'AddAddresses':
        return [`add ${effect.instance}`];
      case 'RemoveAddresses':
        return [`remove ${effect.instance}`];
      case 'SendGratuitousArp':
        return [`garp ${effect.address} ${effect.interface}`];
      case 'RunNotify':
        return [`notify ${effect.subject} ${effect.name} ${effect.state} ${effect.priority}`];
      case 'StateChanged':
        return [`${effect.instance} ${effect.from} -> ${effect.to} (${effect.cause.code})`];
      case 'Stopped':
        return ['stopped'];
      default:
        return [];
    }
  });
}

/** Our own interface: 192.0.2.1 and fe80::1. */
export const eth0: InterfaceState = {
  name: 'eth0',
  index: 2,
  up: true,
  addresses: [ip('192.0.2.1'), ip('fe80::1')],
};

/** A plain version 2 instance: VRID 51 on eth0, priority 100, an advert a second, one VIP, no second GARP round. */
export const vi1: InstanceSettings = {
  name: 'VI_1',
  family: 'inet',
  version: 2,
  vrid: 51,
  interface: 'eth0',
  initialState: 'BACKUP',
  priority: 100,
  advertInterval: s(1),
  preempt: true,
  preemptDelay: s(0),
  transport: { kind: 'multicast', group: ip('224.0.0.18') },
  authentication: { type: 'none' },
  addresses: [{ address: ip('192.0.2.100'), interface: 'eth0', advertised: true }],
  garp: {
    masterDelay: s(0),
    masterRepeat: 1,
    masterRefresh: s(0),
    masterRefreshRepeat: 1,
    lowerPriorityDelay: s(0),
    lowerPriorityRepeat: 0,
    extraInterval: s(0),
    extraAddresses: [],
  },
  downTimerAdverts: 3,
  trackInterfaces: [],
  trackScripts: [],
  trackFiles: [],
  trackProcesses: [],
  trackBfd: [],
  dontTrackPrimary: false,
  lowerPriorityNoAdvert: false,
  higherPrioritySendAdvert: false,
  skipCheckAdvertAddresses: false,
  checksumAsV2: false,
  ownerIgnoresAdverts: false,
  configFaults: [],
};

/** The same in version 3, an advert every 100 ms. */
export const vi1v3: InstanceSettings = { ...vi1, version: 3, advertInterval: s(0.1) };

/** A version 3 instance on IPv6. */
export const vi1v6: InstanceSettings = {
  ...vi1,
  family: 'inet6',
  version: 3,
  transport: { kind: 'multicast', group: ip('ff02::12') },
  addresses: [{ address: ip('2001:db8::100'), interface: 'eth0', advertised: true }],
};

/** A script that is run every 2 s, rise 1 and fall 1. */
export const chk: ScriptSettings = {
  name: 'chk',
  interval: s(2),
  timeout: s(0),
  rise: 1,
  fall: 1,
  initFail: false,
};

/** A sync group without tracking. */
export const groupOf = (...members: string[]): SyncGroupSettings => ({
  name: 'G',
  members,
  trackInterfaces: [],
  trackScripts: [],
  trackFiles: [],
  trackProcesses: [],
  trackBfd: [],
  trackingWeight: false,
});

/** Settings of one router. */
export function settingsOf(
  instances: readonly InstanceSettings[],
  more: Partial<VrrpSettings> = {},
): VrrpSettings {
  return {
    instances,
    syncGroups: [],
    scripts: [],
    processes: [],
    startupDelay: s(0),
    delayAfterBoot: s(0),
    logUnknownVrids: false,
    announcementPacing: [],
    ...more,
  };
}

/** A router with one instance, started, as backup. */
export const backup = (changes: Partial<InstanceSettings> = {}): Play =>
  new Play(settingsOf([{ ...vi1, ...changes }])).start();

/** A router with one instance that has just become master; what led there is forgotten. */
export function master(changes: Partial<InstanceSettings> = {}): Play {
  const play = backup(changes);
  return play.wait(micros(play.until('master-down VI_1') ?? 0)).forget();
}

/** What a test may want to be different in an advert that comes in. */
export interface Heard {
  readonly version?: 2 | 3;
  readonly vrid?: number;
  readonly priority?: number;
  readonly addresses?: readonly IpAddress[];
  readonly authType?: number;
  readonly authData?: Uint8Array;
  readonly advertIntervalS?: number;
  readonly maxAdvertIntervalCs?: number;
  readonly interface?: string;
  readonly source?: IpAddress;
  readonly destination?: IpAddress;
  readonly ttl?: number;
  readonly receivedAt?: Micros;
}

/** A packet with a version 2 advert of priority 200 from 192.0.2.2 for VI_1; version 3 with `version: 3`. */
export function heard(changes: Heard = {}): AdvertReceived {
  const { interface: port = 'eth0', source = ip('192.0.2.2'), ttl = 255 } = changes;
  const { destination = ip(source.includes(':') ? 'ff02::12' : '224.0.0.18') } = changes;
  const { vrid = 51, priority = 200, addresses = [ip('192.0.2.100')] } = changes;
  const {
    authType = 0,
    authData = new Uint8Array(8),
    advertIntervalS = 1,
    maxAdvertIntervalCs = 100,
  } = changes;
  const common = { vrid, priority, addresses };
  const advert: Advert =
    changes.version === 3
      ? { version: 3, ...common, maxAdvertIntervalCs: centis(maxAdvertIntervalCs) }
      : { version: 2, ...common, authType, authData, advertIntervalS: seconds(advertIntervalS) };
  const payload = encodeAdvert(advert, { source, destination });
  const { receivedAt } = changes;
  const packet = { type: 'AdvertReceived', interface: port, source, destination, ttl, payload } as const;
  return { ...packet, ...(receivedAt !== undefined && { receivedAt }) };
}
