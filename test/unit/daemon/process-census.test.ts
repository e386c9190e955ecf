import { matches, ProcessCensus, type ProcessImage, type ProcessPattern } from '#daemon/process-census.js';

const pattern = (changes: Partial<ProcessPattern> = {}): ProcessPattern => ({
  process: 'haproxy',
  parameters: [],
  match: 'none',
  fullCommand: false,
  ...changes,
});

/** A process with this command line; its name is that of the program. */
const image = (...argv: string[]): ProcessImage => ({
  name: argv[0]?.replace(/.*\//, '').slice(0, 15) ?? '',
  commandLine: argv.map((argument) => `${argument}\0`).join(''),
});

describe('who is meant', () => {
  test('by the name of the process', () => {
    expect(matches(pattern(), image('/usr/sbin/haproxy', '-D'))).toBe(true);
    expect(matches(pattern(), image('haproxy-systemd'))).toBe(false);
    expect(matches(pattern({ process: '/usr/sbin/haproxy' }), image('/usr/sbin/haproxy'))).toBe(false);
  });

  test('by the command, with any parameters', () => {
    const full = pattern({ process: '/usr/sbin/haproxy', fullCommand: true });
    expect(matches(full, image('/usr/sbin/haproxy', '-D'))).toBe(true);
    expect(matches(full, image('haproxy'))).toBe(false);
    expect(matches(full, { name: 'haproxy', commandLine: '' })).toBe(false);
  });

  test.each([
    ['exact', ['-f', 'a'], ['-f', 'a'], true],
    ['exact', ['-f', 'a'], ['-f', 'ab'], false],
    ['exact', ['-f', 'a'], ['-f', 'a', 'b'], false],
    ['exact', ['-f', 'a'], ['-f'], false],
    ['exact', [], [], true],
    ['exact', [], ['-f'], false],
    ['partial', ['-f', 'a'], ['-f', 'a', 'b'], true],
    ['partial', ['-f', 'a'], ['-f', 'ab'], false],
    ['partial', [], ['-f'], true],
    ['initial', ['-f', 'a'], ['-f', 'ab', 'c'], true],
    ['initial', ['-f', 'a'], ['-f', 'a'], true],
    ['initial', ['-f', 'a'], ['-f', 'b'], false],
    ['initial', ['-f', 'a'], ['-f'], false],
    ['initial', [''], ['b'], true],
    ['initial', [], [], true],
  ] as const)('%s %j: %j is %s', (match, parameters, actual, expected) => {
    const full = pattern({ match, parameters, fullCommand: true });
    expect(matches(full, image('haproxy', ...actual))).toBe(expected);
  });
});

describe('the census', () => {
  const census = (patterns: Record<string, ProcessPattern> = { lb: pattern() }): ProcessCensus =>
    new ProcessCensus(new Map(Object.entries(patterns)));
  const counted = (name: string, count: number, by: string) => ({
    type: 'ProcessesCounted',
    name,
    count,
    by,
  });

  test('counts what there is', () => {
    const found = census({ lb: pattern(), web: pattern({ process: 'nginx' }) });
    expect(
      found.recount([
        [10, image('haproxy')],
        [11, image('haproxy')],
        [12, image('bash')],
      ]),
    ).toEqual([counted('lb', 2, 'scan'), counted('web', 0, 'scan')]);
    expect(found.recount([[10, image('haproxy')]])[0]).toEqual(counted('lb', 1, 'scan'));
  });

  test('a child counts as its parent does, until it becomes something else', () => {
    const found = census();
    found.recount([[10, image('haproxy')]]);
    expect(found.forked(20, 10)).toEqual([counted('lb', 2, 'fork')]);
    expect(found.forked(21, 999)).toEqual([]);
    expect(found.execed(20, image('ls'))).toEqual([counted('lb', 1, 'exec')]);
    expect(found.exited(20)).toEqual([]);
    expect(found.exited(10)).toEqual([counted('lb', 0, 'exit')]);
  });

  test('a process that becomes the same program again counts once (keepalived: twice)', () => {
    const found = census();
    found.recount([[10, image('haproxy')]]);
    expect(found.execed(10, image('haproxy', '-D'))).toEqual([]);
    expect(found.numbers).toEqual({ lb: 1 });
  });

  test('a process may rename itself, which says nothing of its command line', () => {
    const found = census({ lb: pattern(), full: pattern({ fullCommand: true }) });
    found.recount([[10, image('haproxy')]]);
    expect(found.renamed(10, 'worker')).toEqual([counted('lb', 0, 'exec')]);
    expect(found.renamed(10, 'haproxy')).toEqual([counted('lb', 1, 'exec')]);
    expect(found.renamed(11, 'haproxy')).toEqual([counted('lb', 2, 'exec')]);
    expect(found.numbers).toEqual({ lb: 2, full: 1 });
  });

  test('a process may count for several', () => {
    const found = census({ lb: pattern(), full: pattern({ fullCommand: true }) });
    expect(found.execed(10, image('haproxy'))).toEqual([
      counted('lb', 1, 'exec'),
      counted('full', 1, 'exec'),
    ]);
    expect(found.exited(10)).toEqual([counted('lb', 0, 'exit'), counted('full', 0, 'exit')]);
  });
});
