import { type Family } from '../../base/address.js';
import { AttributeWriter, netlinkAlign } from './attribute.js';
import { encodeExpression, networkOrder } from './nftables-expression.js';
import { type NftCommand, type NftElement, type NftSet, type NftTable, type NftType } from './nftables.js';
import { NLM_F_CREATE, NLM_F_EXCL } from './message.js';

/*
 * Every message of nfnetlink begins so (struct nfgenmsg); numbers in attributes are in network order.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |    Family     |  Version (0)  |   Resource (network order)    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
const header = (family: number, resource = 0): Uint8Array =>
  Uint8Array.of(family, 0, resource >> 8, resource & 0xff);

const NFNL_SUBSYS_NFTABLES = 10;
/** Begin and end of a transaction; what stands between is done together or not at all. */
export const NFNL_MSG_BATCH_BEGIN = 0x10;
export const NFNL_MSG_BATCH_END = 0x11;
/** The payload of both. */
export const encodeBatchMark = (): Uint8Array => header(0, NFNL_SUBSYS_NFTABLES);

const message = (number: number): number => (NFNL_SUBSYS_NFTABLES << 8) | number;
const NEWTABLE = message(0);
const DELTABLE = message(2);
const NEWCHAIN = message(3);
const NEWRULE = message(6);
const NEWSET = message(9);
const NEWSETELEM = message(12);
const DELSETELEM = message(14);
/** Asks for a table by its name. */
export const NFT_MSG_GETTABLE = message(1);
/** A table is gone, with all that was in it: as a notification. */
export const NFT_MSG_DELTABLE = DELTABLE;
/** The multicast group of notifications, as a bit. */
export const NFNLGRP_NFTABLES_MASK = 1 << 6;

const NFPROTO: Readonly<Record<Family, number>> = { inet: 2, inet6: 10 };
const HOOKS = { input: 1, output: 3 } as const;
const NF_ACCEPT = 1;
const NLM_F_APPEND = 0x800;

const NFTA_LIST_ELEM = 1;
const SET_FLAG_CONSTANT = 0x2;
const SET_FLAG_INTERVAL = 0x4;
const SET_FLAG_MAP = 0x8;
const SET_FLAG_CONCAT = 0x80;

/** What nft shows a type by, and how many bytes it has (nftables' own datatype.h). */
const TYPES: Readonly<Record<NftType, { readonly number: number; readonly length: number }>> = {
  ipv4_addr: { number: 7, length: 4 },
  ipv6_addr: { number: 8, length: 16 },
  inet_service: { number: 13, length: 2 },
  mark: { number: 19, length: 4 },
  iface_index: { number: 20, length: 4 },
  icmpv6_type: { number: 29, length: 1 },
  ifname: { number: 41, length: 16 },
};
const TYPE_BITS = 6;

/** A message without its netlink header. */
export interface NftMessage {
  readonly type: number;
  /** Beyond NLM_F_REQUEST and NLM_F_ACK. */
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Asks for one table; it is answered by the table, or ENOENT. */
export const encodeGetTable = ({ family, name }: NftTable): Uint8Array =>
  start(family).text(1, name).finish();

/** Encodes one command. */
export function encodeNftCommand(command: NftCommand): NftMessage {
  const { table } = command;
  const body = start(table.family);
  switch (command.kind) {
    case 'add-table':
      return { type: NEWTABLE, flags: NLM_F_CREATE, payload: body.text(1, table.name).u32(2, 0).finish() };
    case 'delete-table':
      return { type: DELTABLE, flags: 0, payload: body.text(1, table.name).finish() };
    case 'add-chain':
      return { type: NEWCHAIN, flags: NLM_F_CREATE, payload: chainBody(body, command) };
    case 'add-set':
      return { type: NEWSET, flags: NLM_F_CREATE, payload: setBody(body, table, command.set) };
    case 'add-elements':
      return {
        type: NEWSETELEM,
        flags: NLM_F_CREATE | NLM_F_EXCL,
        payload: elementsBody(body, table, command.set, command.elements),
      };
    case 'delete-elements':
      return {
        type: DELSETELEM,
        flags: 0,
        payload: elementsBody(body, table, command.set, command.elements),
      };
    case 'add-rule': {
      const list = new AttributeWriter();
      for (const expression of command.expressions) list.nested(NFTA_LIST_ELEM, encodeExpression(expression));
      const payload = body.text(1, table.name).text(2, command.chain).nested(4, list).finish();
      return { type: NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND, payload };
    }
  }
}

const start = (family: Family): AttributeWriter => new AttributeWriter(header(NFPROTO[family]));

function chainBody(
  body: AttributeWriter,
  { table, chain, hook }: Extract<NftCommand, { kind: 'add-chain' }>,
): Uint8Array {
  body.text(1, table.name).text(3, chain);
  if (hook) {
    const place = new AttributeWriter()
      .bytes(1, networkOrder(HOOKS[hook.at]))
      .bytes(2, networkOrder(hook.priority));
    body.nested(4, place).bytes(5, networkOrder(NF_ACCEPT)).text(7, 'filter');
  }
  return body.finish();
}

function setBody(body: AttributeWriter, table: NftTable, set: NftSet): Uint8Array {
  const flags =
    (set.constant ? SET_FLAG_CONSTANT : 0) |
    (set.data ? SET_FLAG_MAP : 0) |
    (set.ranges ? SET_FLAG_INTERVAL | SET_FLAG_CONCAT : 0);
  const number = set.key.reduce((sum, type) => (sum << TYPE_BITS) | TYPES[type].number, 0);
  // Parts of a concatenation begin at a register each.
  const padded = (type: NftType): number => netlinkAlign(TYPES[type].length);
  const [only] = set.key;
  const length =
    set.key.length === 1 && only ? TYPES[only].length : set.key.reduce((sum, type) => sum + padded(type), 0);
  body.text(1, table.name).text(2, set.name).bytes(3, networkOrder(flags));
  body.bytes(4, networkOrder(number)).bytes(5, networkOrder(length));
  if (set.data) {
    body.bytes(6, networkOrder(TYPES[set.data].number)).bytes(7, networkOrder(TYPES[set.data].length));
  }
  if (set.ranges) body.nested(9, new AttributeWriter().nested(2, fieldLengths(set.key)));
  body.bytes(10, networkOrder(set.id)).bytes(13, byteOrders(set));
  if (set.counters) body.nested(17, encodeExpression({ kind: 'counter' }));
  return body.finish();
}

/** How many bytes of each part are compared. */
function fieldLengths(key: readonly NftType[]): AttributeWriter {
  const list = new AttributeWriter();
  for (const type of key) {
    list.nested(NFTA_LIST_ELEM, new AttributeWriter().bytes(1, networkOrder(TYPES[type].length)));
  }
  return list;
}

/** What nft keeps with a set to show its elements by: type, length and value in host order, for key and data. */
function byteOrders({ key, data }: NftSet): Uint8Array {
  const isAddress = key.length === 1 && (key[0] === 'ipv4_addr' || key[0] === 'ipv6_addr');
  const order = (type: number, value: number): readonly number[] => [
    type,
    4,
    ...new Uint8Array(Uint32Array.of(value).buffer),
  ];
  const [HOST, BIG_ENDIAN] = [1, 2];
  return Uint8Array.from([...order(0, isAddress ? BIG_ENDIAN : HOST), ...(data ? order(1, HOST) : [])]);
}

function elementsBody(
  body: AttributeWriter,
  table: NftTable,
  set: string,
  elements: readonly NftElement[],
): Uint8Array {
  const list = new AttributeWriter();
  for (const { key, data, end } of elements) {
    const element = new AttributeWriter().nested(1, new AttributeWriter().bytes(1, key));
    if (data) element.nested(2, new AttributeWriter().bytes(1, data));
    if (end) element.nested(10, new AttributeWriter().bytes(1, end));
    list.nested(NFTA_LIST_ELEM, element);
  }
  return body.text(1, table.name).text(2, set).nested(3, list).finish();
}
