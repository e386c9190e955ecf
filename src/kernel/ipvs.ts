import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { familyOf, type Family } from '../base/address.js';
import { err, ok, type Result } from '../base/result.js';
import {
  decodeIpvsDestination,
  decodeIpvsInfo,
  decodeIpvsService,
  encodeIpvsCommand,
  encodeServiceKey,
  IPVS_CMD,
  IPVS_GENL_NAME,
  type IpvsCommand,
  type ReportedDestination,
  type ReportedService,
  type ServiceKey,
} from '../wire/netlink/ipvs.js';
import { type NetlinkMessage } from '../wire/netlink/message.js';
import { GenericSocket } from './genetlink.js';
import { errnoOf, KernelError } from './kernel-error.js';

/** Why there is no IPVS to talk to. */
export interface IpvsUnavailable {
  /** 'no-ip-vs': the kernel has no IPVS family (module missing); 'netlink': the socket failed. */
  readonly code: 'no-ip-vs' | 'netlink';
  readonly text: string;
}

/** A command that the kernel refused; the others of its batch were still carried out. */
export interface IpvsFailure {
  readonly command: IpvsCommand;
  readonly error: KernelError;
  /** As ipvsadm and keepalived explain it, for example 'Destination already exists'. */
  readonly text: string;
}

/** A virtual service and its destinations, as dumped. */
export interface DumpedService extends ReportedService {
  readonly destinations: readonly ReportedDestination[];
}

/**
 * IPVS over generic netlink: dumps, and commands in batches with each acknowledgement verified. Synchronous, as
 * NetlinkSocket is: what was applied is in the kernel when the call returns.
 */
export class IpvsDoor {
  private constructor(
    private readonly socket: GenericSocket,
    /** For example '1.2.1'. */
    readonly version: string,
  ) {}

  /** Finds the family, loading ip_vs if the kernel has not yet, and asks for the version. */
  static open(): Result<IpvsDoor, IpvsUnavailable> {
    const first = openFamily();
    const socket = first.ok || first.error.code !== 'no-ip-vs' || !loadModule() ? first : openFamily();
    if (!socket.ok) return socket;
    const version = askVersion(socket.value);
    if (!version.ok) socket.value.close();
    return version.ok ? ok(new IpvsDoor(socket.value, version.value)) : version;
  }

  /**
   * Every service with its destinations. A service that goes while it is being read is left out.
   * @throws KernelError if the kernel does not answer, or not in a way that can be read (EBADMSG).
   */
  services(): readonly DumpedService[] {
    return this.dump('IPVS_CMD_GET_SERVICE', IPVS_CMD.GET_SERVICE, new Uint8Array(0)).flatMap((message) => {
      const service = readable('IPVS_CMD_GET_SERVICE', decodeIpvsService(message.payload));
      const destinations = this.destinations(service.key);
      return destinations ? [{ ...service, destinations }] : [];
    });
  }

  /** Carries out commands in order; what comes back is what was refused. */
  apply(commands: readonly IpvsCommand[]): readonly IpvsFailure[] {
    const answers = this.socket.transact(
      commands.map((command) => ({ what: describe(command), ...encodeIpvsCommand(command) })),
    );
    return commands.flatMap((command, index) => {
      const answer = answers[index];
      if (!answer || answer.ok) return [];
      return [{ command, error: answer.error, text: explain(command, answer.error) }];
    });
  }

  /** Removes all services, foreign ones too (lvs_flush). @throws KernelError */
  flush(): void {
    const [result] = this.socket.transact([
      { what: 'IPVS_CMD_FLUSH', command: IPVS_CMD.FLUSH, attributes: new Uint8Array(0) },
    ]);
    if (result && !result.ok) throw result.error;
  }

  close(): void {
    this.socket.close();
  }

  /** Undefined if the service is gone. */
  private destinations(key: ServiceKey): readonly ReportedDestination[] | undefined {
    const what = 'IPVS_CMD_GET_DEST';
    const family: Family = key.kind === 'fwmark' ? key.family : familyOf(key.address);
    try {
      return this.dump(what, IPVS_CMD.GET_DEST, encodeServiceKey(key)).map((message) =>
        readable(what, decodeIpvsDestination(message.payload, family)),
      );
    } catch (error) {
      if (error instanceof KernelError && (error.code === 'ESRCH' || error.code === 'ENOENT'))
        return undefined;
      throw error;
    }
  }

  private dump(what: string, command: number, attributes: Uint8Array): readonly NetlinkMessage[] {
    const answer = this.socket.dump({ what, command, attributes });
    if (!answer.ok) throw answer.error;
    return answer.value;
  }
}

function openFamily(): Result<GenericSocket, IpvsUnavailable> {
  try {
    return ok(new GenericSocket(IPVS_GENL_NAME));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const missing = error.code === 'ENOENT';
    return err({
      code: missing ? 'no-ip-vs' : 'netlink',
      text: missing ? 'this kernel has no IPVS (module ip_vs)' : error.message,
    });
  }
}

/** As keepalived: ip_vs is not loaded by opening its family on every distribution. */
function loadModule(): boolean {
  try {
    const modprobe = readFileSync('/proc/sys/kernel/modprobe', 'utf8').trim();
    return modprobe !== '' && spawnSync(modprobe, ['-s', '--', 'ip_vs'], { timeout: 10_000 }).status === 0;
  } catch {
    return false; // a kernel without modules
  }
}

function askVersion(socket: GenericSocket): Result<string, IpvsUnavailable> {
  const [answer] = socket.transact([
    { what: 'IPVS_CMD_GET_INFO', command: IPVS_CMD.GET_INFO, attributes: new Uint8Array(0) },
  ]);
  if (!answer?.ok)
    return err({ code: 'netlink', text: answer?.error.message ?? 'no answer to IPVS_CMD_GET_INFO' });
  const [message] = answer.value;
  const info = message && decodeIpvsInfo(message.payload);
  if (!info?.ok)
    return err({ code: 'netlink', text: info?.error.text ?? 'an empty answer to IPVS_CMD_GET_INFO' });
  return ok(info.value.version);
}

function readable<T>(what: string, decoded: Result<T, { readonly text: string }>): T {
  if (decoded.ok) return decoded.value;
  throw new KernelError(what, errnoOf('EBADMSG'), decoded.error.text);
}

function describe(command: IpvsCommand): string {
  const destination = 'destination' in command ? ` -> ${endpoint(command.destination)}` : '';
  const key =
    command.type === 'NewService' || command.type === 'SetService' ? command.service.key : command.service;
  return `${command.type} ${serviceName(key)}${destination}`;
}

const serviceName = (key: ServiceKey): string =>
  key.kind === 'fwmark' ? `FWM ${key.mark}` : `${key.protocol} ${endpoint(key)}`;

const endpoint = ({ address, port }: { address: string; port: number }): string => `[${address}]:${port}`;

/** By command where it matters, then in general: the wording of ipvsadm. */
function explain(command: IpvsCommand, error: KernelError): string {
  const specific = EXPLANATIONS[`${command.type} ${error.code}`];
  return specific ?? EXPLANATIONS[error.code] ?? error.message;
}

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
