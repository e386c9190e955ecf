import { DEFAULT_FLAGS, parseCommandLine } from '#cli/flags.js';

const flagsOf = (...args: string[]) => {
  const line = parseCommandLine(args);
  if (line.action !== 'run') throw new Error(`not a run: ${JSON.stringify(line)}`);
  return line.flags;
};

describe("keepalived's own flags", () => {
  test('defaults are those of keepalived(8)', () => {
    expect(flagsOf()).toEqual(DEFAULT_FLAGS);
    expect(flagsOf()).toMatchObject({
      configFile: '/etc/keepalived/keepalived.conf',
      pidFile: '/run/keepalived.pid',
      vrrpPidFile: '/run/vrrp.pid',
      checkersPidFile: '/run/checkers.pid',
      runVrrp: true,
      runCheckers: true,
      foreground: false,
    });
  });

  test.each([
    [['-f', '/x'], { configFile: '/x' }],
    [['-nlD'], { foreground: true, logConsole: true, logDetail: 1 }],
    [['-DDD'], { logDetail: 2 }],
    [['-P'], { runCheckers: false, runVrrp: true }],
    [['--check'], { runCheckers: true, runVrrp: false }],
    [['-p', 'a', '-r', 'b', '-c', 'c'], { pidFile: 'a', vrrpPidFile: 'b', checkersPidFile: 'c' }],
    [['--dont-respawn', '-V', '-I'], { respawn: false, releaseVrrp: false, releaseIpvs: false }],
    [['-S', '3'], { logFacility: 19 }],
    [['-Slocal7'], { logFacility: 23 }],
    [['-S', 'user'], { logFacility: 1 }],
    [['-g'], { logFile: 'keepalived.log' }],
    [['-g/var/log/k.log', '--flush-log-file'], { logFile: '/var/log/k.log', flushLogFile: true }],
    [['-u', '027'], { umask: 0o27 }],
    [['-u', '0x12'], { umask: 0x12 }],
    [['-i', 'director2'], { configId: 'director2' }],
    [['-C', '--all'], { runAll: true, runVrrp: true }],
  ])('%j', (args, expected) => expect(flagsOf(...args)).toMatchObject(expected));

  test('-t, alone and with a file', () => {
    expect(parseCommandLine(['-t'])).toMatchObject({ action: 'run', configTest: {} });
    expect(parseCommandLine(['--config-test=/tmp/x'])).toMatchObject({ configTest: { log: '/tmp/x' } });
    expect(parseCommandLine([])).not.toHaveProperty('configTest');
  });

  test('every unknown option is named at once', () => {
    expect(parseCommandLine(['-q', '-Z', '--foo', '-f'])).toEqual({
      action: 'refuse',
      messages: [
        'Unknown option -q',
        'Unknown option -Z',
        'Unknown option --foo',
        'Missing parameter for option -f',
      ],
    });
  });

  test('-x and -A say of SNMP what the file need not', () => {
    expect(parseCommandLine(['-x', '-A', 'tcp:705'])).toMatchObject({
      action: 'run',
      flags: { snmp: true, snmpSocket: 'tcp:705' },
      warnings: [],
    });
  });

  test('-e asks for every included file', () => {
    expect(parseCommandLine(['-e'])).toMatchObject({ flags: { allIncludes: true }, warnings: [] });
  });

  test('-v, -h and --signum act where they stand', () => {
    expect(parseCommandLine(['-n', '-v', '-q'])).toEqual({ action: 'version' });
    expect(parseCommandLine(['-h'])).toEqual({ action: 'help' });
    expect(
      ['STOP', 'RELOAD', 'DATA', 'STATS', 'STATS_CLEAR', 'JSON'].map((name) =>
        parseCommandLine([`--signum=${name}`]),
      ),
    ).toEqual([15, 1, 10, 12, 63, 36].map((number) => ({ action: 'signum', number })));
    expect(parseCommandLine(['--signum=FOO'])).toEqual({
      action: 'refuse',
      messages: ['Unknown sigfunc FOO'],
    });
  });

  test('what is not built yet is said; what could do harm unheeded is refused', () => {
    expect(parseCommandLine(['-m'])).toMatchObject({
      action: 'run',
      warnings: ['Option -m is not built yet and has no effect'],
    });
    expect(parseCommandLine(['-n', '-T'])).toEqual({
      action: 'refuse',
      messages: ['Option -T has to be the first one'],
    });
  });

  test('a bad facility or umask is named and ignored, operands are kept aside', () => {
    expect(parseCommandLine(['-S', '9', '-u', 'x', 'extra'])).toMatchObject({
      action: 'run',
      warnings: ["Invalid log facility '9'", 'Invalid umask option x'],
      operands: ['extra'],
    });
  });
});
