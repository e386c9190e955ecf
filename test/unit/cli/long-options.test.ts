import { parseWords, type OptionSpec } from '#cli/long-options.js';

type Key = 'file' | 'test' | 'fork' | 'fold' | 'loud';
const specs: readonly OptionSpec<Key>[] = [
  { key: 'file', short: 'f', long: 'use-file', argument: 'required' },
  { key: 'test', short: 't', long: 'config-test', argument: 'optional' },
  { key: 'fork', short: 'n', long: 'dont-fork', argument: 'none' },
  { key: 'fold', long: 'dont-fold', argument: 'none' },
  { key: 'loud', short: 'l', long: 'loud', argument: 'none' },
];
const parse = (...args: string[]) => parseWords(args, specs);
const option = (key: Key, as: string, argument?: string) => ({
  kind: 'option',
  key,
  as,
  ...(argument === undefined ? {} : { argument }),
});

describe('command lines, split as getopt_long(3) splits them', () => {
  test('clusters of short options, the last with its argument attached or apart', () => {
    expect(parse('-nlfx.conf')).toEqual([
      option('fork', '-n'),
      option('loud', '-l'),
      option('file', '-f', 'x.conf'),
    ]);
    expect(parse('-nf', '-l')).toEqual([option('fork', '-n'), option('file', '-f', '-l')]);
  });

  test('long options with = or with the next word', () => {
    expect(parse('--use-file=a', '--use-file', 'b')).toEqual([
      option('file', '--use-file', 'a'),
      option('file', '--use-file', 'b'),
    ]);
  });

  test('an optional argument is only an attached one', () => {
    expect(parse('-t', 'x', '-ty', '--config-test', '--config-test=z')).toEqual([
      option('test', '-t'),
      { kind: 'operand', text: 'x' },
      option('test', '-t', 'y'),
      option('test', '--config-test'),
      option('test', '--config-test', 'z'),
    ]);
  });

  test('long names may be shortened while they are unique', () => {
    expect(parse('--dont-fork', '--dont-for', '--dont-fo')).toEqual([
      option('fork', '--dont-fork'),
      option('fork', '--dont-fork'),
      { kind: 'unknown', as: '--dont-fo' },
    ]);
  });

  test('unknown options and missing arguments stay in their place', () => {
    expect(parse('-nqf')).toEqual([
      option('fork', '-n'),
      { kind: 'unknown', as: '-q' },
      { kind: 'missing-argument', as: '-f' },
    ]);
    expect(parse('--use-file=', '--foo', '--loud=x')).toEqual([
      { kind: 'missing-argument', as: '--use-file' },
      { kind: 'unknown', as: '--foo' },
      { kind: 'unknown', as: '--loud=x' },
    ]);
  });

  test('operands may stand between options; after -- there are only operands', () => {
    expect(parse('a', '-n', '--', '-l')).toEqual([
      { kind: 'operand', text: 'a' },
      option('fork', '-n'),
      { kind: 'operand', text: '-l' },
    ]);
  });
});
