// Somebody on the segment sends adverts that nobody should believe. A keepalived that is master starts the interval of its
// own adverts anew whenever one for its VRID comes in, even if it rejects it (vrrp_dispatcher_read): several a second
// silence it for as long as they come, and its backups take over. Ours is held to the contrary; keepalived's behaviour is
// told beside it, and judged by nobody.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseIpAddress } from '#base/address.js';
import { seconds } from '#base/units.js';
import { encodeAdvert } from '#wire/index.js';
import { Actor } from '../netns/kernel/actor.js';
import { Network } from '../namespaces.js';
import { requires } from '../requires.js';
import { capture } from './capture.js';
import { Daemon, type Implementation } from './daemon.js';
import { type Frame } from './decode.js';
import { plain, vip } from './scenario.js';

const beside = requires({ root: true, netns: true, keepalived: true });

const GROUP = parseIpAddress('224.0.0.18')!;
/** Whom the attacker claims to be: nobody is at this address. */
const PRETENDED = parseIpAddress('192.0.2.77')!;
/** Several in each advert interval of a second. */
const PAUSE_MS = 150;
/** How many adverts a master must get out under attack. */
const ADVERTS = 4;

/** An advert of that priority as the instance expects it, but for its password. */
function advert(priority: number, password: string): Uint8Array {
  const authData = new Uint8Array(8);
  authData.set(Buffer.from(password));
  return encodeAdvert(
    {
      version: 2,
      vrid: 51,
      priority,
      addresses: [parseIpAddress(vip)!],
      authType: 1,
      authData,
      advertIntervalS: seconds(1),
    },
    { source: PRETENDED, destination: GROUP },
  );
}

const broken = (payload: Uint8Array): Uint8Array =>
  payload.map((byte, at) => (at === 6 ? byte ^ 0xff : byte));

const forgeries: readonly (readonly [name: string, ttl: number, payload: Uint8Array])[] = [
  ['a broken checksum', 255, broken(advert(254, 'secret'))],
  ['a wrong password', 255, advert(254, 'guess')],
  ['a TTL of less than 255', 254, advert(254, 'secret')],
];

const config = plain({ priority: 100, authentication: ['auth_type PASS', 'auth_pass secret'] });

/** One director and an attacker on a segment. */
class Arena {
  readonly adverts: Frame[] = [];
  readonly daemon: Daemon;
  private readonly directory = mkdtempSync(join(tmpdir(), 'understudy-attack-'));
  private readonly network = new Network(this.directory);
  private readonly segment = this.network.segment();
  private readonly attacker: Actor;
  private readonly mac: string;

  constructor(implementation: Implementation) {
    const director = this.network.namespace('a');
    const { mac } = this.network.plug(director, 'eth0', this.segment, ['192.0.2.1/24']);
    const attacker = this.network.namespace('attacker');
    this.network.plug(attacker, 'eth0', this.segment, ['192.0.2.66/24']);
    mkdirSync(join(this.directory, 'a'));
    this.daemon = new Daemon(implementation, director, join(this.directory, 'a'));
    const transport = { kind: 'multicast', group: GROUP };
    this.attacker = Actor.start(attacker, 'vrrp-actor', {
      family: 'inet',
      protocol: 112,
      interface: 'eth0',
      transport,
    });
    this.mac = mac;
  }

  async record(): Promise<void> {
    await capture(this.network.switch, this.segment.bridge, (frame) => {
      if (frame.kind === 'advert' && frame.source === this.mac) this.adverts.push(frame);
    });
  }

  start(): void {
    this.daemon.start(config({ notify: '/bin/true', directory: this.directory }));
  }

  /** Sends this packet over and over, until `until` is over. */
  async attack(ttl: number, payload: Uint8Array, until: Promise<unknown>): Promise<void> {
    const send = [{ source: PRETENDED, destination: GROUP, ttl, payload: Array.from(payload) }];
    const over = until.then(() => true);
    do this.attacker.say({ send });
    while (!(await Promise.race([over, sleep(PAUSE_MS, false)])));
  }

  /** Waits for so many adverts more; false if they did not come. */
  async advertises(count: number, withinS = 60): Promise<boolean> {
    const wanted = this.adverts.length + count;
    const giveUpAt = performance.now() + withinS * 1000;
    while (this.adverts.length < wanted && performance.now() < giveUpAt) await sleep(20);
    return this.adverts.length >= wanted;
  }

  async close(): Promise<void> {
    await this.attacker.end();
    await this.daemon.stop();
    await this.network.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function inArena<Outcome>(
  implementation: Implementation,
  play: (arena: Arena) => Promise<Outcome>,
): Promise<Outcome> {
  const arena = new Arena(implementation);
  try {
    await arena.record();
    return await play(arena);
  } catch (error) {
    throw new Error(`${String(error)}\n${arena.daemon.log}`, { cause: error });
  } finally {
    await arena.close();
  }
}

interface Attacked {
  readonly name: string;
  /** So many adverts came during the attack. */
  readonly adverts: number;
  readonly goesOn: boolean;
}

/** What a master does while forged adverts of each kind come in. @param withinS it is given so long to go on. */
const asMaster = (implementation: Implementation, withinS?: number): Promise<readonly Attacked[]> =>
  inArena(implementation, async (arena) => {
    arena.start();
    if (!(await arena.advertises(2))) throw new Error('no master');
    const outcomes: Attacked[] = [];
    for (const [name, ttl, payload] of forgeries) {
      const before = arena.adverts.length;
      const goesOn = arena.advertises(ADVERTS, withinS);
      await arena.attack(ttl, payload, goesOn);
      outcomes.push({ name, goesOn: await goesOn, adverts: arena.adverts.length - before });
    }
    return outcomes;
  });

beside(
  'adverts that fail validation or authentication do not silence a master',
  async () => {
    const ours = await asMaster('understudy');
    expect(ours.map(({ name, goesOn }) => [name, goesOn])).toEqual(forgeries.map(([name]) => [name, true]));
    for (const { name, adverts } of await asMaster('keepalived', ADVERTS)) {
      console.info(`keepalived under ${name}: ${adverts} of about ${ADVERTS} adverts were sent`);
    }
  },
  180_000,
);

beside(
  'nor do they keep a backup from taking over',
  () =>
    inArena('understudy', async (arena) => {
      const takesOver = arena.advertises(1);
      const [, ttl, payload] = forgeries[1]!;
      const attack = arena.attack(ttl, payload, takesOver);
      arena.start();
      await attack;
      expect(await takesOver).toBe(true);
    }),
  120_000,
);
