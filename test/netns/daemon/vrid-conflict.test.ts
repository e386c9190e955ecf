import { jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director, instance } from './director.js';

jest.setTimeout(40_000);

let network: Network;
let directory: string;

beforeEach(() => {
  network = new Network();
  directory = mkdtempSync(join(tmpdir(), 'understudy-conflict-'));
  chmodSync(directory, 0o755);
});

afterEach(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

requires({ netns: true, keepalived: true })(
  'a keepalived that uses our VRID for other addresses is named with its MAC address',
  async () => {
    const segment = network.segment();
    const stranger = network.namespace('k');
    const { mac } = network.plug(stranger, 'eth0', segment, ['192.0.2.7/24']);
    const conf = join(directory, 'stranger.conf');
    writeFileSync(conf, instance(150, ['192.0.2.222']));
    const pids = ['-p', join(directory, 'k.pid'), '-r', join(directory, 'v.pid')];
    stranger.spawn('keepalived', ['-n', '-f', conf, ...pids], { stdio: 'ignore' });
    const namespace = network.namespace('a');
    network.plug(namespace, 'eth0', segment, ['192.0.2.1/24']);
    const a = new Director(namespace, directory);
    a.start(instance(100, ['192.0.2.100']));
    await a.says(
      `(VI_1) VRID 51 conflict on eth0 with 192.0.2.7 (${mac}): its addresses are not ours; VRID 52 is free there`,
    );
  },
);
