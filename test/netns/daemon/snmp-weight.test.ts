// realServerWeight, set through Debian's snmpd: it reaches the health worker, and a reload takes it back.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SnmpAgent } from '../../differential/snmp-agent.js';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, until } from './director.js';

const needs = requires({ netns: true, root: true, snmp: true });

const WEIGHT = '.1.3.6.1.4.1.9586.100.5.3.4.1.7';

const config = (socket: string): string => `
global_defs {
  enable_snmp_checker
  snmp_socket unix:${socket}
}
virtual_server 192.0.2.100 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 192.0.2.11 80 { }
  real_server 192.0.2.12 80 {
    weight 3
  }
}
`;

needs(
  'a weight that a manager sets holds until the next reload',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'understudy-weight-'));
    const network = new Network(directory);
    const namespace = network.namespace('a');
    network.plug(namespace, 'eth0', network.segment(), ['192.0.2.7/24']);
    const agent = new SnmpAgent(namespace, directory);
    const director = new Director(namespace, directory);
    try {
      await agent.start();
      director.start(config(agent.socket));
      await until(() => agent.values(WEIGHT).join() === '1,3', 'the weights of the file');
      expect(agent.ask('snmpset', 'private', `${WEIGHT}.1.2`, 'i', '300')).toContain('INTEGER: 300');
      // Who asks next sees it.
      expect(agent.values(WEIGHT)).toEqual(['1', '300']);
      await director.says('Changing weight from 3 to 300 for active service [192.0.2.12]:tcp:80');
      expect(agent.ask('snmpset', 'private', `${WEIGHT}.1.1`, 'i', '-1')).toContain('wrongValue');
      director.signal('SIGHUP');
      await until(() => agent.values(WEIGHT).join() === '1,3', 'the weights of the file again');
      await director.says('Changing weight from 300 to 3 for active service [192.0.2.12]:tcp:80');
    } catch (error) {
      throw new Error(`${String(error)}\n${director.log}`, { cause: error });
    } finally {
      await agent.stop();
      await network.close();
    }
  },
  120_000,
);
