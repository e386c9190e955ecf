import { familyOf, parseIpAddress, type IpAddress } from '../../base/address.js';
import { type Encapsulation } from '../../wire/netlink/lwtunnel.js';
import { type WordCursor } from './word-cursor.js';

type Tunnel = {
  -readonly [Key in keyof Extract<Encapsulation, { kind: 'ip' | 'ip6' }>]: Extract<
    Encapsulation,
    { kind: 'ip' | 'ip6' }
  >[Key];
};

const MOST_LABELS = 2;
const LABEL_MAX = 0xf_ffff;

/** Reads what stands behind `encap`: the kind of tunnel and its options. A mistake leaves the route out. */
export function readEncapsulation(cursor: WordCursor): Encapsulation {
  const { text, span } = cursor.take();
  if (text === 'ip' || text === 'ip6') return readTunnel(cursor, text);
  if (text === 'mpls') return { kind: 'mpls', labels: readLabels(cursor) };
  if (text === 'ila') return { kind: 'ila', locator: readLocator(cursor) };
  return cursor.fail('unknown-choice', `'${text}' is none of ip, ip6, mpls and ila`, span);
}

type OptionReader = (tunnel: Tunnel, cursor: WordCursor) => void;

const common: Readonly<Record<string, OptionReader | undefined>> = {
  id: (tunnel, cursor) => (tunnel.id = readId(cursor)),
  dst: (tunnel, cursor) => (tunnel.destination = readEnd(tunnel, cursor)),
  src: (tunnel, cursor) => (tunnel.source = readEnd(tunnel, cursor)),
  flags: (tunnel, cursor) => (tunnel.flags = cursor.number('flags', 0xffff)),
};

/** iproute2 has its own names for the two fields in each family. */
const ofKind: Readonly<Record<'ip' | 'ip6', Readonly<Record<string, OptionReader | undefined>>>> = {
  ip: {
    tos: (tunnel, cursor) => (tunnel.trafficClass = cursor.named('dsfield')),
    ttl: (tunnel, cursor) => (tunnel.hopLimit = cursor.number('ttl', 255)),
  },
  ip6: {
    tc: (tunnel, cursor) => (tunnel.trafficClass = cursor.named('dsfield')),
    hoplimit: (tunnel, cursor) => (tunnel.hopLimit = cursor.number('hoplimit', 255)),
  },
};

function readTunnel(cursor: WordCursor, kind: 'ip' | 'ip6'): Encapsulation {
  const tunnel: Tunnel = { kind };
  for (;;) {
    const name = cursor.peek()?.text ?? '';
    const option = common[name] ?? ofKind[kind][name];
    if (!option) break;
    cursor.take();
    option(tunnel, cursor);
  }
  if (tunnel.destination === undefined && tunnel.id === undefined) {
    cursor.fail('missing-argument', `encap ${kind} needs dst or id`);
  }
  return tunnel;
}

function readId(cursor: WordCursor): string {
  const { text, span } = cursor.take();
  if (/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text)) {
    const id = BigInt(text);
    if (id <= 0xffff_ffff_ffff_ffffn) return id.toString();
  }
  return cursor.fail('invalid-number', `'${text}' is no tunnel id`, span);
}

function readEnd({ kind }: Tunnel, cursor: WordCursor): IpAddress {
  const { text, span } = cursor.take();
  const address = parseIpAddress(text);
  if (address !== undefined && (familyOf(address) === 'inet') === (kind === 'ip')) return address;
  return cursor.fail('invalid-address', `'${text}' is no end of a tunnel of kind ${kind}`, span);
}

/** LABEL or LABEL/LABEL. */
function readLabels(cursor: WordCursor): readonly number[] {
  const { text, span } = cursor.take();
  const parts = text.split('/');
  const labels = parts.map((part) => (/^(0x[0-9a-f]+|\d+)$/i.test(part) ? Number(part) : NaN));
  if (parts.length <= MOST_LABELS && labels.every((label) => label <= LABEL_MAX)) return labels;
  return cursor.fail('invalid-number', `'${text}' is no MPLS label stack`, span);
}

function readLocator(cursor: WordCursor): string {
  const { text, span } = cursor.take();
  if (/^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}$/i.test(text)) return text;
  return cursor.fail('invalid-address', `'${text}' is no locator of four groups`, span);
}
