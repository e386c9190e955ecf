import { familyOf, type Family, type IpAddress, parseIpAddress } from '../../base/address.js';
import { type ForwardingMethod, type IpvsProtocol } from '../../lvs/index.js';
import { type Statement, type Word } from '../tree.js';
import { type CheckerDraft, type CheckerScene, readChecker } from './checker.js';
import { type PassContext } from './context.js';
import { readForwarding } from './forwarding.js';
import { parseInteger } from './numbers.js';
import { type Reading } from './read-arguments.js';
import { readCommand, type ScriptDraft } from './scripts.js';
import { readSection, Section } from './section.js';

/** What a virtual_server stands for. */
export type PoolTarget =
  | { readonly kind: 'address'; readonly address: IpAddress; readonly port: number }
  | { readonly kind: 'fwmark'; readonly mark: number }
  | { readonly kind: 'group'; readonly name: string };

/** A virtual_server while its lines are read. */
export interface PoolDraft {
  readonly target: PoolTarget;
  readonly at: Statement;
  section: Section;
  family: Family | undefined;
  forwarding: ForwardingMethod | undefined;
  persistence: Granularity | undefined;
  persistenceTimeout: number;
  /** IP_VS_SVC_F_SCHED1 to 3 as bits 0 to 2. */
  schedulerFlags: number;
  realServers: RealServerDraft[];
  sorryServer: SorryServerDraft | undefined;
  readonly notify: Record<string, ScriptDraft>;
}

export interface RealServerDraft {
  readonly address: IpAddress;
  port: number;
  readonly at: Statement;
  section: Section;
  /** As it stands at the server's own line; undefined for that of the virtual server at the end. */
  forwarding: ForwardingMethod | undefined;
  checkers: CheckerDraft[];
  notify: Record<string, ScriptDraft> | undefined;
}

export interface SorryServerDraft {
  readonly address: IpAddress;
  port: number;
  forwarding: ForwardingMethod | undefined;
  inhibit: boolean;
  readonly at: Statement;
}

/** persistence_granularity. */
export interface Granularity {
  readonly prefix: number;
  /** A netmask with holes, of which the prefix says the least: how many bits it has. */
  readonly mask?: IpAddress;
}

/** keepalived's persistence_timeout where none is given. */
export const DEFAULT_PERSISTENCE_S = 360;

/** Reads the block; undefined (and a problem) if keepalived leaves the service out. */
export function readPool(
  { context, globals, registry }: CheckerScene,
  block: Reading,
): PoolDraft | undefined {
  const { statement } = block;
  const target = readTarget(context, statement.words);
  if (!target) return undefined;
  const draft: PoolDraft = {
    target,
    at: statement,
    section: new Section(statement),
    family: target.kind === 'address' ? familyOf(target.address) : undefined,
    forwarding: undefined,
    persistence: undefined,
    persistenceTimeout: 0,
    schedulerFlags: 0,
    realServers: [],
    sorryServer: undefined,
    notify: {},
  };
  const scene: Scene = { context, globals, registry, draft };
  draft.section = readSection(context, 'virtual_server', statement.body ?? [], statement, (reading) =>
    visitors[reading.name]?.(scene, reading),
  );
  return settleFamily(scene) ? draft : undefined;
}

interface Scene extends CheckerScene {
  readonly draft: PoolDraft;
}

function readTarget(context: PassContext, words: readonly Word[]): PoolTarget | undefined {
  const [, first, second] = words;
  if (!first) return undefined;
  if (first.text === 'group' || first.text === 'fwmark') {
    if (!second) {
      context.error(
        'missing-argument',
        `'${first.text}' needs a ${first.text === 'group' ? 'name' : 'mark'}; the service is left out`,
        first.span,
      );
      return undefined;
    }
    if (first.text === 'group') return { kind: 'group', name: second.text };
    const mark = parseInteger(second.text);
    if (mark && mark.value >= 0 && mark.value <= 4_294_967_295) return { kind: 'fwmark', mark: mark.value };
    context.error(
      'out-of-range',
      `firewall mark '${second.text}' is not within 0 to 4294967295; the service is left out`,
      second.span,
    );
    return undefined;
  }
  const end = readEnd(context, first, second, 'the service');
  return end && { kind: 'address', ...end };
}

/** An address and a port, 0 for none; undefined (and a problem) if they are not. */
function readEnd(
  context: PassContext,
  first: Word,
  second: Word | undefined,
  what: string,
): { address: IpAddress; port: number } | undefined {
  const address = parseIpAddress(first.text.replace(/[-/].*$/, ''));
  if (!address) {
    context.error('invalid-address', `'${first.text}' is not an IP address; ${what} is left out`, first.span);
    return undefined;
  }
  if (!second || /^0*$/.test(second.text)) return { address, port: 0 };
  const port = parseInteger(second.text);
  if (!port || port.value < 1 || port.value > 65535) {
    context.error(
      'out-of-range',
      `port '${second.text}' is not within 1 to 65535; ${what} is left out`,
      second.span,
    );
    return undefined;
  }
  if (!port.exact)
    context.warning('invalid-number', `'${second.text}' is read as ${port.value}`, second.span);
  return { address, port: port.value };
}

type Visitor = (scene: Scene, reading: Reading) => boolean | undefined;

const readsForwarding: Visitor = ({ context, draft }, reading) => {
  const method = readForwarding(context, reading);
  if (method) draft.forwarding = method;
  return method !== undefined;
};

const readsScript: Visitor = ({ context, globals, draft }, reading) => {
  const script = readCommand(context, reading, globals.scriptUser);
  if (script) draft.notify[reading.name] = script;
  return script !== undefined;
};

const setsFlag =
  (flag: number): Visitor =>
  ({ draft }) => {
    draft.schedulerFlags |= flag;
    return true;
  };

/** The port and fallback flags of two schedulers share bits; they need their lb_algo above them. */
const setsFlagOf =
  (flag: number, scheduler: string): Visitor =>
  (scene, { statement }) => {
    const { context, draft } = scene;
    const algorithm = currentAlgorithm.get(draft);
    if (algorithm === scheduler) draft.schedulerFlags |= flag;
    else if (algorithm === 'sh' || algorithm === 'mh')
      context.note(
        'ignored-flag',
        `'${statement.keyword.text}' is ignored with lb_algo ${algorithm}`,
        statement.span,
      );
    else
      context.error(
        'flag-needs-scheduler',
        `'${statement.keyword.text}' needs lb_algo ${scheduler} above it; it is ignored`,
        statement.span,
      );
    return true;
  };

/** lb_algo as it stands at the line being read. */
const currentAlgorithm = new WeakMap<PoolDraft, string>();

const setsAlgorithm: Visitor = ({ draft }, { values: [value] }) => {
  currentAlgorithm.set(draft, value as string);
  return true;
};

const visitors: Readonly<Record<string, Visitor>> = {
  ip_family: visitFamily,
  lb_kind: readsForwarding,
  lvs_method: readsForwarding,
  lb_algo: setsAlgorithm,
  lvs_sched: setsAlgorithm,
  hashed: ({ context, draft }, { statement }) => {
    const algorithm = currentAlgorithm.get(draft);
    if (algorithm === 'sh' || algorithm === 'mh') return true;
    context.warning(
      'hashed-is-usual',
      "'hashed' changes nothing: the kernel always hashes services",
      statement.span,
    );
    return true;
  },
  'flag-1': setsFlag(1),
  'flag-2': setsFlag(2),
  'flag-3': setsFlag(4),
  'sh-fallback': setsFlagOf(1, 'sh'),
  'sh-port': setsFlagOf(2, 'sh'),
  'mh-fallback': setsFlagOf(1, 'mh'),
  'mh-port': setsFlagOf(2, 'mh'),
  persistence_timeout: ({ draft }, { values: [value] }) => {
    draft.persistenceTimeout = (value as number | undefined) ?? DEFAULT_PERSISTENCE_S;
    return true;
  },
  persistence_granularity: visitGranularity,
  quorum_up: readsScript,
  quorum_down: readsScript,
  sorry_server: visitSorryServer,
  sorry_server_inhibit: ({ context, draft }, { statement }) => {
    if (draft.sorryServer) draft.sorryServer.inhibit = true;
    else
      context.error(
        'sorry-server-missing',
        'sorry_server_inhibit needs a sorry_server above it; it is ignored',
        statement.span,
      );
    return draft.sorryServer !== undefined;
  },
  sorry_server_lvs_method: ({ context, draft }, reading) => {
    const method = draft.sorryServer && readForwarding(context, reading);
    if (!draft.sorryServer)
      context.error(
        'sorry-server-missing',
        'sorry_server_lvs_method needs a sorry_server above it; it is ignored',
        reading.statement.span,
      );
    else if (method) draft.sorryServer.forwarding = method;
    return method !== undefined;
  },
  real_server: visitRealServer,
};

function visitFamily({ context, draft }: Scene, { values: [value], statement }: Reading): boolean {
  const family = value as Family;
  draft.family ??= family;
  if (draft.family === family) return true;
  context.error(
    'wrong-family',
    `the service is of family ${draft.family}; ip_family is ignored`,
    statement.span,
  );
  return false;
}

function visitGranularity({ context, draft }: Scene, { statement }: Reading): boolean {
  const text = statement.words[1]?.text ?? '';
  const family = draft.family ?? (text.includes('.') ? 'inet' : 'inet6');
  const persistence = family === 'inet6' ? prefixOf(text) : maskOf(text);
  if (!persistence) {
    const what = family === 'inet6' ? 'prefix length of 1 to 128' : 'netmask';
    context.error('invalid-number', `'${text}' is no ${what}; the line is ignored`, statement.span);
    return false;
  }
  draft.persistence = persistence;
  draft.family ??= family;
  if (draft.persistenceTimeout === 0) draft.persistenceTimeout = DEFAULT_PERSISTENCE_S;
  return true;
}

function prefixOf(text: string): Granularity | undefined {
  const number = parseInteger(text);
  return number?.exact && number.value >= 1 && number.value <= 128 ? { prefix: number.value } : undefined;
}

/** The kernel takes any mask. */
function maskOf(text: string): Granularity | undefined {
  const mask = parseIpAddress(text);
  if (!mask || familyOf(mask) !== 'inet') return undefined;
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  const prefix = bits.replaceAll('0', '').length;
  return bits.includes('01') ? { prefix, mask } : { prefix };
}

/** The address and port that the schema has read; 0 for the port of the service. */
const endOf = ({ values }: Reading): { address: IpAddress; port: number } => ({
  address: values[0] as IpAddress,
  port: (values[1] as number | undefined) ?? 0,
});

function visitSorryServer({ draft }: Scene, reading: Reading): boolean {
  const { address, port } = endOf(reading);
  draft.sorryServer = { address, port, forwarding: draft.forwarding, inhibit: false, at: reading.statement };
  return true;
}

/** Nothing of the readings is kept: the draft has it all, and a large file has no room for both. */
function visitRealServer(scene: Scene, reading: Reading): boolean {
  const { context, draft } = scene;
  const { statement, keyword } = reading;
  const { address, port } = endOf(reading);
  const server: RealServerDraft = {
    address,
    port,
    at: statement,
    section: new Section(statement),
    forwarding: draft.forwarding,
    checkers: [],
    notify: undefined,
  };
  server.section = readSection(context, keyword.path, statement.body ?? [], statement, (inside) =>
    visitInServer(scene, server, inside),
  );
  if (joinsFamily(scene, server)) draft.realServers.push(server);
  return false;
}

function visitInServer(scene: Scene, server: RealServerDraft, reading: Reading): boolean {
  const { context, globals } = scene;
  if (reading.keyword.block) {
    const checker = readChecker(scene, reading);
    if (checker) server.checkers.push(checker);
    return false;
  }
  const { name } = reading;
  if (name === 'lvs_method') server.forwarding = readForwarding(context, reading) ?? server.forwarding;
  if (name !== 'notify_up' && name !== 'notify_down') return true;
  const script = readCommand(context, reading, globals.scriptUser);
  if (script) (server.notify ??= {})[name] = script;
  return script !== undefined;
}

/** Only a tunnel may lead to another family. */
function joinsFamily({ context, draft }: Scene, server: RealServerDraft): boolean {
  if (server.forwarding?.kind === 'tunnel') return true;
  const family = familyOf(server.address);
  draft.family ??= family;
  if (draft.family === family) return true;
  context.error(
    'wrong-family',
    `real server ${server.address} is of another family than its service; it is left out`,
    server.at.span,
  );
  return false;
}

function settleFamily({ context, draft }: Scene): boolean {
  if (draft.realServers.length === 0) {
    context.error('no-real-servers', 'the virtual_server has no real_server; it is left out', draft.at.span);
    return false;
  }
  const { sorryServer } = draft;
  if (sorryServer && sorryServer.forwarding?.kind !== 'tunnel') {
    draft.family ??= familyOf(sorryServer.address);
    if (draft.family !== familyOf(sorryServer.address)) {
      context.error(
        'wrong-family',
        'the sorry server is of another family than its service; it is left out',
        sorryServer.at.span,
      );
      draft.sorryServer = undefined;
    }
  }
  if (draft.target.kind === 'fwmark') draft.family ??= commonFamily(draft);
  return true;
}

/** The family of a fwmark service with tunnels only: that of all its servers, or IPv4. */
function commonFamily({ realServers, sorryServer }: PoolDraft): Family {
  const families = new Set(
    [...realServers, ...(sorryServer ? [sorryServer] : [])].map(({ address }) => familyOf(address)),
  );
  return families.size === 1 && families.has('inet6') ? 'inet6' : 'inet';
}

/** The protocol as written, if any. */
export const protocolOf = (draft: PoolDraft): IpvsProtocol | undefined =>
  draft.section.text('protocol') as IpvsProtocol | undefined;
