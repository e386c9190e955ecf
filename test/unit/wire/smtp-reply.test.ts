import { SmtpReplyReader, type SmtpReply } from '#wire/index.js';

/** What comes of pieces that arrive one after another. */
function read(...pieces: readonly string[]): SmtpReply | undefined {
  const reader = new SmtpReplyReader();
  for (const piece of pieces) {
    const reply = reader.push(Buffer.from(piece, 'latin1'));
    if (reply !== undefined) return reply;
  }
  return undefined;
}

describe('replies of a mail server (RFC 5321, 4.2)', () => {
  test.each([
    ['220 mail.example.net\r\n', 220],
    ['220\r\n', 220],
    ['250 \n', 250],
    ['220-one\r\n220-two\r\n220 three\r\n', 220],
    ['554 no\r\n', 554],
  ])('%j is %i', (text, code) => {
    expect(read(text)).toEqual({ code });
    expect(read(...Array.from(text))).toEqual({ code });
  });

  test.each([
    'hello\r\n',
    '22 x\r\n',
    '2200 x\r\n',
    '220x\r\n',
    ' 220 x\r\n',
    '220-one\r\n250 two\r\n',
    '\r\n',
  ])('%j is no reply', (text) => {
    expect(read(text)).toBe('malformed');
  });

  test('is not complete before its last line ends', () => {
    expect(read('220-one\r\n', '220 two')).toBeUndefined();
  });

  test('lines and replies without an end are not waited for', () => {
    expect(read('2'.repeat(511))).toBeUndefined();
    expect(read('2'.repeat(512))).toBe('too-long');
    expect(read('220-again\r\n'.repeat(1000))).toBe('too-long');
  });
});
