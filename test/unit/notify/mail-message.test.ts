import { digestOf } from '#notify/mail-digest.js';
import { addressOf, composeMail, dateOf, encodeWord, formatAddress } from '#notify/mail-message.js';

const alert = {
  at: Date.UTC(2026, 4, 4, 14, 3, 7),
  subject: '[lvs1] VRRP Instance VI_1 - Stopping',
  body: '=> x <=',
};
const head = { from: 'LVS one <lvs1@example.com>', to: ['ops@example.com', 'Night, Shift <n@example.com>'] };

test("keepalived's headers in keepalived's order, and a Message-ID", () => {
  const mail = composeMail(alert, head, 'id@lvs1');
  expect(mail.text.split('\r\n')).toEqual([
    `Date: ${dateOf(new Date(alert.at))}`,
    'From: LVS one <lvs1@example.com>',
    'Subject: [lvs1] VRRP Instance VI_1 - Stopping',
    'X-Mailer: Keepalived',
    'To: ops@example.com,',
    ' "Night, Shift" <n@example.com>',
    'Message-ID: <id@lvs1>',
    '',
    '=> x <=',
    '',
    '',
  ]);
  expect(mail.envelope).toEqual({ from: 'lvs1@example.com', to: ['ops@example.com', 'n@example.com'] });
  expect(mail.eightBit).toBe(false);
});

test('the date is that of strftime(3) with %a, %d %b %Y %H:%M:%S %z', () => {
  expect(dateOf(new Date(alert.at))).toMatch(/^[SMTWF][a-z]{2}, 0[345] May 2026 \d\d:03:07 [+-]\d{4}$/);
});

test.each([
  ['a@b', 'a@b', 'a@b'],
  ['<a@b>', '<a@b>', 'a@b'],
  ['Ops <a@b>', 'Ops <a@b>', 'a@b'],
  ['Ops, Night <a@b>', '"Ops, Night" <a@b>', 'a@b'],
  ['"Ops, Night" <a@b>', '"Ops, Night" <a@b>', 'a@b'],
  ['A.\\B <a@b>', '"A.\\\\B" <a@b>', 'a@b'],
])('%s is written %s, and sent to %s', (given, written, sent) => {
  expect(formatAddress(given)).toBe(written);
  expect(addressOf(formatAddress(given))).toBe(sent);
});

test('what is not ASCII is encoded in headers (RFC 2047), and declared in the body', () => {
  const mail = composeMail(
    { ...alert, subject: 'Zürich', body: 'ü' },
    { from: 'Zürich <z@b>', to: ['a@b'] },
    'i',
  );
  expect(mail.text).toContain('\r\nSubject: =?UTF-8?B?WsO8cmljaA==?=\r\n');
  expect(mail.text).toContain('\r\nFrom: =?UTF-8?B?WsO8cmljaA==?= <z@b>\r\n');
  expect(mail.text).toContain('\r\nContent-Type: text/plain; charset=utf-8\r\n');
  expect(mail.eightBit).toBe(true);
  const long = encodeWord('ü'.repeat(100)).split('\r\n ');
  for (const word of long) expect(word.length).toBeLessThanOrEqual(75);
  expect(long.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString()).join('')).toBe(
    'ü'.repeat(100),
  );
});

test('no name can add a header, and no body end a line on its own', () => {
  const bad = { ...alert, subject: 'a\r\nBcc: x@y', body: 'one\ntwo' };
  const mail = composeMail(bad, { from: 'a\r\nX: y <a@b>', to: ['x\r\n@y'] }, 'i');
  expect(mail.text).not.toMatch(/^Bcc/m);
  expect(mail.text).not.toMatch(/^X: /m);
  expect(mail.text).toContain('\r\none\r\ntwo\r\n');
  expect(mail.envelope.to).toEqual(['x@y']);
});

test('a digest tells each alert with its time', () => {
  const digest = digestOf([alert, { ...alert, at: alert.at + 1000, subject: '[lvs1] two' }], 'lvs1');
  expect(digest.subject).toBe('[lvs1] 2 alerts');
  expect(digest.at).toBe(alert.at + 1000);
  expect(digest.body.split('\n').slice(2)).toEqual([
    `${dateOf(new Date(alert.at))}  VRRP Instance VI_1 - Stopping`,
    '    => x <=',
    `${dateOf(new Date(alert.at + 1000))}  two`,
    '    => x <=',
  ]);
});
