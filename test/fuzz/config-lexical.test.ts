import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { renderProblems } from '#config/render.js';
import { readTree } from '#config/source.js';
import { type Statement, type Tree } from '#config/tree.js';
import { memoryHost } from '../unit/config/source-memory-host.js';

/** Milliseconds for one input: far above what it takes, far below what a hang would be. */
const PATIENCE_MS = 2000;

const FRAGMENTS = [
  ...[
    'a',
    'vrrp_instance',
    '10.0.0.1/24',
    '{',
    '}',
    '{ ',
    ' }',
    '"',
    "'",
    '\\',
    '\\\n',
    '\n',
    '\n',
    '\r\n',
    ' ',
    '\t',
  ],
  ...[
    '#',
    '!',
    '\\#',
    '@node1 ',
    '@^node1 ',
    '@',
    '$',
    '$A',
    '${A}',
    '${B}',
    '${A',
    '$A=',
    '$B=$A',
    '$B= \\\n',
  ],
  ...['~SEQ(A,1,3) ', '~SEQ(B,${A},5)', '~SEQx(A,0x10,0x12) ', '~LST({A,B},{1,2},{3}) ', '~LST(A,x', '~'],
  ...['include a.conf\n', 'includea {a,b}.conf\n', 'include main.conf', 'include_check ', 'global_defs {\n'],
  ...[
    '${_RANDOM 1 9}',
    '${_ENV HOME}',
    '${_PWD}',
    '${_HASH}',
    'random_seed 5\n',
    '#understudy x\n',
    '\0',
    '\ufeff',
  ],
  ...['\u00a0', 'ü', '\ud800', '\f', '\v', 'x'.repeat(1100)],
];

const text = fc.array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 6 })), {
  maxLength: 60,
});

/** Reads the text, looks at everything that came of it, and returns the tree. */
function readAll(main: string | Uint8Array, other = 'b $A\n$B=2\ninclude main.conf\n'): Tree {
  const host = memoryHost({ '/etc/keepalived/main.conf': main, '/etc/keepalived/a.conf': other });
  const started = performance.now();
  const tree = readTree(host, 'main.conf', { instance: 'node1', seed: 1, maxLines: 20_000 });
  expect(performance.now() - started).toBeLessThan(PATIENCE_MS);
  visit(tree.statements.slice(0, 100));
  for (const problem of tree.problems) if (problem.span) expect(problem.span.line).toBeGreaterThan(0);
  expect(renderProblems(tree.problems)).toBeDefined();
  return tree;
}

function visit(statements: readonly Statement[]): void {
  for (const { words, span, body, open, close, unmatchedQuote } of statements) {
    expect(words.length).toBeGreaterThan(0);
    for (const place of [span, open, close, unmatchedQuote, ...words.map((word) => word.span)]) {
      if (place) expect(place.column + place.length - 2).toBeLessThanOrEqual(place.sourceLine.length + 1);
    }
    visit((body ?? []).slice(0, 100));
  }
}

test('any text makes a tree, soon', () => {
  fc.assert(
    fc.property(text, text, (main, other) => {
      readAll(main.join(''), other.join(''));
    }),
    { numRuns: 2000 },
  );
}, 120_000);

test('any bytes make a tree, soon', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      readAll(bytes);
    }),
    { numRuns: 300 },
  );
}, 60_000);

// The collection of real configurations stands beside the project where there is one.
const folder = new URL('../../../../shared/corpus/files/', import.meta.url);
const corpus = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.conf')) : [];
const withCorpus = corpus.length > 0 ? test : test.skip;
const skipped = corpus.length > 0 ? '' : ' (skipped: there is no corpus beside the project)';

withCorpus(
  `real files make trees, cut short and with pieces of one another in them${skipped}`,
  () => {
    const files = corpus.map((name) => readFileSync(new URL(name, folder), 'utf8'));
    for (const file of files) readAll(file);
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...FRAGMENTS)), {
          maxLength: 8,
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other, insertions, cut) => {
          let mutated = one.slice(0, one.length * cut) + other.slice(other.length * cut);
          for (const [at, fragment] of insertions) {
            const offset = Math.floor(mutated.length * at);
            mutated = mutated.slice(0, offset) + fragment + mutated.slice(offset + fragment.length);
          }
          readAll(mutated);
        },
      ),
      { numRuns: 1000 },
    );
  },
  300_000,
);
