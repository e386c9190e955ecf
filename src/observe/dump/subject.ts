import { type SessionSnapshot } from '../../bfd/index.js';
import { type Micros } from '../../base/units.js';
import { type Configuration } from '../../config/index.js';
import { type PoolState } from '../../health/index.js';
import { type RouterSnapshot } from '../../vrrp/index.js';

/** What dumps show: the configuration, and how everything was at one moment. */
export interface DumpSubject {
  readonly configuration: Configuration;
  readonly router: RouterSnapshot;
  readonly pools: readonly PoolState[];
  /** BFD sessions. */
  readonly sessions: readonly SessionSnapshot[];
  /** Virtual routes and rules in the words of `ip`, by instance. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  readonly rules: Readonly<Record<string, readonly string[]>>;
  /** A time of the monotonic clock in seconds since 1970. */
  unixTime(at: Micros): number;
  /** A script's words, in quotes, the first being the file that is executed. */
  command(script: { readonly argv: readonly string[] }): string;
  /** Numbers of a script's user and group. */
  owner(script: { readonly user?: string; readonly group?: string }): string;
}
