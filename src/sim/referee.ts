import { micros, minus, plus, type Micros } from '../base/units.js';
import { inSeconds } from './effect-text.js';
import { type Simulation } from './simulation.js';
import {
  compareCandidates,
  longestClaim,
  longestInterval,
  stateOf,
  virtualRouters,
  type Member,
  type VirtualRouter,
} from './virtual-router.js';

/** A rule that was broken. */
export interface Violation {
  readonly at: Micros;
  readonly text: string;
}

/**
 * Watches a simulation for what must never happen.
 *
 * Safety: of routers that hear each other, no two are master for longer than one advert interval and the time a packet takes;
 * addresses are held by masters and by nobody else. Liveness, once nothing has been disturbed for as long as the protocol may
 * take: every virtual router has one master, and it is the one that the rules of election name.
 */
export class Referee {
  readonly violations: Violation[] = [];
  private disturbedUntil = micros(0);
  private electionSeenAt = micros(0);
  private routers: readonly VirtualRouter[] | undefined;
  /** Since when a pair of masters has been at it, by names. */
  private readonly rivals = new Map<string, Micros>();

  /** @param patience what else may take its time after a disturbance: tracking scripts, sync groups. */
  constructor(private readonly patience: Micros) {}

  /**
   * Something is done to the routers or the network: what follows needs its time.
   * @param until when it is over; now, for most.
   */
  disturb(until: Micros): void {
    this.disturbedUntil = micros(Math.max(this.disturbedUntil, until));
    this.rivals.clear();
    this.routers = undefined;
  }

  /** Looks at everything, after all that happens at an instant has happened. */
  inspect(now: Micros, simulation: Simulation): void {
    for (const station of simulation.stations) {
      for (const [instance, state] of station.states) {
        if ((state === 'MASTER') === station.held.has(instance)) continue;
        const verb = station.held.has(instance) ? 'holds' : 'does not hold';
        this.blame(now, `${station.name} is ${state} of ${instance} and ${verb} its addresses`);
      }
    }
    this.routers ??= virtualRouters(simulation.stations);
    for (const router of this.routers) this.inspectRivals(now, router, simulation);
    this.inspectElections(now, this.routers, simulation);
  }

  /** When the election of this virtual router must be over, if nothing is disturbed any more. */
  settledAt(router: VirtualRouter): Micros {
    return plus(plus(this.disturbedUntil, longestClaim(router)), this.patience);
  }

  /** Elections are looked at where all hear all, a few times in each advert interval. */
  private inspectElections(now: Micros, routers: readonly VirtualRouter[], { network }: Simulation): void {
    if (!network.whole || network.quality.loss > 0) return;
    const pause = Math.min(...routers.map(longestInterval)) / 3;
    if (minus(now, this.electionSeenAt) < pause) return;
    this.electionSeenAt = now;
    for (const router of routers) if (now > this.settledAt(router)) this.inspectElection(now, router);
  }

  private inspectRivals(now: Micros, router: VirtualRouter, simulation: Simulation): void {
    const { network } = simulation;
    const masters = router.members.filter(
      (each) => stateOf(each) === 'MASTER' && !each.station.isStalled(now),
    );
    const allowed = plus(longestInterval(router), micros(2 * network.quality.maxDelay + 1000));
    for (const [index, one] of masters.entries()) {
      for (const other of masters.slice(index + 1)) {
        const pair = `${router.name}: ${one.station.name} and ${other.station.name}`;
        if (!this.hearEachOther(one, other, simulation)) {
          this.rivals.delete(pair);
          continue;
        }
        const since = this.rivals.get(pair) ?? now;
        this.rivals.set(pair, since);
        // Drifting clocks stretch an interval a little.
        if (minus(now, since) > allowed * 1.01) {
          this.blame(now, `${pair} have both been master since ${inSeconds(since)}`);
          this.rivals.set(pair, now);
        }
      }
    }
    this.forgetFormerRivals(router, masters);
  }

  private forgetFormerRivals(router: VirtualRouter, masters: readonly Member[]): void {
    const names = new Set(masters.map(({ station }) => station.name));
    for (const pair of this.rivals.keys()) {
      if (!pair.startsWith(`${router.name}: `)) continue;
      const both = pair.slice(router.name.length + 2).split(' and ');
      if (!both.every((name) => names.has(name))) this.rivals.delete(pair);
    }
  }

  private hearEachOther(one: Member, other: Member, { network }: Simulation): boolean {
    const up = [one, other].every(
      ({ station, settings }) => station.interfaceState(settings.interface)?.up === true,
    );
    const [a, b] = [one.station.name, other.station.name];
    return up && network.quality.loss === 0 && network.reaches(a, b) && network.reaches(b, a);
  }

  private inspectElection(now: Micros, router: VirtualRouter): void {
    const masters = router.members.filter((each) => stateOf(each) === 'MASTER');
    const candidates = router.members.flatMap(candidateOf).sort(compareCandidates);
    const names = masters.map(({ station }) => station.name).join(' and ') || 'nobody';
    if (candidates.length === 0 ? masters.length > 0 : masters.length !== 1) {
      this.blame(now, `${names} is master of ${router.name}, with ${candidates.length} able to be`);
      return;
    }
    const best = candidates[0];
    const mayStay = router.members.some(({ settings }) => !settings.preempt);
    if (!best || mayStay || candidates.every(({ priority }) => priority === best.priority)) return;
    const rightful = candidates.filter(({ priority }) => priority === best.priority);
    if (!rightful.some(({ name }) => name === names)) {
      this.blame(now, `${names} is master of ${router.name}, and ${best.name} has priority ${best.priority}`);
    }
  }

  private blame(at: Micros, text: string): void {
    this.violations.push({ at, text });
  }
}

/** A member that could be master, with what decides between several. */
function candidateOf({ station, settings }: Member): {
  name: string;
  priority: number;
  address: NonNullable<ReturnType<typeof addressOf>>;
}[] {
  const priority = station.priorityOf(settings.name);
  const address = addressOf({ station, settings });
  const state = stateOf({ station, settings }) ?? 'INIT';
  if (priority === undefined || address === undefined || state === 'INIT' || state === 'FAULT') return [];
  return [{ name: station.name, priority, address }];
}

function addressOf({ station, settings }: Member) {
  if (settings.transport.source !== undefined) return settings.transport.source;
  const own = station.interfaceState(settings.interface)?.addresses ?? [];
  return own.find((address) => address.includes(':') === (settings.family === 'inet6'));
}
