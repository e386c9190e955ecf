/** SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104), for auth_hmac: the pure rooms have no node:crypto. */

const BLOCK_LENGTH = 64;
/** Bytes of a digest. */
export const SHA256_LENGTH = 32;

/** The first primes, of which the constants are made. */
const PRIMES = firstPrimes(64);
/** The first 32 bits of the fractional parts of the square roots of the first 8 primes (FIPS 180-4, 5.3.3). */
const INITIAL = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
/** Those of the cube roots of the first 64 (FIPS 180-4, 4.2.2). */
const ROUNDS = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

/** Shared by all digests: they are made one at a time. */
const schedule = new Uint32Array(64);

/** The SHA-256 digest of `message`, 32 bytes. */
export const sha256 = (message: Uint8Array): Uint8Array => finish(INITIAL, message, 0);

/**
 * HMAC-SHA256 with one key. What the key alone decides is computed once (RFC 2104, 4): half of what a short message costs.
 */
export class HmacSha256 {
  private readonly inner: Uint32Array;
  private readonly outer: Uint32Array;

  constructor(key: Uint8Array) {
    const block = new Uint8Array(BLOCK_LENGTH);
    block.set(key.length > BLOCK_LENGTH ? sha256(key) : key);
    const keyed = (byte: number): Uint32Array => {
      const state = INITIAL.slice();
      addBlocks(
        state,
        block.map((each) => each ^ byte),
      );
      return state;
    };
    this.inner = keyed(0x36);
    this.outer = keyed(0x5c);
  }

  /** Of `message`, 32 bytes. */
  digest(message: Uint8Array): Uint8Array {
    return finish(this.outer, finish(this.inner, message, BLOCK_LENGTH), BLOCK_LENGTH);
  }
}

/** The digest of `rest` behind `before` bytes, a whole number of blocks, that have led to `start`. */
function finish(start: Uint32Array, rest: Uint8Array, before: number): Uint8Array {
  const state = start.slice();
  addBlocks(state, pad(rest, before));
  const digest = new Uint8Array(SHA256_LENGTH);
  for (let index = 0; index < state.length; index += 1) writeWord(digest, index * 4, state[index] ?? 0);
  return digest;
}

function addBlocks(state: Uint32Array, blocks: Uint8Array): void {
  for (let offset = 0; offset < blocks.length; offset += BLOCK_LENGTH) {
    fillSchedule(blocks, offset);
    addBlock(state);
  }
}

/** Four bytes as a word, the greatest first. */
function readWord(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a << 24) | (b << 16) | (c << 8) | d;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** The first 32 bits behind the point; a double has them all. */
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x1_0000_0000);
}

/** A 1 bit, zeros up to 8 bytes before the end of a block, and the length in bits (FIPS 180-4, 5.1.1). */
function pad(message: Uint8Array, before: number): Uint8Array {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) * BLOCK_LENGTH);
  padded.set(message);
  padded[message.length] = 0x80;
  const length = before + message.length;
  writeWord(padded, padded.length - 8, Math.floor(length / 0x2000_0000));
  writeWord(padded, padded.length - 4, length << 3);
  return padded;
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The words that each round takes (FIPS 180-4, 6.2.2, 1). */
function fillSchedule(blocks: Uint8Array, offset: number): void {
  for (let index = 0; index < 16; index += 1) schedule[index] = readWord(blocks, offset + index * 4);
  for (let index = 16; index < 64; index += 1) {
    const near = schedule[index - 2] ?? 0;
    const far = schedule[index - 15] ?? 0;
    const first = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    const second = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    schedule[index] = (schedule[index - 16] ?? 0) + first + (schedule[index - 7] ?? 0) + second;
  }
}

/** The rounds over one block (FIPS 180-4, 6.2.2, 2 to 4). */
function addBlock(state: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round += 1) {
    const choice = (e & f) ^ (~e & g);
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const next = h + mixed + choice + (ROUNDS[round] ?? 0) + (schedule[round] ?? 0);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const sum = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + next) | 0;
    d = c;
    c = b;
    b = a;
    a = (next + sum) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] = (state[index] ?? 0) + word));
}
