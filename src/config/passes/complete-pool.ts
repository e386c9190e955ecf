import { type Family } from '../../base/address.js';
import { type ForwardingMethod, type IpvsProtocol } from '../../lvs/index.js';
import { type Span, type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import {
  DEFAULT_PERSISTENCE_S,
  type PoolDraft,
  protocolOf,
  type RealServerDraft,
  type SorryServerDraft,
} from './pool.js';
import { type VirtualServerGroup } from './server-group.js';

/** A virtual_server with all that depends on the rest of the file. */
export interface CompletedPool {
  readonly draft: PoolDraft;
  /** How keepalived names it in logs. */
  readonly id: string;
  readonly family: Family;
  readonly protocol: IpvsProtocol | undefined;
  readonly group: VirtualServerGroup | undefined;
  readonly scheduler: string;
  readonly onePacket: boolean;
  readonly persistenceTimeoutS: number;
  readonly quorum: number;
  readonly hysteresis: number;
  readonly haSuspend: boolean;
  readonly realServers: readonly CompletedServer[];
  readonly sorryServer: (SorryServerDraft & { readonly forwarding: ForwardingMethod }) | undefined;
}

export interface CompletedServer {
  readonly draft: RealServerDraft;
  readonly id: string;
  readonly forwarding: ForwardingMethod;
  readonly weight: number;
  readonly inhibit: boolean;
}

interface Scene {
  readonly context: PassContext;
  readonly draft: PoolDraft;
  readonly group: VirtualServerGroup | undefined;
  /** It has addresses (and not only marks). */
  readonly byAddress: boolean;
  readonly byMark: boolean;
}

/** Completes a pool as keepalived does once the whole file is read. */
export function completePool(
  context: PassContext,
  draft: PoolDraft,
  group: VirtualServerGroup | undefined,
  position: number,
): CompletedPool {
  const { target, section } = draft;
  const scene: Scene = {
    context,
    draft,
    group,
    byAddress: group ? group.ranges.length > 0 : target.kind !== 'fwmark',
    byMark: group ? group.marks.length > 0 : target.kind === 'fwmark',
  };
  const haSuspend = haSuspendOf(scene);
  const protocol = protocolOfService(scene);
  const onePacket = onePacketOf(scene, protocol);
  const persistenceTimeoutS = persistenceOf(scene);
  const scheduler =
    section.text('lb_algo') ?? say(scene, 'scheduler-missing', 'no lb_algo is given; using wlc', 'wlc');
  const fallback = new ForwardingFallback(scene);
  const servers = uniqueServers(scene).map((server) => inherit(draft, server, fallback));
  const sorryServer = draft.sorryServer && settleSorryServer(scene, draft.sorryServer, servers, fallback);
  const { quorum, hysteresis } = quorumOf(scene, servers);
  settlePorts(scene, servers, sorryServer);
  const id = poolId(draft, protocol, position);
  const suffix = protocol?.toLowerCase() ?? 'none';
  return {
    draft,
    id,
    family: draft.family ?? 'inet',
    protocol,
    group,
    scheduler,
    onePacket,
    persistenceTimeoutS,
    quorum,
    hysteresis,
    haSuspend,
    realServers: servers.map((server) => ({
      ...server,
      id: `[${server.draft.address}]:${suffix}:${server.draft.port}`,
    })),
    sorryServer,
  };
}

/** As keepalived writes it in logs; `position` counts the services of one group. */
export function poolId({ target }: PoolDraft, protocol: IpvsProtocol | undefined, position: number): string {
  if (target.kind === 'group') return `[${target.name}]:${position}`;
  if (target.kind === 'fwmark') return `FWM ${target.mark}`;
  return `[${target.address}]:${protocol?.toLowerCase() ?? 'none'}:${target.port}`;
}

function say<T>(
  { context, draft }: Scene,
  code: string,
  text: string,
  value: T,
  span: Span | undefined = draft.at.span,
): T {
  context.warning(code, text, span);
  return value;
}

function haSuspendOf(scene: Scene): boolean {
  const { section } = scene.draft;
  if (!section.has('ha_suspend')) return false;
  if (!scene.byMark) return true;
  return say(
    scene,
    'conflict',
    'ha_suspend is ignored for firewall marks',
    false,
    section.spanOf('ha_suspend'),
  );
}

function protocolOfService(scene: Scene): IpvsProtocol | undefined {
  const given = protocolOf(scene.draft);
  if (scene.byAddress)
    return given ?? say(scene, 'protocol-missing', 'no protocol is given; using UDP', 'UDP' as const);
  if (given === undefined || !scene.byMark) return given;
  scene.context.warning(
    'conflict',
    'protocol is ignored for a firewall mark',
    scene.draft.section.spanOf('protocol'),
  );
  return undefined;
}

function onePacketOf(scene: Scene, protocol: IpvsProtocol | undefined): boolean {
  const { section } = scene.draft;
  if (!section.has('ops')) return false;
  if (!scene.byAddress || protocol === 'UDP') return true;
  return say(scene, 'conflict', 'ops is ignored: it needs protocol UDP', false, section.spanOf('ops'));
}

function persistenceOf(scene: Scene): number {
  const { draft, group } = scene;
  if (draft.persistenceTimeout > 0) return draft.persistenceTimeout;
  const zeroPort = group
    ? group.ranges.some(({ port }) => port === 0)
    : draft.target.kind === 'address' && draft.target.port === 0;
  if (!zeroPort) return 0;
  const text = `port 0 needs persistence; using persistence_timeout ${DEFAULT_PERSISTENCE_S}`;
  return say(scene, 'persistence-missing', text, DEFAULT_PERSISTENCE_S);
}

/** NAT where nothing is given; said once a service. */
class ForwardingFallback {
  private said = false;

  constructor(private readonly scene: Scene) {}

  get method(): ForwardingMethod {
    const { draft } = this.scene;
    if (draft.forwarding) return draft.forwarding;
    if (!this.said) say(this.scene, 'forwarding-missing', 'no lb_kind is given; using NAT', undefined);
    this.said = true;
    return { kind: 'masq' };
  }
}

function uniqueServers({ context, draft }: Scene): readonly RealServerDraft[] {
  const seen = new Map<string, RealServerDraft>();
  return draft.realServers.filter((server) => {
    const key = `${server.address} ${server.port}`;
    const earlier = seen.get(key);
    if (!earlier) seen.set(key, server);
    else {
      const notes = [{ text: 'first given here', span: earlier.at.span }];
      context.error(
        'duplicate-real-server',
        `real server ${key} is given twice; this one is left out`,
        server.at.span,
        { notes },
      );
    }
    return !earlier;
  });
}

function inherit(
  draft: PoolDraft,
  server: RealServerDraft,
  fallback: ForwardingFallback,
): Omit<CompletedServer, 'id'> {
  return {
    draft: server,
    forwarding: server.forwarding ?? fallback.method,
    weight: server.section.number('weight') ?? draft.section.number('weight') ?? 1,
    inhibit: server.section.flag('inhibit_on_failure') ?? draft.section.has('inhibit_on_failure'),
  };
}

function settleSorryServer(
  scene: Scene,
  sorry: SorryServerDraft,
  servers: readonly Omit<CompletedServer, 'id'>[],
  fallback: ForwardingFallback,
): SorryServerDraft & { readonly forwarding: ForwardingMethod } {
  const twin = servers.find(({ draft }) => draft.address === sorry.address && draft.port === sorry.port);
  if (twin && twin.inhibit !== sorry.inhibit) {
    const text = `the sorry server is also a real server; its inhibit setting becomes ${String(twin.inhibit)}`;
    sorry.inhibit = say(scene, 'conflict', text, twin.inhibit, sorry.at.span);
  }
  return Object.assign(sorry, { forwarding: sorry.forwarding ?? fallback.method });
}

function quorumOf(
  scene: Scene,
  servers: readonly { readonly weight: number }[],
): { quorum: number; hysteresis: number } {
  const { section } = scene.draft;
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  let quorum = section.number('quorum') ?? 1;
  if (quorum > total) {
    const text = `quorum ${quorum} is more than the weight of all real servers; using ${total}`;
    quorum = say(scene, 'quorum-too-high', text, total, section.spanOf('quorum'));
  }
  const hysteresis = section.number('hysteresis') ?? 0;
  if (hysteresis < quorum) return { quorum, hysteresis };
  const most = Math.max(0, quorum - 1);
  return {
    quorum,
    hysteresis: say(
      scene,
      'hysteresis-too-high',
      `hysteresis ${hysteresis} must be below quorum ${quorum}; using ${most}`,
      most,
      section.spanOf('hysteresis'),
    ),
  };
}

/** Only NAT can change the port; a firewall mark has none. */
function settlePorts(
  scene: Scene,
  servers: readonly Omit<CompletedServer, 'id'>[],
  sorry: (SorryServerDraft & { readonly forwarding: ForwardingMethod }) | undefined,
): void {
  if (scene.group) {
    checkGroupPorts(scene, scene.group, servers, sorry);
    return;
  }
  for (const { draft, forwarding } of servers) settlePort(scene, draft, forwarding, 'real server');
  // keepalived leaves a sorry server with NAT alone, even without a port.
  if (sorry && sorry.forwarding.kind !== 'masq') settlePort(scene, sorry, sorry.forwarding, 'sorry server');
}

interface Port {
  port: number;
  readonly address: string;
  readonly at: Statement;
}

function settlePort(scene: Scene, server: Port, forwarding: ForwardingMethod, what: string): void {
  const { target } = scene.draft;
  const port = target.kind === 'address' ? target.port : 0;
  if (forwarding.kind === 'masq') {
    if (target.kind === 'address' && server.port === 0) server.port = port;
  } else if (server.port === 0) server.port = port;
  else if (server.port !== port) {
    const text =
      target.kind === 'fwmark'
        ? `a ${what} of a firewall mark takes no port without NAT; it is ignored`
        : `without NAT the ${what} has the port of the service; using ${port}`;
    server.port = say(scene, 'port-mismatch', text, port, server.at.span);
  }
}

function checkGroupPorts(
  scene: Scene,
  group: VirtualServerGroup,
  servers: readonly Omit<CompletedServer, 'id'>[],
  sorry: (SorryServerDraft & { readonly forwarding: ForwardingMethod }) | undefined,
): void {
  const ends = [
    ...servers.map(({ draft, forwarding }) => ({ end: draft, forwarding })),
    ...(sorry ? [{ end: sorry, forwarding: sorry.forwarding }] : []),
  ];
  const ports = new Set(group.ranges.map(({ port }) => port));
  for (const { end, forwarding } of ends) {
    if (forwarding.kind === 'masq' || end.port === 0) continue;
    const differs = group.marks.length > 0 || [...ports].some((port) => port !== end.port);
    if (differs)
      say(
        scene,
        'port-mismatch',
        `without NAT the port of ${end.address} has to be that of the group`,
        undefined,
        end.at.span,
      );
  }
}
