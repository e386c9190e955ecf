import { MailQueue, MOST_WAITING, type Delivery } from '#notify/mail-queue.js';
import { type Alert } from '#notify/mail-text.js';

const SENT: Delivery = { kind: 'sent', refused: [] };
const NO_SERVER: Delivery = { kind: 'no-server', text: 'connection refused' };

/** A world whose clock stands until it is told, and a server that answers when it is told. */
class World {
  now = 0;
  readonly lines: string[] = [];
  readonly handed: { readonly subject: string; readonly only: readonly string[] | undefined }[] = [];
  private timers: { at: number; action: () => void }[] = [];
  private answer: ((delivery: Delivery) => void) | undefined;
  readonly queue = new MailQueue({
    send: (alert, only) => {
      this.handed.push({ subject: alert.subject, only });
      return new Promise((resolve) => (this.answer = resolve));
    },
    now: () => this.now,
    later: (delayMs, action) => void this.timers.push({ at: this.now + delayMs, action }),
    digest: (alerts) => ({ at: 0, subject: `digest of ${alerts.length}`, body: '' }),
    log: {
      info: (text) => void this.lines.push(text),
      detail: () => undefined,
      warning: (text) => void this.lines.push(text),
    },
  });

  add(...subjects: readonly string[]): void {
    for (const subject of subjects) this.queue.add({ at: 0, subject, body: '' } satisfies Alert);
  }

  async answers(delivery: Delivery): Promise<void> {
    const { answer } = this;
    this.answer = undefined;
    answer?.(delivery);
    await new Promise(setImmediate);
  }

  /** @param earlyMs timers go off so much too early, as Node's do by a fraction of a millisecond. */
  pass(ms: number, earlyMs = 0): void {
    this.now += ms;
    const due = this.timers.filter(({ at }) => at <= this.now + earlyMs);
    this.timers = this.timers.filter(({ at }) => at > this.now + earlyMs);
    for (const { action } of due) action();
  }

  get subjects(): readonly string[] {
    return this.handed.map(({ subject }) => subject);
  }
}

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `m${index}`);

test('one mail is on its way at a time, in order', async () => {
  const world = new World();
  world.add('a', 'b');
  expect(world.subjects).toEqual(['a']);
  await world.answers(SENT);
  expect(world.subjects).toEqual(['a', 'b']);
  await world.answers(SENT);
  expect(world.queue.state).toEqual({ waiting: 0, sent: 2, failures: 0, lost: 0 });
  expect(world.lines).toEqual([]);
});

test('a server that does not answer is asked again after 5, 10, 20 … 600 seconds, and nothing is lost', async () => {
  const world = new World();
  world.add('a', 'b');
  const delays = [5, 10, 20, 40, 80, 160, 320, 600, 600];
  for (const [index, seconds] of delays.entries()) {
    expect(world.handed).toHaveLength(index + 1);
    await world.answers(NO_SERVER);
    world.pass(seconds * 1000 - 1);
    expect(world.handed).toHaveLength(index + 1);
    world.pass(1);
  }
  expect(world.lines[0]).toBe('SMTP server: connection refused; 2 mails wait, next try in 5 seconds');
  await world.answers(SENT);
  expect(world.subjects.slice(-2)).toEqual(['a', 'b']);
  expect(world.lines.at(-1)).toBe('The SMTP server takes mail again');
});

test('a timer that goes off too early is set again', async () => {
  const world = new World();
  world.add('a');
  await world.answers(NO_SERVER);
  world.pass(4999, 1);
  expect(world.handed).toHaveLength(1);
  world.pass(1);
  expect(world.handed).toHaveLength(2);
});

test('what comes while the server is away does not ask it sooner', async () => {
  const world = new World();
  world.add('a');
  await world.answers(NO_SERVER);
  world.add('b');
  expect(world.handed).toHaveLength(1);
  world.pass(5000);
  expect(world.subjects).toEqual(['a', 'a']);
});

test('a flood goes out in one mail; up to twenty go out as they are', async () => {
  const calm = new World();
  calm.add(...numbered(21));
  await calm.answers(SENT);
  expect(calm.subjects[1]).toBe('m1');
  const flood = new World();
  flood.add(...numbered(22));
  await flood.answers(SENT);
  expect(flood.subjects).toEqual(['m0', 'digest of 21']);
  await flood.answers(SENT);
  expect(flood.queue.state).toMatchObject({ waiting: 0, sent: 22 });
});

test('a digest that was not sent comes apart again, and loses nothing', async () => {
  const world = new World();
  world.add(...numbered(30));
  await world.answers(SENT);
  await world.answers(NO_SERVER);
  world.add('later');
  world.pass(5000);
  expect(world.subjects).toEqual(['m0', 'digest of 29', 'digest of 30']);
});

test('of more than a thousand the oldest are dropped, counted and named', () => {
  const world = new World();
  world.add(...numbered(MOST_WAITING + 31));
  expect(world.queue.state).toEqual({ waiting: MOST_WAITING + 1, sent: 0, failures: 0, lost: 30 });
  expect(world.lines[0]).toBe('Mail not sent, too many mails wait: m1');
  expect(world.lines).toHaveLength(30);
});

test('a mail that is refused for good is named, and the next one goes', async () => {
  const world = new World();
  world.add('a', 'b');
  await world.answers({ kind: 'refused', forGood: true, text: '550 no' });
  expect(world.lines).toEqual(['Mail not sent, the SMTP server refuses it: 550 no: a']);
  expect(world.subjects).toEqual(['a', 'b']);
});

test('a mail that is refused for now waits, and the others go', async () => {
  const world = new World();
  world.add('a', 'b');
  await world.answers({ kind: 'refused', forGood: false, text: '451 later' });
  await world.answers(SENT);
  expect(world.subjects).toEqual(['a', 'b']);
  world.pass(5000);
  expect(world.subjects).toEqual(['a', 'b', 'a']);
});

test('only the recipients that were refused for now are tried again', async () => {
  const world = new World();
  world.add('a');
  await world.answers({
    kind: 'sent',
    refused: [
      { recipient: 'x@y', forGood: true, text: '550 unknown' },
      { recipient: 'g@y', forGood: false, text: '450 greylisted' },
    ],
  });
  expect(world.lines).toEqual([
    'SMTP server refuses x@y: 550 unknown',
    'SMTP server refuses g@y for now: 450 greylisted',
  ]);
  world.pass(5000);
  expect(world.handed[1]).toEqual({ subject: 'a', only: ['g@y'] });
  await world.answers(SENT);
  expect(world.queue.state).toEqual({ waiting: 0, sent: 1, failures: 0, lost: 0 });
});

test('after half a day it is given up', async () => {
  const world = new World();
  world.add('old');
  await world.answers(NO_SERVER);
  world.pass(13 * 3_600_000);
  expect(world.handed).toHaveLength(1);
  expect(world.lines.at(-1)).toBe('Mail not sent, it is too old: old');
});

test('another server is tried at once', async () => {
  const world = new World();
  world.add('a');
  await world.answers(NO_SERVER);
  world.queue.serverChanged();
  expect(world.handed).toHaveLength(2);
});

describe('at the end', () => {
  test('all is tried once more, and then it is done', async () => {
    const world = new World();
    world.add('a', 'b');
    await world.answers(NO_SERVER);
    let done = false;
    void world.queue.drained().then(() => (done = true));
    await world.answers(SENT);
    expect([world.subjects, done]).toEqual([['a', 'a', 'b'], false]);
    await world.answers(SENT);
    expect(done).toBe(true);
    world.queue.close();
    expect(world.queue.state.lost).toBe(0);
  });

  test('a server that is still away is not waited for, and what was not sent is named', async () => {
    const world = new World();
    world.add('a', 'b');
    let done = false;
    void world.queue.drained().then(() => (done = true));
    await world.answers(NO_SERVER);
    expect(done).toBe(true);
    world.queue.close();
    expect(world.lines).toEqual(['Mail not sent, the daemon stops: a', 'Mail not sent, the daemon stops: b']);
  });

  test('a mail that is on its way and does not arrive is named, too', () => {
    const world = new World();
    world.add('a');
    world.queue.close();
    expect(world.lines).toEqual(['Mail not sent, the daemon stops: a']);
  });
});
