import { findKeyword, keywords, type Problem } from '#config/index.js';
import { readInPlace } from './keyword-context.js';

interface Limit {
  readonly value: string;
  readonly fine: boolean;
}

const unit = { 0: 1, 3: 0.001, 6: 0.000001 } as const;

/** The ends of a keyword's range, and the numbers beyond them. */
function limitsOf(path: string): readonly Limit[] {
  const keyword = keywords.find((each) => each.path === path);
  const [argument, ...more] = keyword?.arguments ?? [];
  if (more.some(({ optional }) => !optional)) return [];
  if (argument?.kind !== 'integer' && argument?.kind !== 'duration') return [];
  const step = argument.kind === 'integer' ? 1 : unit[argument.decimals];
  const decimals = argument.kind === 'integer' ? 0 : argument.decimals;
  const text = (value: number): string => value.toFixed(decimals);
  return [
    { value: text(argument.min), fine: argument.raiseTo === undefined },
    { value: text(argument.max), fine: true },
    { value: text(argument.min - step), fine: false },
    { value: text(argument.max + step), fine: false },
  ];
}

const isRange = ({ code }: Problem): boolean => code === 'out-of-range' || code === 'invalid-number';

const cases = keywords.flatMap(({ path }) =>
  limitsOf(path).map(({ value, fine }) => [path, value, fine ? 'is within' : 'is beyond', fine] as const),
);

test.each(cases)('%s: %s %s its range', (path, value, _, fine) => {
  const mark = findKeyword(path)?.ours ? '#understudy ' : '';
  const { problems, line } = readInPlace(path, `${mark}${path.slice(path.lastIndexOf('/') + 1)} ${value}`);
  const told = problems.filter((problem) => isRange(problem) && problem.span?.line === line);
  expect(told.map(({ text }) => text)).toHaveLength(fine ? 0 : 1);
});
