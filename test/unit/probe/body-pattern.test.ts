import type { BodyRegex } from '#config/index.js';
import { BodyPattern, regexTrouble, SPAN_LIMIT_BYTES, type PatternVerdict } from '#probe/body-pattern.js';

/** The verdict on a body that comes in these pieces. */
async function verdict(regex: Partial<BodyRegex> & { pattern: string }, ...pieces: readonly string[]) {
  let idle: () => void = () => undefined;
  const pattern = new BodyPattern({ options: [], noMatch: false, ...regex }, () => idle());
  for (const piece of pieces) {
    pattern.push(Buffer.from(piece));
    if (pattern.isBusy) await new Promise<void>((resolve) => (idle = resolve));
  }
  return new Promise<PatternVerdict>((resolve) => pattern.end(resolve));
}

const filler = (bytes: number): string => 'x\n'.repeat(bytes / 2);

describe('what is found in a body', () => {
  test.each<[string, Partial<BodyRegex> & { pattern: string }, readonly string[], string]>([
    ['a word', { pattern: 'OK|ready' }, ['all is ready'], 'found'],
    ['no word', { pattern: 'OK|ready' }, ['all is lost'], 'absent'],
    ['by an option', { pattern: 'ok', options: ['caseless'] }, ['OK'], 'found'],
    [
      'over two pieces',
      { pattern: 'hello world' },
      [`${filler(5000)}hello `, `world${filler(5000)}`],
      'found',
    ],
    [
      'behind what was read long ago',
      { pattern: '(?<=ab)c' },
      [`${filler(4998)}ab`, `c${filler(5000)}`],
      'found',
    ],
    ['an octet at a time', { pattern: 'b.d' }, ['a', 'b', 'c', 'd', 'e'], 'found'],
    ['at the end of a long body', { pattern: 'end$' }, [filler(20_000), 'the end'], 'found'],
    ['what could still go on at the end', { pattern: 'o+' }, ['foo'], 'found'],
    ['nothing in nothing', { pattern: '^$' }, [], 'found'],
    ['something in nothing', { pattern: '.' }, [], 'absent'],
    [
      'the start, which is the start of the body',
      { pattern: '^y' },
      [filler(9000), `y${filler(9000)}`],
      'absent',
    ],
    [
      'the start of a line',
      { pattern: '^y', options: ['multiline'] },
      [filler(9000), `y${filler(9000)}`],
      'found',
    ],
    ['the start, \\A', { pattern: '\\Ay' }, [filler(8192), `y${filler(9000)}`], 'absent'],
    ['a named group, an atomic one, possessive', { pattern: '(?P<n>a)(?>b+)c++' }, ['abbcc'], 'found'],
    ['recursion', { pattern: '\\((?:[^()]++|(?R))*\\)' }, ['((()))'], 'found'],
    ['a character', { pattern: '^.$', options: ['utf'] }, ['ü'], 'found'],
    ['octets', { pattern: '^.$' }, ['ü'], 'absent'],
    ['extended', { pattern: 'a b # c', options: ['extended'] }, ['ab'], 'found'],
    [
      'with a larger stack',
      { pattern: '(a|b)*c', stack: { start: 65_536, max: 1_048_576 } },
      ['ababc'],
      'found',
    ],
  ])('%s', async (_what, regex, pieces, expected) => {
    expect(await verdict(regex, ...pieces)).toBe(expected);
  });

  test('a character that comes in two pieces', async () => {
    let idle: () => void = () => undefined;
    const regex = { pattern: 'é', options: ['utf'], noMatch: false };
    const pattern = new BodyPattern(regex, () => idle());
    const bytes = Buffer.from(`${filler(5000)}é${filler(5000)}`);
    for (const piece of [bytes.subarray(0, 5001), bytes.subarray(5001)]) {
      pattern.push(piece);
      if (pattern.isBusy) await new Promise<void>((resolve) => (idle = resolve));
    }
    expect(await new Promise((resolve) => pattern.end(resolve))).toBe('found');
  });
});

describe('where a match may begin', () => {
  const body = `a${filler(9000)}a${filler(9000)}a`;
  test.each([
    [0, undefined, 'found'],
    [1, 9000, 'absent'],
    [1, 9001, 'found'],
    [9001, 9001, 'found'],
    [9002, undefined, 'found'],
    [9002, 18_001, 'absent'],
    [18_002, undefined, 'found'],
    [18_003, undefined, 'absent'],
    [99_999, undefined, 'absent'],
  ])('from octet %p to %p', async (minOffset, maxOffset, expected) => {
    const regex = { pattern: 'a', minOffset, ...(maxOffset !== undefined && { maxOffset }) };
    for (const size of [100, 5000, 65_536]) {
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
        body.slice(index * size, (index + 1) * size),
      );
      expect([size, await verdict(regex, ...pieces)]).toEqual([size, expected]);
    }
  });

  test('what is before it can be looked at', async () => {
    expect(await verdict({ pattern: '(?<=a)b', minOffset: 5001 }, `${filler(5000)}ab`)).toBe('found');
  });
});

describe('bounds', () => {
  test('a match spans no more than so much', async () => {
    const spanning = (bytes: number) =>
      verdict({ pattern: 'a.*b', options: ['dotall'] }, 'a', ...pieces(bytes), 'b');
    const pieces = (bytes: number) => Array.from({ length: bytes / 8192 }, () => filler(8192));
    expect(await spanning(SPAN_LIMIT_BYTES - 8192)).toBe('found');
    expect(await spanning(4 * SPAN_LIMIT_BYTES)).toBe('absent');
  });

  test('an expression that goes wild is given up', async () => {
    expect(await verdict({ pattern: '(x+)+$' }, `${'x'.repeat(6000)}!`)).toEqual({
      undecided: 'too many steps',
    });
  });

  test('nobody is told who does not want to know any more', async () => {
    const pattern = new BodyPattern({ pattern: 'a', options: [], noMatch: false }, () => undefined);
    const told: unknown[] = [];
    pattern.push(Buffer.from(filler(5000)));
    pattern.end((verdict) => told.push(verdict));
    pattern.abandon();
    expect(await verdict({ pattern: 'b' }, 'b')).toBe('found');
    expect(told).toEqual([]);
  });
});

test('what PCRE2 does not take is told in its words', () => {
  expect(regexTrouble({ pattern: 'a(b', options: [] })).toBe('missing closing parenthesis at offset 3');
  expect(regexTrouble({ pattern: '\\p{L}', options: ['utf', 'never_utf'] })).toMatch(/UTF/);
  expect(regexTrouble({ pattern: '(?<name>a)\\k<name>(?|b|c)', options: [] })).toBeUndefined();
});
