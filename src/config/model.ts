import { type BfdSettings } from '../bfd/index.js';
import { type HealthSettings } from '../health/index.js';
import { type ServiceTemplate, type SyncSettings } from '../lvs/index.js';
import {
  type DesiredAddress,
  type DesiredRouting,
  type FirewallSettings,
  type IpvsMarkSettings,
} from '../net/index.js';
import { type VrrpSettings } from '../vrrp/index.js';
import { type Details } from './model-details.js';
import { type GlobalSettings } from './model-global.js';
import { type NotifySettings } from './model-notify.js';
import { type CheckerProbe, type TlsFiles } from './model-probe.js';
import { type TrackFileSettings, type TrackProcessSettings } from './model-track.js';
import { type StaticSettings } from './model-vrrp.js';

/**
 * The immutable result of reading a configuration: plain data without functions or class instances, because
 * it is handed to worker processes, compared structurally on reload and printed as JSON. Each pure part owns
 * the shape of its own share; config/ only fills them in.
 */
export interface Configuration {
  readonly global: GlobalSettings;
  readonly vrrp: VrrpSettings;
  /** What moves with each vrrp_instance, by instance name: virtual_ipaddress, then _excluded. */
  readonly vrrpAddresses: Readonly<Record<string, readonly DesiredAddress[]>>;
  /** virtual_routes and virtual_rules of those instances that have any, by name. */
  readonly vrrpRoutes: Readonly<Record<string, DesiredRouting>>;
  readonly statics: StaticSettings;
  /** What packets to VIPs must not pass; absent if nobody needs a firewall. */
  readonly vrrpFirewall?: FirewallSettings;
  /** What each vrrp_script executes, by its name. */
  readonly vrrpScripts: Readonly<Record<string, ScriptCommand>>;
  readonly bfd: BfdSettings;
  /** What instances track beyond scripts, by name. */
  readonly trackFiles: Readonly<Record<string, TrackFileSettings>>;
  readonly trackProcesses: Readonly<Record<string, TrackProcessSettings>>;
  readonly health: HealthSettings;
  /** What each checker does, by its id (health/settings.ts). */
  readonly probes: Readonly<Record<string, CheckerProbe>>;
  /** What SSL_GET shows of us; absent for nothing. */
  readonly tls?: TlsFiles;
  /** What each pool programs with every real server alive, by pool id: one service, or one for each member of its group. */
  readonly services: Readonly<Record<string, readonly ServiceTemplate[]>>;
  /** Groups that are served by firewall marks; absent if none is. */
  readonly ipvsMarks?: IpvsMarkSettings;
  /** Absent if IPVS is not to be synchronised. */
  readonly ipvsSync?: SyncSettings;
  readonly notify: NotifySettings;
  /** What the file says beyond what this release acts on. */
  readonly details: Details;
}

/** What is told to those who tell others: no probe, no key, nothing that only acts, and no secret in what is left. */
export type HeraldConfiguration = Omit<Configuration, 'probes' | 'tls' | 'vrrpFirewall' | 'ipvsMarks'>;

/** A command line split into words (keepalived runs it without a shell), and who runs it. */
export interface ScriptCommand {
  readonly argv: readonly string[];
  /** Resolved by the daemon at start, by name; undefined for script_user's default. */
  readonly user?: string;
  readonly group?: string;
}
