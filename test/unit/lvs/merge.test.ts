import { parseIpAddress } from '#base/address.js';
import { mergeServices, type DesiredDestination, type DesiredService } from '#lvs/index.js';

const destination = (last: number, weight: number): DesiredDestination => ({
  address: parseIpAddress(`198.51.100.${last}`)!,
  port: 80,
  forwarding: { kind: 'masq' },
  weight,
  upperThreshold: 0,
  lowerThreshold: 0,
});

const service = (scheduler: string, ...destinations: DesiredDestination[]): DesiredService => ({
  key: { kind: 'fwmark', family: 'inet', mark: 5 },
  scheduler,
  schedulerFlags: 0,
  hashed: true,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  destinations,
});

describe('a service that several pools want', () => {
  test('is as the first has it, with the servers of all', () => {
    expect(mergeServices([service('rr', destination(1, 1)), service('wlc', destination(2, 2))])).toEqual(
      service('rr', destination(1, 1), destination(2, 2)),
    );
  });

  test('has a server that serves for one of them, whichever comes first', () => {
    const [down, up] = [service('rr', destination(1, 0)), service('rr', destination(1, 3))];
    expect(mergeServices([down, up])?.destinations).toEqual([destination(1, 3)]);
    expect(mergeServices([up, down])?.destinations).toEqual([destination(1, 3)]);
    expect(mergeServices([service('rr', destination(1, 2)), up])?.destinations).toEqual([destination(1, 2)]);
  });

  test('of one pool is just that, and of none is none', () => {
    const only = service('rr', destination(1, 1));
    expect(mergeServices([only])).toBe(only);
    expect(mergeServices([])).toBeUndefined();
  });
});
