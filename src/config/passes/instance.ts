import { familyOf, type IpAddress, isMulticast, parseIpAddress } from '../../base/address.js';
import { type UnicastPeer } from '../../vrrp/index.js';
import { type Statement } from '../tree.js';
import { type AddressDraft, readAddress } from './addresses.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import {
  type InstanceDraft,
  type InstanceScene,
  type InstanceVisitor,
  joinFamily,
} from './instance-draft.js';
import { moreVisitors } from './instance-more.js';
import { parseInteger } from './numbers.js';
import { type Reading } from './read-arguments.js';
import { type Registry } from './registry.js';
import { readCommand } from './scripts.js';
import { linesOf, readSection, Section } from './section.js';
import { emptyTrackLists, readTrackBlock } from './track-kinds.js';

/** Reads the block of an instance. */
export function readInstance(
  context: PassContext,
  globals: Globals,
  registry: Registry,
  block: Reading,
): InstanceDraft {
  const { statement } = block;
  const draft: InstanceDraft = {
    name: block.values[0] as string,
    // Found when it is shown: tens of thousands of instances have nothing to complain of.
    get span() {
      return statement.span;
    },
    section: new Section(statement),
    authentication: undefined,
    family: undefined,
    version: 0,
    state: undefined,
    interface: undefined,
    source: undefined,
    group: undefined,
    unicastKeyword: false,
    checkUnicastSource: false,
    peers: [],
    vips: [],
    excluded: [],
    preempt: true,
    track: emptyTrackLists(),
    routes: [],
    rules: [],
    link: undefined,
    hmac: undefined,
    accept: undefined,
    garpExtra: undefined,
    notify: {},
    faults: [],
  };
  const scene: InstanceScene = { context, globals, registry, draft };
  draft.section = readSection(context, 'vrrp_instance', statement.body ?? [], statement, (reading) => {
    const name = reading.name;
    if (name.startsWith('notify')) return readNotify(scene, reading, name);
    if (readTrackBlock(context, registry, draft.track, reading.statement)) return true;
    return (visitors[name] ?? moreVisitors[name])?.(scene, reading);
  });
  return draft;
}

const visitors: Readonly<Record<string, InstanceVisitor>> = {
  state: visitState,
  interface: visitInterface,
  version: visitVersion,
  native_ipv6: visitNativeIpv6,
  mcast_src_ip: visitSource,
  unicast_src_ip: (scene, reading) => {
    scene.draft.unicastKeyword = true;
    return visitSource(scene, reading);
  },
  mcast_dst_ip: visitGroup,
  unicast_peer: visitPeers,
  unicast_fault_no_peer: ({ draft }) => (draft.unicastKeyword = true),
  old_unicast_checksum: ({ draft }) => (draft.unicastKeyword = true),
  check_unicast_src: ({ draft }) => (draft.unicastKeyword = draft.checkUnicastSource = true),
  preempt: ({ draft }) => (draft.preempt = true),
  nopreempt: ({ draft }) => !(draft.preempt = false),
  virtual_ipaddress: visitAddresses,
  virtual_ipaddress_excluded: visitExcluded,
  authentication: ({ context, draft }, { statement }) => {
    const block = readSection(context, 'vrrp_instance/authentication', statement.body ?? [], statement);
    draft.authentication ??= new Section(statement);
    for (const reading of block.readings) draft.authentication.add(reading);
    return true;
  },
};

function visitState({ context, draft }: InstanceScene, { values: [value], statement }: Reading): boolean {
  if (value === 'BACKUP' && draft.state === 'MASTER') {
    context.error('already-given', 'state is already MASTER; BACKUP is ignored', statement.span);
    return false;
  }
  draft.state = value as 'MASTER' | 'BACKUP';
  return true;
}

function visitInterface({ context, draft }: InstanceScene, { values: [value], statement }: Reading): boolean {
  const name = value as string;
  draft.interface = undefined;
  if (!context.requireInterface(name, 'interface', statement.words[1]?.span ?? statement.span)) return false;
  if (context.interface(name)?.loopback) {
    context.error(
      'loopback',
      `'${name}' is a loopback interface, which VRRP cannot use; it is ignored`,
      statement.span,
    );
    return false;
  }
  draft.interface = name;
  return true;
}

function visitVersion({ context, draft }: InstanceScene, { values: [value], statement }: Reading): boolean {
  const version = value as number;
  const conflicts = draft.version !== 0 && draft.version !== version;
  if (!conflicts && !(version === 2 && draft.family === 'inet6')) {
    draft.version = version;
    return true;
  }
  const other = draft.version === 0 ? 'IPv6' : `version ${draft.version} above`;
  context.error(
    'version-conflict',
    `version ${version} conflicts with ${other}; it is ignored`,
    statement.span,
  );
  return false;
}

function visitNativeIpv6({ context, draft }: InstanceScene, { statement }: Reading): boolean {
  if (draft.family === 'inet') {
    context.error(
      'wrong-family',
      'native_ipv6 conflicts with the IPv4 addresses above; it is ignored',
      statement.span,
    );
    return false;
  }
  draft.family = 'inet6';
  draft.version = 3;
  return true;
}

function visitSource(scene: InstanceScene, { values: [value], statement }: Reading): boolean {
  const address = value as IpAddress;
  scene.draft.source = undefined;
  if (!joinFamily(scene, address, 'source', statement.span)) return false;
  scene.draft.source = address;
  return true;
}

function visitGroup(scene: InstanceScene, { values: [value], statement }: Reading): boolean {
  const address = value as IpAddress;
  scene.draft.group = undefined;
  if (!joinFamily(scene, address, 'group', statement.span)) return false;
  const linkLocal = familyOf(address) === 'inet' || /^ff.2:/.test(address);
  if (!isMulticast(address) || !linkLocal) {
    const kind = familyOf(address) === 'inet' ? 'a multicast' : 'a link-local multicast';
    scene.context.error(
      'not-multicast',
      `'${address}' is not ${kind} address; it is ignored`,
      statement.span,
    );
    return false;
  }
  scene.draft.group = address;
  return true;
}

function visitPeers(scene: InstanceScene, { statement }: Reading): boolean {
  scene.draft.unicastKeyword = true;
  for (const line of linesOf(scene.context, statement)) {
    const peer = readPeer(scene, line);
    if (peer) scene.draft.peers.push(peer);
  }
  return true;
}

function readPeer(scene: InstanceScene, line: Statement): UnicastPeer | undefined {
  const { context, draft } = scene;
  const address = parseIpAddress(line.keyword.text.replace(/[-/].*$/, ''));
  if (!address) {
    context.error(
      'invalid-address',
      `'${line.keyword.text}' is not an IP address; it is left out`,
      line.keyword.span,
    );
    return undefined;
  }
  if (!joinFamily(scene, address, 'peer', line.span)) return undefined;
  const limits = readTtlLimits(scene, line);
  if (draft.peers.some((peer) => peer.address === address)) {
    context.error('already-given', `peer '${address}' is given twice; this one is ignored`, line.span);
    return undefined;
  }
  if (limits.minTtl !== undefined && limits.minTtl > (limits.maxTtl ?? 255)) {
    context.error('impossible-range', 'min_ttl is greater than max_ttl: every advert is dropped', line.span);
  }
  return { address, ...limits };
}

function readTtlLimits(
  { context, draft }: InstanceScene,
  line: Statement,
): { minTtl?: number; maxTtl?: number } {
  const limits: { minTtl?: number; maxTtl?: number } = {};
  for (let at = 1; at < line.words.length; at += 2) {
    const [option, value] = [line.words[at], line.words[at + 1]];
    if (!option) break;
    if (!value) {
      context.error('missing-argument', `'${option.text}' needs a number`, option.span);
      break;
    }
    const number = parseInteger(value.text);
    if (!number?.exact || number.value < 0 || number.value > 255) {
      context.error('out-of-range', `'${value.text}' is not within 0 to 255; it is ignored`, value.span);
      continue;
    }
    if (option.text === 'min_ttl') limits.minTtl = number.value;
    else if (option.text === 'max_ttl') limits.maxTtl = number.value;
    else {
      context.error('unknown-option', `'${option.text}' is no option of a unicast peer`, option.span);
      break;
    }
    draft.checkUnicastSource = true;
  }
  return limits;
}

function visitAddresses(scene: InstanceScene, { statement }: Reading): boolean {
  const { context, draft, registry } = scene;
  for (const line of linesOf(context, statement)) {
    const address = readAddress(context, registry.names, line, false);
    if (!address || !joinFamily(scene, address.address, 'address', line.span)) continue;
    if (!isDuplicate(scene, address, false)) draft.vips.push(address);
  }
  return true;
}

function visitExcluded(scene: InstanceScene, { statement }: Reading): boolean {
  for (const line of linesOf(scene.context, statement)) {
    const address = readAddress(scene.context, scene.registry.names, line, false);
    if (address && !isDuplicate(scene, address, true)) scene.draft.excluded.push(address);
  }
  return true;
}

/** A VIP may stand once; an excluded one once an interface. */
function isDuplicate({ context, draft }: InstanceScene, address: AddressDraft, excluded: boolean): boolean {
  const same = (other: AddressDraft) => other.address === address.address;
  const sameInterface = (other: AddressDraft) => other.interface === address.interface;
  const vip = draft.vips.find((other) => same(other) && (!excluded || sameInterface(other)));
  const earlier = vip ?? draft.excluded.find((other) => same(other) && sameInterface(other));
  if (!earlier) return false;
  context.error(
    'duplicate-address',
    `address ${address.address} is already given; this one is ignored`,
    address.span,
    {
      notes: [{ text: 'first given here', span: earlier.span }],
    },
  );
  return true;
}

function readNotify({ context, globals, draft }: InstanceScene, reading: Reading, name: string): boolean {
  if (name === 'notify_priority_changes') return true;
  if (name === 'notify_deleted' && reading.statement.words.length < 2) return true;
  const script = readCommand(context, reading, globals.scriptUser);
  if (script) draft.notify[name] = script;
  return script !== undefined;
}
