import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { HmacSha256, sha256 } from '#base/sha256.js';
import { encodeUtf8 } from '#base/utf8.js';
import { hex, toHex } from '../wire/bytes-text.js';

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('the examples of NIST for FIPS 180-4: "%s"', (text, digest) => {
  expect(toHex(sha256(encodeUtf8(text)))).toBe(digest);
});

test('a million times "a", NIST\'s long one', () => {
  expect(toHex(sha256(new Uint8Array(1_000_000).fill(0x61)))).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  );
});

test.each([
  [
    'test case 1',
    '0b'.repeat(20),
    'Hi There',
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    'test case 2',
    '4a656665',
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'test case 6, a key longer than a block',
    'aa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])('RFC 4231, 4: HMAC-SHA256, %s', (_name, key, message, digest) => {
  expect(toHex(new HmacSha256(hex(key)).digest(encodeUtf8(message)))).toBe(digest);
});

test('agrees with OpenSSL on anything', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 100 }), (message, key) => {
      expect(toHex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'));
      expect(toHex(new HmacSha256(key).digest(message))).toBe(
        createHmac('sha256', key).update(message).digest('hex'),
      );
    }),
  );
});
