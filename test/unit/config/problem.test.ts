import { readFileSync, readdirSync } from 'node:fs';
import { nearest, editDistance } from '#config/nearest.js';
import { findProblemCode, problemCodes } from '#config/problem-codes.js';
import { MAX_OF_ONE_CODE, ProblemList } from '#config/problem-list.js';
import { problemError, problemWarning, type Problem } from '#config/problem.js';
import { renderJson } from '#config/render-json.js';
import { renderSarif } from '#config/render-sarif.js';
import { inFileOrder, renderProblems, summarizeProblems } from '#config/render.js';
import { type Span } from '#config/tree.js';
import { findWord, read } from './source-memory-host.js';

const span = (sourceLine: string, column: number, length: number, more: Partial<Span> = {}): Span => ({
  file: 'a.conf',
  line: 3,
  column,
  length,
  sourceLine,
  chain: [],
  ...more,
});
const unknown = problemError('unknown-keyword', "unknown keyword 'stat'", span('\tstat MASTER', 2, 4), {
  suggestion: 'state',
});

describe('problem codes', () => {
  test('every one has all its parts, and a name of its own', () => {
    const names = problemCodes.map(({ code }) => code);
    expect(new Set(names).size).toBe(names.length);
    for (const { code, title, explanation, example } of problemCodes) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title).toMatch(/[^.]$/);
      expect(explanation).toMatch(/[.!?]$/);
      expect(example).not.toBe('');
    }
  });

  test('are sorted, and found by name', () => {
    const names = problemCodes.map(({ code }) => code);
    expect(names).toEqual([...names].sort());
    expect(findProblemCode('unclosed-block')?.exit).toBe(5);
    expect(findProblemCode('no-such-code')).toBeUndefined();
  });

  test('every code of the way to the tree is registered, and every registered one is used', () => {
    const folder = new URL('../../../../src/config/', import.meta.url);
    const files = readdirSync(folder).filter((name) => /^(source|tree|expand)[a-z-]*\.ts$/.test(name));
    const text = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    const calls = /(?:problemError|problemWarning|problemNote|#warn|#report|addMade)\(\s*'([a-z-]+)'/g;
    const constants = /(?:code(?: =|:)) (?:[a-zA-Z.= ]+\? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g;
    const used = new Set(
      [...text.matchAll(calls), ...text.matchAll(constants)].flatMap(([, ...codes]) => codes),
    );
    used.delete(undefined as unknown as string);
    expect(used.size).toBeGreaterThan(20);
    for (const code of used) expect([code, findProblemCode(code)?.code]).toEqual([code, code]);
    for (const { code } of problemCodes.filter(({ code }) => text.includes(`'${code}'`))) used.delete(code);
    expect([...used]).toEqual([]);
  });
});

describe('a problem is shown', () => {
  test('with its place, its line, a caret and a suggestion', () => {
    expect(renderProblems([unknown]).split('\n')).toEqual([
      "a.conf:3:2: error: unknown keyword 'stat' [unknown-keyword]",
      '    stat MASTER',
      '    ^~~~',
      "    did you mean 'state'?",
      '',
    ]);
  });

  test.each([
    ['tabs', 'a\tb', 3, 1, 'a       b', '        ^'],
    ['wide characters', '名前 bad', 4, 3, '名前 bad', '     ^~~'],
    ['wide characters that are marked', 'a 名前', 3, 2, 'a 名前', '  ^~~~'],
    ['combining characters', 'e\u0301 b', 4, 1, 'e\u0301 b', '  ^'],
    ['characters of two units', '𝒳 b', 4, 1, '𝒳 b', '  ^'],
    ['control characters', '\u001b[1m b', 6, 1, '\u241b[1m b', '     ^'],
    ['indentation that is wrong', '  a', 2, 1, '  a', ' ^'],
    ['a place behind the end', 'ab', 3, 1, 'ab', '  ^'],
  ])('in the right column behind or on %s', (_name, line, column, length, shown, mark) => {
    const text = renderProblems([problemError('x', 'y', span(line, column, length))]);
    expect(text.split('\n').slice(1, 3)).toEqual([`    ${shown}`, `    ${mark}`]);
  });

  test('with as much of a long line as fits', () => {
    const line = `${'a'.repeat(300)} bad ${'b'.repeat(300)}`;
    const [, shown = '', mark = ''] = renderProblems([problemError('x', 'y', span(line, 302, 3))]).split(
      '\n',
    );
    expect(shown.length).toBeLessThan(140);
    expect(shown.slice(mark.indexOf('^'), mark.indexOf('^') + 3)).toBe('bad');
    expect(shown).toMatch(/^ {4}\.\.\..*\.\.\.$/);
  });

  test('with the way by which its text came there', () => {
    const tree = read('$D= \\\n bad $N \\\n c\ninclude x', { x: '~SEQ(N,4,4) ~LST({A,B},{1,2}) $D' });
    const text = renderProblems([problemWarning('w', 'oh', findWord(tree, 'bad').span)]);
    expect(text.split('\n')).toEqual([
      'main.conf:2:2: warning: oh [w]',
      '    bad $N \\',
      '    ^~~',
      '    in $D, used at x:1:31',
      '    with A=1, B=2 of the ~LST at x:1:13',
      '    with N=4 of the ~SEQ at x:1:1',
      '    in x, included at main.conf:4:9',
      '',
    ]);
  });

  test('with its notes, with and without a place', () => {
    const notes = [
      { text: 'first defined here', span: span('state', 1, 5, { line: 1 }) },
      { text: 'and so on' },
    ];
    const text = renderProblems([problemError('x', 'y', undefined, { notes })]);
    expect(text).toBe(
      'error: y [x]\na.conf:1:1: note: first defined here\n    state\n    ^~~~~\n    note: and so on\n',
    );
  });

  test('in colours if they are wanted', () => {
    expect(renderProblems([unknown], { color: true })).toContain('\u001b[1;31merror:\u001b[0m');
  });
});

describe('several problems', () => {
  const at = (file: string, line: number): Problem => problemError('x', 'y', span('', 1, 1, { file, line }));

  test('are put in the order of their files and lines', () => {
    const sorted = inFileOrder([at('b', 9), at('a', 2), problemError('x', 'z'), at('b', 1)]);
    expect(sorted.map((problem) => `${problem.span?.file}${problem.span?.line}`)).toEqual([
      'undefinedundefined',
      'b1',
      'b9',
      'a2',
    ]);
  });

  test('are counted', () => {
    expect(summarizeProblems([unknown, unknown, problemWarning('x', 'y')])).toBe('2 errors, 1 warning');
    expect(summarizeProblems([])).toBeUndefined();
  });

  test('in one place through several expansions are one, with a count', () => {
    const list = new ProblemList();
    for (const { words } of read('~SEQ(N,1,5) bad').statements)
      list.add(problemError('x', 'y', words[0]?.span));
    list.add(problemError('other', 'y', findWord(read('~SEQ(N,1,5) bad'), 'bad').span));
    const problems = list.toArray();
    expect(problems.map(({ code }) => code)).toEqual(['x', 'other']);
    expect(problems[0]?.notes).toEqual([{ text: 'found 4 times more in other repetitions' }]);
  });

  test('of one kind without end are cut short, and it is said', () => {
    const list = new ProblemList();
    for (let line = 1; line <= MAX_OF_ONE_CODE + 5; line += 1) list.add(at('a', line));
    expect(list.toArray()).toHaveLength(MAX_OF_ONE_CODE + 1);
    expect(list.toArray().at(-1)).toMatchObject({
      severity: 'note',
      text: '5 more of this kind are not shown',
    });
  });
});

describe('for machines', () => {
  test('JSON has all there is', () => {
    const parsed = JSON.parse(renderJson([unknown])) as unknown;
    expect(parsed).toEqual({
      version: 1,
      problems: [
        {
          severity: 'error',
          code: 'unknown-keyword',
          text: "unknown keyword 'stat'",
          suggestion: 'state',
          location: { file: 'a.conf', line: 3, column: 2, endColumn: 6, sourceLine: '\tstat MASTER' },
        },
      ],
    });
  });

  test('SARIF 2.1.0 has the rules of its results, their places and related places', () => {
    const chain = [{ kind: 'include' as const, name: 'a b.conf', file: '/m', line: 1, column: 9 }];
    const problem = problemError('unclosed-block', 'y', span('a', 1, 1, { file: '/etc/a b.conf', chain }));
    const codes = problemCodes;
    const log = JSON.parse(
      renderSarif([unknown, problem], { name: 'understudy', version: '1.0', codes }),
    ) as {
      version: string;
      runs: [{ results: unknown[]; tool: { driver: { rules: { id: string }[] } } }];
    };
    const [{ results, tool }] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(tool.driver.rules.map(({ id }) => id)).toContain('unclosed-block');
    expect(results[0]).toMatchObject({
      ruleId: 'unknown-keyword',
      level: 'error',
      message: { text: "unknown keyword 'stat'; did you mean 'state'?" },
    });
    expect(results[1]).toMatchObject({
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'file:///etc/a%20b.conf' },
            region: { startLine: 3, startColumn: 1, endColumn: 2 },
          },
        },
      ],
      relatedLocations: [{ message: { text: 'a b.conf is included here' } }],
    });
  });
});

describe('the nearest word', () => {
  test.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abcd', 'acbd', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('%j and %j are %d edits apart', (one, other, edits) => {
    expect(editDistance(one, other)).toBe(edits);
    expect(editDistance(other, one)).toBe(edits);
  });

  test.each([
    ['virual_ipaddress', 'virtual_ipaddress'],
    ['vrrp_instnace', 'vrrp_instance'],
    ['STATE', 'state'],
    ['stat', 'state'],
    ['zzz', undefined],
    ['x'.repeat(1000), undefined],
  ])('to %s is %s', (word, expected) => {
    expect(nearest(word, ['state', 'vrrp_instance', 'virtual_ipaddress', 'virtual_server'])).toBe(expected);
  });
});
