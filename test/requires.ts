// Tests that need more than Node say so, and are skipped by name where the machine cannot give it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What a test needs of the machine beyond Node itself. */
export interface Needs {
  /** The machine's own root, not that of a user namespace: able to become other users. */
  readonly root?: boolean;
  /** Network namespaces joined by veth, made by root or by the root of a user namespace. */
  readonly netns?: boolean;
  /** Debian's keepalived, the oracle. */
  readonly keepalived?: boolean;
  /** A keepalived of this version or later; UNDERSTUDY_TEST_KEEPALIVED may name one. */
  readonly keepalivedSince?: string | undefined;
  /** A D-Bus daemon of one's own, and busctl and gdbus to speak with it. */
  readonly dbus?: boolean;
  /** FRR's zebra and bfdd. */
  readonly frr?: boolean;
  /** Debian's python3-aiosmtpd. */
  readonly aiosmtpd?: boolean;
  /** net-snmp's agent, its tools and its trap receiver. */
  readonly snmp?: boolean;
  /** The emulated guest of scripts/lab.sh, set up. */
  readonly lab?: boolean;
}

/** Debian keeps FRR's daemons out of PATH. */
export const FRR_BFDD = '/usr/lib/frr/bfdd';

type Body = (() => void) | (() => Promise<void>);
/** Declares one test, as jest's `test` does. */
export type Declare = (name: string, body: Body, timeoutMs?: number) => void;
/** Jest's `test`, or a stand-in that skips with the reason in the name. */
export type TestCase = Declare & { readonly concurrent: Declare };

function succeeds(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isThere = (tool: string): boolean => once(tool, () => succeeds('sh', '-c', `command -v ${tool}`));

const found = new Map<string, boolean>();

function once(name: string, probe: () => boolean): boolean {
  const known = found.get(name) ?? probe();
  found.set(name, known);
  return known;
}

/** Of the keepalived that tests compare with: `2.2.7`, or nothing if there is none. */
function keepalivedVersion(): string {
  const command = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
  const { stderr } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return /v(\d+(\.\d+)*)/.exec(stderr)?.[1] ?? '';
}

const isAtLeast = (version: string, least: string): boolean =>
  version !== '' && version.localeCompare(least, undefined, { numeric: true }) >= 0;

const isRoot = () => process.geteuid?.() === 0;
const mapsEveryUser = () => /^\s*0\s+0\s+4294967295/.test(readFileSync('/proc/self/uid_map', 'utf8'));

/** What is missing of `needs`, in words for the name of a skipped test; empty when nothing is. */
export const missing = (needs: Needs): string[] => [
  ...missingRights(needs),
  ...missingKeepalived(needs),
  ...missingPeers(needs),
  ...(needs.lab ? missingLab() : []),
];

function missingRights(needs: Needs): string[] {
  if ((needs.root && !(isRoot() && mapsEveryUser())) || (needs.netns && !isRoot())) return ['root'];
  if (!needs.netns) return [];
  const veth = 'ip link add name t0 type veth peer name t1';
  const namespaces = once('netns', () => succeeds('unshare', '-n', 'sh', '-c', veth));
  const tcpdump = once('tcpdump', () => succeeds('tcpdump', '--version'));
  return [...(namespaces ? [] : ['network namespaces with veth']), ...(tcpdump ? [] : ['tcpdump'])];
}

function missingKeepalived({ keepalived, keepalivedSince: since }: Needs): string[] {
  const missesAny = keepalived && !once('keepalived', () => succeeds('keepalived', '-v'));
  const tooOld = since !== undefined && !isAtLeast(keepalivedVersion(), since);
  return [...(missesAny ? ['keepalived'] : []), ...(tooOld ? [`keepalived ${since}`] : [])];
}

/** Others that the daemon speaks with. */
function missingPeers({ dbus, frr, aiosmtpd, snmp }: Needs): string[] {
  const tools = [
    ...(dbus ? ['dbus-daemon', 'busctl', 'gdbus'] : []),
    ...(snmp ? ['snmpd', 'snmptrapd', 'snmpwalk'] : []),
  ];
  const python = () => succeeds('/usr/bin/python3', '-c', 'import aiosmtpd');
  return [
    ...tools.filter((tool) => !isThere(tool)),
    ...(frr && !existsSync(FRR_BFDD) ? ['frr'] : []),
    ...(aiosmtpd && !once('aiosmtpd', python) ? ['python3-aiosmtpd'] : []),
  ];
}

function missingLab(): string[] {
  const qemu = once('qemu', () => succeeds('qemu-system-x86_64', '--version'));
  return [
    ...(existsSync('.cache/lab/current/ready') ? [] : ['the lab (scripts/setup.sh lab)']),
    ...(qemu ? [] : ['qemu-system-x86_64']),
  ];
}

/**
 * `requires({ netns: true })('name', body)`: a test where the machine can run it; elsewhere a skipped test whose name
 * ends with what is missing, so that the summary of `npm test` can say so.
 */
export function requires(needs: Needs): TestCase {
  const lacks = missing(needs);
  if (lacks.length === 0) {
    const declare: Declare = (name, body, timeoutMs) => {
      test(name, body, timeoutMs);
    };
    const concurrent: Declare = (name, body, timeoutMs) => {
      test.concurrent(
        name,
        async () => {
          await body();
        },
        timeoutMs,
      );
    };
    return Object.assign(declare, { concurrent });
  }
  const skip: Declare = (name, body) => {
    test.skip(`${name} [needs ${lacks.join(', ')}]`, body);
  };
  return Object.assign(skip, { concurrent: skip });
}
