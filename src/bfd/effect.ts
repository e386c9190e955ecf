import { type Micros } from '../base/units.js';
import { type BfdPacket } from '../wire/bfd.js';
import { type SessionSettings } from './settings.js';

/** Orders, as data. The driver carries them out in this order, completely, before the next event. */
export type BfdEffect =
  /** Open what the session sends from, instead of what it may have; SocketOpened or SocketRefused says what came of it. */
  | { readonly type: 'OpenSocket'; readonly session: SessionSettings }
  | { readonly type: 'CloseSocket'; readonly session: string }
  | { readonly type: 'SendPacket'; readonly session: string; readonly packet: BfdPacket }
  /** Set or replace the deadline of that name; absolute, on the monotonic clock. */
  | { readonly type: 'SetDeadline'; readonly name: string; readonly at: Micros }
  | { readonly type: 'ClearDeadline'; readonly name: string }
  /** Tell whoever follows the session. It comes before any packet, because somebody may have to take over. */
  | { readonly type: 'SessionChanged'; readonly session: string; readonly up: boolean }
  /** A line for the log (keepalived's wording where it has one) and the recorder; debug lines are for -D. */
  | {
      readonly type: 'Record';
      readonly level: 'debug' | 'info' | 'warning' | 'error';
      /** Stable and greppable, for example 'session-up'. */
      readonly code: string;
      readonly session?: string;
      readonly text: string;
    }
  /** StopRequested has been carried out. */
  | { readonly type: 'Stopped' };
