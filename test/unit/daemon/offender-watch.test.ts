import { jest } from '@jest/globals';
import { KernelError } from '#kernel/kernel-error.js';
import { isOffence, OffenderWatch } from '#daemon/offender-watch.js';
import { type VrrpEffect } from '#vrrp/index.js';
import { MAC, onIpv4, v2 } from '../vrrp/frames.js';
import { ip } from '../vrrp/play.js';

type Record = Extract<VrrpEffect, { type: 'Record' }>;

const record: Record = {
  type: 'Record',
  level: 'warning',
  code: 'vrid-conflict',
  text: '(VI_1) VRID 51 conflict on eth0 with 192.0.2.1: why; VRID 52 is free there',
  offender: { interface: 'eth0', source: ip('192.0.2.1'), vrid: 51 },
};
const line = (mac: string): string =>
  `(VI_1) VRID 51 conflict on eth0 with 192.0.2.1 (${mac}): why; VRID 52 is free there`;

/** A watch, what it says, and the network that it listens to. */
function watch(open = true) {
  const said: string[] = [];
  let deliver: ((frames: readonly Uint8Array[]) => void) | undefined;
  const offenders = new OffenderWatch({
    indexOf: (name) => (name === 'eth0' ? 2 : undefined),
    open(_, onFrames) {
      if (!open) throw new KernelError('socket', 1);
      deliver = onFrames;
      return { close: () => (deliver = undefined) };
    },
    say: (level, text) => said.push(`${level}: ${text}`),
  });
  return {
    said,
    offenders,
    isListening: () => deliver !== undefined,
    report: (changes: Partial<Record> = {}): void => {
      const effect = { ...record, ...changes };
      if (isOffence(effect)) offenders.report(effect);
    },
    hear: (...frames: readonly Uint8Array[]) => deliver?.(frames),
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the MAC address of an offender', () => {
  test('is that of its next advert; nobody listens any longer', () => {
    const { said, report, hear, isListening } = watch();
    report();
    hear(new Uint8Array(4), onIpv4({ ...v2, vrid: 7 }), onIpv4(v2));
    expect(said).toEqual([`warning: ${line(MAC)}`]);
    expect(isListening()).toBe(false);
  });

  test('two lines wait for one advert', () => {
    const { said, report, hear } = watch();
    report();
    report();
    hear(onIpv4(v2));
    expect(said).toHaveLength(2);
  });

  test('stays unknown if no advert comes in time, at the stop, or if nothing can be heard', () => {
    const unknown = [`warning: ${line('of unknown MAC')}`];
    const late = watch();
    late.report();
    jest.advanceTimersByTime(5000);
    expect(late.said).toEqual(unknown);
    expect(late.isListening()).toBe(false);
    const stopped = watch();
    stopped.report();
    stopped.offenders.close();
    expect(stopped.said).toEqual(unknown);
    const powerless = watch(false);
    powerless.report();
    expect(powerless.said).toEqual(unknown);
    const gone = watch();
    gone.report({ offender: { interface: 'eth7', source: ip('192.0.2.1'), vrid: 51 } });
    expect(gone.said).toEqual(unknown);
  });

  test('is not looked for where no offender is named', () => {
    expect(isOffence({ type: 'Record', level: 'info', code: 'x', text: 'x' })).toBe(false);
  });
});
