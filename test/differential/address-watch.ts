// Follows the addresses of one namespace from the outside, by `ip monitor`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Namespace } from '../namespaces.js';

interface AddressInfo {
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly label?: string;
  readonly broadcast?: string;
  readonly secondary?: boolean;
  readonly deprecated?: boolean;
  readonly nodad?: boolean;
  readonly noprefixroute?: boolean;
  readonly valid_life_time?: number;
  readonly preferred_life_time?: number;
}

const line = /^(Deleted )?\d+: (\S+?)(?:@\S+)?\s+inet6? (\S+?)\/(\d+) (.*)$/;

/** What has been added to and taken from a namespace since the watch began. */
export class AddressWatch {
  /** `+ADDRESS/LENGTH INTERFACE` and `-…` in the order in which they happened. */
  readonly changes: string[] = [];
  /** Resolves when nothing can be missed any more. */
  readonly ready: Promise<void>;
  private readonly held = new Set<string>();
  private readonly ignored: Set<string>;

  constructor(private readonly namespace: Namespace) {
    this.ignored = new Set(this.current().map(({ address }) => address));
    const monitor = namespace.spawn('ip', ['-o', 'monitor', 'address'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let pending = '';
    this.ready = new Promise((resolve) => {
      monitor.stdout!.setEncoding('utf8').on('data', (text: string) => {
        const lines = (pending + text).split('\n');
        pending = lines.pop() ?? '';
        for (const each of lines) if (this.take(each) === marker) resolve();
      });
      void this.mark(monitor);
    });
  }

  /** Leaves out addresses that are the station's own. */
  ignore(addresses: readonly string[]): void {
    for (const address of addresses) this.ignored.add(address);
  }

  /** Whether the namespace holds this address, without prefix length. */
  holds(address: string): boolean {
    return [...this.held].some((each) => each.startsWith(`${address}/`));
  }

  /** Whether the monitor has told of all that the kernel did: it may be a moment behind. */
  isCurrent(): boolean {
    const held = new Set(this.current().map(({ address }) => address));
    for (const address of this.ignored) held.delete(address);
    return held.size === this.held.size && [...held].every((address) => this.held.has(address));
  }

  /** The added addresses with everything that `ip` says of them, sorted. */
  describe(): string[] {
    return this.current()
      .filter(({ address }) => !this.ignored.has(address))
      .map(({ dev, address, info }) => {
        const { scope, label, broadcast, secondary, deprecated, nodad, noprefixroute } = info;
        const words = [
          `${address} dev ${dev} scope ${scope}`,
          broadcast && `brd ${broadcast}`,
          label && label !== dev && `label ${label}`,
          secondary && 'secondary',
          deprecated && 'deprecated',
          nodad && 'nodad',
          noprefixroute && 'noprefixroute',
        ];
        return words.filter((word) => word).join(' ');
      })
      .sort();
  }

  /** Touches the loopback until the monitor reports it: from then on it reports everything. */
  private async mark(monitor: { readonly exitCode: number | null }): Promise<void> {
    const address = (verb: string) =>
      // Not waited for by standing still: dozens of watches that begin together would never get round to reading.
      once(
        spawn('ip', ['-n', this.namespace.name, 'address', verb, marker, 'dev', 'lo'], { stdio: 'ignore' }),
        'exit',
      );
    while (monitor.exitCode === null && !this.held.has(marker)) {
      await address('replace');
      await sleep(50);
    }
    await address('delete');
  }

  private take(text: string): string | undefined {
    const [, deleted, dev, local, length] = line.exec(text) ?? [];
    if (dev === undefined) return undefined;
    const address = `${local}/${length}`;
    if (this.ignored.has(address) || local!.startsWith('fe80:')) return undefined;
    // A change of an address that is there, such as new lifetimes, is reported as if it were added.
    if (this.held.has(address) !== (deleted === undefined)) {
      if (deleted) this.held.delete(address);
      else this.held.add(address);
      if (address !== marker) this.changes.push(`${deleted ? '-' : '+'}${address} ${dev}`);
    }
    return address;
  }

  private current(): { readonly dev: string; readonly address: string; readonly info: AddressInfo }[] {
    const links = JSON.parse(this.namespace.ip('-j', 'address', 'show')) as {
      readonly ifname: string;
      readonly addr_info: readonly AddressInfo[];
    }[];
    return links.flatMap(({ ifname, addr_info }) =>
      addr_info
        .filter((info) => !info.local.startsWith('fe80:'))
        .map((info) => ({ dev: ifname, address: `${info.local}/${info.prefixlen}`, info })),
    );
  }
}

const marker = '127.255.255.1/32';
