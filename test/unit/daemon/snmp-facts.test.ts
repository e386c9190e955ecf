// How often workers are asked for what SNMP shows.
import { err } from '#base/result.js';
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
