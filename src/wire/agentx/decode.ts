import { err, ok, type Result } from '../../base/result.js';
import { type DecodeError } from '../decode-error.js';
import {
  AGENTX_FLAG,
  AGENTX_HEADER,
  AGENTX_VERSION,
  OID_LONGEST,
  PDU_TYPE,
  VALUE_TYPE,
  type AgentxBody,
  type AgentxPdu,
  type MibValue,
  type Oid,
  type SearchRange,
  type VarBind,
} from './pdu.js';
import { AgentxReader } from './reader.js';

export type AgentxErrorCode =
  | 'agentx-unknown-version'
  | 'agentx-unknown-type'
  | 'agentx-bad-length'
  | 'agentx-truncated'
  | 'agentx-bad-oid'
  | 'agentx-bad-value';

/** A PDU that cannot be understood. Its packet id is known if its header was. */
export interface AgentxDecodeError extends DecodeError<AgentxErrorCode> {
  readonly header?: Pick<AgentxPdu, 'session' | 'transaction' | 'packet'>;
}

const TYPES = new Map<number, AgentxBody['type']>(
  Object.entries(PDU_TYPE).map(([name, number]) => [number, name as AgentxBody['type']]),
);
const VALUES = new Map<number, MibValue['type']>(
  Object.entries(VALUE_TYPE).map(([name, number]) => [number, name as MibValue['type']]),
);

/**
 * How long the PDU is that these bytes begin with, its header counted; undefined while too little of it is there to tell.
 * After an error nothing that follows can be understood.
 * @param longest that is believed, in bytes.
 */
export function agentxLength(
  bytes: Uint8Array,
  longest: number,
): Result<number | undefined, DecodeError<AgentxErrorCode>> {
  if (bytes.length > 0 && bytes[0] !== AGENTX_VERSION) {
    return err({ code: 'agentx-unknown-version', text: `version ${bytes[0]}` });
  }
  if (bytes.length < AGENTX_HEADER) return ok(undefined);
  const reader = new AgentxReader(bytes, isBig(bytes));
  reader.skip(AGENTX_HEADER - 4);
  const payload = reader.u32();
  if (payload % 4 !== 0 || payload + AGENTX_HEADER > longest) {
    return err({ code: 'agentx-bad-length', text: `a payload of ${payload} bytes` });
  }
  return ok(AGENTX_HEADER + payload);
}

const isBig = (bytes: Uint8Array): boolean => ((bytes[2] ?? 0) & AGENTX_FLAG.networkByteOrder) !== 0;

/** Decodes one PDU: exactly the bytes that agentxLength told. */
export function decodeAgentx(bytes: Uint8Array): Result<AgentxPdu, AgentxDecodeError> {
  const length = agentxLength(bytes, bytes.length);
  if (!length.ok) return length;
  if (length.value !== bytes.length) {
    return err({ code: 'agentx-truncated', text: `${bytes.length} bytes of ${length.value ?? 'a header'}` });
  }
  const reader = new AgentxReader(bytes, isBig(bytes));
  reader.skip(4);
  const header = { session: reader.u32(), transaction: reader.u32(), packet: reader.u32() };
  reader.skip(4);
  const type = TYPES.get(bytes[1] ?? 0);
  if (!type) return err({ code: 'agentx-unknown-type', text: `type ${bytes[1]}`, header });
  const hasContext = ((bytes[2] ?? 0) & AGENTX_FLAG.nonDefaultContext) !== 0;
  const context = hasContext ? reader.octets() : undefined;
  const body = readBody(reader, type);
  if (!body.ok) return err({ ...body.error, header });
  if (reader.failed) return err({ code: 'agentx-truncated', text: `${type} ends too early`, header });
  return ok({ ...header, ...(context && { context }), body: body.value });
}

type Read<T> = Result<T, DecodeError<AgentxErrorCode>>;

function readBody(reader: AgentxReader, type: AgentxBody['type']): Read<AgentxBody> {
  switch (type) {
    case 'Open': {
      const timeoutS = reader.u8();
      reader.skip(3);
      return withOid(reader, (id) => ({ type, timeoutS, id, description: reader.text() }));
    }
    case 'Close':
      return ok({ type, reason: reader.u8() });
    case 'Register':
    case 'Unregister': {
      const [timeoutS, priority] = [reader.u8(), reader.u8()];
      reader.skip(2);
      return withOid(reader, (subtree) => ({ type, timeoutS, priority, subtree }));
    }
    case 'Get':
    case 'GetNext':
      return mapped(readAll(reader, readRange), (ranges) => ({ type, ranges }));
    case 'GetBulk': {
      const [nonRepeaters, maxRepetitions] = [reader.u16(), reader.u16()];
      return mapped(readAll(reader, readRange), (ranges) => ({ type, nonRepeaters, maxRepetitions, ranges }));
    }
    case 'TestSet':
    case 'Notify':
      return mapped(readAll(reader, readVarBind), (varBinds) => ({ type, varBinds }));
    case 'CommitSet':
    case 'UndoSet':
    case 'CleanupSet':
    case 'Ping':
      return ok({ type });
    case 'AddAgentCaps':
      return withOid(reader, (id) => ({ type, id, description: reader.text() }));
    case 'RemoveAgentCaps':
      return withOid(reader, (id) => ({ type, id }));
    case 'Response': {
      const answer = { type, sysUpTime: reader.u32(), error: reader.u16(), index: reader.u16() };
      return mapped(readAll(reader, readVarBind), (varBinds) => ({ ...answer, varBinds }));
    }
  }
}

const mapped = <From, To>(read: Read<From>, make: (value: From) => To): Read<To> =>
  read.ok ? ok(make(read.value)) : read;

const withOid = <To>(reader: AgentxReader, make: (oid: Oid) => To): Read<To> =>
  mapped(readOid(reader), ({ oid }) => make(oid));

/** One after another, to the end. */
function readAll<T>(reader: AgentxReader, read: (reader: AgentxReader) => Read<T>): Read<readonly T[]> {
  const all: T[] = [];
  while (reader.remaining > 0 && !reader.failed) {
    const one = read(reader);
    if (!one.ok) return one;
    all.push(one.value);
  }
  return ok(all);
}

function readRange(reader: AgentxReader): Read<SearchRange> {
  const start = readOid(reader);
  if (!start.ok) return start;
  return withOid(reader, (end) => ({ start: start.value.oid, include: start.value.include, end }));
}

function readOid(reader: AgentxReader): Read<{ readonly oid: Oid; readonly include: boolean }> {
  const [count, prefix, include] = [reader.u8(), reader.u8(), reader.u8()];
  reader.skip(1);
  const oid = prefix === 0 ? [] : [1, 3, 6, 1, prefix];
  if (oid.length + count > OID_LONGEST) {
    return err({ code: 'agentx-bad-oid', text: `an OID of ${oid.length + count} numbers` });
  }
  if (reader.remaining < count * 4) return err({ code: 'agentx-truncated', text: 'an OID ends too early' });
  for (let index = 0; index < count; index++) oid.push(reader.u32());
  return ok({ oid, include: include !== 0 });
}

function readVarBind(reader: AgentxReader): Read<VarBind> {
  const number = reader.u16();
  reader.skip(2);
  const type = VALUES.get(number);
  if (!type) return err({ code: 'agentx-bad-value', text: `a value of type ${number}` });
  const name = readOid(reader);
  if (!name.ok) return name;
  return mapped(readValue(reader, type), (value) => ({ oid: name.value.oid, value }));
}

function readValue(reader: AgentxReader, type: MibValue['type']): Read<MibValue> {
  switch (type) {
    case 'integer':
      return ok({ type, value: reader.u32() | 0 });
    case 'counter32':
    case 'gauge32':
    case 'timeTicks':
      return ok({ type, value: reader.u32() });
    case 'counter64':
      return ok({ type, value: reader.u64() });
    case 'octets':
    case 'opaque':
      return ok({ type, value: reader.octets() });
    case 'ipAddress': {
      const value = reader.octets();
      if (value.length === 4 || reader.failed) return ok({ type, value });
      return err({ code: 'agentx-bad-value', text: `an IpAddress of ${value.length} bytes` });
    }
    case 'oid':
      return withOid(reader, (value) => ({ type, value }));
    case 'null':
    case 'noSuchObject':
    case 'noSuchInstance':
    case 'endOfMibView':
      return ok({ type });
  }
}
