import { KernelError } from '../kernel/kernel-error.js';
import { SegmentSocket } from '../kernel/segment-socket.js';
import { decodeSegmentAdvert, type VrrpEffect } from '../vrrp/index.js';

type Offence = Extract<VrrpEffect, { type: 'Record' }> & {
  readonly offender: NonNullable<Extract<VrrpEffect, { type: 'Record' }>['offender']>;
};

/** How long a line waits for the MAC address that is missing in it; adverts come every second, as a rule. */
const PATIENCE_MS = 5000;
/** Lines that wait at one time. */
const MOST_WAITING = 32;

/** What the watch needs of the outside. */
export interface OffenderSurroundings {
  indexOf(interfaceName: string): number | undefined;
  /** @throws KernelError */
  open(
    interfaceIndex: number,
    onFrames: (frames: readonly Uint8Array[]) => void,
  ): Pick<SegmentSocket, 'close'>;
  say(level: Offence['level'], text: string): void;
}

/** What the kernel does. */
export const openSegment: OffenderSurroundings['open'] = (index, onFrames) =>
  new SegmentSocket(index, onFrames);

/** True for a record whose text wants a MAC address. */
export const isOffence = (effect: Extract<VrrpEffect, { type: 'Record' }>): effect is Offence =>
  effect.offender !== undefined;

/**
 * Finds the MAC addresses of offending routers for the log. The protocol's sockets do not tell them, so whole frames are
 * looked at for a few seconds.
 */
export class OffenderWatch {
  private readonly waiting = new Set<{ readonly offence: Offence; readonly timer: NodeJS.Timeout }>();
  /** By interface. */
  private readonly sockets = new Map<string, Pick<SegmentSocket, 'close'>>();

  constructor(private readonly around: OffenderSurroundings) {}

  /** Logs the offence as soon as its MAC address is known, or when there is no more use in waiting. */
  report(offence: Offence): void {
    const isOpen = this.waiting.size < MOST_WAITING && this.listenOn(offence.offender.interface);
    if (!isOpen) {
      this.say(offence, 'of unknown MAC');
      return;
    }
    const entry = { offence, timer: setTimeout(() => this.settle(entry, 'of unknown MAC'), PATIENCE_MS) };
    this.waiting.add(entry);
  }

  /** Nobody is waited for any more. */
  close(): void {
    for (const entry of this.waiting) this.settle(entry, 'of unknown MAC');
  }

  private listenOn(name: string): boolean {
    if (this.sockets.has(name)) return true;
    const index = this.around.indexOf(name);
    if (index === undefined) return false;
    try {
      this.sockets.set(
        name,
        this.around.open(index, (frames) => this.heard(name, frames)),
      );
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return false;
    }
  }

  private heard(name: string, frames: readonly Uint8Array[]): void {
    for (const advert of frames.map(decodeSegmentAdvert)) {
      for (const entry of this.waiting) {
        const { interface: port, source, vrid } = entry.offence.offender;
        if (port !== name || advert?.source !== source || advert.vrid !== vrid) continue;
        this.settle(entry, advert.hardwareAddress);
      }
    }
  }

  private settle(entry: { readonly offence: Offence; readonly timer: NodeJS.Timeout }, mac: string): void {
    clearTimeout(entry.timer);
    this.waiting.delete(entry);
    this.say(entry.offence, mac);
    const { interface: name } = entry.offence.offender;
    if ([...this.waiting].some(({ offence }) => offence.offender.interface === name)) return;
    this.sockets.get(name)?.close();
    this.sockets.delete(name);
  }

  private say({ level, text, offender }: Offence, mac: string): void {
    this.around.say(level, text.replace(offender.source, `${offender.source} (${mac})`));
  }
}
