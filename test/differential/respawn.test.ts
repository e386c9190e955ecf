// What keepalived does not promise: a vrrp worker that dies alone is succeeded by one that goes on where it was.
// keepalived's own fate in the same story is told beside it, and judged by nobody.
import { requires } from '../requires.js';
import { type Implementation } from './daemon.js';
import { plain, type Scenario, vip } from './scenario.js';
import { Stage } from './stage.js';

const scenario: Scenario = {
  name: 'the vrrp worker of the master dies alone',
  interval: 1,
  vips: [vip],
  directors: { a: plain({ priority: 150 }), b: plain({ priority: 100 }) },
  play: () => Promise.resolve(),
};

/** What those outside saw from the death of the worker until six intervals later. */
interface Aftermath {
  /** Who sent adverts, and how many there were. */
  readonly speakers: readonly string[];
  readonly adverts: number;
  /** Additions and removals of the VIP on the master, since the start. */
  readonly changes: readonly string[];
  /** Who holds the VIP in the end. */
  readonly masters: readonly string[];
}

async function killWorker(who: Implementation): Promise<Aftermath> {
  const stage = await Stage.open(scenario, { a: who, b: who });
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
    return {
      speakers: [...new Set(adverts.flatMap((advert) => stage.owner(advert) ?? []))],
      adverts: adverts.length,
      changes: [...addresses.changes],
      masters: stage.mastersOf(vip),
    };
  } catch (error) {
    const logs = [...stage.directors.values()].map((each) => each.daemon.log);
    throw new Error(`${String(error)}\n${logs.join('\n')}`);
  } finally {
    await stage.close();
  }
}

const beside = requires({ root: true, netns: true, keepalived: true });

beside(
  'the vrrp worker of the master is killed, and nobody outside notices',
  async () => {
    const ours = await killWorker('understudy');
    expect(ours.speakers).toEqual(['a']);
    expect(ours.adverts).toBeGreaterThan(3);
    expect(ours.changes).toEqual([`+${vip}/24 eth0`]);
    expect(ours.masters).toEqual(['a']);
    const theirs = await killWorker('keepalived').catch(String);
    console.info(`keepalived whose vrrp worker is killed: ${JSON.stringify(theirs)}`);
  },
  240_000,
);
