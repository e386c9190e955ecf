import fc from 'fast-check';
import { parseIpAddress, type IpAddress } from '#base/address.js';
import {
  desiredAt,
  desiredFromPool,
  resumedFromKernel,
  type DesiredDestination,
  type PoolView,
  type ServiceTemplate,
} from '#lvs/index.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;

const destination = (last: number, weight = 1): DesiredDestination => ({
  address: ip(`192.0.2.${last}`),
  port: 80,
  forwarding: { kind: 'route' },
  weight,
  upperThreshold: 0,
  lowerThreshold: 0,
});

const template: ServiceTemplate = {
  key: { kind: 'address', protocol: 'TCP', address: ip('192.0.2.100'), port: 80 },
  scheduler: 'rr',
  schedulerFlags: 0,
  hashed: false,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  destinations: [destination(1, 3), destination(2, 4)],
  sorryServer: destination(9),
};

const server = (alive: boolean, weight: number, inhibitOnFailure = false) => ({
  alive,
  weight,
  inhibitOnFailure,
});

const view = (extra: Partial<PoolView>): PoolView => ({
  sorryServerInUse: false,
  sorryServerInhibit: false,
  realServers: [server(true, 3), server(true, 4)],
  ...extra,
});

/** '192.0.2.1=3 192.0.2.2=4' */
const weights = (pool: PoolView, of: ServiceTemplate = template): string =>
  desiredFromPool(of, pool)
    .destinations.map(({ address, weight }) => `${address}=${weight}`)
    .join(' ');

describe('desiredFromPool (keepalived, ipvs_cmd)', () => {
  test('real servers that are alive stand with their present weight', () => {
    expect(weights(view({ realServers: [server(true, 3), server(true, 9)] }))).toBe(
      '192.0.2.1=3 192.0.2.2=9',
    );
  });

  test('one that is down is absent, with inhibit_on_failure there with weight 0', () => {
    expect(weights(view({ realServers: [server(false, 3), server(false, 4, true)] }))).toBe('192.0.2.2=0');
  });

  test('the sorry server serves alone; inhibited real servers stay with weight 0', () => {
    const realServers = [server(true, 3), server(true, 4, true)];
    expect(weights(view({ sorryServerInUse: true, realServers }))).toBe('192.0.2.2=0 192.0.2.9=1');
  });

  test('an inhibited sorry server waits with weight 0', () => {
    expect(weights(view({ sorryServerInhibit: true }))).toBe('192.0.2.1=3 192.0.2.2=4 192.0.2.9=0');
  });

  test('a sorry server that is one of the real servers stands once', () => {
    const double = { ...template, sorryServer: destination(2) };
    expect(weights(view({ sorryServerInUse: true }), double)).toBe('192.0.2.2=1');
    expect(weights(view({ sorryServerInhibit: true }), double)).toBe('192.0.2.1=3 192.0.2.2=4');
  });

  test('one that an operator drains stays with weight 0 while it lives, even beside the sorry server; one that is disabled goes', () => {
    const marked = (mark: 'drained' | 'disabled', alive = true) => ({ ...server(alive, 4), mark });
    expect(weights(view({ realServers: [server(true, 3), marked('drained')] }))).toBe(
      '192.0.2.1=3 192.0.2.2=0',
    );
    expect(weights(view({ realServers: [server(true, 3), marked('drained', false)] }))).toBe('192.0.2.1=3');
    expect(weights(view({ realServers: [server(true, 3), marked('disabled')] }))).toBe('192.0.2.1=3');
    const realServers = [server(true, 3), marked('drained')];
    expect(weights(view({ sorryServerInUse: true, realServers }))).toBe('192.0.2.2=0 192.0.2.9=1');
  });

  test('one server of it alone is as in the whole', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            alive: fc.boolean(),
            weight: fc.nat(9),
            inhibitOnFailure: fc.boolean(),
            mark: fc.constantFrom(undefined, 'drained' as const, 'disabled' as const),
          }),
          { minLength: 2, maxLength: 2 },
        ),
        fc.boolean(),
        (realServers, sorryServerInUse) => {
          const pool = view({ realServers, sorryServerInUse });
          const whole = desiredFromPool(template, pool).destinations;
          for (const position of [0, 1]) {
            const { address } = template.destinations[position]!;
            expect(desiredAt(template, pool, position)).toEqual(
              whole.find((each) => each.address === address),
            );
          }
        },
      ),
    );
    const double = { ...template, sorryServer: destination(2) };
    expect(desiredAt(double, view({}), 1)).toBe('all');
  });

  test('the service itself comes without its sorry server', () => {
    expect(desiredFromPool(template, view({}))).not.toHaveProperty('sorryServer');
  });
});

describe('resumedFromKernel', () => {
  test('knows nothing of a pool whose services are not there', () => {
    expect(resumedFromKernel([template], [])).toBeUndefined();
  });

  test('takes a server that is drained for up while it stands, and for down when it does not', () => {
    const kernel = { ...template, destinations: [destination(1, 0)] };
    expect(resumedFromKernel([template], [kernel], () => true)?.realServersUp).toEqual([true, false]);
    expect(resumedFromKernel([template], [kernel])?.realServersUp).toEqual([false, false]);
  });

  test('takes a server of configured weight 0 for up while it stands', () => {
    const idle = { ...template, destinations: [destination(1, 0), destination(2, 4)] };
    const kernel = { ...idle, destinations: [destination(1, 0), destination(2, 0)] };
    expect(resumedFromKernel([idle], [kernel])).toEqual({
      realServersUp: [true, false],
      sorryServerInUse: false,
    });
  });

  test('where the only real server is its own sorry server, it is up', () => {
    const lone = { ...template, destinations: [destination(1)], sorryServer: destination(1) };
    const kernel = { ...lone, destinations: [destination(1)] };
    expect(resumedFromKernel([lone], [kernel])).toEqual({ realServersUp: [true], sorryServerInUse: false });
  });

  test('reads back what desiredFromPool would program, from any service of the pool', () => {
    const anyState = fc.record({
      inUse: fc.boolean(),
      inhibit: fc.boolean(),
      inhibitSorry: fc.boolean(),
      alive: fc.tuple(fc.boolean(), fc.boolean()),
    });
    fc.assert(
      fc.property(anyState, ({ inUse, inhibit, inhibitSorry, alive }) => {
        const pool = view({
          sorryServerInUse: inUse,
          sorryServerInhibit: inhibitSorry,
          realServers: alive.map((one, index) => server(one && !inUse, index + 3, inhibit)),
        });
        const other = { ...template, key: { kind: 'fwmark', family: 'inet', mark: 7 } as const };
        expect(resumedFromKernel([other, template], [desiredFromPool(template, pool)])).toEqual({
          realServersUp: pool.realServers.map((one) => one.alive),
          sorryServerInUse: inUse,
        });
      }),
    );
  });
});
