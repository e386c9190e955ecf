import fc from 'fast-check';
import { DeadlineQueue } from '#base/deadline-queue.js';
import { micros, type Micros } from '#base/units.js';

const FOREVER = micros(Number.MAX_SAFE_INTEGER);

function drain(queue: DeadlineQueue, now: Micros = FOREVER): [string, number][] {
  const taken: [string, number][] = [];
  for (let due = queue.takeDue(now); due; due = queue.takeDue(now)) taken.push([due.name, due.at]);
  return taken;
}

test('nothing is due in an empty queue', () => {
  const queue = new DeadlineQueue();
  expect([queue.size, queue.next(), queue.takeDue(FOREVER)]).toEqual([0, undefined, undefined]);
});

test('a deadline is due at its own time, not before', () => {
  const queue = new DeadlineQueue();
  queue.set('advert', micros(100));
  expect(queue.takeDue(micros(99))).toBeUndefined();
  expect(queue.takeDue(micros(100))).toMatchObject({ name: 'advert', at: 100 });
  expect(queue.takeDue(micros(100))).toBeUndefined();
});

test('setting again replaces, to earlier or later', () => {
  const queue = new DeadlineQueue();
  queue.set('a', micros(100));
  queue.set('b', micros(200));
  queue.set('a', micros(300));
  expect([queue.next(), queue.size, queue.get('a')]).toEqual([200, 2, 300]);
  queue.set('b', micros(50));
  expect(drain(queue)).toEqual([
    ['b', 50],
    ['a', 300],
  ]);
});

test('clearing forgets, and clearing what is not there is no fault', () => {
  const queue = new DeadlineQueue();
  queue.set('a', micros(1));
  queue.clear('a');
  queue.clear('never');
  expect([queue.size, queue.next(), queue.get('a'), drain(queue)]).toEqual([0, undefined, undefined, []]);
});

test('what was taken stays as it was when its name is set again', () => {
  const queue = new DeadlineQueue();
  queue.set('a', micros(100));
  const taken = queue.takeDue(micros(100));
  queue.set('a', micros(200));
  expect(taken).toEqual({ name: 'a', at: 100 });
  expect(drain(queue)).toEqual([['a', 200]]);
});

test('a thousand names that are taken once are not kept', () => {
  const queue = new DeadlineQueue();
  for (let index = 0; index < 1000; index += 1) {
    queue.set(`d${index}`, micros(index));
    queue.takeDue(FOREVER);
  }
  expect((queue as unknown as { entries: { size: number } }).entries.size).toBeLessThanOrEqual(65);
});

test('a deadline that moves a million times leaves no trail', () => {
  const queue = new DeadlineQueue();
  queue.set('other', micros(5_000_000));
  for (let at = 0; at < 1_000_000; at += 1) queue.set('master-down', micros(at));
  expect((queue as unknown as { heap: unknown[] }).heap.length).toBeLessThanOrEqual(65);
  expect(drain(queue)).toEqual([
    ['master-down', 999_999],
    ['other', 5_000_000],
  ]);
});

test('whatever was set comes out in order of time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(10_000), { maxLength: 200 }),
      fc.array(fc.nat(199), { maxLength: 50 }),
      (times, cleared) => {
        const queue = new DeadlineQueue();
        times.forEach((at, index) => queue.set(`d${index}`, micros(at)));
        for (const index of cleared) queue.clear(`d${index}`);
        const left = times.filter((_, index) => !cleared.includes(index));
        expect(drain(queue).map(([, at]) => at)).toEqual(left.sort((a, b) => a - b));
      },
    ),
  );
});

test('behaves as a plain map of names to times does', () => {
  const name = fc.constantFrom(...Array.from({ length: 40 }, (_, index) => `d${index}`));
  const at = fc.integer({ min: 0, max: 1000 }).map(micros);
  const command = fc.oneof(
    fc.record({ do: fc.constant('set' as const), name, at }),
    fc.record({ do: fc.constant('clear' as const), name, at }),
    fc.record({ do: fc.constant('take' as const), name, at }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
      const queue = new DeadlineQueue();
      const model = new Map<string, Micros>();
      for (const step of commands) {
        if (step.do === 'set') {
          queue.set(step.name, step.at);
          model.set(step.name, step.at);
        } else if (step.do === 'clear') {
          queue.clear(step.name);
          model.delete(step.name);
        } else {
          const earliest = Math.min(...model.values());
          const due = queue.takeDue(step.at);
          expect(due?.at).toBe(earliest <= step.at ? earliest : undefined);
          if (due) {
            expect(model.get(due.name)).toBe(due.at);
            model.delete(due.name);
          }
        }
        expect(queue.size).toBe(model.size);
        expect(queue.next()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
      }
      const rest = drain(queue).map(([, when]) => when);
      expect(rest).toEqual([...model.values()].sort((a, b) => a - b));
    }),
  );
});
