import { bfdDiagText, decodeBfd, encodeBfd, type BfdPacket } from '#wire/bfd.js';
import { micros } from '#base/units.js';
import { hex, toHex } from './bytes-text.js';
import { readFixtures } from './fixture.js';

const packet: BfdPacket = {
  diag: 1,
  state: 'Down',
  poll: false,
  final: false,
  controlPlaneIndependent: false,
  authenticated: false,
  demand: false,
  detectMult: 5,
  myDiscriminator: 0x11223344,
  yourDiscriminator: 0,
  desiredMinTx: micros(1_000_000),
  requiredMinRx: micros(10_000),
  requiredMinEchoRx: micros(0),
};
/** Vers 1, Diag 1; Sta 1; Detect Mult 5; Length 24. */
const bytes = '21400518 11223344 00000000 000f4240 00002710 00000000';
const plain = (text: string) => hex(text.replaceAll(' ', ''));

/** The bytes of the packet above with some of them changed. */
function withBytes(changes: Readonly<Record<number, number>>, length = 24): Uint8Array {
  const copy = new Uint8Array(length);
  copy.set(plain(bytes).subarray(0, length));
  for (const [at, value] of Object.entries(changes)) copy[Number(at)] = value;
  return copy;
}

const codeOf = (input: Uint8Array): string => {
  const result = decodeBfd(input);
  return result.ok ? 'accepted' : result.error.code;
};

describe('RFC 5880, 4.1: the format', () => {
  test('literal bytes, both ways', () => {
    expect(toHex(encodeBfd(packet))).toBe(bytes.replaceAll(' ', ''));
    expect(decodeBfd(plain(bytes))).toEqual({ ok: true, value: packet });
  });

  test.each([
    ['poll', 0x60],
    ['final', 0x50],
    ['controlPlaneIndependent', 0x48],
    ['demand', 0x42],
  ] as const)('the bit %s', (name, second) => {
    const changed = { ...packet, [name]: true };
    expect(encodeBfd(changed)[1]).toBe(second);
    expect(decodeBfd(withBytes({ 1: second }))).toEqual({ ok: true, value: changed });
  });

  test.each([
    ['AdminDown', 0x00],
    ['Down', 0x40],
    ['Init', 0x80],
    ['Up', 0xc0],
  ] as const)('the state %s', (state, second) => {
    const changed = { ...packet, state, yourDiscriminator: 1 };
    expect(encodeBfd(changed)[1]).toBe(second);
    expect(decodeBfd(withBytes({ 1: second, 11: 1 }))).toEqual({ ok: true, value: changed });
  });

  test('diagnostics of a later RFC are no reason to refuse a packet', () => {
    expect(decodeBfd(withBytes({ 0: 0x3f }))).toMatchObject({ ok: true, value: { diag: 31 } });
    expect(bfdDiagText(31)).toBe('Unknown');
    expect(bfdDiagText(1)).toBe('Control Detection Time Expired');
  });

  test('what follows behind Length is padding', () => {
    expect(decodeBfd(withBytes({ 30: 7 }, 40))).toEqual({ ok: true, value: packet });
  });
});

describe('RFC 5880, 6.8.6: reception of control packets', () => {
  test('a packet that ends before its time MUST be discarded', () => {
    for (let length = 0; length < 24; length += 1)
      expect(codeOf(withBytes({}, length))).toBe('bfd-truncated');
  });

  test.each([0, 2, 7])('version %d MUST be discarded', (version) => {
    expect(codeOf(withBytes({ 0: (version << 5) | 1 }))).toBe('bfd-unknown-version');
  });

  test('a Length below 24, or below 26 with the A bit, MUST be discarded', () => {
    expect(codeOf(withBytes({ 3: 23 }))).toBe('bfd-bad-length');
    expect(codeOf(withBytes({ 3: 0 }))).toBe('bfd-bad-length');
    expect(codeOf(withBytes({ 1: 0x44, 3: 25 }, 30))).toBe('bfd-bad-length');
    expect(codeOf(withBytes({ 1: 0x44, 3: 26 }, 26))).toBe('accepted');
  });

  test('a Length beyond the payload MUST be discarded', () => {
    expect(codeOf(withBytes({ 3: 25 }))).toBe('bfd-length-exceeds-payload');
    expect(codeOf(withBytes({ 3: 25 }, 25))).toBe('accepted');
  });

  test('Detect Mult 0 MUST be discarded', () => {
    expect(codeOf(withBytes({ 2: 0 }))).toBe('bfd-zero-multiplier');
    expect(codeOf(withBytes({ 2: 1 }))).toBe('accepted');
  });

  test('the Multipoint bit MUST be discarded', () => {
    expect(codeOf(withBytes({ 1: 0x41 }))).toBe('bfd-multipoint');
  });

  test('My Discriminator 0 MUST be discarded', () => {
    expect(codeOf(withBytes({ 4: 0, 5: 0, 6: 0, 7: 0 }))).toBe('bfd-zero-my-discriminator');
  });

  test.each([
    [0x00, 'accepted'],
    [0x40, 'accepted'],
    [0x80, 'bfd-zero-your-discriminator'],
    [0xc0, 'bfd-zero-your-discriminator'],
  ])('Your Discriminator 0 with Sta 0x%s MUST be discarded unless Down or AdminDown', (second, code) => {
    expect(codeOf(withBytes({ 1: second }))).toBe(code);
  });

  test('6.5: a packet has not both P and F', () => {
    expect(codeOf(withBytes({ 1: 0x70 }))).toBe('bfd-poll-and-final');
  });
});

describe('what keepalived sends, as tshark reads it', () => {
  test.each(readFixtures('bfd.version').map((captured) => [captured.title, captured] as const))(
    '%s',
    (_, { frame, tshark }) => {
      const payload = frame.slice(tshark['ip.version'] === '4' ? 14 + 20 + 8 : 14 + 40 + 8);
      const decoded = decodeBfd(payload);
      if (!decoded.ok) throw new Error(decoded.error.text);
      const number = (field: string): number => Number(tshark[`bfd.${field}`]);
      const bit = (mask: number): boolean => (number('flags') & mask) !== 0;
      expect(decoded.value).toEqual({
        diag: number('diag'),
        state: ['AdminDown', 'Down', 'Init', 'Up'][number('sta')],
        poll: bit(0x20),
        final: bit(0x10),
        controlPlaneIndependent: bit(0x08),
        authenticated: bit(0x04),
        demand: bit(0x02),
        detectMult: number('detect_time_multiplier'),
        myDiscriminator: number('my_discriminator'),
        yourDiscriminator: number('your_discriminator'),
        desiredMinTx: number('desired_min_tx_interval'),
        requiredMinRx: number('required_min_rx_interval'),
        requiredMinEchoRx: number('required_min_echo_interval'),
      });
      expect(toHex(encodeBfd(decoded.value))).toBe(toHex(payload));
    },
  );

  test('there are some', () => {
    expect(readFixtures('bfd.version')).toHaveLength(4);
  });
});
