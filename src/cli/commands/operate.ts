import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Operation } from '../../daemon/control-operate.js';
import { ControlError, DEFAULT_SOCKET, getJson, postJson } from '../control-client.js';

/** Exit status: the time was up and connections are left. */
const CONNECTIONS_LEFT = 2;

const LOOK_AGAIN_MS = 250;

/** The longest that is waited: a day. */
const LONGEST_WAIT_S = 86_400;

const USAGES: Readonly<Record<Operation, string>> = {
  drain: `understudy drain VIRTUAL-SERVER REAL-SERVER [--wait SECONDS] [--socket PATH]
  Gives the real server no new connections and leaves it those that it has: weight 0 until \`understudy undrain\`, over
  reloads too. With --wait, ends when no connection is active any more (exit status 0), or when the time is up (2).
  Servers are named as 192.0.2.1:80, tcp/192.0.2.1:80, [2001:db8::1]:80, 'fwmark 5', 'group NAME', or as in the log.
`,
  undrain: `understudy undrain VIRTUAL-SERVER REAL-SERVER [--socket PATH]
  Ends what \`understudy drain\` began.
`,
  disable: `understudy disable VIRTUAL-SERVER REAL-SERVER [--socket PATH]
  Takes the real server out as if it had failed, until \`understudy enable\`, over reloads too. Its notify scripts are not
  run, because it has not failed; those of quorum are if the pool loses it.
`,
  enable: `understudy enable VIRTUAL-SERVER REAL-SERVER [--socket PATH]
  Ends what \`understudy disable\` began.
`,
};

interface Order {
  readonly virtualServer: string;
  readonly realServer: string;
  readonly socket: string;
  readonly waitS: number | undefined;
}

/** `understudy drain` and its like. @returns the exit status: 1 if the daemon does not answer, or refuses. */
export const operation =
  (name: Operation) =>
  async (args: readonly string[]): Promise<number> => {
    const order = understand(name, args);
    if (!order) {
      process.stderr.write(USAGES[name]);
      return 1;
    }
    try {
      const { virtualServer, realServer, socket, waitS } = order;
      const answer = (await postJson(socket, `/${name}`, { virtualServer, realServer })) as Answer;
      const { mark, inForce, reason } = answer;
      process.stdout.write(`${answer.realServer} of ${answer.pool} is ${mark ?? 'served as before'}\n`);
      if (!inForce) process.stdout.write(`It waits to be carried out: ${reason ?? ''}\n`);
      return waitS === undefined ? 0 : await untilIdle(order, waitS);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      process.stderr.write(`understudy: ${error.message}\n`);
      return 1;
    }
  };

interface Answer {
  readonly pool: string;
  readonly realServer: string;
  readonly mark: string | null;
  readonly inForce: boolean;
  readonly reason?: string;
}

async function untilIdle({ virtualServer, realServer, socket }: Order, waitS: number): Promise<number> {
  const until = performance.now() + waitS * 1000;
  const path = `/connections?${new URLSearchParams({ virtualServer, realServer }).toString()}`;
  for (;;) {
    const active = await countActive(socket, path);
    if (active === 0) {
      process.stdout.write('No connection is active\n');
      return 0;
    }
    const left = until - performance.now();
    if (left <= 0) {
      if (active instanceof ControlError) throw active;
      process.stdout.write(`${active} ${active === 1 ? 'connection is' : 'connections are'} still active\n`);
      return CONNECTIONS_LEFT;
    }
    await sleep(Math.min(LOOK_AGAIN_MS, left));
  }
}

/** Who is ready to wait for minutes also waits for a worker that is being started again. */
async function countActive(socket: string, path: string): Promise<number | ControlError> {
  try {
    return ((await getJson(socket, path)) as { readonly active: number }).active;
  } catch (error) {
    if (error instanceof ControlError && error.forNow) return error;
    throw error;
  }
}

function understand(name: Operation, args: readonly string[]): Order | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { socket: { type: 'string' }, ...(name === 'drain' && { wait: { type: 'string' } }) },
      allowPositionals: true,
    });
    const [virtualServer, realServer, ...more] = positionals;
    const wait = 'wait' in values ? values.wait : undefined;
    const waitS = wait === undefined ? undefined : Number(wait);
    if (waitS !== undefined && !(waitS >= 0 && waitS <= LONGEST_WAIT_S)) return undefined;
    if (virtualServer === undefined || realServer === undefined || more.length > 0) return undefined;
    return { virtualServer, realServer, waitS, socket: values.socket ?? DEFAULT_SOCKET };
  } catch {
    return undefined;
  }
}
