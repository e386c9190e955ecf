// keepalived gives a VRRP worker with a real-time priority ten milliseconds of CPU time between two sleeps, unless told
// otherwise. When 255 instances become master at once that is not enough: the kernel kills it. Ours is held to survive;
// keepalived's fate is told beside it, and judged by nobody.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Network } from '../namespaces.js';
import { requires } from '../requires.js';
import { Daemon, type Implementation } from './daemon.js';
import { block } from './scenario.js';

const beside = requires({ root: true, netns: true, keepalived: true });

const INSTANCES = 255;

const config = [
  block('global_defs', {
    router_id: 'load',
    vrrp_version: 3,
    vrrp_rt_priority: 50,
    vrrp_rlimit_rttime: 10_000,
  }),
  ...Array.from({ length: INSTANCES }, (_, index) =>
    block(`vrrp_instance VI_${index + 1}`, {
      interface: 'eth0',
      virtual_router_id: index + 1,
      priority: 100,
      advert_int: 1,
      virtual_ipaddress: [`198.51.100.${index}/32`],
    }),
  ),
].join('');

/** The VRRP workers that there were until all instances had been master for a while. @param patienceS for that. */
async function workersOf(implementation: Implementation, patienceS: number): Promise<ReadonlySet<number>> {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-load-'));
  const network = new Network(directory);
  const director = network.namespace('a');
  network.plug(director, 'eth0', network.segment(), ['192.0.2.1/24']);
  mkdirSync(join(directory, 'a'));
  const daemon = new Daemon(implementation, director, join(directory, 'a'));
  const workers = new Set<number>();
  const watch = async (seconds: number, until = () => false): Promise<void> => {
    for (let left = seconds * 20; left > 0 && !until(); left -= 1) {
      const worker = daemon.pids()[1];
      if (worker !== undefined) workers.add(worker);
      await sleep(50);
    }
  };
  const installed = () =>
    director.ip('-o', '-4', 'address', 'show', 'dev', 'eth0').split('198.51.100.').length - 1;
  try {
    daemon.start(config);
    await watch(patienceS, () => installed() === INSTANCES);
    if (installed() < INSTANCES) throw new Error(`${installed()} of ${INSTANCES} masters\n${daemon.log}`);
    await watch(7); // the second round of gratuitous ARP, five seconds later
    return workers;
  } finally {
    await daemon.stop();
    await network.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

beside(
  'with vrrp_rt_priority, 255 instances that become master at once do not cost the worker its life',
  async () => {
    expect([...(await workersOf('understudy', 120))]).toHaveLength(1);
    const theirs = await workersOf('keepalived', 15).catch(() => undefined);
    const fate =
      theirs === undefined ? 'never held all addresses' : `had ${theirs.size} workers one after another`;
    console.info(`keepalived ${fate} with 255 instances and vrrp_rlimit_rttime 10000`);
  },
  300_000,
);
