import { decodeDnsHeader, encodeDnsQuery } from '#wire/index.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('DNS messages (RFC 1035, 4.1)', () => {
  test('a question for a name, with recursion desired', () => {
    expect(hex(encodeDnsQuery({ id: 0xabcd, name: 'example.net', type: 'AAAA' }))).toBe(
      'abcd' + '0100' + '0001000000000000' + '076578616d706c65' + '036e6574' + '00' + '001c' + '0001',
    );
  });

  test.each(['', '.'])("the root is written '%s'", (name) => {
    expect(hex(encodeDnsQuery({ id: 1, name, type: 'SOA' }))).toBe(
      '0001' + '0100' + '0001000000000000' + '00' + '0006' + '0001',
    );
  });

  test('a final dot changes nothing', () => {
    const of = (name: string) => hex(encodeDnsQuery({ id: 1, name, type: 'NS' }));
    expect(of('a.b.')).toBe(of('a.b'));
  });

  test.each([
    ['A', 1],
    ['NS', 2],
    ['CNAME', 5],
    ['SOA', 6],
    ['MX', 15],
    ['TXT', 16],
    ['AAAA', 28],
    ['RRSIG', 46],
    ['DNSKEY', 48],
  ] as const)('%s is type %i', (type, number) => {
    const bytes = encodeDnsQuery({ id: 1, name: '', type });
    expect(bytes.at(-4)! * 256 + bytes.at(-3)!).toBe(number);
  });

  test('names that no message can hold are refused (RFC 1035, 2.3.4)', () => {
    const encode = (name: string) => () => encodeDnsQuery({ id: 1, name, type: 'A' });
    expect(encode('a'.repeat(63))).not.toThrow();
    expect(encode('a'.repeat(64))).toThrow(RangeError);
    expect(encode('a..b')).toThrow(RangeError);
    expect(encode(Array.from({ length: 127 }, () => 'a').join('.'))).not.toThrow();
    expect(encode(Array.from({ length: 128 }, () => 'a').join('.'))).toThrow(RangeError);
  });

  test('the header of an answer', () => {
    const answer = Uint8Array.from([0xab, 0xcd, 0x83, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(decodeDnsHeader(answer)).toEqual({
      ok: true,
      value: { id: 0xabcd, isResponse: true, isTruncated: true, responseCode: 3 },
    });
    expect(decodeDnsHeader(answer.subarray(0, 11))).toMatchObject({ error: { code: 'dns-truncated' } });
  });

  test('a question is no answer', () => {
    const header = decodeDnsHeader(encodeDnsQuery({ id: 9, name: 'a', type: 'A' }));
    expect(header).toMatchObject({ value: { id: 9, isResponse: false, responseCode: 0 } });
  });
});
