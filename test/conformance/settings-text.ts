import { parseIpAddress, type IpAddress } from '#base/address.js';
import { secondsToMicros, type Micros } from '#base/units.js';
import {
  type Authentication,
  type InstanceSettings,
  type ScriptSettings,
  type SyncGroupSettings,
  type TrackedObject,
  type Transport,
  type VirtualAddress,
  type VrrpSettings,
} from '#vrrp/index.js';

/** A line of keepalived.conf and its block. */
interface Line {
  readonly words: readonly string[];
  readonly body: readonly Line[];
}

/**
 * Just enough of keepalived.conf for a story: the settings of the protocol core and nothing else. Whatever it does not
 * know is an error, so that no case tests less than it says.
 */
export function readSettings(text: string): VrrpSettings {
  const lines = parseBlock(tokens(text));
  const known = new Set(['global_defs', 'vrrp_instance', 'vrrp_sync_group', 'vrrp_script']);
  for (const { words } of lines)
    if (!known.has(words[0] ?? '')) throw new Error(`unknown: ${words.join(' ')}`);
  const blocks = (keyword: string): Line[] => lines.filter(({ words }) => words[0] === keyword);
  const global = new Map(
    blocks('global_defs').flatMap(({ body }) => body.map((line) => [line.words[0], line.words[1]])),
  );
  return {
    instances: blocks('vrrp_instance').map((line) => readInstance(line, global.get('vrrp_version'))),
    syncGroups: blocks('vrrp_sync_group').map(readGroup),
    scripts: blocks('vrrp_script').map(readScript),
    startupDelay: duration(global.get('vrrp_startup_delay'), '0'),
  };
}

const duration = (text: string | undefined, fallback: string): Micros =>
  secondsToMicros(Number(text ?? fallback));

function tokens(text: string): string[] {
  const bare = text.replace(/[#!].*/g, '');
  return bare
    .replace(/[{}]/g, (brace) => ` ${brace} `)
    .split(/([ \t]+|\n)/)
    .filter((token) => token.trim() !== '' || token === '\n');
}

function parseBlock(rest: string[]): Line[] {
  const lines: Line[] = [];
  let words: string[] = [];
  const end = (body: Line[] = []): void => {
    if (words.length > 0) lines.push({ words, body });
    words = [];
  };
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (token === '{') end(parseBlock(rest));
    else if (token === '}') break;
    else if (token === '\n') end();
    else words.push(token);
  }
  end();
  return lines;
}

function address(text: string | undefined): IpAddress {
  const parsed = parseIpAddress((text ?? '').replace(/\/\d+$/, ''));
  if (!parsed) throw new Error(`not an address: ${text ?? ''}`);
  return parsed;
}

const tracked = (line: Line | undefined): TrackedObject[] =>
  (line?.body ?? []).map(({ words: [name = '', ...rest] }) => ({
    name,
    weight: Number(rest[rest.indexOf('weight') + 1] ?? 0) || 0,
    reverse: rest.includes('reverse'),
  }));

function readInstance({ words, body }: Line, globalVersion: string | undefined): InstanceSettings {
  const find = takeFrom(body);
  const word = (keyword: string): string | undefined => find(keyword)?.words[1];
  const flag = (keyword: string): boolean => find(keyword) !== undefined;
  const name = words[1] ?? '';
  const iface = word('interface') ?? 'eth0';
  const vips = [
    ...virtualAddresses(find('virtual_ipaddress'), iface, true),
    ...virtualAddresses(find('virtual_ipaddress_excluded'), iface, false),
  ];
  const family = vips[0]?.address.includes(':') ? 'inet6' : 'inet';
  const settings: InstanceSettings = {
    name,
    family,
    version: family === 'inet6' || (word('version') ?? globalVersion) === '3' ? 3 : 2,
    vrid: Number(word('virtual_router_id')),
    interface: iface,
    initialState: word('state') === 'MASTER' ? 'MASTER' : 'BACKUP',
    priority: Number(word('priority') ?? 100),
    advertInterval: duration(word('advert_int'), '1'),
    preempt: !flag('nopreempt'),
    preemptDelay: duration(word('preempt_delay'), '0'),
    transport: readTransport(find, family),
    authentication: readAuthentication(find('authentication')),
    addresses: vips,
    garp: {
      masterDelay: duration(word('garp_master_delay'), '5'),
      masterRepeat: Number(word('garp_master_repeat') ?? 5),
      masterRefresh: duration(word('garp_master_refresh'), '0'),
      masterRefreshRepeat: Number(word('garp_master_refresh_repeat') ?? 1),
      lowerPriorityDelay: duration(word('garp_lower_prio_delay'), '5'),
      lowerPriorityRepeat: Number(word('garp_lower_prio_repeat') ?? 5),
    },
    downTimerAdverts: Number(word('down_timer_adverts') ?? 3),
    trackInterfaces: tracked(find('track_interface')),
    trackScripts: tracked(find('track_script')),
    dontTrackPrimary: flag('dont_track_primary'),
    lowerPriorityNoAdvert: flag('lower_prio_no_advert'),
    higherPrioritySendAdvert: flag('higher_prio_send_advert'),
    skipCheckAdvertAddresses: flag('skip_check_adv_addr'),
    checksumAsV2: flag('v3_checksum_as_v2'),
  };
  find.finish(name);
  return settings;
}

interface Finder {
  (keyword: string): Line | undefined;
  /** Complains of lines that nobody asked for. */
  finish(name: string): void;
}

function takeFrom(body: readonly Line[]): Finder {
  const asked = new Set<string>();
  const find = (keyword: string): Line | undefined => {
    asked.add(keyword);
    return body.find(({ words }) => words[0] === keyword);
  };
  const finish = (name: string): void => {
    const unknown = body.find(({ words }) => !asked.has(words[0] ?? ''));
    if (unknown) throw new Error(`unknown in ${name}: ${unknown.words.join(' ')}`);
  };
  return Object.assign(find, { finish });
}

function virtualAddresses(line: Line | undefined, iface: string, advertised: boolean): VirtualAddress[] {
  return (line?.body ?? []).map(({ words }) => ({
    address: address(words[0]),
    interface: words.includes('dev') ? (words[words.indexOf('dev') + 1] ?? iface) : iface,
    advertised,
  }));
}

function readTransport(find: Finder, family: 'inet' | 'inet6'): Transport {
  const peers = find('unicast_peer');
  const unicastSource = find('unicast_src_ip')?.words[1];
  const multicastSource = find('mcast_src_ip')?.words[1];
  const checkSource = find('check_unicast_src') !== undefined;
  const ttl = Number(find('unicast_ttl')?.words[1] ?? 255);
  const group = address(find('mcast_dst_ip')?.words[1] ?? (family === 'inet' ? '224.0.0.18' : 'ff02::12'));
  if (!peers) {
    return {
      kind: 'multicast',
      group,
      ...(multicastSource !== undefined && { source: address(multicastSource) }),
    };
  }
  return {
    kind: 'unicast',
    peers: peers.body.map(({ words }) => ({ address: address(words[0]) })),
    ...(unicastSource !== undefined && { source: address(unicastSource) }),
    checkSource,
    ttl,
  };
}

function readAuthentication(line: Line | undefined): Authentication {
  const word = (keyword: string): string =>
    line?.body.find(({ words }) => words[0] === keyword)?.words[1] ?? '';
  if (!line) return { type: 'none' };
  return word('auth_type') === 'PASS'
    ? { type: 'pass', password: word('auth_pass') }
    : { type: 'ah', password: word('auth_pass') };
}

function readGroup({ words, body }: Line): SyncGroupSettings {
  const find = takeFrom(body);
  const settings = {
    name: words[1] ?? '',
    members: (find('group')?.body ?? []).flatMap((line) => line.words),
    trackInterfaces: tracked(find('track_interface')),
    trackScripts: tracked(find('track_script')),
    trackingWeight: find('sync_group_tracking_weight') !== undefined,
  };
  find.finish(settings.name);
  return settings;
}

function readScript({ words, body }: Line): ScriptSettings {
  const find = takeFrom(body);
  const word = (keyword: string): string | undefined => find(keyword)?.words[1];
  const settings = {
    name: words[1] ?? '',
    interval: duration(word('interval'), '1'),
    timeout: duration(word('timeout'), '0'),
    rise: Number(word('rise') ?? 1),
    fall: Number(word('fall') ?? 1),
    initFail: find('init_fail') !== undefined,
  };
  find('script');
  find.finish(settings.name);
  return settings;
}
