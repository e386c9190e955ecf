import { type CheckerSettings, type PoolSettings } from '#health/index.js';
import { type Configuration } from '#config/index.js';
import { judge, modelOf, server } from './passes-parts.js';

const pool = (text: string): PoolSettings => {
  const [first] = modelOf(text).health.pools;
  if (!first) throw new Error('no pool');
  return first;
};
const checkers = (text: string): readonly CheckerSettings[] => pool(text).realServers[0]?.checkers ?? [];
const service = (model: Configuration) => Object.values(model.services)[0]?.[0];
const tcp = 'TCP_CHECK {\n}';

describe('virtual_server', () => {
  test('hands settings of checkers down to real servers and checkers, of which the innermost counts', () => {
    const delays = (outer: string, inner: string, innermost: string) =>
      checkers(server(outer, `${inner}\nTCP_CHECK {\n${innermost}\n}`))[0]?.delayLoop;
    expect(delays('', '', '')).toBe(60_000_000);
    expect(delays('delay_loop 3', '', '')).toBe(3_000_000);
    expect(delays('delay_loop 3', 'delay_loop 4', '')).toBe(4_000_000);
    expect(delays('delay_loop 3', 'delay_loop 4', 'delay_loop 5')).toBe(5_000_000);
  });

  test('warms up for a delay_loop unless told', () => {
    expect(checkers(server('delay_loop 3', tcp))[0]?.warmup).toBe(3_000_000);
    expect(checkers(server('delay_loop 3', 'TCP_CHECK {\nwarmup 0\n}'))[0]?.warmup).toBe(0);
  });

  test('has a delay between tries that the kind of checker decides', () => {
    const retries = checkers(server('', `${tcp}\nHTTP_GET {\nurl {\npath /\n}\n}`)).map(
      ({ kind, retry, delayBeforeRetry }) => [kind, retry, delayBeforeRetry],
    );
    expect(retries).toEqual([
      ['TCP_CHECK', 1, 1_000_000],
      ['HTTP_GET', 1, 3_000_000],
    ]);
  });

  test('takes weight and forwarding from the real server first', () => {
    const text = server('weight 2', '').replace(
      'real_server',
      'real_server 192.0.2.62 80 {\nweight 9\nlvs_method TUN\n}\nreal_server',
    );
    expect(
      service(modelOf(text))?.destinations.map(({ weight, forwarding }) => [weight, forwarding.kind]),
    ).toEqual([
      [9, 'tunnel'],
      [2, 'masq'],
    ]);
  });

  test('limits quorum to the weight of all, and hysteresis to what is below quorum', () => {
    expect(pool(server('quorum 7\nhysteresis 7', 'weight 3'))).toMatchObject({ quorum: 3, hysteresis: 2 });
  });

  test('is left out without real servers', () => {
    const { configuration, exitCode } = judge('virtual_server 192.0.2.60 80 {\nlb_algo rr\n}\n');
    expect([configuration?.health.pools, exitCode]).toEqual([[], 5]);
  });

  test('for a group is one service for every address and mark, of one pool', () => {
    const group = 'virtual_server_group web {\n192.0.2.60-62 80\nfwmark 5\n}\n';
    const model = modelOf(group + server('').replace('192.0.2.60 80', 'group web'));
    expect(model.health.pools).toHaveLength(1);
    const keys = Object.values(model.services)[0]?.map(({ key }) =>
      key.kind === 'address' ? `${key.address}:${key.port}` : key.mark,
    );
    expect(keys).toEqual(['192.0.2.60:80', '192.0.2.61:80', '192.0.2.62:80', 5]);
  });

  test('has a sorry server with weight 1 and its own forwarding', () => {
    const text = server('sorry_server 192.0.2.70 81\nsorry_server_inhibit');
    expect(pool(text).sorryServer).toEqual({
      id: '[192.0.2.70]:tcp:81',
      address: '192.0.2.70',
      port: 81,
      inhibit: true,
    });
    expect(service(modelOf(text))?.sorryServer).toMatchObject({ weight: 1, forwarding: { kind: 'masq' } });
  });
});

describe('checkers', () => {
  test('probe the real server, unless they name another place', () => {
    const text = server(
      '',
      `${tcp}\nTCP_CHECK {\nconnect_ip 192.0.2.99\nconnect_port 8080\nbindto 192.0.2.1\n}`,
    );
    expect(Object.values(modelOf(text).probes)).toEqual([
      { kind: 'tcp', endpoint: { address: '192.0.2.61', port: 80, timeout: 5_000_000 } },
      {
        kind: 'tcp',
        endpoint: { address: '192.0.2.99', port: 8080, bindAddress: '192.0.2.1', timeout: 5_000_000 },
      },
    ]);
  });

  test('have one identity exactly if they probe the same', () => {
    const [first, same, other] = checkers(
      server('', `${tcp}\nTCP_CHECK {\nretry 9\n}\nTCP_CHECK {\nconnect_port 81\n}`),
    );
    expect(first?.identity).toBe(same?.identity);
    expect(first?.identity).not.toBe(other?.identity);
    expect(new Set([first?.id, same?.id, other?.id]).size).toBe(3);
  });

  test('of SSL_GET use TLS', () => {
    const [probe] = Object.values(
      modelOf(server('', 'SSL_GET {\nurl {\npath /\nstatus_code 200 301-302\n}\n}')).probes,
    );
    expect(probe).toMatchObject({
      kind: 'http',
      tls: true,
      urls: [
        {
          path: '/',
          statusCodes: [
            { from: 200, to: 200 },
            { from: 301, to: 302 },
          ],
        },
      ],
    });
  });

  test('of a kind may be several, each with what its own kind takes for usual', () => {
    const text = 'PING_CHECK {\nretry 2\n}\nPING_CHECK {\n}\nDNS_CHECK {\n}';
    expect(checkers(server('delay_loop 7', text)).map(({ kind, retry }) => [kind, retry])).toEqual([
      ['PING_CHECK', 2],
      ['PING_CHECK', 1],
      ['DNS_CHECK', 3],
    ]);
  });
});
