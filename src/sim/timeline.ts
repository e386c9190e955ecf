import { minus, type Micros } from '../base/units.js';
import { type VrrpEffect } from '../vrrp/index.js';
import { describeEffect, inSeconds, kindOf, type EffectKind } from './effect-text.js';
import { describeFault, type Fault } from './fault.js';

/** Something that happened, with its time. */
export type TimelineEntry =
  | { readonly at: Micros; readonly kind: 'fault'; readonly fault: Fault }
  | {
      readonly at: Micros;
      readonly kind: EffectKind;
      readonly router: string;
      readonly effect: VrrpEffect;
    };

/** An entry in words, without its time: `A: VI becomes MASTER, from BACKUP, because ...`. */
export const textOf = (entry: TimelineEntry): string =>
  entry.kind === 'fault'
    ? describeFault(entry.fault)
    : `${entry.router}: ${describeEffect(entry.effect).join(', ')}`;

/** A stretch of time in which one router was master of an instance; `until` is open if it still is. */
export interface Reign {
  readonly instance: string;
  readonly router: string;
  readonly from: Micros;
  readonly until?: Micros;
}

/** A stretch of time in which no router was master of an instance that had had one. */
export interface Gap {
  readonly instance: string;
  readonly from: Micros;
  readonly until: Micros;
  readonly duration: Micros;
}

/** Collects what happens in a simulation. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];

  addFault(fault: Fault, at: Micros): void {
    this.entries.push({ at, kind: 'fault', fault });
  }

  addEffect(router: string, effect: VrrpEffect, at: Micros): void {
    this.entries.push({ at, kind: kindOf(effect), router, effect });
  }

  /** One line an entry of these kinds, for people. */
  lines(kinds: readonly TimelineEntry['kind'][] = ['fault', 'states']): readonly string[] {
    return this.entries
      .filter(({ kind }) => kinds.includes(kind))
      .map(
        (entry) =>
          `${inSeconds(entry.at).padStart(12)}  ${entry.kind === 'fault' ? '* ' : '  '}${textOf(entry)}`,
      );
  }

  /** Who was master when, in order of time. A host that loses power reigns no more. */
  reigns(): readonly Reign[] {
    const done: Reign[] = [];
    const open: Reign[] = [];
    const end = (isOver: (reign: Reign) => boolean, at: Micros): void => {
      for (const reign of open.filter(isOver)) {
        open.splice(open.indexOf(reign), 1);
        done.push({ ...reign, until: at });
      }
    };
    for (const entry of this.entries) {
      if (entry.kind === 'fault') {
        const { fault } = entry;
        if (fault.type === 'kill' || fault.type === 'crash-worker') {
          end(({ router }) => router === fault.router, entry.at);
        }
        continue;
      }
      const { effect, router, at } = entry;
      if (effect.type !== 'StateChanged') continue;
      const { instance } = effect;
      if (effect.from === 'MASTER') end((each) => each.router === router && each.instance === instance, at);
      if (effect.to === 'MASTER') open.push({ instance, router, from: at });
    }
    return [...done, ...open].sort((a, b) => a.from - b.from);
  }

  /** When there was no master between two reigns. */
  gaps(): readonly Gap[] {
    const gaps: Gap[] = [];
    const coveredUntil = new Map<string, Micros>();
    for (const { instance, from, until } of this.reigns()) {
      const covered = coveredUntil.get(instance);
      if (covered !== undefined && from > covered) {
        gaps.push({ instance, from: covered, until: from, duration: minus(from, covered) });
      }
      const end = until ?? (Infinity as Micros);
      if (covered === undefined || end > covered) coveredUntil.set(instance, end);
    }
    return gaps;
  }
}
