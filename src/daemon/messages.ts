import { type Micros } from '../base/units.js';
import { type Configuration, type HeraldConfiguration, type LvsDaemonSettings } from '../config/index.js';
import { type IpvsPlace } from '../kernel/ipvs.js';
import { type ReceiveBuffer } from '../kernel/socket-option.js';
import { type Marks } from '../health/index.js';
import { type VrrpState } from '../vrrp/index.js';
import { type Result } from '../base/result.js';
import { type News } from '../observe/index.js';
import { type NoAnswer } from './control-inquiries.js';
import { type WorkerQuery } from './control-queries.js';
import { type DumpOrder } from './dumps.js';
import { type DaemonFlags } from './flags.js';

/**
 * The worker processes; 'checkers' is keepalived's name for the one that checks health. 'alerts' does all that talks to
 * the outside and may have to wait for it: mail, SNMP, D-Bus, metrics. Nothing waits for that one.
 */
export type WorkerKind = 'vrrp' | 'checkers' | 'bfd' | 'alerts';

/** Whom the alerts worker may ask. */
export type Asked = Exclude<WorkerKind, 'alerts'>;

/**
 * The share of the model that each worker is handed. What it is not told, it cannot depend on. `news`: it is to tell
 * what happens (FromWorker's News).
 */
export interface WorkerShares {
  readonly vrrp: Pick<
    Configuration,
    | 'global'
    | 'vrrp'
    | 'vrrpAddresses'
    | 'vrrpRoutes'
    | 'statics'
    | 'vrrpFirewall'
    | 'vrrpScripts'
    | 'trackFiles'
    | 'trackProcesses'
    | 'ipvsSync'
    | 'notify'
    | 'details'
  > & {
    readonly processMonitor: ReceiveBuffer;
    readonly ipvsPlace: IpvsPlace;
    readonly news: boolean;
    /** The vrrp_instances whose mastership virtual servers wait for (serve_when_master). */
    readonly servedInstances: readonly string[];
  };
  readonly bfd: Pick<Configuration, 'global' | 'bfd'> & {
    /** Who is told of each session. */
    readonly details: Configuration['details']['bfd'];
  };
  readonly checkers: Pick<
    Configuration,
    'global' | 'health' | 'probes' | 'services' | 'notify' | 'trackFiles' | 'tls'
  > & {
    readonly ipvs: IpvsShare;
    readonly news: boolean;
    readonly fifos: Configuration['details']['daemon']['fifos'];
    /** Where pools are checked or served that are not everywhere and always so, by pool id. */
    readonly placements: Readonly<Record<string, PoolPlacement>>;
  };
  /** Nearly all of it, because the MIBs show nearly all of it; but no secret. */
  readonly alerts: HeraldConfiguration;
}

/** What the health worker has to know of IPVS beside its services. */
export interface IpvsShare extends Omit<LvsDaemonSettings, 'syncDaemon'> {
  readonly place: IpvsPlace;
  /** lvs_netlink_monitor_rcv_bufs. */
  readonly monitorBuffer?: ReceiveBuffer;
  readonly marks?: Configuration['ipvsMarks'];
  /** Only if it follows no vrrp_instance. */
  readonly sync?: Configuration['ipvsSync'];
}

export interface PoolPlacement {
  /** ha_suspend: checks stand still while no address of its services is on this host. */
  readonly haSuspend: boolean;
  /** Its services stand only while this vrrp_instance is MASTER. */
  readonly serveWhenMaster?: string;
}

/** Everything a worker needs to know of the process that started it. */
export interface WorkerSetting {
  readonly flags: DaemonFlags;
  /** `keepalived` or `understudy`: how the daemon was called. */
  readonly programName: string;
}

/** A vrrp_instance that was master when the worker that ran it died. */
export interface Bereaved {
  readonly instance: string;
  /** Until then its backups wait for an advert; after that one of them has taken over. */
  readonly resumeBefore: Micros;
}

/** From the supervisor to a worker. A stop is SIGTERM, because that also comes if the supervisor dies. */
export type ToWorker<Share> =
  | {
      readonly type: 'Start';
      readonly setting: WorkerSetting;
      readonly share: Share;
      /** Empty at first start. */
      readonly bereaved: readonly Bereaved[];
      /** A predecessor has died: adopt what it left in the kernel. */
      readonly respawned: boolean;
      /** For the health worker: what operators have ordered of real servers. */
      readonly marks: Marks;
    }
  | { readonly type: 'Reconfigure'; readonly share: Share }
  /** A sign of life is wanted: Alive follows. */
  | { readonly type: 'Ping' }
  /** Asked over the control socket; Answer follows. */
  | { readonly type: 'Query'; readonly id: number; readonly query: WorkerQuery }
  | ToAlerts;

/** What only the alerts worker is told. */
export type ToAlerts =
  /** NewsTaken follows, and then more. */
  | { readonly type: 'News'; readonly news: readonly News[] }
  /** To its Ask of that id. */
  | { readonly type: 'Answered'; readonly id: number; readonly answer: Result<unknown, NoAnswer> };

/** From a worker to the supervisor. */
export type FromWorker =
  /** The configuration is in force (after Start and after Reconfigure). */
  | {
      readonly type: 'Ready';
      /** After a reload: all vrrp_instances that are master, by the names that they have now. */
      readonly masters?: readonly string[];
    }
  | { readonly type: 'StateChanged'; readonly instance: string; readonly to: VrrpState }
  | { readonly type: 'Alive' }
  | { readonly type: 'Answer'; readonly id: number; readonly answer: unknown }
  /** What has happened, for the alerts worker. */
  | { readonly type: 'News'; readonly news: readonly News[] }
  | FromAlerts;

/** What only the alerts worker says. */
export type FromAlerts =
  | { readonly type: 'NewsTaken' }
  /** Answered follows. */
  | {
      readonly type: 'Ask';
      readonly id: number;
      readonly worker: Asked | 'supervisor';
      readonly query: WorkerQuery;
    }
  /** Answered follows when it has been done. */
  | { readonly type: 'Order'; readonly id: number; readonly order: AlertsOrder };

/** What somebody outside may have the supervisor do. `reload`: as SIGHUP. */
export type AlertsOrder = 'reload' | DumpOrder;
