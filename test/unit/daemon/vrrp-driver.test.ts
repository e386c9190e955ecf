import { micros, type Micros } from '#base/units.js';
import { VrrpDriver, type VrrpOutside } from '#daemon/vrrp-driver.js';
import { type Router, type VrrpEffect, type VrrpEvent } from '#vrrp/index.js';

const advert = (interfaceName: string): Extract<VrrpEvent, { type: 'AdvertReceived' }> => ({
  type: 'AdvertReceived',
  interface: interfaceName,
  source: '192.0.2.1' as never,
  destination: '224.0.0.18' as never,
  ttl: 255,
  payload: new Uint8Array(),
});
const setDeadline = (name: string, at: number): VrrpEffect => ({ type: 'SetDeadline', name, at: micros(at) });
const send = (instance: string): VrrpEffect => ({
  type: 'SendAdvert',
  instance,
  interface: 'eth0',
  source: '192.0.2.1' as never,
  destinations: [],
  ttl: 255,
  priority: 100,
  payloads: [],
});

/** A router that answers each event as the test says, and a world that writes down what is done to it. */
function rig(answers: (event: VrrpEvent) => readonly VrrpEffect[], outside: Partial<VrrpOutside> = {}) {
  const diary: string[] = [];
  const clock = { now: micros(0), armed: undefined as Micros | undefined };
  const world: VrrpOutside = {
    now: () => clock.now,
    arm: (at) => void (clock.armed = at),
    waitingAdverts: () => [],
    sendAdverts: (effects) => {
      diary.push(`send ${effects.map(({ instance }) => instance).join(' ')}`);
      return [];
    },
    addAddresses: (instance) => void diary.push(`add ${instance}`),
    removeAddresses: (instance) => void diary.push(`remove ${instance}`),
    sendGratuitousArp: ({ address }) => void diary.push(`garp ${address}`),
    runScript: ({ script }) => void diary.push(`script ${script}`),
    notify: ({ name, state }) => void diary.push(`notify ${name} ${state}`),
    stateChanged: ({ instance, to }) => void diary.push(`state ${instance} ${to}`),
    record: ({ text }) => void diary.push(`record ${text}`),
    settled: () => void diary.push('.'),
    stopped: () => void diary.push('stopped'),
    ...outside,
  };
  const router = {
    step: (event: VrrpEvent) => {
      diary.push(event.type === 'DeadlinePassed' ? `passed ${event.name}` : event.type);
      return answers(event);
    },
    snapshot: () => ({}),
  } as unknown as Router;
  return { driver: new VrrpDriver(router, world), diary, clock };
}

describe('the driver', () => {
  test('carries out all effects of one event before it takes the next, which may arise meanwhile', () => {
    const { driver, diary } = rig((event) => (event.type === 'Started' ? [send('A'), send('B')] : []), {
      sendAdverts: (effects) => {
        diary.push(`send ${effects.map(({ instance }) => instance).join(' ')}`);
        return effects.map(({ instance }) => (instance === 'A' ? 'ENETDOWN' : undefined));
      },
    });
    driver.handle({ type: 'Started' });
    expect(diary).toEqual(['Started', 'send A B', '.', 'SendFailed', '.']);
  });

  test('arms the one timer for the earliest deadline', () => {
    const { driver, clock } = rig(() => [setDeadline('b', 900), setDeadline('a', 500)]);
    driver.handle({ type: 'Started' });
    expect(clock.armed).toBe(500);
  });

  test('a deadline in time is taken at once; what it sets is armed', () => {
    const { driver, diary, clock } = rig(
      (event) => (event.type === 'Started' ? [setDeadline('a', 500)] : [setDeadline('a', 1500)]),
      { waitingAdverts: () => (diary.push('looked'), []) },
    );
    driver.handle({ type: 'Started' });
    clock.now = micros(520);
    driver.wake();
    expect(diary).toEqual(['Started', '.', 'passed a', '.']);
    expect(clock.armed).toBe(1500);
    expect(driver.lateness).toEqual({ late: 0, worst: 20 });
  });

  test('after a late wake-up it first hears what waits, which may move the deadline', () => {
    const { driver, diary, clock } = rig(
      (event) =>
        event.type === 'Started'
          ? [setDeadline('down', 500)]
          : event.type === 'AdvertReceived'
            ? [setDeadline('down', 90_000)]
            : [],
      { waitingAdverts: () => [advert('eth0')] },
    );
    driver.handle({ type: 'Started' });
    clock.now = micros(50_000);
    driver.wake();
    expect(diary).toEqual(['Started', '.', 'AdvertReceived', '.']);
    expect(clock.armed).toBe(90_000);
    expect(driver.lateness).toEqual({ late: 1, worst: 49_500 });
  });

  test('a deadline that passes while others are carried out is late too: what waits by then is heard first', () => {
    const waiting: VrrpEvent[] = [];
    const { driver, diary, clock } = rig(
      (event) =>
        event.type === 'Started'
          ? [setDeadline('a', 500), setDeadline('b', 10_000)]
          : event.type === 'AdvertReceived'
            ? [setDeadline('b', 90_000)]
            : [{ type: 'AddAddresses', instance: 'A' }],
      {
        waitingAdverts: () => waiting.splice(0) as never,
        // Slow work, during which the advert that keeps `b` from passing comes in.
        addAddresses: () => {
          waiting.push(advert('eth0'));
          clock.now = micros(50_000);
        },
      },
    );
    driver.handle({ type: 'Started' });
    clock.now = micros(500);
    driver.wake();
    expect(diary).toEqual(['Started', '.', 'passed a', '.', 'AdvertReceived', '.']);
    expect(clock.armed).toBe(90_000);
  });

  test('after a stall what waits is read once, not before each of the deadlines that have passed', () => {
    let looks = 0;
    const { driver, diary, clock } = rig(
      (event) => (event.type === 'Started' ? [setDeadline('a', 500), setDeadline('b', 600)] : []),
      { waitingAdverts: () => ((looks += 1), []) },
    );
    driver.handle({ type: 'Started' });
    clock.now = micros(50_000);
    driver.wake();
    expect(diary).toEqual(['Started', '.', 'passed a', '.', 'passed b', '.']);
    expect(looks).toBe(1);
  });

  test('deadlines that are due together are taken in their order, one step each', () => {
    const { driver, diary, clock } = rig((event) =>
      event.type === 'Started' ? [setDeadline('b', 600), setDeadline('a', 500), setDeadline('c', 700)] : [],
    );
    driver.handle({ type: 'Started' });
    clock.now = micros(650);
    driver.wake();
    expect(diary).toEqual(['Started', '.', 'passed a', '.', 'passed b', '.']);
    expect(clock.armed).toBe(700);
  });

  test('a cleared deadline does not pass', () => {
    const { driver, diary, clock } = rig((event) =>
      event.type === 'Started'
        ? [setDeadline('a', 500), setDeadline('b', 500), { type: 'ClearDeadline', name: 'a' }]
        : [],
    );
    driver.handle({ type: 'Started' });
    clock.now = micros(500);
    driver.wake();
    expect(diary).toEqual(['Started', '.', 'passed b', '.']);
    expect(clock.armed).toBeUndefined();
  });

  describe('adverts that are due together', () => {
    const slack = (name: string, at: number, us: number): VrrpEffect => ({
      type: 'SetDeadline',
      name,
      at: micros(at),
      slack: micros(us),
    });
    const [a, b, c] = [slack('a', 500, 50), slack('b', 520, 50), slack('c', 600, 50)];

    test('leave in one go, with those that are due within their slack; the rest waits for its time', () => {
      const { driver, diary, clock } = rig((event) =>
        event.type === 'Started' ? [a, b, c] : event.type === 'DeadlinePassed' ? [send(event.name)] : [],
      );
      driver.handle({ type: 'Started' });
      clock.now = micros(500);
      driver.wake();
      expect(diary).toEqual(['Started', '.', 'passed a', '.', 'passed b', '.', 'send a b']);
      expect(clock.armed).toBe(600);
    });

    test('slack wakes nobody', () => {
      const { driver, clock } = rig(() => [a, b]);
      driver.handle({ type: 'Started' });
      expect(clock.armed).toBe(500);
    });

    test('leave before anything else is done', () => {
      const { driver, diary, clock } = rig((event) =>
        event.type === 'Started'
          ? [a, b]
          : [send('x'), { type: 'AddAddresses', instance: 'x' } as const, send('y')],
      );
      driver.handle({ type: 'Started' });
      clock.now = micros(520);
      driver.wake();
      expect(diary.slice(2)).toEqual([
        ...['passed a', 'send x', 'add x', '.'],
        ...['passed b', 'send y x', 'add x', '.', 'send y'],
      ]);
    });

    test('what the kernel refuses comes back as an event of its instance', () => {
      const failed: string[] = [];
      const { driver, clock } = rig(
        (event) => {
          if (event.type === 'SendFailed') failed.push(`${event.instance} ${event.error}`);
          return event.type === 'Started'
            ? [a, b]
            : event.type === 'DeadlinePassed'
              ? [send(event.name)]
              : [];
        },
        { sendAdverts: () => [undefined, 'ENOBUFS'] },
      );
      driver.handle({ type: 'Started' });
      clock.now = micros(520);
      driver.wake();
      expect(failed).toEqual(['b ENOBUFS']);
    });

    test('more than 32 do not wait for one another', () => {
      const { driver, diary, clock } = rig((event) =>
        event.type === 'Started'
          ? Array.from({ length: 40 }, (_, index) => setDeadline(`d${index}`, 500))
          : [send('x')],
      );
      driver.handle({ type: 'Started' });
      clock.now = micros(500);
      driver.wake();
      const sent = diary.filter((line) => line.startsWith('send')).map((line) => line.split(' ').length - 1);
      expect(sent).toEqual([32, 8]);
    });
  });
});
