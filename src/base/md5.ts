/**
 * MD5 (RFC 1321) and HMAC-MD5 (RFC 2104), for one purpose: the IPsec AH of VRRPv2, which keepalived still speaks. Nothing new
 * should be protected with it.
 */

const BLOCK_LENGTH = 64;
/** Bytes of a digest. */
export const MD5_LENGTH = 16;

/** Bits by which each of the 16 steps of a round rotates, in turn (RFC 1321, 3.4). */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
/** Which word of the block each step takes: (factor * step + offset) mod 16. */
const WORDS = [
  [1, 0],
  [5, 1],
  [3, 5],
  [7, 0],
] as const;
/** The whole part of 2^32 * abs(sin(i + 1)), i in radians. */
const SINES = Uint32Array.from({ length: 64 }, (_, index) =>
  Math.floor(Math.abs(Math.sin(index + 1)) * 0x1_0000_0000),
);

/** The MD5 digest of `message`, 16 bytes. */
export function md5(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let offset = 0; offset < padded.length; offset += BLOCK_LENGTH) {
    state = addBlock(state, padded, offset);
  }
  const digest = new Uint8Array(MD5_LENGTH);
  state.forEach((word, index) => writeWord(digest, index * 4, word));
  return digest;
}

/** Four bytes as a word, the least first. */
function readWord(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (d << 24) | (c << 16) | (b << 8) | a;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}

/** HMAC-MD5 of `message`, 16 bytes. */
export function hmacMd5(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_LENGTH);
  block.set(key.length > BLOCK_LENGTH ? md5(key) : key);
  const inner = md5(
    join(
      block.map((byte) => byte ^ 0x36),
      message,
    ),
  );
  return md5(
    join(
      block.map((byte) => byte ^ 0x5c),
      inner,
    ),
  );
}

type State = readonly [number, number, number, number];

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** A 1 bit, zeros up to 8 bytes before the end of a block, and the length in bits (RFC 1321, 3.1 and 3.2). */
function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) * BLOCK_LENGTH);
  padded.set(message);
  padded[message.length] = 0x80;
  writeWord(padded, padded.length - 8, message.length << 3);
  writeWord(padded, padded.length - 4, Math.floor(message.length / 0x2000_0000));
  return padded;
}

function addBlock(state: State, block: Uint8Array, offset: number): State {
  let [a, b, c, d] = state;
  for (let step = 0; step < 64; step += 1) {
    const round = step >> 4;
    const [factor, start] = WORDS[round] ?? WORDS[0];
    const word = readWord(block, offset + ((factor * step + start) & 15) * 4);
    const sum = (a + mix(round, b, c, d) + word + (SINES[step] ?? 0)) | 0;
    const turn = ROTATIONS[round]?.[step & 3] ?? 0;
    const next = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    [a, b, c, d] = [d, next, b, c];
  }
  return [state[0] + a, state[1] + b, state[2] + c, state[3] + d];
}

/** F, G, H and I of RFC 1321, 3.4. */
function mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (b & d) | (c & ~d);
  if (round === 2) return b ^ c ^ d;
  return c ^ (b | ~d);
}
