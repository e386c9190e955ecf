import { splitQuoted } from '#config/tree-words.js';
import { allWords, findWord, outline, placeOf, problemsOf, read } from './source-memory-host.js';

describe('words', () => {
  test.each([
    [
      'blanks, tabs, form feeds, vertical tabs and carriage returns separate them',
      'a b\tc\fd\ve\r\n',
      'a|b|c|d|e',
    ],
    ['a double quote keeps blanks, braces and comment signs', 'a "b { # ! } c" d', 'a|b { # ! } c|d'],
    ['a double quote ends a word wherever it stands', 'a"b c"d', 'a|b c|d'],
    ['an empty pair of quotes is a word', 'a "" b', 'a||b'],
    ['a single quote is a character like any other', "a 'b c'", "a|'b|c'"],
    ['a hash or an exclamation mark starts a comment anywhere', 'a b#c\nd !e\n# f\n  ! g', 'a|b; d'],
    ['a backslash before them takes that away and itself', 'a b\\#c \\!d', 'a|b#c|!d'],
    ['other backslashes stay, quoted or not', 'a\\b \\{ "c\\#d"', 'a\\b|\\ { c\\#d }'],
    ['a last backslash belongs to the last word', 'a b  \\\nc', 'a|b\\; c'],
    ['characters beyond ASCII are letters', '名前 "Зона" ü', '名前|Зона|ü'],
    ['blank lines and a missing last line end do not matter', '\n\n  \na\n\n', 'a'],
  ])('%s', (_name, text, expected) => {
    expect(outline(read(text).statements)).toBe(expected);
  });

  test('are told apart by quotes', () => {
    const [bare, quoted] = read('a "b c"').statements[0]?.words ?? [];
    expect(bare).toMatchObject({ text: 'a', raw: 'a', quoted: false });
    expect(quoted).toMatchObject({ text: 'b c', raw: '"b c"', quoted: true });
  });

  test('know their place, tabs counting as one column', () => {
    expect(placeOf(findWord(read('a\n\tb  "c d"\n'), 'c d').span)).toBe('main.conf:2:5+5');
  });
});

describe('blocks', () => {
  test.each([
    ['open on the same line', 'a b {\nc\n}', 'a|b { c }'],
    ['open on the next line, over blank lines and comments', 'a b\n\n# x\n{\nc\n}', 'a|b { c }'],
    ['stand on one line', 'a { b { c } d }', 'a { b { c }; d }'],
    ['need no blanks around braces', 'a{b}c', 'a { b }; c'],
    ['may be empty', 'a {}', 'a {}'],
    ['may begin behind the brace', 'a { b\nc }', 'a { b; c }'],
  ])('%s', (_name, text, expected) => {
    const tree = read(text);
    expect(outline(tree.statements)).toBe(expected);
    expect(tree.problems).toEqual([]);
  });

  test('know where their braces stand', () => {
    const [statement] = read('a\n  {\nb }').statements;
    expect(statement?.open).toMatchObject({ line: 2, column: 3 });
    expect(statement?.close).toMatchObject({ line: 3, column: 3 });
  });
});

describe('settings of ours', () => {
  test('are statements of the block they stand in, and do not come between a keyword and its brace', () => {
    const tree = read('a #understudy x 1\n{\n#understudy y "2 3" # why\nb\n#understudy\n# understudy z\n}');
    expect(outline(tree.statements)).toBe('a { #y|2 3; b }; #x|1');
  });

  test('count on lines with directives too, unless the condition fails', () => {
    const text = '@node1 a #understudy x\n@node2 b #understudy y\n$N=1 #understudy z\n';
    expect(outline(read(text).statements)).toBe('a; #x; #z');
  });
});

describe('mistakes', () => {
  test.each([
    ['a missing brace', 'a {\nb {\n}\n', ['error unclosed-block@1:1']],
    ['a stray closing brace', 'a {\n}\n  }\n', ['error unexpected-close-brace@3:3']],
    ['a stray opening brace', 'a {\n}\n{\nb\n}', ['error unexpected-open-brace@3:1']],
    ['an unterminated quote with nothing before it', '"a b', ['error unmatched-quote@1:1']],
    ['a quote that only an escaped one closes', '"a \\" b', ['error unmatched-quote@1:1']],
    ['a byte order mark', '\ufeffa\n', ['warning byte-order-mark@1:1']],
    ['a no-break space before a keyword', 'a {\n\u00a0b\n}', ['error odd-blank@2:1']],
    ['a no-break space in a word', 'a b\u00a0c', ['warning odd-character@1:4']],
    ['an escaped comment sign', 'a \\#b', ['warning escaped-comment@1:3']],
  ])('%s is one problem', (_name, text, expected) => {
    expect(problemsOf(read(text))).toEqual(expected);
  });

  test('a byte order mark and odd blanks do not hide the keyword', () => {
    expect(outline(read('\ufeffa {\n\u00a0\u00a0b 1\n\u00a0\n\u3000}\n').statements)).toBe('a { b|1 }');
  });

  test('bytes that are not UTF-8 are reported where they are words, not in comments', () => {
    const bytes = Uint8Array.of(0x61, 0x20, 0xe9, 0x0a, 0x23, 0xe9, 0x0a);
    expect(problemsOf(read(bytes))).toEqual(['warning odd-character@1:3']);
  });

  test('a quote that nothing closes is kept for the schema, and the words before it', () => {
    const [statement] = read('a b "c # d\ne').statements;
    expect(statement?.words.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(statement?.unmatchedQuote).toMatchObject({ line: 1, column: 5 });
    expect(statement?.text).toBe('a b "c # d');
  });

  test('the note on a missing brace points to the line whose indentation does not fit', () => {
    const outdented = read('a {\n    b {\n        c\n}\nd {\n}\n').problems[0]?.notes?.[0];
    expect(outdented).toMatchObject({ span: { line: 4 } });
    const next = read('a {\n    b\nd {\n    e\n}\n').problems[0]?.notes?.[0];
    expect(next).toMatchObject({ span: { line: 3 } });
  });

  test('the statements of a stray block belong to the block around it', () => {
    expect(outline(read('a {\n{\nb\n}\nc\n}\nd').statements)).toBe('a { b; c }; d');
  });

  test('blocks in blocks without end are one problem, and cost no stack', () => {
    const tree = read('a {\n'.repeat(100_000));
    expect(problemsOf(tree)).toEqual(['error nested-too-deep@65:3', 'error unclosed-block@1:1']);
  });

  test('a million stray braces are not a million problems', () => {
    const tree = read('}'.repeat(1000).concat('\n').repeat(1000));
    expect(tree.problems).toHaveLength(1001);
    expect(tree.problems.at(-1)?.text).toBe('999000 more of this kind are not shown');
  });
});

describe('a forgotten opening brace', () => {
  const blockRule = (path: string) =>
    path === 'vs' || path === 'vs/rs' ? 'block' : path === 'vs/list' ? 'freeform' : undefined;

  test('opens the block if the next line is indented, so that one mistake is one problem', () => {
    const tree = read('vs 1\n  rs 2\n    w\n  }\n}\nx', {}, { blockRule });
    expect(outline(tree.statements)).toBe('vs|1 { rs|2 { w } }; x');
    expect(problemsOf(tree)).toEqual(['error missing-open-brace@1:1', 'error missing-open-brace@2:3']);
  });

  test('of a list is what keepalived only mentions', () => {
    const tree = read('vs {\n  list\n    1\n  }\n}\n', {}, { blockRule });
    expect(outline(tree.statements)).toBe('vs { list { 1 } }');
    expect(problemsOf(tree)).toEqual(['warning missing-open-brace-of-list@2:3']);
  });

  test('is not guessed where the lines are not indented', () => {
    const tree = read('vs 1\nrs 2\n}\n', {}, { blockRule });
    expect(outline(tree.statements)).toBe('vs|1; rs|2');
  });
});

describe('splitting by shell-like rules', () => {
  const split = (text: string, escapes: 'replace' | 'keep') => {
    const [statement] = read(text).statements;
    if (!statement) throw new Error('no statement');
    const result = splitQuoted(statement, escapes);
    return result.ok ? result.value.map((word) => word.text) : result.error.span?.column;
  };

  test.each([
    ['single and double quotes, joined to what they touch', `n 'a b'c"d e"`, ['n', 'a bcd e']],
    ['octal, hexadecimal and control characters', 'n \\101\\x42\\cC\\n\\E', ['n', 'AB\u0003\n\u001b']],
    ['any other character after a backslash', 'n a\\ b "c\\"d" \\\\', ['n', 'a b', 'c"d', '\\']],
  ])('replaces %s', (_name, text, expected) => {
    expect(split(text, 'replace')).toEqual(expected);
  });

  test('can leave escapes as they are', () => {
    expect(split('n "a\\"b" c\\ d', 'keep')).toEqual(['n', 'a\\"b', 'c\\ d']);
  });

  test('says which quote nothing closes', () => {
    expect(split(`n a 'b c`, 'replace')).toBe(5);
    expect(split('n "a\\" b', 'replace')).toBe(3);
  });

  test('maps words back through replaced text', () => {
    const [statement] = read("$CMD='/bin/x y'\nn $CMD z").statements;
    const result = statement && splitQuoted(statement, 'replace');
    expect(result?.ok && placeOf(result.value[1]!.span)).toBe('main.conf:1:6+10 < $CMD@main.conf:2:3');
    expect(allWords(statement ? [statement] : []).map(({ text }) => text)).toEqual([
      'n',
      "'/bin/x",
      "y'",
      'z',
    ]);
  });
});

test('a closing brace too few around very many statements is found out without recursion', () => {
  const tree = read(`a {\n${'b {\n}\n'.repeat(100_000)}`);
  expect(problemsOf(tree)).toEqual(['error unclosed-block@1:1']);
});

test('braces that are forgotten on every line are not made up for without end', () => {
  const tree = read('a\n b\n  c\n   d\n}\n'.repeat(20_000), {}, { blockRule: () => 'block' });
  expect(tree.problems.filter(({ code }) => code === 'missing-open-brace')).toHaveLength(100);
});
