import { consoleLine, fileLine, logFileName, syslogDatagram } from '#daemon/log-format.js';
import { Log } from '#daemon/log.js';

const at = new Date(2026, 10, 6, 7, 5, 9, 42);

describe('lines of the log', () => {
  test('on the console as keepalived -l prints them: strftime %c of the C locale', () => {
    expect(consoleLine(at, '(VI_1) Entering MASTER STATE')).toBe(
      'Fri Nov  6 07:05:09 2026: (VI_1) Entering MASTER STATE\n',
    );
  });

  test('in a log file with nine digits of fraction', () => {
    expect(fileLine(at, 'x')).toBe('Fri Nov 06 07:05:09.042000000 2026: x\n');
  });

  test('as a datagram for /dev/log: facility times 8 plus severity, date, ident and pid', () => {
    const source = { facility: 3, ident: 'Keepalived_vrrp', pid: 7 };
    expect(Buffer.from(syslogDatagram(source, 'info', at, 'x')).toString()).toBe(
      '<30>Nov  6 07:05:09 Keepalived_vrrp[7]: x',
    );
    expect(Buffer.from(syslogDatagram({ ...source, facility: 16 }, 'alert', at, 'x')).toString()).toMatch(
      /^<129>/,
    );
  });

  test.each([
    ['/var/log/k.log', 'vrrp', '/var/log/k_vrrp.log'],
    ['/var/log.d/k', 'vrrp', '/var/log.d/k_vrrp'],
    ['k.log', '', '/tmp/k.log'],
    ['k.a.log', 'healthcheckers', '/tmp/k.a_healthcheckers.log'],
  ])('-g %s of a process with suffix "%s" is %s', (file, suffix, expected) =>
    expect(logFileName(file, suffix, '/tmp')).toBe(expected),
  );
});

describe('the log of one process', () => {
  const written: string[] = [];
  const sink = { write: (_at: Date, level: string, text: string) => written.push(`${level}: ${text}`) };
  beforeEach(() => void (written.length = 0));

  test('writes nothing until the event at hand is done, then everything in order, line by line', async () => {
    const log = new Log([sink], 0, true, () => at);
    log.info('one');
    log.warning('two\nthree');
    expect(written).toEqual([]);
    await new Promise(setImmediate);
    expect(written).toEqual(['info: one', 'warning: two', 'warning: three']);
  });

  test('of the supervisor writes at once', () => {
    new Log([sink], 0, false, () => at).info('one');
    expect(written).toEqual(['info: one']);
  });

  test.each([
    [0 as const, ['info: always']],
    [1 as const, ['info: always', 'info: detail']],
    [2 as const, ['info: always', 'info: detail', 'debug: debug']],
  ])('-D given %d times shows %j', (detail, expected) => {
    const log = new Log([sink], detail, true, () => at);
    log.info('always');
    log.detail('detail');
    log.say('debug', 'debug');
    log.flush();
    expect(written).toEqual(expected);
  });
});
