import { type IpAddress } from '../base/address.js';
import { type SyncChannel, type SyncDaemon, type SyncRole } from '../wire/netlink/ipvs-types.js';

export type { SyncChannel, SyncDaemon, SyncRole } from '../wire/netlink/ipvs-types.js';

/** lvs_sync_daemon: connections are told to other directors, and heard from them. */
export interface SyncSettings {
  readonly channel: SyncChannel;
  /** The vrrp_instance that it follows: it sends where that is MASTER, and listens elsewhere; without one, both. */
  readonly instance?: string;
}

export type SyncCommand =
  | { readonly type: 'StopSync'; readonly role: SyncRole }
  | { readonly type: 'StartSync'; readonly daemon: SyncDaemon };

/** The daemons that should run. @param masters the vrrp_instances that are MASTER. */
export function desiredSync(
  settings: SyncSettings | undefined,
  masters: readonly string[],
): readonly SyncDaemon[] {
  if (!settings) return [];
  const { channel, instance } = settings;
  if (instance === undefined) {
    return [
      { role: 'master', channel },
      { role: 'backup', channel },
    ];
  }
  return [{ role: masters.includes(instance) ? 'master' : 'backup', channel }];
}

/** From the daemons that run to those that should; one that runs as it should goes on. */
export function planSync(
  desired: readonly SyncDaemon[],
  running: readonly SyncDaemon[],
): readonly SyncCommand[] {
  const isWanted = (daemon: SyncDaemon): boolean => desired.some((each) => isSame(each, daemon));
  const kept = running.filter(isWanted);
  return [
    ...running
      .filter((daemon) => !kept.includes(daemon))
      .map(({ role }): SyncCommand => ({ type: 'StopSync', role })),
    ...desired
      .filter(({ role }) => !kept.some((daemon) => daemon.role === role))
      .map((daemon): SyncCommand => ({ type: 'StartSync', daemon })),
  ];
}

/** What the kernel takes where nothing is said (net/netfilter/ipvs/ip_vs_sync.c). */
const KERNEL = { group: '224.0.0.81' as IpAddress, port: 8848, ttl: 1 } as const;

function isSame(desired: SyncDaemon, running: SyncDaemon): boolean {
  const [wanted, found] = [desired.channel, running.channel];
  return (
    desired.role === running.role &&
    wanted.interface === found.interface &&
    wanted.id === found.id &&
    (wanted.group ?? KERNEL.group) === (found.group ?? KERNEL.group) &&
    (wanted.port ?? KERNEL.port) === (found.port ?? KERNEL.port) &&
    (wanted.ttl ?? KERNEL.ttl) === (found.ttl ?? KERNEL.ttl) &&
    isSameLength(desired, found.maxLength)
  );
}

/** The kernel derives the length from the interface where none is given, and keeps a given one within its limits. */
function isSameLength({ role, channel }: SyncDaemon, found: number | undefined): boolean {
  const { maxLength: wanted, group = KERNEL.group } = channel;
  if (wanted === undefined || found === undefined) return true;
  const least = role === 'backup' ? 1024 : 1;
  const headers = group.includes(':') ? 48 : 28;
  return Math.min(Math.max(wanted, least), 65_535 - headers) === found;
}
