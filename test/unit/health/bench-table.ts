import { parseIpAddress, type IpAddress } from '#base/address.js';
import { makePrng } from '#base/prng.js';
import { micros, secondsToMicros, type Micros } from '#base/units.js';
import {
  HealthMonitor,
  type CheckerSettings,
  type HealthEffect,
  type HealthEvent,
  type HealthSettings,
  type PoolSettings,
  type RealServerSettings,
  type ResumedPool,
} from '#health/index.js';

export const ip = (text: string): IpAddress => {
  const address = parseIpAddress(text);
  if (!address) throw new Error(text);
  return address;
};

export const VS = '[192.0.2.1]:tcp:80';
export const SORRY = '[192.0.2.99]:tcp:80';
export const rsId = (index: number): string => `[192.0.2.${10 + index}]:tcp:80`;
export const checkerId = (index: number, position = 0): string => `${VS} ${rsId(index)} ${position}`;

export function checker(index: number, extra: Partial<CheckerSettings> = {}, position = 0): CheckerSettings {
  return {
    id: checkerId(index, position),
    kind: 'TCP_CHECK',
    identity: `tcp ${index} ${position}`,
    steps: 1,
    fastRecovery: false,
    delayLoop: secondsToMicros(10),
    retry: 0,
    delayBeforeRetry: secondsToMicros(1),
    warmup: micros(0),
    alpha: false,
    logAllFailures: false,
    ...extra,
  };
}

export function realServer(index: number, extra: Partial<RealServerSettings> = {}): RealServerSettings {
  return {
    id: rsId(index),
    address: ip(`192.0.2.${10 + index}`),
    port: 80,
    weight: 1,
    inhibitOnFailure: false,
    checkers: [checker(index)],
    ...extra,
  };
}

export function pool(extra: Partial<PoolSettings> = {}): PoolSettings {
  return {
    id: VS,
    omega: false,
    quorum: 1,
    hysteresis: 0,
    realServers: [realServer(1), realServer(2)],
    ...extra,
  };
}

export const sorryServer = (inhibit = false) => ({ id: SORRY, address: ip('192.0.2.99'), port: 80, inhibit });

export const settings = (...pools: PoolSettings[]): HealthSettings => ({ rsInitNotifies: false, pools });

/** Drives a monitor and keeps what a driver would: pending deadlines and probes under way. */
export class Table {
  readonly monitor: HealthMonitor;
  readonly deadlines = new Map<string, Micros>();
  readonly probes = new Map<string, number>();
  readonly log: string[] = [];
  readonly effects: HealthEffect[] = [];
  now = secondsToMicros(1000);

  constructor(
    config: HealthSettings,
    resume?: readonly ResumedPool[],
    more: Pick<Extract<HealthEvent, { type: 'Started' }>, 'marks' | 'suspended'> = {},
  ) {
    this.monitor = new HealthMonitor(config, makePrng(7));
    this.send({ type: 'Started', ...(resume && { resume }), ...more });
  }

  /** What followed from the event, in words; also kept in `log`. */
  send(event: HealthEvent): string[] {
    const effects = this.monitor.step(event, this.now);
    for (const effect of effects) this.keep(effect);
    const words = effects.flatMap((effect) => inWords(effect));
    this.log.push(...words);
    this.effects.push(...effects);
    return words;
  }

  /** Lets time pass to the checker's next check and starts it; returns how long that took, in seconds. */
  reach(checker: string): number {
    const at = this.deadlines.get(checker);
    if (at === undefined) throw new Error(`no deadline for ${checker}`);
    const waited = (at - this.now) / 1e6;
    this.now = at;
    this.deadlines.delete(checker);
    this.send({ type: 'DeadlinePassed', name: checker });
    return waited;
  }

  /** The next check of that checker fails. */
  fail(checker: string, code = 'refused', text = 'failed'): string[] {
    if (!this.probes.has(checker)) this.reach(checker);
    return this.send({ type: 'CheckFailed', checker, code, text });
  }

  /** The next check of that checker succeeds. */
  succeed(checker: string, extra: { weight?: number; found?: string; url?: string } = {}): string[] {
    if (!this.probes.has(checker)) this.reach(checker);
    return this.send({ type: 'CheckSucceeded', checker, ...extra });
  }

  /** Which real servers are alive, by position: '1-' for the first of two. */
  alive(id = VS): string {
    return (this.monitor.pool(id)?.realServers ?? [])
      .map((server, index) => (server.alive ? String(index + 1) : '-'))
      .join('');
  }

  private keep(effect: HealthEffect): void {
    if (effect.type === 'SetDeadline') this.deadlines.set(effect.name, effect.at);
    if (effect.type === 'ClearDeadline') this.deadlines.delete(effect.name);
    if (effect.type === 'StartCheck') this.probes.set(effect.checker, effect.step);
    if (effect.type === 'CancelCheck') this.probes.delete(effect.checker);
    if (effect.type === 'SetDeadline') this.probes.delete(effect.name);
  }
}

/** Records as they are logged, changes of the kernel and notifications in short. */
function inWords(effect: HealthEffect): string[] {
  switch (effect.type) {
    case 'Record':
      return [effect.text];
    case 'PoolChanged':
      return ['* kernel'];
    case 'PoolRemoved':
      return ['* kernel: gone'];
    case 'RunNotify': {
      const who = effect.subject === 'RS' ? `RS ${effect.realServer}` : `VS ${effect.pool}`;
      return [`! ${who} ${effect.state}${effect.stopping ? ' stopping' : ''}`];
    }
    case 'Stopped':
      return ['stopped'];
    case 'StartCheck':
    case 'CancelCheck':
    case 'SetDeadline':
    case 'ClearDeadline':
    case 'CheckerTurned':
      return [];
  }
}
