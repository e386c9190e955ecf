import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import {
  type AdvertReceived,
  type AdvertVerdict,
  type Cause,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpState,
} from '../vrrp/index.js';

/** Something worth telling beside a transition: a tracker that turned, a priority that changed, a reload. */
export interface Circumstance {
  /** When; if it came again and again, the last time. */
  readonly at: Micros;
  readonly times: number;
  /** Stable, as records and events are named. */
  readonly code: string;
  /** For people. */
  readonly text: string;
}

/** An advert that an instance took for the master's. */
export interface LastAdvert {
  /** When it was taken. */
  readonly at: Micros;
  readonly source: IpAddress;
  /** What it carried, 0 to resign. */
  readonly priority: number;
}

/** A change of state, and what led to it. */
export interface ToldTransition {
  readonly from: VrrpState;
  readonly to: VrrpState;
  readonly at: Micros;
  readonly cause: Cause;
  /** The event that set it off. */
  readonly trigger: VrrpEvent['type'];
  /** If that was a deadline: how late we met it, in microseconds. */
  readonly late?: Micros;
  /** The latest advert that the instance had accepted by then. */
  readonly lastAdvert?: LastAdvert;
  /** What else had happened, oldest first; not all of it need have to do with the transition. */
  readonly circumstances: readonly Circumstance[];
}

/** What is remembered of one instance. */
export interface InstanceChronicle {
  readonly instance: string;
  /** Oldest first. */
  readonly transitions: readonly ToldTransition[];
}

/** Records that say what a transition says anyway, or what always follows from it. */
const isImplied = (code: string): boolean => code.startsWith('entering-') || IMPLIED.has(code);
const IMPLIED: ReadonlySet<string> = new Set([
  'advert-timeout',
  'resigned',
  'advert-higher-priority',
  'announcing',
]);

/** From here on being late may have to do with whatever happened next. */
const STALL_US = 20_000;

/** Transitions remembered of each instance. */
const TRANSITIONS = 8;
/** Circumstances remembered of each instance, and as many of the whole worker. */
const CIRCUMSTANCES = 8;

interface Story {
  heard: { readonly advert: AdvertReceived; readonly at: Micros } | undefined;
  transitions: ToldTransition[];
  circumstances: Circumstance[];
}

/**
 * Why each instance is what it is. Keeps the latest transitions with what led to them, for as long as the worker
 * lives: the journal may long have forgotten them.
 */
export class Chronicle {
  private readonly stories = new Map<string, Story>();
  /** What concerns no instance alone. */
  private common: Circumstance[] = [];
  private started = false;
  private readonly interfacesUp = new Map<string, boolean>();

  /** One step of the protocol: an event, what was ordered, and what became of an advert. */
  step(event: VrrpEvent, effects: readonly VrrpEffect[], now: Micros, verdict: AdvertVerdict): void {
    if (event.type === 'AdvertReceived') this.heard(event, now, verdict);
    else if (event.type === 'DeadlinePassed') this.stalled(event.at, now);
    else this.happened(event, now);
    for (const effect of effects) {
      if (effect.type === 'StateChanged') this.changed(effect, event, now);
      else if (effect.type === 'Record' && !isImplied(effect.code)) {
        const { code, text, instance } = effect;
        const circumstance = { at: now, times: 1, code, text };
        if (instance === undefined) this.common = withNews(this.common, circumstance);
        else {
          const story = this.story(instance);
          story.circumstances = withNews(story.circumstances, circumstance);
        }
      }
    }
    if (event.type === 'Reconfigured') this.forgetAllBut(event.settings.instances.map(({ name }) => name));
  }

  /** What is remembered of these instances; of those that never changed their state, nothing. */
  tell(instances: readonly string[]): readonly InstanceChronicle[] {
    return instances.map((instance) => ({
      instance,
      transitions: this.stories.get(instance)?.transitions ?? [],
    }));
  }

  private heard(advert: AdvertReceived, at: Micros, { instance, code }: AdvertVerdict): void {
    if (code === 'accepted' && instance !== undefined) this.story(instance).heard = { advert, at };
  }

  private stalled(due: Micros, at: Micros): void {
    if (at - due < STALL_US) return;
    const text = `this host was busy or stood still: something was done ${(at - due) / 1000} ms late`;
    this.common = withNews(this.common, { at, times: 1, code: 'stall', text });
  }

  private happened(event: VrrpEvent, at: Micros): void {
    const text = this.wording(event);
    if (text !== undefined) this.common = withNews(this.common, { at, times: 1, code: event.type, text });
  }

  /** In words, if it is news by itself; most events are told by the records that follow from them. */
  private wording(event: VrrpEvent): string | undefined {
    switch (event.type) {
      case 'Started':
        this.started = true;
        return 'the worker started';
      case 'Reconfigured':
        return 'the configuration was reloaded';
      case 'StopRequested':
        return 'the daemon was asked to stop';
      case 'InterfaceVanished':
        this.interfacesUp.delete(event.interface);
        return `interface ${event.interface} vanished`;
      case 'VridsDuplicated':
        return 'interfaces changed, and with them who shares a VRID';
      case 'AddressLost':
        return `${event.address} was removed from ${event.interface} by somebody else`;
      case 'RouteLost':
        return `${event.text} was removed by somebody else`;
      case 'InterfaceChanged': {
        const { name, up } = event.state;
        if (this.interfacesUp.get(name) === up) return undefined;
        this.interfacesUp.set(name, up);
        if (!this.started) return undefined;
        return `interface ${name} ${up ? 'is up' : 'went down'}`;
      }
      default:
        return undefined;
    }
  }

  private changed(
    { instance, from, to, cause }: Extract<VrrpEffect, { type: 'StateChanged' }>,
    event: VrrpEvent,
    at: Micros,
  ): void {
    const story = this.story(instance);
    const since = story.transitions.at(-1)?.at ?? -1;
    const circumstances = [...this.common, ...story.circumstances].filter((each) => each.at > since);
    const told: ToldTransition = {
      ...{ from, to, at, cause, trigger: event.type },
      ...(event.type === 'DeadlinePassed' && { late: (at - event.at) as Micros }),
      ...(story.heard && { lastAdvert: read(story.heard) }),
      circumstances: circumstances.sort((a, b) => a.at - b.at),
    };
    story.transitions = withLast(story.transitions, told, TRANSITIONS);
  }

  private story(instance: string): Story {
    let story = this.stories.get(instance);
    if (!story) {
      story = { heard: undefined, transitions: [], circumstances: [] };
      this.stories.set(instance, story);
    }
    return story;
  }

  private forgetAllBut(names: readonly string[]): void {
    const kept = new Set(names);
    for (const name of this.stories.keys()) if (!kept.has(name)) this.stories.delete(name);
  }
}

/** What is only said again is not kept twice, or it would drive out what led to it. */
function withNews(list: readonly Circumstance[], news: Circumstance): Circumstance[] {
  const last = list.at(-1);
  if (last?.text !== news.text) return withLast(list, news, CIRCUMSTANCES);
  return [...list.slice(0, -1), { ...news, times: last.times + 1 }];
}

const withLast = <T>(list: readonly T[], item: T, limit: number): T[] => [...list.slice(1 - limit), item];

/** Where a message begins with an AH header, the VRRP message is behind it (RFC 4302, 2: 24 bytes with HMAC-96). */
const AH_LENGTH = 24;
const NEXT_HEADER_VRRP = 112;

function read({ advert, at }: NonNullable<Story['heard']>): LastAdvert {
  const { payload, source } = advert;
  const start = payload[0] === NEXT_HEADER_VRRP ? AH_LENGTH : 0;
  // Version, type and VRID come first in both versions, then the priority (RFC 9568, 5.1).
  return { at, source, priority: payload[start + 2] ?? 0 };
}
