import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { familyOf, type Family } from '../base/address.js';
import { err, ok, type Result } from '../base/result.js';
import {
  decodeIpvsDestination,
  decodeIpvsInfo,
  decodeIpvsService,
  decodeIpvsTimeouts,
  decodeSyncDaemon,
  encodeIpvsCommand,
  encodeIpvsTimeouts,
  encodeServiceKey,
  encodeSyncRole,
  encodeSyncStart,
  IPVS_CMD,
  IPVS_GENL_NAME,
  type IpvsCommand,
  type IpvsTimeouts,
  type ReportedDestination,
  type ReportedService,
  type ServiceKey,
  type SyncDaemon,
  type SyncRole,
} from '../wire/netlink/ipvs.js';
import { type NetlinkMessage } from '../wire/netlink/message.js';
import { type GenericRequest, GenericSocket } from './genetlink.js';
import { explainCommand, explainDaemon } from './ipvs-error-text.js';
import { errnoOf, KernelError } from './kernel-error.js';
import { inNetworkNamespace } from './net-namespace.js';
import { type NetlinkAnswer } from './netlink-exchange.js';
import { type ReceiveBuffer } from './socket-option.js';

/** Why there is no IPVS to talk to. */
export interface IpvsUnavailable {
  /** 'no-ip-vs': the kernel has no IPVS family (module missing); 'netlink': the socket failed. */
  readonly code: 'no-ip-vs' | 'netlink';
  readonly text: string;
}

/** Which IPVS is meant, and how it is spoken to. */
export interface IpvsPlace {
  /** Another network namespace than ours, as `ip netns` knows it; '' for the host's first. */
  readonly namespace?: string;
  readonly receiveBuffer?: ReceiveBuffer;
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
  static open(place: IpvsPlace = {}): Result<IpvsDoor, IpvsUnavailable> {
    const first = openFamily(place);
    const socket = first.ok || first.error.code !== 'no-ip-vs' || !loadModule() ? first : openFamily(place);
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
    return this.dump('IPVS_CMD_GET_SERVICE', IPVS_CMD.GET_SERVICE, NO_ATTRIBUTES).flatMap((message) => {
      const service = readable('IPVS_CMD_GET_SERVICE', decodeIpvsService(message.payload));
      const destinations = this.destinations(service.key);
      return destinations ? [{ ...service, destinations }] : [];
    });
  }

  /**
   * One service as it is now, with its destinations; undefined if it is not there.
   * @throws KernelError as services().
   */
  service(key: ServiceKey): DumpedService | undefined {
    const what = 'IPVS_CMD_GET_SERVICE';
    const answer = this.askOne({ what, command: IPVS_CMD.GET_SERVICE, attributes: encodeServiceKey(key) });
    if (!answer.ok) {
      if (isGone(answer.error)) return undefined;
      throw answer.error;
    }
    const [message] = answer.value;
    const destinations = message && this.destinations(key);
    return destinations && { ...readable(what, decodeIpvsService(message.payload)), destinations };
  }

  /** Carries out commands in order; what comes back is what was refused. */
  apply(commands: readonly IpvsCommand[]): readonly IpvsFailure[] {
    const answers = this.socket.transact(
      commands.map((command) => ({ what: describe(command), ...encodeIpvsCommand(command) })),
    );
    return commands.flatMap((command, index) => {
      const answer = answers[index];
      if (!answer || answer.ok) return [];
      return [{ command, error: answer.error, text: explainCommand(command, answer.error) }];
    });
  }

  /** Removes all services, foreign ones too (lvs_flush). @throws KernelError */
  flush(): void {
    const result = this.askOne({
      what: 'IPVS_CMD_FLUSH',
      command: IPVS_CMD.FLUSH,
      attributes: NO_ATTRIBUTES,
    });
    if (!result.ok) throw result.error;
  }

  /** How long connections are kept. @throws KernelError */
  timeouts(): IpvsTimeouts {
    const what = 'IPVS_CMD_GET_CONFIG';
    const answer = this.askOne({ what, command: IPVS_CMD.GET_CONFIG, attributes: NO_ATTRIBUTES });
    if (!answer.ok) throw answer.error;
    const [message] = answer.value;
    return readable(what, decodeIpvsTimeouts(message?.payload ?? NO_ATTRIBUTES));
  }

  /** Those of 0 s stay as they are. */
  setTimeouts(timeouts: IpvsTimeouts): Result<void, KernelError> {
    const answer = this.askOne({
      what: 'IPVS_CMD_SET_CONFIG',
      command: IPVS_CMD.SET_CONFIG,
      attributes: encodeIpvsTimeouts(timeouts),
    });
    return answer.ok ? ok(undefined) : answer;
  }

  /** The sync daemons that run: one of each role at most. @throws KernelError */
  syncDaemons(): readonly SyncDaemon[] {
    const what = 'IPVS_CMD_GET_DAEMON';
    return this.dump(what, IPVS_CMD.GET_DAEMON, NO_ATTRIBUTES).map((message) =>
      readable(what, decodeSyncDaemon(message.payload)),
    );
  }

  /** Starts a sync daemon. @returns why it does not run, as people can read it. */
  startSync(daemon: SyncDaemon): Result<void, string> {
    const what = `IPVS_CMD_NEW_DAEMON ${daemon.role}`;
    const attributes = encodeSyncStart(daemon);
    return this.orderDaemon({ what, command: IPVS_CMD.NEW_DAEMON, attributes });
  }

  /** Stops the sync daemon of that role. */
  stopSync(role: SyncRole): Result<void, string> {
    const what = `IPVS_CMD_DEL_DAEMON ${role}`;
    return this.orderDaemon({ what, command: IPVS_CMD.DEL_DAEMON, attributes: encodeSyncRole(role) });
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
      if (error instanceof KernelError && isGone(error)) return undefined;
      throw error;
    }
  }

  private orderDaemon(request: GenericRequest): Result<void, string> {
    const answer = this.askOne(request);
    return answer.ok ? ok(undefined) : err(explainDaemon(answer.error));
  }

  private askOne(request: GenericRequest): NetlinkAnswer {
    return this.socket.transact([request])[0] ?? ok([]);
  }

  private dump(what: string, command: number, attributes: Uint8Array): readonly NetlinkMessage[] {
    const answer = this.socket.dump({ what, command, attributes });
    if (!answer.ok) throw answer.error;
    return answer.value;
  }
}

const NO_ATTRIBUTES = new Uint8Array(0);

const isGone = ({ code }: KernelError): boolean => code === 'ESRCH' || code === 'ENOENT';

function openFamily({ namespace, receiveBuffer }: IpvsPlace): Result<GenericSocket, IpvsUnavailable> {
  const make = (): GenericSocket => {
    const socket = new GenericSocket(IPVS_GENL_NAME);
    if (receiveBuffer) socket.setReceiveBuffer(receiveBuffer);
    return socket;
  };
  try {
    if (namespace === undefined) return ok(make());
    const made = inNetworkNamespace(namespace, make);
    return made.ok ? made : err({ code: 'netlink', text: made.error.message });
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
    { what: 'IPVS_CMD_GET_INFO', command: IPVS_CMD.GET_INFO, attributes: NO_ATTRIBUTES },
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
