import { type SessionSettings } from '#bfd/index.js';
import { codesOf, modelOf } from './passes-parts.js';

const sessionsOf = (text: string): readonly SessionSettings[] => modelOf(text).bfd.sessions;
const session = (body: string, neighbor = '192.0.2.2', name = 'r1'): string =>
  `bfd_instance ${name} {\nneighbor_ip ${neighbor}\n${body}\n}\n`;

test('the defaults are those of keepalived', () => {
  expect(sessionsOf(session(''))).toEqual([
    {
      name: 'r1',
      neighbor: '192.0.2.2',
      requiredMinRx: 10_000,
      desiredMinTx: 10_000,
      idleMinTx: 1_000_000,
      detectMult: 5,
      passive: false,
      multihop: false,
      ttl: 255,
      lowestTtl: 255,
    },
  ]);
});

describe('what TTL is sent and believed', () => {
  test.each([
    ['192.0.2.2', '', 255, 255],
    ['192.0.2.2', 'max_hops 2', 255, 253],
    ['192.0.2.2', 'max_hops -1', 255, 0],
    ['192.0.2.2', 'ttl 10\nmax_hops 3', 10, 7],
    ['192.0.2.2', 'ttl 10\nmax_hops 20', 10, 0],
    // keepalived sends 64, RFC 5881, 5 wants 255: take either, send the right one.
    ['2001:db8::2', '', 255, 64],
    ['2001:db8::2', 'max_hops 1', 255, 63],
    ['2001:db8::2', 'hoplimit 255', 255, 255],
    ['2001:db8::2', 'max_hops -1', 255, 0],
  ])('%s with %s', (neighbor, body, ttl, lowestTtl) => {
    expect(sessionsOf(session(body, neighbor))).toMatchObject([{ ttl, lowestTtl }]);
  });
});

describe('sessions that could not be told apart', () => {
  test.each([
    ['the same ends', 'source_ip 192.0.2.1', 'source_ip 192.0.2.1', false],
    ['one that leaves its source open', 'source_ip 192.0.2.1', '', false],
    ['one behind such a one', '', 'source_ip 192.0.2.1', false],
    ['other sources', 'source_ip 192.0.2.1', 'source_ip 192.0.2.11', true],
    ['single and multihop', '', 'multihop', true],
  ])('%s', (_, first, second, apart) => {
    const text = session(first) + session(second, '192.0.2.2', 'r2');
    expect(sessionsOf(text)).toHaveLength(apart ? 2 : 1);
    expect(codesOf(text).includes('already-given')).toBe(!apart);
  });
});

test('BFD_CHECK becomes a checker that follows its session, and inherits alpha', () => {
  const [pool] = modelOf(`${session('')}
virtual_server 192.0.2.100 80 {
  protocol TCP
  alpha
  real_server 192.0.2.2 80 {
    BFD_CHECK {
      name r1
    }
  }
}`).health.pools;
  expect(pool?.realServers[0]?.checkers).toMatchObject([{ kind: 'BFD_CHECK', follows: 'r1', alpha: true }]);
});
