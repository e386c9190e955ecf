// What a namespace's kernel has of that which a director may touch, one line for each thing.
import { type Namespace } from '../namespaces.js';

type Entry = Record<string, unknown>;

/** The addresses of these interfaces, and all routes and rules. Who installed them is left out: 2.2.7 does not say it. */
export function routingOf(namespace: Namespace, interfaces: readonly string[]): readonly string[] {
  const list = (...args: string[]): readonly Entry[] =>
    JSON.parse(namespace.ip('-j', '-d', ...args)) as readonly Entry[];
  const held = interfaces.flatMap((name) =>
    list('address', 'show', 'dev', name).flatMap((link) =>
      (link['addr_info'] as readonly Entry[]).map((each) => ({ name, ...each, protocol: undefined })),
    ),
  );
  const ways = ['-4', '-6'].flatMap((family) => [
    ...list(family, 'route', 'show', 'table', 'all'),
    ...list(family, 'rule'),
  ]);
  // Link-local addresses come of MAC addresses, which differ from run to run; the watch of addresses marks its begin on lo.
  return [...held, ...ways]
    .map((each) => JSON.stringify(each))
    .filter((line) => !/"(fe80:|ff00:|127\.255\.255\.1")/.test(line));
}

const switches = ['rp_filter', 'arp_ignore', 'arp_filter', 'accept_local', 'promote_secondaries'];

/** Settings of the whole namespace and of each interface that a director may turn. */
export function switchesOf(namespace: Namespace, interfaces: readonly string[]): readonly string[] {
  return ['all', 'default', ...interfaces].map((name) => {
    const paths = switches.map((each) => `/proc/sys/net/ipv4/conf/${name}/${each}`);
    const values = namespace
      .run('cat', ...paths)
      .trim()
      .split('\n');
    return `${name}: ${switches.map((each, index) => `${each} ${values[index]}`).join(' ')}`;
  });
}

/** The ruleset of nftables. */
export function firewallOf(namespace: Namespace): readonly string[] {
  const text = namespace.run('nft', '-n', 'list', 'ruleset');
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Everything together. */
export function kernelOf(namespace: Namespace, interfaces: readonly string[]): readonly string[] {
  return [
    ...routingOf(namespace, interfaces),
    ...switchesOf(namespace, interfaces),
    ...firewallOf(namespace),
  ];
}
