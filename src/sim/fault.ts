import { type IpAddress } from '../base/address.js';
import { type Micros } from '../base/units.js';
import { type VrrpEvent, type VrrpSettings } from '../vrrp/index.js';
import { inSeconds } from './effect-text.js';
import { type Quality } from './network.js';

/** Something that is done to the routers or to the network. */
export type Fault =
  /** The host loses power: no farewell, and its addresses are gone. */
  | { readonly type: 'kill'; readonly router: string }
  /** Power is back; the daemon starts with what it was configured with. No effect on one that runs. */
  | { readonly type: 'start'; readonly router: string }
  /** The daemon is asked to stop. */
  | { readonly type: 'stop'; readonly router: string }
  /** The worker dies and is respawned at once; the kernel keeps its addresses meanwhile. */
  | { readonly type: 'crash-worker'; readonly router: string }
  /** The process does not run for so long; packets wait in its socket. */
  | { readonly type: 'stall'; readonly router: string; readonly duration: Micros }
  | { readonly type: 'link'; readonly router: string; readonly interface: string; readonly up: boolean }
  /** How the runs of a tracking script end from now on. */
  | { readonly type: 'script'; readonly router: string; readonly script: string; readonly success: boolean }
  /** Something else that is tracked: a number in a file, a number of processes, a BFD session. */
  | { readonly type: 'tracked'; readonly router: string; readonly event: TrackedEvent }
  /** Somebody removes a VIP from the kernel. */
  | {
      readonly type: 'remove-address';
      readonly router: string;
      readonly interface: string;
      readonly address: IpAddress;
    }
  | { readonly type: 'reload'; readonly router: string; readonly settings: VrrpSettings }
  /** Packets from any of `from` do not reach any of `to`; twice, both ways, for a full partition. */
  | { readonly type: 'cut'; readonly from: readonly string[]; readonly to: readonly string[] }
  /** All cuts end, or those between these two. */
  | { readonly type: 'heal'; readonly between?: readonly [string, string] }
  | { readonly type: 'quality'; readonly quality: Quality }
  /** An attacker puts a packet on the segment of an interface; every router there hears it. */
  | {
      readonly type: 'forge';
      readonly interface: string;
      readonly source: IpAddress;
      readonly destination: IpAddress;
      readonly ttl: number;
      readonly payload: Uint8Array;
    };

/** How something tracked is from now on. */
export type TrackedEvent = Extract<VrrpEvent, { type: 'FileChanged' | 'ProcessesCounted' | 'BfdChanged' }>;

/** A fault and its time. */
export interface TimedFault {
  readonly at: Micros;
  readonly fault: Fault;
}

/** A fault in words, as timelines print it. */
export function describeFault(fault: Fault): string {
  switch (fault.type) {
    case 'kill':
      return `${fault.router} loses power`;
    case 'start':
      return `${fault.router} is started`;
    case 'stop':
      return `${fault.router} is stopped`;
    case 'crash-worker':
      return `the worker of ${fault.router} crashes and is respawned`;
    case 'stall':
      return `${fault.router} stalls for ${inSeconds(fault.duration)}`;
    case 'link':
      return `${fault.interface} of ${fault.router} goes ${fault.up ? 'up' : 'down'}`;
    case 'script':
      return `script ${fault.script} of ${fault.router} ${fault.success ? 'succeeds' : 'fails'} from now on`;
    case 'tracked':
      return describeTracked(fault.router, fault.event);
    case 'remove-address':
      return `${fault.address} is removed from ${fault.interface} of ${fault.router}`;
    case 'reload':
      return `${fault.router} is reloaded`;
    case 'cut':
      return fault.from.join() === fault.to.join()
        ? `${fault.from.join(' and ')} no longer reach each other`
        : `${fault.from.join(' ')} no longer reaches ${fault.to.join(' ')}`;
    case 'heal':
      return fault.between
        ? `${fault.between.join(' and ')} reach each other again`
        : 'everybody reaches everybody again';
    case 'quality':
      return describeQuality(fault.quality);
    case 'forge':
      return `somebody forges an advert from ${fault.source}, ttl ${fault.ttl}, ${fault.payload.length} bytes`;
  }
}

function describeTracked(router: string, event: TrackedEvent): string {
  switch (event.type) {
    case 'FileChanged':
      return `file ${event.name} of ${router} has ${event.value} from now on`;
    case 'ProcessesCounted':
      return `${event.name} of ${router} has ${event.count} processes from now on`;
    case 'BfdChanged':
      return `session ${event.name} of ${router} goes ${event.up ? 'up' : 'down'}`;
  }
}

function describeQuality({ loss, duplication, minDelay, maxDelay }: Quality): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `the network loses ${percent(loss)}, doubles ${percent(duplication)}, and takes ${minDelay}-${maxDelay} us`;
}
