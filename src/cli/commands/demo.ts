import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Cast, play, understudyCommand } from '../demo/play.js';
import { loadPair } from '../demo/pair.js';
import { rehearse } from '../demo/rehearsal.js';

const KEEPALIVED = '/usr/sbin/keepalived';

export const demoUsage = `understudy demo [--peer keepalived]
  Plays a takeover with the two files of examples/pair: in network namespaces as root, in a user namespace without,
  and on a virtual clock where neither is allowed.
  --peer keepalived   director-b runs the keepalived that is installed here`;

/**
 * `understudy demo`. The flag --inside is ours: it says that this process is already in a user namespace.
 * @returns the exit status.
 */
export async function demo(args: readonly string[]): Promise<number> {
  const peer = args.includes('keepalived') ? 'keepalived' : 'understudy';
  if (peer === 'keepalived' && !existsSync(KEEPALIVED)) {
    process.stderr.write(`There is no ${KEEPALIVED} here: install keepalived, or play without --peer.\n`);
    return 1;
  }
  const pair = loadPair();
  if (mayMakeNamespaces()) {
    const peerCommand = peer === 'keepalived' ? [KEEPALIVED] : understudyCommand;
    return await playOut({ ...pair, peerName: peer, peerCommand });
  }
  if (!args.includes('--inside') && userNamespaceWorks()) return replayInUserNamespace(args);
  rehearse(pair, (line) => process.stdout.write(`${line}\n`));
  return 0;
}

async function playOut(cast: Cast): Promise<number> {
  try {
    await play(cast);
    return 0;
  } catch (error) {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Making a namespace takes CAP_SYS_ADMIN, whoever we are: so try. */
function mayMakeNamespaces(): boolean {
  return succeeds('unshare', ['--net', '--mount', 'ip', 'link', 'set', 'lo', 'up']);
}

/** Some systems refuse user namespaces to everybody, others only the mounts in them: so try it all. */
function userNamespaceWorks(): boolean {
  return succeeds('unshare', [
    ...IN_USER_NAMESPACE,
    `${OWN_RUN} && ip netns add probe && ip netns delete probe`,
  ]);
}

const IN_USER_NAMESPACE = ['--user', '--map-root-user', '--net', '--mount', 'sh', '-c'];
/** `ip netns` keeps its names under /run, which belongs to the real root: cover it. */
const OWN_RUN = 'mount -t tmpfs tmpfs /run';

function replayInUserNamespace(args: readonly string[]): number {
  process.stdout.write('Not root: playing in a user namespace (unshare --user --net --mount).\n');
  const again = [
    process.execPath,
    fileURLToPath(new URL('../main.js', import.meta.url)),
    'demo',
    '--inside',
    ...args,
  ];
  const child = spawnSync('unshare', [...IN_USER_NAMESPACE, `${OWN_RUN} && exec "$@"`, 'sh', ...again], {
    stdio: 'inherit',
  });
  return child.status ?? 1;
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
