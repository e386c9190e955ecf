import { ok } from '#base/result.js';
import { TimeoutKeeper } from '#daemon/timeout-keeper.js';

function rig() {
  const kernel = { now: { tcp: 900, tcpFin: 120, udp: 300 }, writes: 0 };
  const keeper = new TimeoutKeeper(
    {
      timeouts: () => kernel.now,
      setTimeouts: (timeouts) => {
        kernel.now = timeouts;
        kernel.writes += 1;
        return ok(undefined);
      },
    },
    (text) => {
      throw new Error(text);
    },
  );
  return { kernel, keeper };
}

describe('lvs_timeouts', () => {
  test('are not touched while none is given', () => {
    const { kernel, keeper } = rig();
    keeper.apply({});
    keeper.apply({ tcp: 0 });
    keeper.restore();
    expect(kernel.writes).toBe(0);
  });

  test("are the kernel's where a reload no longer gives them, and at the end", () => {
    const { kernel, keeper } = rig();
    keeper.apply({ tcp: 7200, udp: 30 });
    expect(kernel.now).toEqual({ tcp: 7200, tcpFin: 120, udp: 30 });
    keeper.apply({ tcpfin: 60 });
    expect(kernel.now).toEqual({ tcp: 900, tcpFin: 60, udp: 300 });
    keeper.restore();
    expect(kernel.now).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
  });
});
