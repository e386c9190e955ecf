import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ClientView } from './client-view.js';
import { Director } from './director.js';
import { Screen } from './screen.js';
import { Stage } from './stage.js';

const VIP = '192.0.2.1';
const SERVICE_PORT = '7007';
const ASK_INTERVAL_MS = '10';
const HOSTS = {
  'director-a': '192.0.2.11',
  'director-b': '192.0.2.12',
  client: '192.0.2.100',
  'web-1': '192.0.2.21',
  'web-2': '192.0.2.22',
} as const;

/** What the demo is played with. */
export interface Cast {
  /** How director B's daemon is started: Understudy itself, or a real keepalived beside us. */
  readonly peerCommand: readonly string[];
  readonly peerName: string;
  /** The protocol's limit for B's takeover, in milliseconds: its Master_Down_Interval (RFC 9568, 6.1). */
  readonly limitMs: number;
  readonly files: { readonly a: string; readonly b: string };
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** How Understudy itself is started, for Cast.peerCommand. */
export const understudyCommand: readonly string[] = [process.execPath, script('../main.js')];

/**
 * Plays the demo in network namespaces. Leaves nothing behind, also when it is interrupted.
 * @throws if a namespace cannot be made, or a director does not do its part.
 */
export async function play(cast: Cast): Promise<void> {
  const screen = new Screen(process.stdout);
  screen.say('Building the stage: two directors, a client and two web servers, each in a network namespace.');
  const stage = new Stage();
  // However this process ends: an output that is closed is an uncaught error.
  const strike = (): void => stage.strike();
  const interrupted = (signal: NodeJS.Signals): never => {
    screen.close();
    process.exit(128 + constants.signals[signal]);
  };
  process.once('exit', strike);
  for (const signal of INTERRUPTIONS) process.once(signal, interrupted);
  try {
    await new Play(cast, stage, screen).run();
  } finally {
    screen.close();
    strike();
    process.removeListener('exit', strike);
    for (const signal of INTERRUPTIONS) process.removeListener(signal, interrupted);
  }
}

/** Ctrl-C, a kill, and the end of the terminal. */
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

class Play {
  private readonly a: Director;
  private readonly b: Director;
  private readonly view: ClientView;
  private readonly hasIpvs: boolean;

  constructor(
    private readonly cast: Cast,
    private readonly stage: Stage,
    private readonly screen: Screen,
  ) {
    for (const [host, address] of Object.entries(HOSTS)) stage.addHost(host, `${address}/24`);
    this.hasIpvs = prepareIpvs(stage);
    this.a = new Director(stage, 'director-a', understudyCommand, cast.files.a);
    this.b = new Director(stage, 'director-b', cast.peerCommand, cast.files.b);
    for (const director of ['director-a', 'director-b']) {
      stage.start(director, [process.execPath, script('answerer.js'), SERVICE_PORT]);
    }
    const asker = stage.start('client', [
      process.execPath,
      script('asker.js'),
      VIP,
      SERVICE_PORT,
      ASK_INTERVAL_MS,
    ]);
    this.view = new ClientView(
      asker,
      new Map([
        [HOSTS['director-a'], 'director-a'],
        [HOSTS['director-b'], 'director-b'],
      ]),
    );
  }

  async run(): Promise<void> {
    await this.election();
    await this.checks();
    await this.powerCut();
    await this.comeback();
    await this.gracefulStop();
    this.screen.say('Curtain. Every namespace, process and file of this demo is being removed.');
  }

  private async election(): Promise<void> {
    const { screen } = this;
    screen.say(
      `director-a (understudy, priority 150) and director-b (${this.cast.peerName}, priority 100) start.`,
    );
    screen.follow(this.view, `${VIP} is answered by`);
    this.startWebServer('web-1');
    this.startWebServer('web-2');
    this.a.start();
    this.b.start();
    await this.expectAnswer('director-a', ClientView.nowMs());
    screen.say(`director-a won the election and holds ${VIP}.`);
  }

  private async checks(): Promise<void> {
    const { screen, a } = this;
    if (this.hasIpvs) await this.showBalancing();
    else
      screen.say('This kernel has no ip_vs: the health checks run and are shown, but nothing is balanced.');
    const mark = a.logged;
    screen.say('web-1 dies. Its check fails, is tried once more, and then takes it out of the pool.');
    this.stopWebServer();
    screen.detail(
      withoutTime((await a.waitForLine(/Removing service \[192\.0\.2\.21\]/, mark, 15_000)) ?? missing(a)),
    );
    this.startWebServer('web-1');
    screen.say('web-1 is back.');
    screen.detail(
      withoutTime((await a.waitForLine(/Adding service \[192\.0\.2\.21\]/, mark, 15_000)) ?? missing(a)),
    );
  }

  private async powerCut(): Promise<void> {
    const { screen, cast } = this;
    const mark = ClientView.nowMs();
    screen.say('director-a loses power: its daemon is killed with SIGKILL and its cable is dead.');
    this.a.losePower();
    await this.expectAnswer('director-b', mark);
    const outageMs = this.view.longestSilence(mark)?.lengthMs ?? 0;
    screen.say(`TAKEOVER: director-b answers. The client was without an answer for ${inSeconds(outageMs)}.`);
    screen.detail(
      `The protocol's limit is ${inSeconds(cast.limitMs)} after the last advert: three advert intervals and the skew time.`,
    );
  }

  private async comeback(): Promise<void> {
    const mark = ClientView.nowMs();
    this.screen.say('director-a gets its power back, boots, and has the higher priority.');
    this.a.returnPower(`${HOSTS['director-a']}/24`);
    await this.expectAnswer('director-a', mark);
    const outageMs = this.view.longestSilence(mark)?.lengthMs ?? 0;
    this.screen.say(`director-a took the address back; the longest silence was ${inSeconds(outageMs)}.`);
  }

  private async gracefulStop(): Promise<void> {
    const mark = ClientView.nowMs();
    this.screen.say('director-a is stopped with SIGTERM: it resigns with an advert of priority 0.');
    this.a.stopGracefully();
    await this.expectAnswer('director-b', mark);
    const outageMs = this.view.longestSilence(mark)?.lengthMs ?? 0;
    this.screen.say(
      `director-b answers; the client was without an answer for ${inSeconds(outageMs)} (the skew time).`,
    );
  }

  private async showBalancing(): Promise<void> {
    const table = this.stage.inside('director-a', ['cat', '/proc/net/ip_vs']).trimEnd().split('\n').slice(3);
    this.screen.say('The IPVS table of director-a:');
    for (const line of table) this.screen.detail(line);
    await Promise.resolve();
  }

  private web: ReturnType<Stage['start']> | undefined;

  private startWebServer(host: 'web-1' | 'web-2'): void {
    const server = this.stage.start(host, [process.execPath, script('web-server.js'), host, '0.0.0.0', '80']);
    if (host === 'web-1') this.web = server;
  }

  private stopWebServer(): void {
    if (this.web) this.stage.killTree(this.web);
  }

  private async expectAnswer(director: string, sinceMs: number): Promise<void> {
    try {
      await this.view.answeredBy(director, sinceMs, 30_000);
    } catch (error) {
      const logs = [this.a, this.b].map((one) => `--- ${one.name}\n${one.tail(20)}`).join('\n');
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logs}`, { cause: error });
    }
  }
}

/** A line of the daemon's log without its date: the screen shows a clock of its own. */
const withoutTime = (line: string): string => `log: ${line.replace(/^\w{3} \w{3} .{16}: /, '')}`;

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

function missing(director: Director): never {
  throw new Error(`The line did not appear in the log of ${director.name}:\n${director.tail(20)}`);
}

/** True if IPVS works in a director's namespace; loads the module where that is allowed. */
function prepareIpvs(stage: Stage): boolean {
  try {
    stage.inside('director-a', ['modprobe', '-q', 'ip_vs']);
  } catch {
    // Without modules the kernel may still have it built in.
  }
  return inDirectorExists(stage, '/proc/net/ip_vs');
}

function inDirectorExists(stage: Stage, path: string): boolean {
  try {
    stage.inside('director-a', ['test', '-e', path]);
    return true;
  } catch {
    return false;
  }
}
