import { type Micros } from '../base/units.js';
import { type AdvertVerdict, type VrrpEffect, type VrrpEvent } from '../vrrp/index.js';
import { Chronicle } from './chronicle.js';
import { Journal } from './journal.js';

/** Bytes that one worker's journal takes at most: about 45,000 adverts. */
export const JOURNAL_BYTES = 4 * 1024 * 1024;

/** What a worker's protocol is told and orders. */
interface Tagged {
  readonly type: string;
}

/**
 * The record of one worker: each step of its protocol, and what it learns besides. Settings are not copied into it:
 * the supervisor, who handed them out, knows them by their number.
 */
export class Recorder {
  readonly journal = new Journal(JOURNAL_BYTES);
  private generation = 0;

  /** One step: what happened, what was ordered, and what else is to be said of it. */
  step(event: Tagged, effects: readonly Tagged[], at: Micros, remark?: unknown): void {
    this.journal.add(at, 'step', [this.withoutSettings(event), effects, remark]);
  }

  /** Something that is no event of the protocol: a message of the kernel, the end of a notify script. */
  note(kind: string, at: Micros, fact: unknown): void {
    this.journal.add(at, kind, [fact]);
  }

  /** Reloads bring settings; they are numbered from 1, and 0 is what the worker started with. */
  private withoutSettings(event: Tagged): Tagged {
    if (event.type !== 'Reconfigured') return event;
    this.generation += 1;
    const numbered = { ...event, settings: undefined, generation: this.generation };
    return numbered;
  }
}

/** The record of the VRRP worker, with the causes of its transitions. */
export class VrrpRecorder extends Recorder {
  readonly chronicle = new Chronicle();

  override step(event: VrrpEvent, effects: readonly VrrpEffect[], at: Micros, verdict: AdvertVerdict): void {
    const isAdvert = event.type === 'AdvertReceived';
    super.step(event, effects, at, isAdvert ? verdict : undefined);
    this.chronicle.step(event, effects, at, verdict);
  }
}
