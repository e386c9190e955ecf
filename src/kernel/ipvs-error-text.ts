import { type IpvsCommand } from '../wire/netlink/ipvs.js';
import { type KernelError } from './kernel-error.js';

/** Why a command was refused, by command where it matters, then in general: the wording of ipvsadm. */
export function explainCommand({ type }: IpvsCommand, error: KernelError): string {
  return EXPLANATIONS[`${type} ${error.code}`] ?? EXPLANATIONS[error.code] ?? error.message;
}

/** Why a sync daemon could not be started or stopped. */
export const explainDaemon = (error: KernelError): string => DAEMON_EXPLANATIONS[error.code] ?? error.message;

const DAEMON_EXPLANATIONS: Readonly<Record<string, string>> = {
  EEXIST: 'Daemon has already run',
  ESRCH: 'No daemon is running',
  ENODEV: 'No such interface, or it is down',
  EINVAL: 'The kernel takes no sync daemon beside tunnels to another address family, and no unknown group',
};

const EXPLANATIONS: Readonly<Record<string, string>> = {
  'NewService EEXIST': 'Service already exists',
  'NewService ENOENT': 'Scheduler or persistence engine not found',
  'SetService ENOENT': 'Scheduler or persistence engine not found',
  'NewDest EEXIST': 'Destination already exists',
  'SetDest ENOENT': 'No such destination',
  'DelDest ENOENT': 'No such destination',
  ESRCH: 'No such service',
  EPERM: 'Permission denied (you must be root)',
  EINVAL: 'Invalid operation.  Possibly wrong module version, address not unicast, ...',
  ENOPROTOOPT: 'Protocol not available',
  ENOMEM: 'Memory allocation problem',
  EOPNOTSUPP: 'Operation not supported with IPv6',
  EAFNOSUPPORT: 'Operation not supported with specified address family',
  EMSGSIZE: 'Module is wrong version',
};
