import { ByteWriter } from '../../base/bytes.js';
import {
  AGENTX_FLAG,
  AGENTX_HEADER,
  AGENTX_VERSION,
  PDU_TYPE,
  VALUE_TYPE,
  type AgentxBody,
  type AgentxPdu,
  type MibValue,
  type Oid,
  type SearchRange,
  type VarBind,
} from './pdu.js';

/** `internet`, which an OID may leave out (RFC 2741, 5.1). */
const INTERNET = [1, 3, 6, 1] as const;

/** Encodes a PDU, in network byte order. */
export function encodeAgentx({ session, transaction, packet, context, body }: AgentxPdu): Uint8Array {
  const payload = new ByteWriter(256);
  if (context) putOctets(payload, context);
  putBody(payload, body);
  const flags = AGENTX_FLAG.networkByteOrder | (context ? AGENTX_FLAG.nonDefaultContext : 0);
  const writer = new ByteWriter(AGENTX_HEADER + payload.size);
  writer.u8(AGENTX_VERSION).u8(PDU_TYPE[body.type]).u8(flags).u8(0);
  writer.u32(session).u32(transaction).u32(packet).u32(payload.size);
  return writer.put(payload.finish()).finish();
}

function putBody(writer: ByteWriter, body: AgentxBody): void {
  switch (body.type) {
    case 'Open':
      writer.u8(body.timeoutS).u8(0).u16(0);
      putOid(writer, body.id);
      putText(writer, body.description);
      break;
    case 'Close':
      writer.u8(body.reason).u8(0).u16(0);
      break;
    case 'Register':
    case 'Unregister':
      // r.range_subid 0: the subtree itself, not a range of subtrees.
      writer.u8(body.timeoutS).u8(body.priority).u8(0).u8(0);
      putOid(writer, body.subtree);
      break;
    case 'GetBulk':
      writer.u16(body.nonRepeaters).u16(body.maxRepetitions);
      body.ranges.forEach((range) => putRange(writer, range));
      break;
    case 'Get':
    case 'GetNext':
      body.ranges.forEach((range) => putRange(writer, range));
      break;
    case 'AddAgentCaps':
      putOid(writer, body.id);
      putText(writer, body.description);
      break;
    case 'RemoveAgentCaps':
      putOid(writer, body.id);
      break;
    case 'Response':
      writer.u32(body.sysUpTime).u16(body.error).u16(body.index);
      body.varBinds.forEach((varBind) => putVarBind(writer, varBind));
      break;
    case 'TestSet':
    case 'Notify':
      body.varBinds.forEach((varBind) => putVarBind(writer, varBind));
      break;
    case 'CommitSet':
    case 'UndoSet':
    case 'CleanupSet':
    case 'Ping':
      break;
  }
}

function putRange(writer: ByteWriter, { start, include, end }: SearchRange): void {
  putOid(writer, start, include);
  putOid(writer, end);
}

function putVarBind(writer: ByteWriter, { oid, value }: VarBind): void {
  writer.u16(VALUE_TYPE[value.type]).u16(0);
  putOid(writer, oid);
  putValue(writer, value);
}

function putValue(writer: ByteWriter, value: MibValue): void {
  switch (value.type) {
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeTicks':
      // setUint32 takes the lowest 32 bits, of negative numbers too.
      writer.u32(value.value);
      break;
    case 'counter64':
      writer.u32(Number((value.value >> 32n) & 0xffff_ffffn)).u32(Number(value.value & 0xffff_ffffn));
      break;
    case 'octets':
    case 'ipAddress':
    case 'opaque':
      putOctets(writer, value.value);
      break;
    case 'oid':
      putOid(writer, value.value);
      break;
    case 'null':
    case 'noSuchObject':
    case 'noSuchInstance':
    case 'endOfMibView':
      break;
  }
}

/*
 *     +---------------+---------------+---------------+---------------+
 *     | Numbers below |    Prefix     |    Include    |       0       |
 *     +---------------+---------------+---------------+---------------+
 *     |           as many numbers, of four bytes each ...             |
 *
 * A prefix other than 0 stands for 1.3.6.1.prefix in front of the numbers.
 */
function putOid(writer: ByteWriter, oid: Oid, include = false): void {
  const prefix = oid.length > 4 && INTERNET.every((number, index) => oid[index] === number) ? oid[4] : 0;
  const short = prefix !== undefined && prefix > 0 && prefix < 256 ? prefix : 0;
  const from = short === 0 ? 0 : 5;
  writer
    .u8(oid.length - from)
    .u8(short)
    .u8(include ? 1 : 0)
    .u8(0);
  for (let index = from; index < oid.length; index++) writer.u32(oid[index] ?? 0);
}

/** ASCII, as descriptions are. */
function putText(writer: ByteWriter, text: string): void {
  putOctets(
    writer,
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
  );
}

function putOctets(writer: ByteWriter, octets: Uint8Array): void {
  writer.u32(octets.length).put(octets);
  for (let padding = (4 - (octets.length % 4)) % 4; padding > 0; padding--) writer.u8(0);
}
