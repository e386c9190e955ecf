// GET /metrics of a running daemon, on both sockets, and what those who ask badly get.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { readOpenMetrics, type Family } from '../../unit/observe/openmetrics-grammar.js';
import { Director, until } from './director.js';

const needs = requires({ netns: true, root: true });

const CONFIG = `
global_defs {
  #understudy metrics_listen 127.0.0.1:9650
}
vrrp_script chk {
  script /bin/true
  interval 1
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  version 3
  priority 100
  advert_int 0.1
  virtual_ipaddress { 192.0.2.100/24 }
  track_script { chk }
}
`;

/** Connects 300 sockets that say nothing, and ends when all of them have been closed by the other side. */
const IDLERS = `
const net = require('node:net');
let closed = 0;
for (let i = 0; i < 300; i += 1) {
  const socket = net.connect(9650, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('close', () => { closed += 1; });
  socket.resume();
}
process.on('exit', () => console.log(closed + ' closed'));
`;

needs(
  'are the same families on TCP and on the control socket, in strict OpenMetrics; bad requests cost nobody anything',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'understudy-metrics-'));
    const network = new Network(directory);
    const namespace = network.namespace('a');
    network.plug(namespace, 'eth0', network.segment(), ['192.0.2.7/24']);
    const director = new Director(namespace, directory);
    try {
      director.start(CONFIG);
      await director.says('Metrics on [127.0.0.1]:9650');
      await director.says('Entering MASTER STATE');
      const curl = (...args: readonly string[]): string =>
        namespace.run('curl', '-sS', '--max-time', '20', ...args);
      const tcp = (): ReadonlyMap<string, Family> => readOpenMetrics(curl('http://127.0.0.1:9650/metrics'));
      await until(
        () => (tcp().get('understudy_script_duration_seconds')?.samples.length ?? 0) > 0,
        'a script to run',
      );
      const socket = director.pidFiles.main.replace(/\.pid$/, '.sock');
      const control = readOpenMetrics(curl('--unix-socket', socket, 'http://localhost/metrics'));
      expect([...tcp().keys()]).toEqual([...control.keys()]);
      const state = control.get('understudy_vrrp_state')?.samples.find(({ value }) => value === 1);
      expect(state?.labels).toEqual({ vrrp_instance: 'VI_1', understudy_vrrp_state: 'MASTER' });
      const workers = control
        .get('understudy_worker_up')
        ?.samples.map(({ labels, value }) => [labels['worker'], value]);
      expect(workers).toEqual([
        ['vrrp', 1],
        ['alerts', 1],
      ]);
      const transitions = control
        .get('understudy_vrrp_transitions')
        ?.samples.map(({ labels }) => labels['cause']);
      expect(transitions).toContain('master-down-interval-passed');
      const status = (...args: readonly string[]): string =>
        curl('-o', '/dev/null', '-w', '%{http_code} %{content_type}', ...args);
      expect(status('http://127.0.0.1:9650/metrics')).toBe(
        '200 application/openmetrics-text; version=1.0.0; charset=utf-8',
      );
      expect(status('http://127.0.0.1:9650/status')).toMatch(/^404/);
      expect(status('-X', 'POST', 'http://127.0.0.1:9650/metrics')).toMatch(/^405/);
      expect(status('-H', `X: ${'x'.repeat(20_000)}`, 'http://127.0.0.1:9650/metrics')).toMatch(/^431/);
      // Those who only sit there are put out, and then the next one is served.
      expect(namespace.run(process.execPath, '-e', IDLERS)).toBe('300 closed\n');
      expect(tcp().size).toBe(control.size);
      director.write(CONFIG.replace('#understudy', '#'));
      director.signal('SIGHUP');
      await until(() => {
        try {
          tcp();
          return false;
        } catch {
          return true;
        }
      }, 'the listener to go');
      director.signal('SIGTERM');
      expect(await director.ended()).toBe(0);
    } catch (error) {
      throw new Error(`${String(error)}\n${director.log}`, { cause: error });
    } finally {
      await network.close();
    }
  },
  120_000,
);
