import { problemError } from '#config/problem.js';
import { ProblemList } from '#config/problem-list.js';
import { type Origin, type Span } from '#config/tree.js';
import { judge } from './passes-parts.js';

const step = (kind: Origin['kind'], name: string): Origin => ({ kind, name, file: 'f', line: 9, column: 1 });
const through = (...chain: Origin[]): Span => ({
  ...{ file: 'f', line: 3, column: 5, length: 1, sourceLine: '' },
  chain,
});

function collected(...problems: readonly (readonly [text: string, span: Span])[]): readonly string[] {
  const list = new ProblemList();
  for (const [text, span] of problems) list.add(problemError('unknown-keyword', text, span));
  return list
    .toArray()
    .map(({ text, notes }) => [text, ...(notes ?? []).map((note) => note.text)].join('; '));
}

describe('problems of one code in one place', () => {
  const [one, two] = [step('sequence', 'N=1'), step('sequence', 'N=2')];

  test('from several repetitions are one, with a count', () => {
    expect(collected(['a 1', through(one)], ['a 2', through(two)], ['a 3', through(two)])).toEqual([
      'a 1; found 2 times more in other repetitions',
    ]);
  });

  test('from a single repetition are all kept where they differ', () => {
    const inside = through(step('include', 'part.conf'));
    expect(collected(['a', inside], ['b', inside])).toEqual(['a', 'b']);
    expect(collected(['a', through(one)], ['b', through(one)], ['a', through(two)])).toEqual([
      'a',
      'b; found once more in other repetitions',
    ]);
  });
});

test('what the passes find in every repetition of a sequence is told once, and still counts', () => {
  const instance = '$VI=vrrp_instance VI_${N} { \\\ninterface bond${N} \\\nvirtual_router_id ${N} \\\n}\n';
  const { problems, exitCode } = judge(`${instance}\n~SEQ(N,1,200) $VI\n`);
  expect(problems.map(({ code, notes }) => [code, notes?.at(-1)?.text])).toEqual([
    ['unknown-interface', 'found 199 times more in other repetitions'],
    ['interface-missing', 'found 199 times more in other repetitions'],
  ]);
  expect(exitCode).toBe(5);
});

test('of a problem that fills a plain file, the first thousand are told', () => {
  const { problems } = judge('nonsense\n'.repeat(1500));
  expect(problems).toHaveLength(1001);
  expect(problems.at(-1)?.text).toBe('500 more of this kind are not shown');
});
