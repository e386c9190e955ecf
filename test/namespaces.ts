// Networks for tests: namespaces with random names, joined by bridges that live in a namespace of their own, so that
// every frame passes one place where it can be captured. Whatever happens to this process, all of it is removed.
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

/** Runs a command to its end and gives back its standard output; throws with its standard error when it fails. */
export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** One network namespace. */
export class Namespace {
  constructor(
    /** The name that `ip netns` knows. */
    readonly name: string,
    /** The name given by the test. */
    readonly label: string,
  ) {}

  /** Runs a command inside, to its end; throws when it fails. */
  run(command: string, ...args: string[]): string {
    return run('ip', 'netns', 'exec', this.name, command, ...args);
  }

  /** Starts a command inside; the child's pid is the command's own, for `ip netns exec` becomes it. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.name, command, ...args], options);
  }

  /** `ip` on this namespace: ip('link', 'set', 'eth0', 'down'). */
  ip(...args: string[]): string {
    return run('ip', '-n', this.name, ...args);
  }

  /** Sets one kernel setting of this namespace: sysctl('net.ipv4.ip_forward', 1). */
  sysctl(key: string, value: string | number): void {
    this.run('sysctl', '-qw', `${key}=${value}`);
  }
}

/** A bridge: what one Ethernet switch would be. */
export interface Segment {
  /** The bridge's interface name in the switch namespace. */
  readonly bridge: string;
  readonly number: number;
}

// Waits for its input to end, as it does when the test ends in whatever way; then removes every namespace whose name
// begins with $1, and what still runs inside. Nothing else can be in a namespace with that random name. Then $2, where
// the test kept its files.
const guardScript = `
trap '' INT TERM HUP
cat >/dev/null
for name in $(ip netns list 2>/dev/null | sed -n "s/^\\($1[^ ]*\\).*/\\1/p"); do
  for pid in $(ip netns pids "$name"); do kill -KILL "$pid" 2>/dev/null; done
  ip netns del "$name"
done
[ -z "$2" ] || rm -rf "$2"`;

/** A set of namespaces and segments that is made, used and removed together. Needs root. */
export class Network {
  private readonly prefix = `us-${randomBytes(4).toString('hex')}`;
  private readonly guard: ChildProcess;
  private segments = 0;
  private stations = 0;
  /** Where the bridges are, and the place to capture from. */
  readonly switch: Namespace;

  /** @param directory removed with the network, whatever happens, when given. */
  constructor(directory = '') {
    this.guard = spawn('sh', ['-c', guardScript, 'guard', this.prefix, directory], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
    this.switch = this.namespace('switch');
  }

  /** Adds a namespace, with its loopback up and no delay for duplicate address detection. */
  namespace(label: string): Namespace {
    const namespace = new Namespace(`${this.prefix}-${label}`, label);
    run('ip', 'netns', 'add', namespace.name);
    namespace.ip('link', 'set', 'lo', 'up');
    for (const scope of ['all', 'default']) namespace.sysctl(`net.ipv6.conf.${scope}.accept_dad`, 0);
    return namespace;
  }

  /** Adds a segment: a bridge without spanning tree and without multicast snooping. */
  segment(): Segment {
    const number = this.segments++;
    const bridge = `br${number}`;
    this.switch.ip('link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0', 'mcast_snooping', '0');
    // The bridge has no address and says nothing of its own, not even router solicitations.
    this.switch.sysctl(`net.ipv6.conf.${bridge}.disable_ipv6`, 1);
    this.switch.ip('link', 'set', bridge, 'up');
    return { bridge, number };
  }

  /**
   * Plugs `namespace` into `segment` by an interface of that name with these addresses (with prefix length).
   * Gives back its MAC address and the name of the switch's port, which can be set down to pull the cable.
   */
  plug(
    namespace: Namespace,
    name: string,
    segment: Segment,
    addresses: readonly string[] = [],
  ): { readonly mac: string; readonly port: string } {
    const port = `p${segment.number}-${namespace.label}`.slice(0, 15);
    const station = ++this.stations;
    const mac = `02:00:00:00:${hexByte(segment.number)}:${hexByte(station)}`;
    this.switch.ip(
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'name',
      name,
      'netns',
      namespace.name,
      'address',
      mac,
    );
    this.switch.sysctl(`net.ipv6.conf.${port}.disable_ipv6`, 1);
    this.switch.ip('link', 'set', port, 'master', segment.bridge, 'up');
    namespace.ip('link', 'set', name, 'up');
    for (const address of addresses) namespace.ip('address', 'add', address, 'dev', name);
    return { mac, port };
  }

  /** Removes everything, and ends whatever still runs inside. */
  async close(): Promise<void> {
    if (this.guard.exitCode !== null) return;
    const ended = once(this.guard, 'exit');
    this.guard.stdin?.end();
    await ended;
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
