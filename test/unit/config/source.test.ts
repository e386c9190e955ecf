import { expandBraces } from '#config/source-glob.js';
import { findWord, memoryHost, outline, placeOf, problemsOf, read } from './source-memory-host.js';
import { readTree } from '#config/source.js';

const OPTIONS = { instance: 'node1', seed: 1 };

describe('include', () => {
  test.each([
    ['a file', 'include a.conf', { 'a.conf': 'x' }, 'x'],
    [
      'between the lines around it, inside a block',
      'b {\ninclude a.conf\nc\n}',
      { 'a.conf': 'x\ny' },
      'b { x; y; c }',
    ],
    ['a block that another file closes', 'include a.conf\n}', { 'a.conf': 'b {\nx' }, 'b { x }'],
    [
      'files by wildcards, in order of their names',
      'include c*/?.conf',
      { 'c.d/b.conf': 'y', 'c.d/a.conf': 'x' },
      'x; y',
    ],
    [
      'no hidden file unless it is asked for',
      'include *.inc\ninclude .*.inc',
      { '.a.inc': 'x', 'b.inc': 'y' },
      'y; x',
    ],
    ['files by sets of characters', 'include [a-c]\ninclude [^a-c]', { a: 'x', d: 'y' }, 'x; y'],
    [
      'files by braces, in order of the braces',
      'include {b,a/{d,c}}.conf',
      { 'a/c.conf': 'x', 'a/d.conf': 'y', 'b.conf': 'z' },
      'z; y; x',
    ],
    ['an absolute path', 'include /x/a', { '/x/a': 'x' }, 'x'],
    [
      'relative to the file that includes',
      'include d/a\ninclude b',
      { 'd/a': 'include b', 'd/b': 'x', b: 'y' },
      'x; y',
    ],
    ['a path with a definition', '$D=d\ninclude ${_PWD}/${D}/a', { 'd/a': 'x' }, 'x'],
    ['under a condition', '@node1 include a\n@node2 include b', { a: 'x', b: 'y' }, 'x'],
    ['with its definitions holding afterwards', 'include a\nb $N', { a: '$N=1' }, 'b|1'],
    [
      'the directory of the included file',
      'include d/a\nb ${_PWD}',
      { 'd/a': 'a ${_PWD}' },
      'a|/etc/keepalived/d; b|/etc/keepalived',
    ],
    ['a tab after the word', 'include\ta', { a: 'x' }, 'x'],
    [
      'the last of a sequence first, as keepalived has it',
      '~SEQ(N,1,2) include a$N',
      { a1: 'x', a2: 'y' },
      'y; x',
    ],
  ])('reads %s', (_name, text, files, expected) => {
    expect(outline(read(text, files).statements)).toBe(expected);
  });

  test('is a word like any other without a path, or as a part of a word', () => {
    expect(outline(read('include\nincludes a\nincluded').statements)).toBe('include; includes|a; included');
  });

  test('appears in the chain of what it brings', () => {
    const tree = read('a {\n  include d/x\n}', { 'd/x': '\ninclude y', 'd/y': '$N=9\nb $N' });
    expect(placeOf(findWord(tree, 'b').span)).toBe('d/y:2:1+1 < d/y@d/x:2:9 < d/x@main.conf:2:11');
    expect(placeOf(findWord(tree, '9').span)).toBe(
      'd/y:1:4+1 < $N@d/y:2:3 < d/y@d/x:2:9 < d/x@main.conf:2:11',
    );
  });
});

describe('include checks', () => {
  const files = { 'd/a': 'x', 'd/b': { executable: 'y' }, 'd/c': { denied: true as const } };

  test.each([
    ['include none', 'warning include-skipped@1:9'],
    ['includer none', 'warning include-skipped@1:10'],
    ['includem none', 'error include-failed@1:10'],
    ['includem no*', 'warning include-skipped@1:10'],
    ['includew no*', 'error include-failed@1:10'],
    ['includeb {d/a,none}', 'error include-failed@1:10'],
    ['includea {d/a,none}', 'error include-failed@1:10'],
    ['includem {d/a,none}', 'warning include-skipped@1:10'],
    ['include d/b', 'warning include-skipped@1:9'],
    ['includer d/b', 'error include-failed@1:10'],
    ['includer d/c', 'error include-failed@1:10'],
    ['includer d', 'error include-failed@1:10'],
  ])('%s', (text, expected) => {
    const found = problemsOf(read(text, files));
    expect(found.join()).toBe(expected);
  });

  test('include_check in global_defs holds from its line on', () => {
    const text = (check: string) => `include none\nglobal_defs {\n${check}\ninclude none\n}\ninclude no*\n`;
    const severities = (check: string) => problemsOf(read(text(check)));
    expect(severities('include_check')).toEqual([
      'warning include-skipped@1:9',
      'error include-failed@4:9',
      'error include-failed@6:9',
    ]);
    expect(severities('include_check match')[2]).toBe('warning include-skipped@6:9');
    expect(severities('include_check +match -match')[1]).toBe('warning include-skipped@4:9');
    expect(severities('include_check +wildcard_match')[2]).toBe('error include-failed@6:9');
  });

  test('include_check in an included file ends with it', () => {
    const tree = read('include a\ninclude none', { a: 'global_defs {\ninclude_check\n}' });
    expect(problemsOf(tree)).toEqual(['warning include-skipped@2:9']);
  });

  test('-e is as if the file began with it', () => {
    const tree = read('include none\ninclude no*', {}, { allIncludes: true });
    expect(problemsOf(tree)).toEqual(['error include-failed@1:9', 'error include-failed@2:9']);
  });

  test('include_check outside global_defs changes nothing', () => {
    expect(problemsOf(read('include_check\ninclude none'))).toEqual(['warning include-skipped@2:9']);
  });
});

describe('files that cannot be read as they are', () => {
  test.each([
    ['a missing main file', '/none', 'error no-configuration'],
    ['a main file that may not be read', '/denied', 'error no-configuration'],
    ['an executable main file', '/executable', 'error no-configuration'],
    ['a directory', '/etc', 'error no-configuration'],
    ['a program', '/program', 'error binary-file'],
    ['UTF-16 text', '/utf16', 'error binary-file'],
    ['noise', '/noise', 'error binary-file'],
  ])('%s is one error', (_name, path, expected) => {
    const host = memoryHost({
      '/denied': { denied: true },
      '/executable': { executable: 'a' },
      '/etc/x': '',
      '/program': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1),
      '/utf16': Uint8Array.of(0xff, 0xfe, 0x61, 0),
      '/noise': Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) % 31),
    });
    const tree = readTree(host, path, OPTIONS);
    expect(problemsOf(tree)).toEqual([expected]);
    expect(tree.statements).toEqual([]);
  });

  test('an empty file is an empty configuration', () => {
    expect(read('')).toEqual({ statements: [], problems: [] });
  });

  test('a pattern as the main file reads all that it matches', () => {
    const host = memoryHost({ '/c/a': 'x', '/c/b': 'y' });
    expect(outline(readTree(host, '/c/*', OPTIONS).statements)).toBe('x; y');
  });

  test('lines with NUL bytes are ignored, with one error for all', () => {
    const tree = read(`a\nb\0c\nd\ne\0\n${'x'.repeat(200)}`);
    expect(outline(tree.statements)).toBe(`a; d; ${'x'.repeat(200)}`);
    expect(problemsOf(tree)).toEqual(['error nul-bytes@2:1']);
    expect(tree.problems[0]?.text).toContain('as are 1 more');
  });

  test('lines of 1022 bytes are read, longer ones are not, and nothing else is lost', () => {
    const tree = read(`a ${'x'.repeat(1020)}\nb ${'x'.repeat(1021)}\nc ${'ü'.repeat(511)}\nd`);
    expect(tree.statements.map(({ keyword }) => keyword.text)).toEqual(['a', 'd']);
    expect(problemsOf(tree)).toEqual(['error line-too-long@2:1', 'error line-too-long@3:1']);
    expect(findWord(tree, 'd').span.line).toBe(4);
  });

  test('a line of 100 MB is one error, and takes no time to speak of', () => {
    const bytes = new Uint8Array(100_000_000).fill(0x61);
    bytes.set([0x62, 0x0a], 0);
    const tree = read(bytes);
    expect(outline(tree.statements)).toBe('b');
    expect(problemsOf(tree)).toEqual(['error line-too-long@2:1']);
  });

  test('carriage returns before the end of a line are no part of it', () => {
    expect(outline(read('a {\r\nb\r\r\n}\r\n@node1 c\r\n$A=d\r\n$A\r\n').statements)).toBe('a { b }; c; d');
  });

  test('files include one another only once around', () => {
    const self = read('a\ninclude main.conf\nb');
    expect(outline(self.statements)).toBe('a; b');
    expect(problemsOf(self)).toEqual(['error include-cycle@2:9']);
    const loop = read('include a', { a: 'include b', b: 'x\ninclude ./a' });
    expect(outline(loop.statements)).toBe('x');
    expect(loop.problems[0]?.text).toBe('the file includes itself: main.conf -> a -> b -> ./a');
  });

  test('a file may be included again after it has ended', () => {
    const tree = read('include a\ninclude a\n~SEQ(N,1,2) include a', { a: 'x' });
    expect(outline(tree.statements)).toBe('x; x; x; x');
    expect(tree.problems).toEqual([]);
  });
});

test.each([
  ['a', ['a']],
  ['a{b,c}d', ['abd', 'acd']],
  ['{a,b{c,d}}{,e}', ['a', 'ae', 'bc', 'bce', 'bd', 'bde']],
  ['{}', ['{}']],
  ['a{b', ['a{b']],
  ['\\{a,b}', ['\\{a,b}']],
])('braces of %s expand as in csh', (pattern, expected) => {
  expect(expandBraces(pattern)).toEqual(expected);
});
