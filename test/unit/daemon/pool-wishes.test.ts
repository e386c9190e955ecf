import { parseIpAddress } from '#base/address.js';
import { PoolWishes } from '#daemon/pool-wishes.js';
import { type PoolChanges } from '#daemon/health-driver.js';
import { alliancesOf, type PoolView, type ServiceTemplate } from '#lvs/index.js';

const template = (mark: number, ...servers: readonly number[]): ServiceTemplate => ({
  key: { kind: 'fwmark', family: 'inet', mark },
  ...{ scheduler: 'rr', schedulerFlags: 0, hashed: true, onePacket: false },
  ...{ persistenceTimeoutS: 0, persistencePrefix: 32 },
  destinations: servers.map((last) => ({
    address: parseIpAddress(`198.51.100.${last}`)!,
    ...{ port: 0, forwarding: { kind: 'route' }, weight: 1, upperThreshold: 0, lowerThreshold: 0 },
  })),
});

function rig() {
  const services: Record<string, readonly ServiceTemplate[]> = {
    a: [template(1, 1, 2)],
    b: [template(1, 2, 3), template(2, 2, 3)],
    alone: [template(9, 9)],
  };
  const down = new Set<string>();
  const state = (pool: string): PoolView | undefined =>
    services[pool] && {
      sorryServerInUse: false,
      sorryServerInhibit: false,
      realServers: (services[pool][0]?.destinations ?? []).map(({ address }) => ({
        ...{ alive: !down.has(`${pool} ${address}`), weight: 1, inhibitOnFailure: false },
      })),
    };
  const alliances = alliancesOf(services);
  const wishes = new PoolWishes(
    state,
    (pool) => services[pool] ?? [],
    (pool) => alliances.get(pool),
  );
  const told = (changes: PoolChanges): unknown => {
    const { wishes: whole, small } = wishes.of(changes);
    return {
      whole: whole.map(({ pool, services: wanted }) => [
        pool,
        ...wanted.map(({ key, destinations }) =>
          [key.kind === 'fwmark' ? key.mark : '', ...destinations.map(({ address }) => address)].join(' '),
        ),
      ]),
      small: small.map(({ servers }) => servers.length),
    };
  };
  return { services, down, told };
}

describe('pools that want services in common', () => {
  const both = ['a', '1 198.51.100.1 198.51.100.2 198.51.100.3', '2 198.51.100.2 198.51.100.3'];

  test('are brought as one, once, whichever of them has changed', () => {
    const { told } = rig();
    expect(told(new Map([['b', new Set([1])]]))).toEqual({ whole: [both], small: [] });
    expect(
      told(
        new Map([
          ['a', 'all'],
          ['b', 'all'],
        ]),
      ),
    ).toEqual({ whole: [both], small: [] });
  });

  test('keep a server that one of them still has', () => {
    const { told, down } = rig();
    down.add('a 198.51.100.2');
    expect(told(new Map([['a', new Set([1])]]))).toEqual({ whole: [both], small: [] });
    down.add('b 198.51.100.2');
    expect(told(new Map([['b', new Set([0])]]))).toEqual({
      whole: [['a', '1 198.51.100.1 198.51.100.3', '2 198.51.100.3']],
      small: [],
    });
  });

  test('want what is left of them when one is removed', () => {
    const { told, services } = rig();
    delete services['a'];
    expect(told(new Map([['a', 'all']]))).toEqual({
      whole: [['a', '1 198.51.100.2 198.51.100.3', '2 198.51.100.2 198.51.100.3']],
      small: [],
    });
  });

  test('cost others nothing', () => {
    expect(rig().told(new Map([['alone', new Set([0])]]))).toEqual({ whole: [], small: [1] });
  });
});
