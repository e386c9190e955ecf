import { type LoadedConfiguration, loadConfiguration } from '#config/index.js';
import { fakeHost, type FakeFile } from './host.js';

/** A place in a configuration that is otherwise in order: text around the line under test. */
interface Place {
  readonly before: string;
  readonly after: string;
}

const definitions = `
track_file maintenance {
    file /run/maintenance
}
vrrp_track_process haproxy {
    process haproxy
}
bfd_instance router1 {
    neighbor_ip 192.0.2.250
}
vrrp_script chk_haproxy {
    script "/etc/keepalived/check.sh"
}
`;

const instance = (name: string, vrid: number): string => `
vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${vrid}
    virtual_ipaddress {
        192.0.2.${vrid}
    }
}
`;

const others = instance('VI_1', 81) + instance('VI_2', 82);
const served = `virtual_server 192.0.2.60 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.61 80 {\nTCP_CHECK {\n}\n}\n}\n`;
const server = (body: Place): Place => ({
  before: `virtual_server 192.0.2.60 80 {\nlb_algo sh\nlb_kind NAT\nprotocol TCP\nsorry_server 192.0.2.70 80\nreal_server 192.0.2.61 80 {\n${body.before}`,
  after: `${body.after}\n}\n}\n`,
});
const checker = (name: string, body: Place): Place =>
  server({ before: `${name} {\n${body.before}`, after: `${body.after}\n}` });
const url: Place = { before: '', after: '\nurl {\npath /\n}' };

/** What a checker needs beside the line under test. */
const companions: Readonly<Record<string, Place>> = {
  HTTP_GET: url,
  SSL_GET: url,
  MISC_CHECK: { before: '', after: '\nmisc_path "/etc/keepalived/check.sh"' },
  FILE_CHECK: { before: '', after: '\ntrack_file maintenance' },
  BFD_CHECK: { before: '', after: '\nname router1' },
};

const blocks: Readonly<Record<string, Place>> = {
  '': { before: others, after: '' },
  global_defs: { before: `${others}${served}global_defs {\n`, after: '\n}' },
  vrrp_instance: {
    before: 'vrrp_instance VI_9 {\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n192.0.2.9\n}\n',
    after: '\n}',
  },
  'vrrp_instance/authentication': {
    before:
      'vrrp_instance VI_9 {\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n192.0.2.9\n}\nauthentication {\nauth_type PASS\nauth_pass 1234\n',
    after: '\n}\n}',
  },
  'vrrp_instance/auth_hmac': {
    before: `vrrp_instance VI_9 {\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n192.0.2.9\n}\nauth_hmac {\nkey 2 ${'k'.repeat(40)}\nactive_key 2\n`,
    after: `\nkey 1 ${'k'.repeat(40)}\n}\n}`,
  },
  vrrp_sync_group: { before: `${others}vrrp_sync_group G9 {\n`, after: '\ngroup {\nVI_1\nVI_2\n}\n}' },
  vrrp_script: {
    before: 'vrrp_script chk {\n',
    after:
      '\nscript "/etc/keepalived/check.sh"\n}\nvrrp_instance VI_9 {\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n192.0.2.9\n}\ntrack_script {\nchk\n}\n}',
  },
  vrrp_track_process: { before: 'vrrp_track_process p {\n', after: '\nprocess p\n}' },
  track_file: { before: 'track_file f {\n', after: '\nfile /run/f\n}' },
  vrrp_track_file: { before: 'vrrp_track_file f {\n', after: '\nfile /run/f\n}' },
  track_group: { before: `${others}track_group G9 {\n`, after: '\ngroup {\nVI_1\n}\n}' },
  garp_group: { before: 'garp_group {\ngarp_interval 0.1\n', after: '\n}' },
  bfd_instance: { before: 'bfd_instance b {\n', after: '\nneighbor_ip 192.0.2.253\n}' },
  SSL: { before: 'SSL {\n', after: '\n}' },
  virtual_server: {
    before: `${others}virtual_server 192.0.2.60 80 {\nlb_algo sh\nlb_kind NAT\nprotocol TCP\nsorry_server 192.0.2.70 80\n`,
    after: '\nreal_server 192.0.2.61 80 {\nTCP_CHECK {\n}\n}\n}',
  },
  'virtual_server/real_server': server({ before: '', after: '\nTCP_CHECK {\n}' }),
};

/** Keywords that are given once need a block without them. */
const once = new Set([
  'vrrp_sync_group/group',
  'track_group/group',
  'track_file/file',
  'vrrp_track_file/file',
  'vrrp_track_process/process',
  'virtual_server/real_server/DNS_CHECK/name',
]);

/** Keywords that exclude what the usual place of their block has. */
const places: Readonly<Record<string, Place>> = {
  vrrp_instance: { before: '', after: '' },
  bfd_instance: { before: '', after: '' },
  'vrrp_instance/native_ipv6': {
    before: 'vrrp_instance VI_9 {\ninterface eth0\nvirtual_router_id 9\n',
    after: '\nvirtual_ipaddress {\nfe80::9\n}\n}',
  },
  'vrrp_instance/vrf': {
    before:
      'vrrp_instance VI_9 {\nunicast_src_ip 192.0.2.1\nvirtual_router_id 9\nunicast_peer {\n192.0.2.2\n}\n',
    after: '\nvirtual_ipaddress {\n192.0.2.9 dev eth0\n}\n}',
  },
  'vrrp_instance/auth_hmac/key': {
    before: `vrrp_instance VI_9 {\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n192.0.2.9\n}\nauth_hmac {\nkey 2 ${'k'.repeat(40)}\nactive_key 2\n`,
    after: '\n}\n}',
  },
};

/** Where the keyword at a path can stand. */
export function placeOf(path: string): Place {
  const special = places[path];
  if (special) return special;
  const block = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const known = blocks[block] ?? checkerPlace(block);
  return once.has(path)
    ? { before: known.before, after: known.after.replace(/^\n[^{}]*(\{[^}]*\})?/, '\n') }
    : known;
}

function checkerPlace(block: string): Place {
  const [, , name = '', inner] = block.split('/');
  if (inner === 'url') return checker(name, { before: 'url {\n', after: '\npath /\n}' });
  if (inner === 'host') return checker(name, { before: 'host {\n', after: '\n}' });
  return checker(name, companions[name] ?? { before: '', after: '' });
}

const script: FakeFile = { mode: 0o755 };
const files: Record<string, string | FakeFile> = {
  '/run/here': '',
  '/etc/keepalived/key': { text: 'k'.repeat(40), mode: 0o600 },
};
for (const name of [
  'check',
  'notify',
  'master',
  'backup',
  'fault',
  'stop',
  'deleted',
  'lower',
  'up',
  'down',
  'fifo',
  'lvs-fifo',
  'rs-up',
  'rs-down',
]) {
  files[`/etc/keepalived/${name}.sh`] = script;
}

/** Reads a text as the main file of a machine that has all that examples name. */
export function readText(text: string): LoadedConfiguration {
  const main = '/etc/keepalived/keepalived.conf';
  const host = fakeHost({
    files: { ...files, [main]: text },
    interfaces: ['eth0', 'eth1', { name: 'red', kind: 'vrf', vrfTable: 10 }],
    users: ['keepalived_script'],
    links: { '/etc/iproute2': '/usr/share/iproute2' },
    cpuCount: 8192,
  });
  return loadConfiguration(main, host, { instance: 'director1', seed: 1 });
}

/** Reads a configuration with the statement at its place; `line` is where it begins. */
export function readInPlace(
  path: string,
  statement: string,
): LoadedConfiguration & { readonly line: number; readonly end: number } {
  const { before, after } = placeOf(path);
  const head = (path === 'bfd_instance' ? '' : definitions) + before;
  const line = head.split('\n').length;
  const loaded = readText(`${head}${statement}${after}\n`);
  return { ...loaded, line, end: line + statement.split('\n').length - 1 };
}
