// How often workers are asked for what SNMP shows.
import { err, ok } from '#base/result.js';
import { type PoolState } from '#health/index.js';
import { SnmpSource } from '#daemon/snmp-facts.js';
import { globals, instance, modelOf } from '../config/passes-parts.js';

const configuration = modelOf(globals('enable_snmp_vrrp') + instance('VI_1', 51));

test('one look serves who asks next, but not who has set something meanwhile', async () => {
  let asked = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve(err({ kind: 'not-running', text: '' } as const));
  };
  const source = new SnmpSource(configuration, ask, { read: () => undefined });
  try {
    const first = await source.current();
    expect(await source.current()).toBe(first);
    expect(asked).toBe(1);
    source.forget();
    const underWay = source.current();
    // What is being looked at may be from before the second one.
    source.forget();
    const last = await source.current();
    await underWay;
    expect(await source.current()).toBe(last);
    expect(asked).toBe(3);
  } finally {
    source.close();
  }
});

test('servers of a worker that does not answer are what they last were', async () => {
  const pooled = modelOf(`${globals('enable_snmp_checker')}
virtual_server 192.0.2.40 80 {
  protocol TCP
  real_server 192.0.2.60 80 {
    TCP_CHECK { }
  }
}
`);
  const [pool] = pooled.health.pools;
  const up: PoolState = {
    ...{ id: pool!.id, quorumUp: true, sorryServerInUse: false, sorryServerInhibit: false, suspended: false },
    realServers: pool!.realServers.map(({ id, weight, inhibitOnFailure }) => ({
      ...{ id, weight, inhibitOnFailure, alive: true, checkers: [] },
    })),
  };
  let answers = true;
  const ask = () =>
    Promise.resolve(
      answers
        ? ok({ pools: [up] } as never)
        : err({ kind: 'timeout', text: 'no answer within 2 s' } as const),
    );
  const source = new SnmpSource(pooled, ask, { read: () => undefined });
  const status = async () => (await source.current()).get(REAL_SERVER_STATUS);
  try {
    expect(await status()).toEqual({ type: 'integer', value: 1 });
    answers = false;
    source.forget();
    expect(await status()).toEqual({ type: 'integer', value: 1 });
  } finally {
    source.close();
  }
});

/** realServerStatus of the first real server of the first virtual server: alive(1). */
const REAL_SERVER_STATUS = [1, 3, 6, 1, 4, 1, 9586, 100, 5, 3, 4, 1, 6, 1, 1];
