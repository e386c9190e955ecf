import { familyOf, isLinkLocal, type Family } from '../base/address.js';
import { type Configuration } from '../config/index.js';
import { type Result } from '../base/result.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { NftablesMonitor, NftablesSocket } from '../kernel/nftables.js';
import { type ReceiveBuffer } from '../kernel/socket-option.js';
import { type FirewallInterface, type FirewallSettings, type GuardedLink } from '../net/index.js';
import { type NftCommand, type NftTable } from '../wire/netlink/nftables.js';
import { FirewallKeeper, type Firewall, type FirewallDoor } from './firewall-keeper.js';
import { iptablesKind, runCommand } from './iptables-command.js';
import { IptablesKeeper } from './iptables-keeper.js';
import { type InterfaceView } from './interface-view.js';
import { type MadeLink } from './link-keeper.js';
import { type Log } from './log.js';

/**
 * The keeper of this network namespace's firewall. nf_tables is opened when it is first needed. As in keepalived,
 * vrrp_iptables has iptables do the work only where it is not itself a front end of nftables. What does the work is
 * settled at the start.
 */
export function keepFirewall(
  settings: FirewallSettings | undefined,
  view: InterfaceView,
  log: Log,
): Firewall {
  if (settings?.iptables && hasOldIptables(log)) {
    return new IptablesKeeper(settings, {
      run: runCommand,
      find: (name) => interfaceOf(view, name),
      say: sayTo(log),
    });
  }
  const keeper = new FirewallKeeper(settings, {
    open: () => new WatchedTables(() => keeper.tablesDeleted()),
    find: (name) => interfaceOf(view, name),
    say: sayTo(log),
  });
  return keeper;
}

const sayTo =
  (log: Log) =>
  (level: 'detail' | 'info' | 'warning' | 'error', text: string): void => {
    if (level === 'detail') log.detail(text);
    else log.say(level, text);
  };

function hasOldIptables(log: Log): boolean {
  const kind = iptablesKind();
  if (kind === 'missing') {
    log.info('Using nftables since no iptables command found - please update configuration');
  } else if (kind === 'nf_tables') {
    log.info('Not using iptables since iptables uses nf_tables - please update configuration');
  }
  return kind === 'legacy';
}

/**
 * What the firewall has to know of the VMACs that exist: on an instance's own, both families matter as soon as the
 * instance has addresses of both (keepalived). Without local IGMP there is nothing of IPv4 to move (disable_local_igmp).
 */
export function guardedLinks(
  made: readonly MadeLink[],
  { vrrp, details }: Pick<Configuration, 'vrrp' | 'details'>,
): readonly GuardedLink[] {
  const { disableLocalIgmp } = details.daemon.interfaces;
  return made.flatMap(({ instance, kind, purpose, family, name, base }) => {
    if (kind !== 'vmac' || (family === 'inet' && disableLocalIgmp)) return [];
    const addresses = vrrp.instances.find((each) => each.name === instance)?.addresses ?? [];
    const others = purpose === 'adverts' ? addresses.map(({ address }) => familyOf(address)) : [];
    const families = new Set<Family>([family, ...others]);
    return [{ name, baseInterface: base, families: [...families] }];
  });
}

function interfaceOf(view: InterfaceView, name: string): FirewallInterface | undefined {
  const state = view.state(name);
  const linkLocal = state?.addresses.find(isLinkLocal);
  return state && { index: state.index, ...(linkLocal !== undefined && { linkLocal }) };
}

/** nf_tables, and an ear for those who delete tables. */
export class WatchedTables implements FirewallDoor {
  private readonly socket = new NftablesSocket();
  private readonly monitor: NftablesMonitor;

  /** @throws KernelError */
  constructor(
    onLoss: () => void,
    { command, monitor }: { readonly command?: ReceiveBuffer; readonly monitor?: ReceiveBuffer } = {},
  ) {
    this.monitor = new NftablesMonitor(onLoss);
    if (command) this.socket.setReceiveBuffer(command);
    if (monitor) this.monitor.setReceiveBuffer(monitor);
  }

  transact(commands: readonly NftCommand[]): Result<void, KernelError> {
    return this.socket.transact(commands);
  }

  has(table: NftTable): Result<boolean, KernelError> {
    return this.socket.has(table);
  }

  close(): void {
    this.socket.close();
    this.monitor.close();
  }
}
