import { micros, type Micros } from '#base/units.js';
import { HealthDriver, type HealthOutside } from '#daemon/health-driver.js';
import type { HealthEffect, HealthEvent, HealthMonitor } from '#health/index.js';
import type { Recorder } from '#observe/index.js';

/** Policy that sets a deadline for each of these checks when it starts, and says which of them passed. */
class Plan {
  readonly passed: string[] = [];

  constructor(private readonly deadlines: Readonly<Record<string, number>>) {}

  step(event: HealthEvent): readonly HealthEffect[] {
    if (event.type === 'DeadlinePassed') this.passed.push(event.name);
    if (event.type !== 'Started') return [];
    return Object.entries(this.deadlines).map(([name, at]) => ({
      type: 'SetDeadline',
      name,
      at: micros(at),
    }));
  }
}

/** A driver that was started at 0 with this plan, and every moment that its timer was armed for. */
function started(deadlines: Readonly<Record<string, number>>) {
  const plan = new Plan(deadlines);
  const clock = { now: 0 };
  const armed: (number | undefined)[] = [];
  const later: (() => void)[] = [];
  const outside = {
    now: () => clock.now as Micros,
    arm: (at: Micros | undefined) => armed.push(at),
    soon: (then: () => void) => later.push(then),
  };
  const driver = new HealthDriver(plan as unknown as HealthMonitor, outside as unknown as HealthOutside);
  driver.handle({ type: 'Started' });
  const wakeAt = (at: number) => {
    clock.now = at;
    driver.wake();
  };
  return { passed: plan.passed, armed, later, wakeAt };
}

test('checks that are due within fifty milliseconds of one another share a wake-up', () => {
  const driver = started({ first: 5_000_000, second: 5_049_000, third: 5_051_000 });
  expect(driver.armed).toEqual([5_000_000]);
  driver.wakeAt(5_000_000);
  expect(driver.passed).toEqual(['first', 'second']);
  expect(driver.armed).toEqual([5_000_000, 5_051_000]);
});

test('of a crowd some begin, and then answers are heard before the next do', () => {
  const crowd = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, 1000]));
  const driver = started(crowd);
  driver.wakeAt(1000);
  const begun = [driver.passed.length];
  for (let next = driver.later.shift(); next; next = driver.later.shift()) {
    expect(driver.armed).toEqual([1000]);
    next();
    begun.push(driver.passed.length);
  }
  expect(begun).toEqual([16, 32, 40]);
  expect(driver.armed).toEqual([1000, undefined]);
});

test('none begins before another one is due, or earlier than a hundredth of its delay', () => {
  const driver = started({ first: 100_000, second: 101_500 });
  driver.wakeAt(99_999 - 1_000);
  expect(driver.passed).toEqual([]);
  driver.wakeAt(100_000);
  expect(driver.passed).toEqual(['first']);
  driver.wakeAt(101_500);
  expect(driver.passed).toEqual(['first', 'second']);
});

test('the recorder hears of what changes something or fails, not of checks that say what was known', () => {
  const orders: Readonly<Record<string, readonly HealthEffect[]>> = {
    DeadlinePassed: [{ type: 'StartCheck', checker: 'one', step: 0 }],
    CheckSucceeded: [{ type: 'SetDeadline', name: 'one', at: micros(1) }],
    CheckFailed: [{ type: 'SetDeadline', name: 'one', at: micros(1) }],
    CheckNotRun: [],
  };
  const recorded: string[] = [];
  const driver = new HealthDriver(
    { step: ({ type }: HealthEvent) => orders[type] ?? [] } as unknown as HealthMonitor,
    { now: () => micros(0), arm: () => undefined, startCheck: () => undefined } as unknown as HealthOutside,
    { step: (event: HealthEvent) => recorded.push(event.type) } as unknown as Recorder,
  );
  driver.handle({ type: 'DeadlinePassed', name: 'one' });
  driver.handle({ type: 'CheckSucceeded', checker: 'one' });
  driver.handle({ type: 'CheckFailed', checker: 'one', code: 'refused', text: 'failed' });
  driver.handle({ type: 'CheckNotRun', checker: 'one', text: 'no' });
  driver.handle({ type: 'StopRequested', releaseServices: false });
  expect(recorded).toEqual(['CheckFailed', 'CheckNotRun', 'StopRequested']);
});
