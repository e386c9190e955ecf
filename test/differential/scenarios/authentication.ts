// Adverts that prove where they come from.
import { plain, type Scenario, type Settings, vip } from '../scenario.js';

const ah = (auth_pass: string): Settings => ({
  authentication: ['auth_type AH', `auth_pass ${auth_pass}`],
});

const hmac = (...lines: string[]): Settings => ({
  auth_hmac: [`key 1 ${'1'.repeat(32)}`, `key 2 ${'2'.repeat(32)}`, ...lines],
});

/** Starts both, lets the master stop, and looks. */
const handOver: Scenario['play'] = async (stage) => {
  await stage.assemble();
  await stage.checkpoint('a is master');
  await stage.stop('a');
  await stage.master('b');
  await stage.pass(2);
  await stage.checkpoint('b is master');
};

export const authentication: Scenario[] = [
  {
    // Who comes back knows no sequence number, learns it of the one that is master, and goes on behind it.
    name: 'AH: elected, handed over, and taken back',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, ...ah('secret12') }),
      b: plain({ priority: 100, ...ah('secret12') }),
    },
    async play(stage) {
      await stage.assemble();
      await stage.checkpoint('a is master');
      await stage.stop('a');
      await stage.master('b');
      await stage.checkpoint('b is master');
      stage.start('a');
      await stage.master('a');
      await stage.pass(4);
      await stage.checkpoint('a is master again');
    },
    masters: ['a until priority 0', 'b until silence', 'a'],
  },
  {
    name: 'AH to a unicast peer: elected, and handed over',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({
        priority: 150,
        unicast_src_ip: '192.0.2.1',
        unicast_peer: ['192.0.2.2'],
        ...ah('secret12'),
      }),
      b: plain({
        priority: 100,
        unicast_src_ip: '192.0.2.2',
        unicast_peer: ['192.0.2.1'],
        ...ah('secret12'),
      }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'auth_hmac: elected, and handed over, while keys are exchanged',
    since: '2.4',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ version: 3, priority: 150, ...hmac('active_key 1') }),
      b: plain({ version: 3, priority: 100, ...hmac('active_key 2') }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'auth_hmac over IPv6: elected, and handed over',
    since: '2.4',
    interval: 1,
    vips: ['2001:db8::100'],
    directors: {
      a: plain({ priority: 150, virtual_ipaddress: ['2001:db8::100/64'], ...hmac('active_key 1') }),
      b: plain({ priority: 100, virtual_ipaddress: ['2001:db8::100/64'], ...hmac('active_key 1') }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
  {
    name: 'auth_hmac in version 2: who does not sign yet is believed by who is permissive',
    since: '2.4',
    interval: 1,
    vips: [vip],
    directors: {
      a: plain({ priority: 150, ...hmac('active_key 1', 'mode receive-only') }),
      b: plain({ priority: 100, ...hmac('active_key 1', 'mode permissive', 'anti_replay monotonic') }),
    },
    play: handOver,
    masters: ['a until priority 0', 'b'],
  },
];
