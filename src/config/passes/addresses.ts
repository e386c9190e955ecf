import {
  addressBytes,
  familyOf,
  formatIpAddress,
  hostPrefixLength,
  parseIpAddress,
} from '../../base/address.js';
import { type IpAddress } from '../../base/address.js';
import { type Span, type Statement, type Word } from '../tree.js';
import { byteLength } from './read-arguments.js';
import { type PassContext } from './context.js';
import { parseInteger } from './numbers.js';
import { type RouteNames } from './route-names.js';

/** One line of virtual_ipaddress or static_ipaddress, as far as the line alone tells. */
export interface AddressDraft {
  readonly address: IpAddress;
  prefixLength: number;
  interface?: string;
  broadcast?: IpAddress;
  scope: number;
  label?: string;
  peer?: IpAddress;
  home: boolean;
  /** -nodad: duplicate address detection after all. */
  dad: boolean;
  mngtmpaddr: boolean;
  noprefixroute: boolean;
  autojoin: boolean;
  noTrack: boolean;
  useVmac: boolean;
  /** Seconds; undefined for forever. */
  preferredLifetimeS?: number;
  trackGroup?: string;
  readonly span: Span;
}

const MAX_NAME = 15;
/** State of reading one line: the words, and what `brd` asked for. */
interface Reader {
  readonly context: PassContext;
  readonly names: RouteNames;
  readonly words: readonly Word[];
  readonly draft: AddressDraft;
  readonly fixed: boolean;
  at: number;
  broadcast?: '+' | '-';
  lifetimeGiven: boolean;
}

/**
 * Reads one line; undefined (and a problem) if keepalived leaves the address out.
 * @param names where scopes have theirs.
 * @param fixed true in static_ipaddress, which takes track_group instead of use_vmac.
 */
export function readAddress(
  context: PassContext,
  names: RouteNames,
  line: Statement,
  fixed: boolean,
): AddressDraft | undefined {
  const draft = readHead(context, line);
  if (!draft) return undefined;
  const { words } = line;
  const reader: Reader = { context, names, words, draft, fixed, at: 1, lifetimeGiven: false };
  while (reader.at < words.length) {
    if (!readOption(reader)) return undefined;
    reader.at += 1;
  }
  settleBroadcast(reader);
  settleIpv6(reader);
  return draft;
}

function readHead(context: PassContext, line: Statement): AddressDraft | undefined {
  const { keyword } = line;
  const { text } = keyword;
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address) {
    context.error('invalid-address', `'${text}' is not an IP address; it is left out`, keyword.span);
    return undefined;
  }
  const longest = hostPrefixLength(familyOf(address));
  const prefixLength = slash < 0 ? longest : readPrefix(context, text.slice(slash + 1), longest, keyword);
  return {
    address,
    prefixLength,
    scope: 0,
    home: false,
    dad: false,
    mngtmpaddr: false,
    noprefixroute: false,
    autojoin: false,
    noTrack: false,
    useVmac: false,
    get span() {
      return line.span;
    },
  };
}

function readPrefix(context: PassContext, text: string, longest: number, at: Word): number {
  const number = parseInteger(text);
  if (number?.exact && number.value >= 0 && number.value <= longest) return number.value;
  context.error(
    'invalid-prefix',
    `prefix length '${text}' is not within 0 to ${longest}; using ${longest}`,
    at.span,
  );
  return longest;
}

type OptionReader = (reader: Reader, value: Word) => boolean;

/** Options that take a word. */
const withValue: Readonly<Record<string, OptionReader>> = {
  dev: readDevice,
  scope: readScope,
  brd: readBroadcast,
  broadcast: readBroadcast,
  label: readLabel,
  peer: readPeer,
  preferred_lft: readLifetime,
};

/** Options that stand alone. */
const alone: Readonly<Record<string, (draft: AddressDraft) => void>> = {
  home: (draft) => (draft.home = true),
  '-nodad': (draft) => (draft.dad = true),
  mngtmpaddr: (draft) => (draft.mngtmpaddr = true),
  noprefixroute: (draft) => (draft.noprefixroute = true),
  autojoin: (draft) => (draft.autojoin = true),
  no_track: (draft) => (draft.noTrack = true),
};

/** False if the whole address has to be left out. */
function readOption(reader: Reader): boolean {
  const { context, draft, words } = reader;
  const option = words[reader.at];
  if (!option) return true;
  const flag = alone[option.text];
  if (flag) {
    flag(draft);
    return true;
  }
  if (!reader.fixed && option.text === 'use_vmac') {
    draft.useVmac = true;
    return true;
  }
  const read =
    withValue[option.text] ?? (reader.fixed && option.text === 'track_group' ? readTrackGroup : undefined);
  if (!read) {
    context.error(
      'unknown-option',
      `'${option.text}' is no option of an address; it is ignored`,
      option.span,
    );
    return true;
  }
  const value = words[reader.at + 1];
  if (!value) {
    context.error('missing-argument', `'${option.text}' needs a value; the address is left out`, option.span);
    return false;
  }
  reader.at += 1;
  return read(reader, value);
}

function readDevice({ context, draft }: Reader, value: Word): boolean {
  if (draft.interface !== undefined) {
    context.error('already-given', 'dev is given twice; the address is left out', value.span);
    return false;
  }
  if (!context.requireInterface(value.text, 'interface', value.span)) return false;
  draft.interface = value.text;
  return true;
}

function readScope({ context, names, draft }: Reader, value: Word): boolean {
  const scope = names.lookUp('scope', value.text);
  if (scope !== undefined) draft.scope = scope;
  else context.error('unknown-choice', `'${value.text}' is no scope; it is ignored`, value.span);
  return true;
}

function readBroadcast(reader: Reader, value: Word): boolean {
  const { context, draft } = reader;
  if (familyOf(draft.address) === 'inet6') {
    context.error('wrong-family', 'an IPv6 address has no broadcast address; it is left out', value.span);
    return false;
  }
  if (value.text === '+' || value.text === '-') {
    reader.broadcast = value.text;
    return true;
  }
  const address = parseIpAddress(value.text);
  if (!address || familyOf(address) !== 'inet') {
    context.error(
      'invalid-address',
      `'${value.text}' is no broadcast address; the address is left out`,
      value.span,
    );
    return false;
  }
  draft.broadcast = address;
  return true;
}

function readLabel({ context, draft }: Reader, value: Word): boolean {
  if (byteLength(value.text) > MAX_NAME) {
    context.error(
      'too-long',
      `label '${value.text}' is longer than ${MAX_NAME} bytes; the address is left out`,
      value.span,
    );
    return false;
  }
  draft.label = value.text;
  return true;
}

function readPeer({ context, draft }: Reader, value: Word): boolean {
  const peer = parseIpAddress(value.text);
  if (draft.peer !== undefined)
    context.error('already-given', 'a peer is already given; this one is ignored', value.span);
  else if (!peer)
    context.error('invalid-address', `'${value.text}' is not an IP address; it is ignored`, value.span);
  else if (familyOf(peer) !== familyOf(draft.address)) {
    context.error('wrong-family', `peer '${value.text}' is of another family; it is ignored`, value.span);
  } else {
    const longest = hostPrefixLength(familyOf(peer));
    if (draft.prefixLength !== longest) {
      context.warning(
        'peer-with-prefix',
        'an address with a peer takes no prefix length; it is ignored',
        value.span,
      );
    }
    draft.peer = peer;
    draft.prefixLength = longest;
  }
  return true;
}

function readLifetime(reader: Reader, value: Word): boolean {
  const number = value.text === 'forever' ? undefined : parseInteger(value.text);
  if (value.text !== 'forever' && !(number?.exact && number.value >= 0 && number.value <= 4_294_967_295)) {
    reader.context.error('invalid-number', `'${value.text}' is no lifetime; it is ignored`, value.span);
    return true;
  }
  reader.lifetimeGiven = true;
  if (number) reader.draft.preferredLifetimeS = number.value;
  else delete reader.draft.preferredLifetimeS;
  return true;
}

function readTrackGroup({ context, draft }: Reader, value: Word): boolean {
  if (draft.trackGroup === undefined) draft.trackGroup = value.text;
  else context.error('already-given', 'track_group is already given; this one is ignored', value.span);
  return true;
}

/** `brd +` sets all host bits, `brd -` clears them. */
function settleBroadcast(reader: Reader): void {
  const { context, draft, broadcast } = reader;
  if (draft.peer !== undefined && (broadcast !== undefined || draft.broadcast !== undefined)) {
    context.error(
      'peer-with-broadcast',
      'an address with a peer has no broadcast address; it is ignored',
      draft.span,
    );
    delete draft.broadcast;
    return;
  }
  if (broadcast === undefined) return;
  if (draft.prefixLength > 30) {
    context.error(
      'invalid-prefix',
      `a /${draft.prefixLength} network has no broadcast address; it is ignored`,
      draft.span,
    );
    return;
  }
  const bytes = addressBytes(draft.address);
  draft.broadcast = formatIpAddress(
    bytes.map((byte, index) => {
      const networkBits = Math.min(8, Math.max(0, draft.prefixLength - index * 8));
      const host = 0xff >> networkBits;
      return broadcast === '+' ? byte | host : byte & ~host & 0xff;
    }),
  );
}

function settleIpv6(reader: Reader): void {
  const { context, draft } = reader;
  if (familyOf(draft.address) === 'inet') return;
  if (draft.scope !== 0) {
    context.error('wrong-family', 'the scope of an IPv6 address cannot be set; it is ignored', draft.span);
    draft.scope = 0;
  }
  if (draft.label !== undefined) {
    context.error('wrong-family', 'an IPv6 address takes no label; it is ignored', draft.span);
    delete draft.label;
  }
  // keepalived deprecates single addresses at once, so that they are never chosen as a source.
  if (!reader.lifetimeGiven && draft.prefixLength === 128) draft.preferredLifetimeS = 0;
}
