import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { hmacMd5, md5 } from '#base/md5.js';
import { encodeUtf8 } from '#base/utf8.js';
import { toHex } from '../wire/bytes-text.js';

test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    '57edf4a22be3c955ac49da2e2107b67a',
  ],
])('the test suite of RFC 1321, A.5: "%s"', (text, digest) => {
  expect(toHex(md5(encodeUtf8(text)))).toBe(digest);
});

test('RFC 2202, 2: HMAC-MD5', () => {
  expect(toHex(hmacMd5(new Uint8Array(16).fill(0x0b), encodeUtf8('Hi There')))).toBe(
    '9294727a3638bb1c13f48ef8158bfc9d',
  );
  expect(toHex(hmacMd5(encodeUtf8('Jefe'), encodeUtf8('what do ya want for nothing?')))).toBe(
    '750c783e6ab0b503eaa86e310a5db738',
  );
  const long = hmacMd5(
    new Uint8Array(80).fill(0xaa),
    encodeUtf8('Test Using Larger Than Block-Size Key - Hash Key First'),
  );
  expect(toHex(long)).toBe('6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd');
});

test('agrees with OpenSSL on anything', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 100 }), (message, key) => {
      expect(toHex(md5(message))).toBe(createHash('md5').update(message).digest('hex'));
      expect(toHex(hmacMd5(key, message))).toBe(createHmac('md5', key).update(message).digest('hex'));
    }),
  );
});
