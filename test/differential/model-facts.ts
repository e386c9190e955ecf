// What a configuration comes to, in the words of keepalived's dump: from the dump, and from our own model.
import { type Configuration } from '#config/index.js';
import { type CheckerSettings, type PoolSettings, type RealServerSettings } from '#health/index.js';
import { type ForwardingMethod, type ServiceTemplate } from '#lvs/index.js';
import { type InstanceSettings } from '#vrrp/index.js';

/** Values by what the dump calls them; a list keeps its order. */
export type Facts = Readonly<Record<string, string | readonly string[] | undefined>>;
/** Facts, by the name of what they are about. */
export type Model = Readonly<Record<string, Facts>>;

const INSTANCE_VALUES = [
  'VRRP Version',
  'Sync group',
  'Interface',
  'Virtual Router ID',
  'Priority',
  'Advert interval',
  'Preempt',
  'Preempt delay',
  'Down timer adverts',
  'Gratuitous ARP delay',
  'Gratuitous ARP repeat',
  'Gratuitous ARP refresh',
  'Gratuitous ARP lower priority delay',
  'Gratuitous ARP lower priority repeat',
  'Authentication type',
] as const;

/** The instances of a dump. */
export function dumpedInstances(lines: readonly string[]): Model {
  const model: Record<string, Facts> = {};
  for (const block of blocks(lines, /^ VRRP Instance = (.*)$/, /^------<|^ [^ ]/)) {
    const values = pick(block.lines, INSTANCE_VALUES);
    model[block.name] = {
      ...values,
      Interface: values.Interface?.replace(/^.*, (?:vmac|ipvlan) on ([^,]*).*/, '$1'),
      // Version 3 has none, and the dump no line for it.
      'Authentication type': values['Authentication type'] ?? 'none',
      'Virtual IP': list(block.lines, /^ {3}Virtual IP \(/).map(address),
      'Virtual IP Excluded': list(block.lines, /^ {3}Virtual IP Excluded/).map(address),
      'Unicast Peer': list(block.lines, /^ {3}Unicast Peer/).map((line) => line.split(' ')[0] ?? ''),
    };
  }
  return model;
}

/** The instances of our model. */
export const ourInstances = (configuration: Configuration): Model =>
  Object.fromEntries(
    configuration.vrrp.instances.map((instance) => [instance.name, instanceFacts(configuration, instance)]),
  );

function instanceFacts(configuration: Configuration, instance: InstanceSettings): Facts {
  const { garp, transport, version, advertInterval, authentication } = instance;
  const listed = (advertised: boolean): readonly string[] => {
    const addresses = configuration.vrrpAddresses[instance.name] ?? [];
    return addresses
      .filter((_, index) => instance.addresses[index]?.advertised === advertised)
      .map((each) => `${each.address} dev ${each.interface}`);
  };
  return {
    'VRRP Version': `${version}`,
    'Sync group': configuration.vrrp.syncGroups.find(({ members }) => members.includes(instance.name))?.name,
    Interface: instance.interface === '' ? 'not configured' : instance.interface,
    'Virtual Router ID': `${instance.vrid}`,
    Priority: `${instance.priority}`,
    'Advert interval': version === 2 ? `${advertInterval / 1e6} sec` : `${advertInterval / 1e3} milli-sec`,
    Preempt: instance.preempt ? 'enabled' : 'disabled',
    'Preempt delay': instance.preemptDelay > 0 ? `${instance.preemptDelay / 1e6} secs` : undefined,
    'Down timer adverts': `${instance.downTimerAdverts}`,
    'Gratuitous ARP delay': `${garp.masterDelay / 1e6}`,
    'Gratuitous ARP repeat': `${garp.masterRepeat}`,
    'Gratuitous ARP refresh': `${garp.masterRefresh / 1e6}`,
    'Gratuitous ARP lower priority delay': `${garp.lowerPriorityDelay / 1e6}`,
    'Gratuitous ARP lower priority repeat': `${garp.lowerPriorityRepeat}`,
    'Authentication type': { none: 'none', pass: 'SIMPLE_PASSWORD', ah: 'IPSEC_AH', hmac: 'none' }[
      authentication.type
    ],
    'Virtual IP': listed(true),
    'Virtual IP Excluded': listed(false),
    'Unicast Peer': transport.kind === 'unicast' ? transport.peers.map((peer) => peer.address) : [],
  };
}

const POOL_VALUES = ['lvs_sched', 'protocol', 'persistence timeout', 'quorum', 'sorry server'] as const;
const SERVER_VALUES = ['RIP', 'forwarding method', 'Inhibit on failure', 'connection limit range'] as const;

/** The virtual servers of a dump, and their real servers, named `POOL -> REAL SERVER`. */
export function dumpedPools(lines: readonly string[]): Model {
  const model: Record<string, Facts> = {};
  const sections = blocks(lines, /^ ------< (Virtual server) >/, /^------<|^ ------</);
  for (const { lines: section } of sections) {
    const [head = [], ...servers] = split(section, /^ {3}------< Real server >/);
    const pool = poolName(head);
    model[pool] = pick(head, POOL_VALUES);
    servers.forEach((server, index) => (model[`${pool} -> ${index + 1}`] = pick(server, SERVER_VALUES)));
  }
  return model;
}

function poolName(head: readonly string[]): string {
  const value = (key: string) => pick(head, [key])[key];
  const address = /^(.*), VPORT = (\d+)$/.exec(value('VS VIP') ?? '');
  if (address) return `[${address[1]}]:${(value('protocol') ?? '').toLowerCase()}:${address[2]}`;
  const mark = value('VS FWMARK');
  return mark === undefined ? (value('VS GROUP') ?? '?') : `FWM ${mark}`;
}

/** The virtual servers of our model. */
export function ourPools({ health, services }: Configuration): Model {
  const model: Record<string, Facts> = {};
  for (const pool of health.pools) {
    const [service] = services[pool.id] ?? [];
    if (!service) continue;
    model[pool.id] = poolFacts(pool, service);
    pool.realServers.forEach((server, index) => {
      model[`${pool.id} -> ${index + 1}`] = serverFacts(server, service.destinations[index]);
    });
  }
  return model;
}

const poolFacts = (pool: PoolSettings, service: ServiceTemplate): Facts => ({
  lvs_sched: service.scheduler,
  protocol: service.key.kind === 'fwmark' ? 'none' : service.key.protocol.toUpperCase(),
  'persistence timeout': service.persistenceTimeoutS > 0 ? `${service.persistenceTimeoutS}` : undefined,
  quorum: `${pool.quorum}, hysteresis = ${pool.hysteresis}`,
  'sorry server': pool.sorryServer?.id,
});

/** @param destination of the real server, at its place: in a group it may have the port of the service. */
function serverFacts(
  server: RealServerSettings,
  destination: ServiceTemplate['destinations'][number] | undefined,
): Facts {
  return {
    RIP: `${server.address}, RPORT = ${server.port}, WEIGHT = ${server.weight}`,
    'forwarding method': destination && forwardingName(destination.forwarding),
    'Inhibit on failure': server.inhibitOnFailure ? 'ON' : 'OFF',
    'connection limit range': destination && `${destination.lowerThreshold} -> ${destination.upperThreshold}`,
  };
}

function forwardingName(method: ForwardingMethod): string {
  if (method.kind !== 'tunnel') return method.kind === 'masq' ? 'NAT' : 'DR';
  const checksum = 'checksum' in method ? `, ${CHECKSUMS[method.checksum]}` : '';
  const port = 'port' in method ? `, port = ${method.port}` : '';
  return `TUN, type = ${method.type.toUpperCase()}${port}${checksum}`;
}

const CHECKSUMS = { nocsum: 'no checksum', csum: 'checksum', remcsum: 'remote checksum' } as const;

const CHECKER_VALUES = [
  'Keepalive method',
  'Alpha',
  'Delay loop',
  'Warmup',
  'Retries',
  'Delay before retry',
  'Dest',
  'Timeout',
] as const;

/** The checkers of a dump that have a schedule, in file order, named `POOL -> REAL SERVER #n`. */
export function dumpedCheckers(lines: readonly string[]): Model {
  const model: Record<string, Facts> = {};
  const from = lines.findIndex((line) => line.includes('< Health checkers >'));
  if (from === -1) return model;
  for (const { name, lines: block } of blocks(
    lines.slice(from),
    /^ (\S+(?: \S+)? -> .*)$/,
    /^------<|^ [^ ]/,
  )) {
    const facts = pick(block, CHECKER_VALUES);
    const method = facts['Keepalive method']?.split(',')[0];
    if (facts['Delay loop'] === undefined) continue;
    model[numbered(model, name)] = {
      ...facts,
      'Keepalive method': method,
      'Checked url': block.flatMap((line) => /^ {3}Checked url = (.*)$/.exec(line)?.[1] ?? []),
    };
  }
  return model;
}

/** The checkers of our model that have a schedule. */
export function ourCheckers(configuration: Configuration): Model {
  const model: Record<string, Facts> = {};
  const { health, probes } = configuration;
  for (const pool of health.pools) {
    for (const server of pool.realServers) {
      const name = `${pool.id} -> ${server.id}`;
      for (const checker of server.checkers) {
        if (checker.file) continue;
        const probe = probes[checker.id];
        model[numbered(model, name)] = {
          ...scheduleFacts(checker),
          'Keepalive method': checker.kind,
          ...endpointFacts(probe && 'endpoint' in probe ? probe.endpoint : undefined),
          'Checked url': probe?.kind === 'http' ? probe.urls.map(({ path }) => path) : [],
        };
      }
    }
  }
  return model;
}

type Schedule = Pick<CheckerSettings, 'alpha' | 'delayLoop' | 'warmup' | 'retry' | 'delayBeforeRetry'>;

const scheduleFacts = (checker: Schedule): Facts => ({
  Alpha: checker.alpha ? 'yes' : 'no',
  'Delay loop': `${checker.delayLoop} us`,
  Warmup: `${checker.warmup} us`,
  Retries: `${checker.retry}`,
  // keepalived is silent about it where there is nothing to be delayed.
  'Delay before retry': checker.retry > 0 ? `${checker.delayBeforeRetry} us` : undefined,
});

function endpointFacts(
  endpoint: { readonly address: string; readonly port: number; readonly timeout: number } | undefined,
): Facts {
  if (!endpoint) return { Dest: undefined, Timeout: undefined };
  return { Dest: `[${endpoint.address}]:${endpoint.port}`, Timeout: (endpoint.timeout / 1e6).toFixed(6) };
}

/** The name, with a number if the model has it already. */
function numbered(model: Model, name: string): string {
  let number = 1;
  while (model[`${name} #${number}`]) number += 1;
  return `${name} #${number}`;
}

/** Pieces of a dump that begin with a line like `first` and end before a line like `end` or the next `first`. */
function blocks(
  lines: readonly string[],
  first: RegExp,
  end: RegExp,
): readonly { name: string; lines: string[] }[] {
  const found: { name: string; lines: string[] }[] = [];
  let open = false;
  for (const line of lines) {
    const name = first.exec(line)?.[1];
    if (name !== undefined) found.push({ name, lines: [] });
    if (name !== undefined) open = true;
    else if (end.test(line)) open = false;
    else if (open) found.at(-1)?.lines.push(line);
  }
  return found;
}

function split(lines: readonly string[], separator: RegExp): readonly string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (separator.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

/** `KEY = VALUE` and `KEY is VALUE` lines of a block, the first of each key. */
function pick<Key extends string>(
  lines: readonly string[],
  keys: readonly Key[],
): Record<Key, string | undefined> {
  const all = new Map<string, string>();
  for (const line of lines) {
    const match = /^ +(.*?)(?: = | is )(.*?)(?: EFF WEIGHT = .*)?$/.exec(line);
    if (match && !all.has(match[1]!)) all.set(match[1]!, match[2]!);
  }
  return Object.fromEntries(keys.map((key) => [key, all.get(key)])) as Record<Key, string | undefined>;
}

/** The lines under a heading, which are one step further in. */
function list(lines: readonly string[], heading: RegExp): readonly string[] {
  const from = lines.findIndex((line) => heading.test(line));
  if (from === -1) return [];
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => !line.startsWith('     '));
  return rest.slice(0, end === -1 ? undefined : end).map((line) => line.trim());
}

/** `ADDRESS dev INTERFACE` of an address line; of VMAC@INTERFACE only the latter. */
const address = (line: string): string => {
  const words = line.split(' ');
  return `${(words[0] ?? '').split('/')[0]} dev ${(words[words.indexOf('dev') + 1] ?? '?').replace(/^.*@/, '')}`;
};
