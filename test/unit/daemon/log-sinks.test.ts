import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FLAGS } from '#cli/flags.js';
import { openLog } from '#daemon/log-sinks.js';

/** A logger that takes `room` datagrams and then no more. */
function logger(room: number) {
  const taken: string[] = [];
  return {
    taken,
    socket: {
      room,
      send(datagram: Uint8Array) {
        if (taken.length >= this.room) return 'busy' as const;
        taken.push(
          Buffer.from(datagram)
            .toString()
            .replace(/^.*?: /, ''),
        );
        return 'sent' as const;
      },
    },
  };
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('syslog', () => {
  test('what the logger does not take at once is offered again, in order', async () => {
    const { taken, socket } = logger(2);
    const log = openLog('vrrp', DEFAULT_FLAGS, 'keepalived', 7, socket);
    for (const text of ['a', 'b', 'c', 'd']) log.info(text);
    log.flush();
    expect(taken).toEqual(['a', 'b']);
    socket.room = 10;
    await sleep(200);
    expect(taken).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a logger that never reads costs its lines, not ours: they are bounded, counted and said', async () => {
    const { taken, socket } = logger(0);
    const log = openLog('vrrp', DEFAULT_FLAGS, 'keepalived', 7, socket);
    for (let line = 0; line < 2100; line += 1) log.info(`line ${line}`);
    log.flush();
    socket.room = Infinity;
    await sleep(200);
    expect(taken).toHaveLength(2000);
    log.info('after');
    log.flush();
    expect(taken.slice(2000)).toEqual(['100 log lines were lost', 'after']);
  });

  test('the last words of a process wait for the logger, but not for ever', () => {
    const { socket } = logger(0);
    const log = openLog('vrrp', DEFAULT_FLAGS, 'keepalived', 7, socket);
    log.info('last words');
    const started = Date.now();
    log.close();
    expect(Date.now() - started).toBeGreaterThanOrEqual(90);
    socket.room = 1; // lets the retry end
  });

  test('with -G there is none', () => {
    const { taken, socket } = logger(9);
    const log = openLog('vrrp', { ...DEFAULT_FLAGS, noSyslog: true }, 'keepalived', 7, socket);
    log.info('x');
    log.flush();
    expect(taken).toEqual([]);
  });
});

describe('a log file', () => {
  test('is appended to, one for each process, and never through a symbolic link', () => {
    const folder = mkdtempSync(join(tmpdir(), 'logs-'));
    const flags = { ...DEFAULT_FLAGS, noSyslog: true, logFile: join(folder, 'k.log') };
    for (const text of ['one', 'two']) {
      const log = openLog('checkers', flags, 'keepalived', 7, undefined);
      log.info(text);
      log.close();
    }
    expect(readFileSync(join(folder, 'k_healthcheckers.log'), 'utf8')).toMatch(/^.*: one\n.*: two\n$/);
    symlinkSync(join(folder, 'target'), join(folder, 'k_vrrp.log'));
    const log = openLog('vrrp', flags, 'keepalived', 7, undefined);
    log.info('x');
    log.close();
    expect(existsSync(join(folder, 'target'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
