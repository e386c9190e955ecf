import {
  agentxLength,
  compareOids,
  decodeAgentx,
  encodeAgentx,
  type AgentxBody,
  type AgentxPdu,
} from '#wire/agentx/index.js';
import { hex, toHex } from './bytes-text.js';

const pdu = (body: AgentxBody): AgentxPdu => ({ session: 7, transaction: 8, packet: 9, body });
const header = (type: string, payload: string, flags = '10') =>
  `01${type}${flags}00 00000007 00000008 00000009 ${payload}`;
/** 1.3.6.1.4.1.9586: the prefix stands for the first five. */
const OID = '02040000 00000001 00002572';
const oid = [1, 3, 6, 1, 4, 1, 9586];
const plain = (text: string) => text.replaceAll(' ', '');

const LITERALS: readonly (readonly [string, AgentxBody, string])[] = [
  [
    '6.2.1: Open, its description padded',
    { type: 'Open', timeoutS: 5, id: [], description: 'under' },
    `${header('01', '00000014')} 05000000 00000000 00000005 756e6465 72000000`,
  ],
  ['6.2.2: Close', { type: 'Close', reason: 5 }, `${header('02', '00000004')} 05000000`],
  [
    '6.2.3: Register',
    { type: 'Register', timeoutS: 5, priority: 127, subtree: oid },
    `${header('03', '00000010')} 057f0000 ${OID}`,
  ],
  [
    '6.2.5: Get, whose ranges have no end',
    { type: 'Get', ranges: [{ start: oid, include: false, end: [] }] },
    `${header('05', '00000010')} ${OID} 00000000`,
  ],
  [
    '6.2.6: GetNext, its start included',
    { type: 'GetNext', ranges: [{ start: oid, include: true, end: [1, 3, 6, 1, 4, 2] }] },
    `${header('06', '00000014')} 02040100 00000001 00002572 01040000 00000002`,
  ],
  [
    '6.2.7: GetBulk',
    { type: 'GetBulk', nonRepeaters: 1, maxRepetitions: 10, ranges: [] },
    `${header('07', '00000004')} 0001000a`,
  ],
  [
    '6.2.8: TestSet of a negative Integer32',
    { type: 'TestSet', varBinds: [{ oid, value: { type: 'integer', value: -2 } }] },
    `${header('08', '00000014')} 00020000 ${OID} fffffffe`,
  ],
  ['6.2.9: CommitSet', { type: 'CommitSet' }, header('09', '00000000')],
  [
    '6.2.10: Notify with an OID for a value',
    { type: 'Notify', varBinds: [{ oid: [1, 3], value: { type: 'oid', value: oid } }] },
    `${header('0c', '0000001c')} 00060000 02000000 00000001 00000003 ${OID}`,
  ],
  [
    '6.2.16: Response with every other kind of value',
    {
      type: 'Response',
      sysUpTime: 256,
      error: 5,
      index: 1,
      varBinds: [
        { oid: [], value: { type: 'octets', value: hex('c00002ff01') } },
        { oid: [], value: { type: 'ipAddress', value: hex('c0000201') } },
        { oid: [], value: { type: 'counter64', value: 0x1_0000_0002n } },
        { oid: [], value: { type: 'gauge32', value: 0xffff_ffff } },
        { oid: [], value: { type: 'endOfMibView' } },
      ],
    },
    `${header('12', '00000050')} 00000100 00050001 00040000 00000000 00000005 c00002ff 01000000
     00400000 00000000 00000004 c0000201 00460000 00000000 00000001 00000002 00420000 00000000 ffffffff
     00820000 00000000`.replace(/\n\s*/g, ''),
  ],
];

describe('RFC 2741: the PDUs', () => {
  test.each(LITERALS)('%s: literal bytes, both ways', (_, body, bytes) => {
    expect(toHex(encodeAgentx(pdu(body)))).toBe(plain(bytes));
    expect(decodeAgentx(hex(plain(bytes)))).toEqual({ ok: true, value: pdu(body) });
  });

  test('6.1: without the flag, numbers have their lowest byte first', () => {
    const bytes = hex('01020000 07000000 08000000 09000000 04000000 05000000');
    expect(decodeAgentx(bytes)).toEqual({ ok: true, value: pdu({ type: 'Close', reason: 5 }) });
  });

  test('6.1.1: a context comes before everything else', () => {
    const bytes = hex(`${header('0d', '00000008', '18')} 00000002 61620000`);
    expect(decodeAgentx(bytes)).toEqual({
      ok: true,
      value: { ...pdu({ type: 'Ping' }), context: hex('6162') },
    });
  });
});

describe('framing', () => {
  const bytes = encodeAgentx(pdu({ type: 'Close', reason: 5 }));

  test('too little to tell', () => {
    expect(agentxLength(bytes.subarray(0, 19), 1000)).toEqual({ ok: true, value: undefined });
  });

  test('the length of the first PDU, whatever follows', () => {
    expect(agentxLength(Uint8Array.from([...bytes, ...bytes]), 1000)).toEqual({ ok: true, value: 24 });
  });

  test.each([
    ['no AgentX at all', hex('48545450'), 'agentx-unknown-version'],
    ['a length that no multiple of 4 is', hex(header('0d', '00000003')), 'agentx-bad-length'],
    ['more than is believed', hex(header('0d', '000003d8')), 'agentx-bad-length'],
  ])('%s', (_, start, code) => {
    expect(agentxLength(start, 1000)).toMatchObject({ ok: false, error: { code } });
  });
});

test.each([
  ['a type that there is not', header('63', '00000000'), 'agentx-unknown-type'],
  ['an OID beyond the end', `${header('05', '00000004')} 05040000`, 'agentx-truncated'],
  [
    'octets beyond the end',
    `${header('08', '00000010')} 00040000 00000000 fffffff0 00000000`,
    'agentx-truncated',
  ],
  ['an OID of 133 numbers', `${header('05', '00000004')} 80040000`, 'agentx-bad-oid'],
  ['a value of no type', `${header('08', '00000008')} 00030000 00000000`, 'agentx-bad-value'],
  [
    'an IpAddress of 5 bytes',
    `${header('08', '00000014')} 00400000 00000000 00000005 00000000 00000000`,
    'agentx-bad-value',
  ],
])('%s is refused, and whose answer it spoils is told', (_, bytes, code) => {
  expect(decodeAgentx(hex(bytes))).toMatchObject({
    ok: false,
    error: { code, header: { session: 7, transaction: 8, packet: 9 } },
  });
});

test('a prefix comes before what it begins, and numbers are compared as numbers', () => {
  const unsorted = [[1, 10], [1, 9, 5], [2], [1, 9]];
  expect([...unsorted].sort(compareOids)).toEqual([[1, 9], [1, 9, 5], [1, 10], [2]]);
});
