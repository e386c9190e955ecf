import { secondsToMicros } from '#base/units.js';
import type { CheckerSettings } from '#health/index.js';
import { checker, checkerId, pool, realServer, rsId, settings, Table, VS } from './bench-table.js';

const CHECK = checkerId(1);
const RS = rsId(1);

/** One real server with one checker. */
const watched = (extra: Partial<CheckerSettings>) =>
  new Table(settings(pool({ realServers: [realServer(1, { checkers: [checker(1, extra)] })] })));

/** Lets checks end one after another. @returns each with what was logged of it, and the seconds until the next. */
function play(table: Table, ...ends: readonly (() => string[])[]): readonly (readonly [string, number])[] {
  return ends.map((end) => {
    const said = end().filter((line) => !/^[*!]|quorum/.test(line));
    return [said.join(' | '), secondsToNext(table)] as const;
  });
}

function secondsToNext({ deadlines, now }: Table): number {
  return ((deadlines.get(CHECK) ?? now) - now) / 1e6;
}

const times = <T>(count: number, item: T): readonly T[] => Array.from({ length: count }, () => item);

describe('UDP_CHECK and PING_CHECK (keepalived, udp_epilog and icmp_epilog)', () => {
  const loud = { retry: 1, logAllFailures: true } as const;

  test('UDP: success, a mismatch, a refusal that counts', () => {
    const table = watched({ kind: 'UDP_CHECK', ...loud });
    expect(
      play(
        table,
        () => table.succeed(CHECK),
        () => table.fail(CHECK, 'mismatch'),
        () => table.fail(CHECK, 'ECONNREFUSED'),
        () => table.fail(CHECK, 'ECONNREFUSED'),
      ),
    ).toEqual([
      [`UDP connection to ${RS} success.`, 10],
      [`UDP check to ${RS} reply data mismatch.`, 1],
      [
        `UDP connection to ${RS} failed. | UDP_CHECK on service ${RS} failed after 1 retries. | Removing service ${RS} from VS ${VS}`,
        10,
      ],
      ['', 10],
    ]);
  });

  test('UDP: what could not even be sent counts without a line of its own', () => {
    const table = watched({ kind: 'UDP_CHECK', ...loud });
    table.succeed(CHECK);
    expect(play(table, () => table.fail(CHECK, 'not-sent'))).toEqual([['', 1]]);
  });

  test('PING: names the virtual server where it tells of retries', () => {
    const table = watched({ kind: 'PING_CHECK', ...loud });
    expect(
      play(
        table,
        () => table.succeed(CHECK),
        () => table.fail(CHECK, 'EHOSTUNREACH'),
        () => table.fail(CHECK, 'timeout'),
      ),
    ).toEqual([
      [`ICMP connection to ${RS} success.`, 10],
      [`ICMP connection to ${RS} of ${VS} failed.`, 1],
      [
        `ICMP connection to address ${RS} timeout. | ICMP CHECK on service ${RS} of ${VS} failed after 1 retries. | Removing service ${RS} from VS ${VS}`,
        10,
      ],
    ]);
    const first = watched({ kind: 'PING_CHECK', retry: 3 });
    expect(play(first, () => first.fail(CHECK, 'timeout'))[0]?.[0]).toBe(
      `ICMP CHECK on service ${RS} failed. | Removing service ${RS} from VS ${VS}`,
    );
  });
});

describe('SMTP_CHECK (keepalived, smtp_final)', () => {
  const mail = { kind: 'SMTP_CHECK', retry: 2 } as const;
  const text = 'Bad greeting banner from server [192.0.2.11]:25';

  test('the first check takes all its tries, too', () => {
    const table = watched(mail);
    expect(play(table, ...times(3, () => table.fail(CHECK, 'reply', text)))).toEqual([
      ['', 1],
      ['', 1],
      [`SMTP_CHECK ${text} | Removing service ${RS} from VS ${VS}`, 10],
    ]);
    expect(table.alive()).toBe('-');
  });

  test('while the server is down every round takes all its tries, and says nothing', () => {
    const table = watched(mail);
    play(table, ...times(3, () => table.fail(CHECK, 'reply', text)));
    expect(play(table, ...times(4, () => table.fail(CHECK, 'reply', text)))).toEqual([
      ['', 1],
      ['', 1],
      ['', 10],
      ['', 1],
    ]);
    expect(play(table, () => table.succeed(CHECK))).toEqual([
      [`Remote SMTP server ${RS} succeed on service. | Adding service ${RS} to VS ${VS}`, 10],
    ]);
  });

  test('log_all_failures shows each try while it is up; a success in between starts anew', () => {
    const table = watched({ ...mail, logAllFailures: true });
    expect(
      play(
        table,
        () => table.fail(CHECK, 'reply', text),
        () => table.succeed(CHECK),
        () => table.fail(CHECK, 'reply', text),
      ),
    ).toEqual([
      [`SMTP_CHECK ${text}`, 1],
      [`Remote SMTP server ${RS} succeed on service.`, 10],
      [`SMTP_CHECK ${text}`, 1],
    ]);
  });
});

describe('DNS_CHECK (keepalived, dns_final)', () => {
  test('a success is not told of; a failure is, in its own words and with its retries', () => {
    const table = watched({ kind: 'DNS_CHECK', retry: 1 });
    const fail = () => table.fail(CHECK, 'rcode', 'read error occurred. (rcode = 2)');
    expect(play(table, () => table.succeed(CHECK), fail, fail, fail)).toEqual([
      ['', 10],
      ['', 1],
      [
        `DNS_CHECK (${RS}) read error occurred. (rcode = 2) after 1 retries | Removing service ${RS} from VS ${VS}`,
        10,
      ],
      ['', 10],
    ]);
  });

  test('a first failure counts at once, and is told without retries', () => {
    const table = watched({ kind: 'DNS_CHECK', retry: 3 });
    expect(play(table, () => table.fail(CHECK, 'timeout', 'read timeout from socket'))).toEqual([
      [`DNS_CHECK (${RS}) read timeout from socket | Removing service ${RS} from VS ${VS}`, 10],
    ]);
  });

  test('a check that cannot be run is told with the server in front', () => {
    const table = watched({ kind: 'DNS_CHECK' });
    table.reach(CHECK);
    expect(table.send({ type: 'CheckNotRun', checker: CHECK, text: 'UDP socket bind failed.' })).toEqual([
      `DNS_CHECK (${RS}) UDP socket bind failed. Rescheduling.`,
    ]);
  });
});

describe('MISC_CHECK (keepalived, misc_check_child_thread)', () => {
  const script = { kind: 'MISC_CHECK', script: '/check' } as const;
  const head = `Misc check for [${RS} VS ${VS}] by [/check]`;

  test('without retries', () => {
    const table = watched(script);
    expect(
      play(
        table,
        () => table.succeed(CHECK),
        () => table.fail(CHECK, 'exit-status', 'exited with status 1'),
        () => table.succeed(CHECK),
        () => table.fail(CHECK, 'timeout', 'timed out'),
      ),
    ).toEqual([
      [`${head} succeeded.`, 10],
      [
        `${head} failed with retry disabled (exited with status 1). | Removing service ${RS} from VS ${VS}`,
        10,
      ],
      [`${head} succeeded. | Adding service ${RS} to VS ${VS}`, 10],
      [`${head} timed out with retry disabled. | Removing service ${RS} from VS ${VS}`, 10],
    ]);
  });

  test('retries are counted aloud with log_all_failures', () => {
    const table = watched({ ...script, retry: 3, logAllFailures: true });
    table.succeed(CHECK);
    const fail = () => table.fail(CHECK, 'signal', 'due to signal 9');
    expect(play(table, fail, fail, fail, fail)).toEqual([
      [`${head} failed, will do 3 retries (due to signal 9).`, 1],
      [`${head} failed on retry 1/3 (due to signal 9).`, 1],
      [`${head} failed on retry 2/3 (due to signal 9).`, 1],
      [`${head} failed after 3 retries (due to signal 9). | Removing service ${RS} from VS ${VS}`, 10],
    ]);
  });

  test('the next run is due delay_loop after the last one began, and never in the past', () => {
    const table = watched(script);
    table.reach(CHECK);
    table.now = (table.now + secondsToMicros(4)) as typeof table.now;
    expect(play(table, () => table.succeed(CHECK))).toEqual([[`${head} succeeded.`, 6]]);
    table.reach(CHECK);
    table.now = (table.now + secondsToMicros(25)) as typeof table.now;
    expect(play(table, () => table.succeed(CHECK))).toEqual([['', 0]]);
  });

  test('a weight that it finds holds until its next success; what fails leaves with the configured one', () => {
    const table = watched(script);
    expect(table.succeed(CHECK, { weight: 5 })[0]).toBe(
      `Changing weight from 1 to 5 for active service ${RS} of VS ${VS}`,
    );
    expect(table.succeed(CHECK, { weight: 5 })).toEqual([]);
    table.fail(CHECK, 'timeout', 'timed out');
    expect(table.monitor.pool(VS)?.realServers[0]).toMatchObject({ alive: false, weight: 1 });
    // keepalived remembers the status, not the weight, and would leave it at 1 now.
    expect(table.succeed(CHECK, { weight: 5 })[0]).toBe(
      `Changing weight from 1 to 5 for inactive service ${RS} of VS ${VS}`,
    );
  });
});
