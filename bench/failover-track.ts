// Where takeovers are timed: two directors, a client that never stops asking, and one clock for everything.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture } from '../test/differential/capture.js';
import { Daemon, type Implementation } from '../test/differential/daemon.js';
import { type Frame } from '../test/differential/decode.js';
import { type Namespace, Network, run } from '../test/namespaces.js';
import { globalDefs } from './global-defs.js';

export type Ending = 'kill' | 'stop';

/** One advertisement interval to race at. */
export interface Course {
  readonly version: 2 | 3;
  /** Seconds. */
  readonly interval: number;
  /** How many times each implementation runs, unless told otherwise. */
  readonly rounds: number;
}

/** What one takeover took, in milliseconds; all but the last count from the master's last advert. */
export interface Round {
  readonly implementation: Implementation;
  readonly advertMs: number;
  readonly announcementMs: number;
  readonly reachableMs: number;
  /** From the signal, sent just after an advert, to the backup's first. */
  readonly signalToAdvertMs: number;
}

interface Runner {
  readonly namespace: Namespace;
  readonly mac: string;
  readonly directory: string;
}

const vip = '192.0.2.100';
const pingSeconds = 0.001;

/**
 * Now, in nanoseconds since 1970 like the stamps of captured frames. Date.now() has whole milliseconds only; the moment
 * at which it changes is watched for once, and carried on by the monotonic clock.
 */
function realtimeNow(): bigint {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  const offset = BigInt(now) * 1_000_000n - process.hrtime.bigint();
  return offset + process.hrtime.bigint();
}

export class Track {
  static readonly masterPriority = 150;
  static readonly backupPriority = 100;
  private frames: Frame[] = [];
  private readonly listeners = new Set<() => void>();

  private constructor(
    private readonly network: Network,
    private readonly client: Namespace,
    private readonly master: Runner,
    private readonly backup: Runner,
    private readonly settings: string,
  ) {}

  /** @param settings lines of global_defs, with `;` between them. */
  static async open(directory: string, settings: string): Promise<Track> {
    const network = new Network();
    const segment = network.segment();
    const client = network.namespace('client');
    network.plug(client, 'eth0', segment, ['192.0.2.10/24']);
    const [master, backup] = ['a', 'b'].map((name, index) => {
      const namespace = network.namespace(name);
      const { mac } = network.plug(namespace, 'eth0', segment, [`192.0.2.${index + 1}/24`]);
      const own = join(directory, name);
      mkdirSync(own);
      writeFileSync(join(own, 'ready.sh'), '#!/bin/sh\n: >"${0%.sh}"\n', { mode: 0o755 });
      return { namespace, mac, directory: own };
    });
    const track = new Track(network, client, master!, backup!, settings);
    await capture(network.switch, segment.bridge, (frame) => {
      track.frames.push(frame);
      for (const listener of track.listeners) listener();
    });
    return track;
  }

  close(): Promise<void> {
    return this.network.close();
  }

  /** One takeover from begin to end. */
  async race(course: Course, ending: Ending, implementation: Implementation): Promise<Round> {
    const master = new Daemon(implementation, this.master.namespace, this.master.directory);
    const backup = new Daemon(implementation, this.backup.namespace, this.backup.directory);
    this.frames = [];
    try {
      master.start(config(course, Track.masterPriority, this.master, this.settings));
      await this.seen(
        'the master',
        course,
        (frame) => frame.kind === 'advert' && frame.source === this.master.mac,
      );
      rmSync(join(this.backup.directory, 'ready'), { force: true });
      backup.start(config(course, Track.backupPriority, this.backup, this.settings));
      while (!existsSync(join(this.backup.directory, 'ready'))) await sleep(20);
      // Both have settled, and the client knows whom to ask.
      this.client.spawn('ping', ['-n', '-q', '-i', String(pingSeconds), vip], { stdio: 'ignore' });
      await sleep(700);
      const round = await this.timeTakeover(course, ending, master);
      return { implementation, ...round };
    } catch (error) {
      throw new Error(`${String(error)}\n--- master\n${master.log}\n--- backup\n${backup.log}`, {
        cause: error,
      });
    } finally {
      await Promise.all([master.stop(), backup.stop()]);
      for (const pid of run('ip', 'netns', 'pids', this.client.name).split('\n')) {
        if (pid !== '') process.kill(Number(pid), 'SIGKILL');
      }
      this.forgetVip();
    }
  }

  private async timeTakeover(
    course: Course,
    ending: Ending,
    master: Daemon,
  ): Promise<Omit<Round, 'implementation'>> {
    const pids = master.pids();
    const fromMaster = (frame: Frame) => frame.kind === 'advert' && frame.source === this.master.mac;
    const from = this.frames.length;
    await this.seen("the master's next advert", course, fromMaster, from);
    const signalled = realtimeNow();
    if (ending === 'kill') master.kill(pids);
    else master.signal('SIGTERM');
    const byBackup = (condition: (frame: Frame) => boolean) => (frame: Frame) =>
      frame.source === this.backup.mac && frame.at > signalled && condition(frame);
    const advert = await this.seen(
      'the first advert',
      course,
      byBackup((frame) => frame.kind === 'advert'),
      from,
    );
    const announcement = await this.seen(
      'gratuitous ARP',
      course,
      byBackup((frame) => frame.kind === 'arp' && frame.sender === vip && frame.target === vip),
      from,
    );
    const answer = await this.seen(
      'an answer',
      course,
      byBackup((frame) => frame.kind === 'echo-reply'),
      from,
    );
    const last = this.frames.findLast((frame) => fromMaster(frame) && frame.at < advert.at);
    if (last?.kind !== 'advert' || (ending === 'stop') !== (last.priority === 0)) {
      throw new Error(`after ${ending} the master's last advert was ${JSON.stringify(last?.kind)}`);
    }
    const ms = (until: bigint, since: bigint) => Number(until - since) / 1e6;
    return {
      advertMs: ms(advert.at, last.at),
      announcementMs: ms(announcement.at, last.at),
      reachableMs: ms(answer.at, last.at),
      signalToAdvertMs: ms(advert.at, signalled),
    };
  }

  /** The first frame that fits, waited for as long as it reasonably takes. */
  private seen(what: string, course: Course, fits: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    return new Promise((resolve, reject) => {
      let next = from;
      const done = () => {
        clearTimeout(limit);
        this.listeners.delete(look);
      };
      const limit = setTimeout(
        () => {
          done();
          reject(new Error(`waited in vain for ${what}`));
        },
        15_000 + course.interval * 10_000,
      );
      const look = () => {
        for (; next < this.frames.length; next++) {
          const frame = this.frames[next]!;
          if (!fits(frame)) continue;
          done();
          resolve(frame);
          return;
        }
      };
      this.listeners.add(look);
      look();
    });
  }

  /** What a killed daemon leaves, and what the client remembers. */
  private forgetVip(): void {
    for (const { namespace } of [this.master, this.backup]) {
      if (namespace.ip('address', 'show', 'to', vip).includes(vip)) {
        namespace.ip('address', 'delete', `${vip}/24`, 'dev', 'eth0');
      }
    }
    this.client.ip('neighbour', 'flush', 'all');
  }
}

function config(
  { version, interval }: Course,
  priority: number,
  { directory }: Runner,
  settings: string,
): string {
  return `${globalDefs(['script_user root'], settings)}vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    version ${version}
    virtual_router_id 51
    priority ${priority}
    advert_int ${interval}
    virtual_ipaddress {
        ${vip}/24
    }
    notify_backup "${directory}/ready.sh"
}
`;
}
