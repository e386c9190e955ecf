import { type IpAddress } from '../base/address.js';
import { type IptablesSettings } from '../net/index.js';
import { type Micros } from '../base/units.js';
import { type TimedScript } from './model-details.js';
import { type ScriptCommand } from './model.js';

/** global_defs and the keywords outside any block beyond GlobalSettings. */
export interface DaemonSettings {
  readonly instanceName?: string;
  readonly networkNamespace?: string;
  /** '' for the default namespace. */
  readonly ipvsNetworkNamespace?: string;
  readonly namespaceWithIpsets: boolean;
  readonly usePidDirectory: boolean;
  readonly childWaitS: number;
  readonly randomSeed?: number;
  readonly scripts: ScriptEnvironment;
  readonly mail: MailSettings;
  readonly fifos: Readonly<Partial<Record<'all' | 'vrrp' | 'lvs', FifoSettings>>>;
  readonly fifoStatesOnReload: boolean;
  readonly snmp: SnmpSettings;
  /** `#understudy metrics_listen`. */
  readonly metricsListen?: { readonly address: IpAddress; readonly port: number };
  readonly dbus: {
    readonly enabled: boolean;
    readonly serviceName?: string;
    readonly noInterfaceName?: string;
  };
  readonly reload: ReloadSettings;
  readonly files: FileSettings;
  /** By keyword without _rcv_bufs: bytes, and whether beyond the system limit. */
  readonly receiveBuffers: Readonly<Record<string, { readonly bytes?: number; readonly force: boolean }>>;
  readonly firewall: FirewallSettings;
  readonly interfaces: InterfaceSettings;
  readonly vrrp: VrrpDaemonSettings;
  readonly lvs: LvsDaemonSettings;
}

export interface ScriptEnvironment {
  readonly startup?: TimedScript;
  readonly shutdown?: TimedScript;
}

export interface MailSettings {
  readonly to: readonly string[];
  /** Undefined: the daemon's user at this host. */
  readonly from?: string;
  readonly server?: { readonly host: string; readonly port: number };
  readonly heloName?: string;
  readonly timeout: Micros;
  /** Undefined: as each kind of object has it. */
  readonly alert?: boolean;
  readonly alertVrrp?: boolean;
  readonly alertChecker?: boolean;
  readonly noFaults: boolean;
  readonly noCheckerMails: boolean;
  /** `#understudy smtp_tls`: encrypted from the first byte, or after STARTTLS; whose certificates are believed. */
  readonly tls?: { readonly from: 'starttls' | 'connect'; readonly caFile?: string };
  /** `#understudy smtp_auth`: a file with a user's name and a password. */
  readonly loginFile?: string;
}

/** A FIFO, who owns it, and who reads it. */
export interface FifoSettings {
  readonly path?: string;
  readonly user?: string;
  readonly group?: string;
  readonly script?: ScriptCommand;
}

export interface SnmpSettings {
  readonly socket?: string;
  readonly traps: boolean;
  readonly vrrp: boolean;
  readonly rfc2: boolean;
  readonly rfc3: boolean;
  readonly checker: boolean;
  readonly virtualServerStats: Micros;
  readonly realServerStats: Micros;
}

export interface ReloadSettings {
  /** Log of the check before a reload; undefined for no check. */
  readonly checkConfig?: string;
  readonly timeFile?: string;
  readonly repeat: boolean;
  /** '' for the default file. */
  readonly file?: string;
  readonly includeCheck: readonly string[];
}

export interface FileSettings {
  readonly configSaveDirectory?: string;
  readonly temporaryConfigDirectory?: string;
  readonly dataUseInstance: boolean;
  readonly jsonVersion: 1 | 2;
  readonly iprouteUsrDirectory?: string;
  readonly iprouteEtcDirectory?: string;
  readonly stateDump?: string;
  readonly statsDump?: string;
  readonly jsonDump?: string;
}

export interface FirewallSettings {
  /** Undefined: as needed. */
  readonly nftablesTable?: string;
  /** vrrp_iptables, unless nftables is asked for too. */
  readonly iptables?: IptablesSettings;
  readonly nftablesPriority: number;
  readonly nftablesIfindex: boolean;
  readonly nftablesCounters: boolean;
  readonly ipvsTable?: string;
  readonly ipvsPriority: number;
  readonly ipvsStartMark: number;
}

export interface InterfaceSettings {
  readonly default?: string;
  readonly dynamic: boolean;
  readonly dynamicChanges: boolean;
  readonly linkbeatPolling: boolean;
  readonly vmacPrefix?: string;
  readonly vmacAddrPrefix?: string;
  readonly disableLocalIgmp: boolean;
}

export interface VrrpDaemonSettings {
  readonly garpInterval: Micros;
  readonly gnaInterval: Micros;
  readonly receiveBufferPolicy: 'default' | 'MTU' | 'ADVERT' | number;
  readonly receiveBufferMultiplier: number;
  readonly ownerIgnoreAdverts: boolean;
}

export interface LvsDaemonSettings {
  /** Seconds; absent for the kernel's. */
  readonly timeouts: Readonly<Partial<Record<'tcp' | 'tcpfin' | 'udp', number>>>;
  readonly flush: boolean;
  readonly flushOnStop: 'no' | 'all' | 'VS';
  readonly syncDaemon?: SyncDaemonSettings;
}

export interface SyncDaemonSettings {
  readonly interface: string;
  /** The vrrp_instance that it follows; both roles at once without one. */
  readonly instance?: string;
  /** 0-255; the instance's virtual router id unless told. */
  readonly id?: number;
  readonly maxLength?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: IpAddress;
}
