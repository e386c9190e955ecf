// What keepalived does not promise: a vrrp worker that dies alone is succeeded by one that goes on where it was.
import { requires } from '../requires.js';
import { plain, type Scenario, vip } from './scenario.js';
import { Stage } from './stage.js';

const scenario: Scenario = {
  name: 'the vrrp worker of the master dies alone',
  interval: 1,
  vips: [vip],
  directors: { a: plain({ priority: 150 }), b: plain({ priority: 100 }) },
  play: () => Promise.resolve(),
};

const inNamespaces = requires({ root: true, netns: true });

inNamespaces(
  'the vrrp worker of the master is killed, and nobody outside notices',
  async () => {
    const stage = await Stage.open(scenario, { a: 'understudy', b: 'understudy' });
    try {
      await stage.assemble();
      const { daemon, addresses } = stage.director('a');
      const [supervisor, worker] = daemon.pids();
      const before = stage.frames.length;
      process.kill(worker!, 'SIGKILL');
      await stage.until('another worker runs', () => {
        const [sameSupervisor, next] = daemon.pids();
        return sameSupervisor === supervisor && next !== undefined && next !== worker;
      });
      await stage.pass(6);
      const adverts = stage.frames.slice(before).filter((frame) => frame.kind === 'advert');
      expect([...new Set(adverts.map((advert) => stage.owner(advert.source)))]).toEqual(['a']);
      expect(adverts.length).toBeGreaterThan(3);
      expect(addresses.changes).toEqual([`+${vip}/24 eth0`]);
      expect(stage.mastersOf(vip)).toEqual(['a']);
    } catch (error) {
      throw new Error(
        `${String(error)}\n${[...stage.directors.values()].map((each) => each.daemon.log).join('\n')}`,
      );
    } finally {
      await stage.close();
    }
  },
  120_000,
);
