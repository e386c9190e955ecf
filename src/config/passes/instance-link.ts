import { familyOf, hostPrefixLength, type IpAddress, parseIpAddress } from '../../base/address.js';
import { type VirtualLink } from '../model-vrrp.js';
import { type Statement, type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { type RouteNames } from './route-names.js';
import { byteLength } from './read-arguments.js';

const MAX_NAME = 15;

/** What both kinds of links share while their words are read. */
interface Reader {
  readonly context: PassContext;
  readonly names: RouteNames;
  /** Names of links that other instances use. */
  readonly taken: ReadonlyMap<string, string>;
  readonly words: readonly Word[];
  at: number;
  name?: string;
  group?: number;
}

/** Reads `use_vmac …`, onto an earlier one. */
export function readVmac(
  context: PassContext,
  names: RouteNames,
  taken: ReadonlyMap<string, string>,
  statement: Statement,
  before: VirtualLink | undefined,
): VirtualLink {
  const reader: Reader = { context, names, taken, words: statement.words, at: 1 };
  const earlier = before?.kind === 'vmac' ? before : undefined;
  let mac = earlier?.mac;
  let netlinkNotify = earlier?.netlinkNotify ?? false;
  if (earlier?.name !== undefined) reader.name = earlier.name;
  for (; reader.at < reader.words.length; reader.at += 1) {
    const word = reader.words[reader.at];
    if (!word) break;
    if (word.text.includes(':')) mac = readMac(context, word, mac) ?? mac;
    else if (word.text === 'netlink_notify_msg') netlinkNotify = true;
    else if (word.text === 'group') readGroup(reader);
    else readName(reader, 'macvlan');
  }
  return {
    kind: 'vmac',
    ...(reader.name !== undefined && { name: reader.name }),
    ...(mac !== undefined && { mac }),
    ...(reader.group !== undefined && { group: reader.group }),
    netlinkNotify,
    transmitOnBase: earlier?.transmitOnBase ?? false,
  };
}

/** Six octets, or five that end with the virtual router id. */
function readMac(context: PassContext, word: Word, before: string | undefined): string | undefined {
  const refuse = (text: string): string | undefined => {
    context.error('invalid-mac', text, word.span);
    return undefined;
  };
  if (before !== undefined) return refuse('a MAC address is already given; this one is ignored');
  const match = /^([0-9a-f]{1,2}:){4}[0-9a-f]{1,2}(:[0-9a-f]{1,2}|:)?$/i.exec(word.text);
  if (!match) return refuse(`'${word.text}' is no MAC address; it is ignored`);
  const octets = word.text
    .toLowerCase()
    .split(':')
    .filter((octet) => octet !== '');
  const mac = octets.map((octet) => octet.padStart(2, '0')).join(':');
  if ((parseInt(octets[0] ?? '0', 16) & 1) === 1)
    return refuse(`'${mac}' is a multicast address; it is ignored`);
  if (/^00:00:5e:00:0[12]/.test(mac))
    return refuse(`'${mac}' is an address of RFC 9568 itself; it is ignored`);
  return mac;
}

function readGroup(reader: Reader): void {
  const { context, words } = reader;
  const option = words[reader.at];
  reader.at += 1;
  const value = words[reader.at];
  if (!option) return;
  if (!value) {
    context.error('missing-parameter', "'group' needs a name", option.span);
    return;
  }
  const group = reader.names.lookUp('group', value.text);
  if (group === undefined)
    context.error('unknown-choice', `'${value.text}' is no group of interfaces`, value.span);
  else reader.group = group;
}

function readName(reader: Reader, kind: 'macvlan' | 'ipvlan'): void {
  const { words } = reader;
  if (words[reader.at]?.text === 'name') reader.at += 1;
  const word = words[reader.at];
  if (!word) return;
  const objection = objectionTo(reader, word.text, kind);
  if (objection) reader.context.error(objection.code, `${objection.text}; the name is ignored`, word.span);
  else reader.name = word.text;
}

/** Why a link cannot have a name, if so. */
function objectionTo(
  { context, taken, name }: Reader,
  wanted: string,
  kind: 'macvlan' | 'ipvlan',
): { readonly code: string; readonly text: string } | undefined {
  if (name !== undefined) return { code: 'already-given', text: 'the link already has a name' };
  if (byteLength(wanted) > MAX_NAME || /^\.{0,2}$|\//.test(wanted)) {
    return { code: 'too-long', text: `'${wanted}' cannot be the name of an interface` };
  }
  const owner = taken.get(wanted);
  if (owner !== undefined) return { code: 'already-given', text: `instance '${owner}' uses '${wanted}'` };
  const existing = context.interface(wanted);
  if (!existing || existing.kind === kind) return undefined;
  return { code: 'conflict', text: `interface '${wanted}' exists and is no ${kind}` };
}

/** Reads `use_ipvlan …`. The address is also the source of adverts. */
export function readIpvlan(
  context: PassContext,
  names: RouteNames,
  taken: ReadonlyMap<string, string>,
  statement: Statement,
  joinFamily: (address: IpAddress, word: Word) => boolean,
): VirtualLink {
  const reader: Reader = { context, names, taken, words: statement.words, at: 1 };
  let mode: 'bridge' | 'private' | 'vepa' | undefined;
  let address: { address: IpAddress; prefixLength: number } | undefined;
  for (; reader.at < reader.words.length; reader.at += 1) {
    const word = reader.words[reader.at];
    if (!word) break;
    const { text, span } = word;
    const given = text === 'name' ? undefined : parsePrefix(text);
    if (text === 'bridge' || text === 'private' || text === 'vepa') {
      if (mode === undefined) mode = text;
      else context.error('already-given', `the mode is already ${mode}; '${text}' is ignored`, span);
    } else if (text === 'group') readGroup(reader);
    else if (!given) readName(reader, 'ipvlan');
    else if (address)
      context.error('already-given', 'an address is already given; this one is ignored', span);
    else if (joinFamily(given.address, word)) address = given;
  }
  return {
    kind: 'ipvlan',
    ...(reader.name !== undefined && { name: reader.name }),
    ...address,
    mode: mode ?? 'bridge',
    ...(reader.group !== undefined && { group: reader.group }),
  };
}

function parsePrefix(text: string): { address: IpAddress; prefixLength: number } | undefined {
  const [host = '', bits] = text.split('/');
  const address = parseIpAddress(host);
  if (!address) return undefined;
  const longest = hostPrefixLength(familyOf(address));
  const prefixLength = bits === undefined ? longest : Number(bits);
  return prefixLength >= 0 && prefixLength <= longest ? { address, prefixLength } : undefined;
}
