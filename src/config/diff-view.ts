import { type CheckerSettings, type PoolSettings } from '../health/index.js';
import { type ServiceTemplate } from '../lvs/index.js';
import { type Authentication, type InstanceSettings, type SyncGroupSettings } from '../vrrp/index.js';
import { type Configuration } from './model.js';
import { fingerprintOf } from './fingerprint.js';
import { addressLine } from './print/vrrp.js';
import { routeLine, ruleLine } from './print/routes.js';
import { type Part } from './print/writer.js';

/** A model as nested records with the keywords of the language: what is a list with names in it becomes a record. */
export interface View {
  readonly [name: string]: ViewValue;
}

export type ViewValue = View | readonly ViewValue[] | string | number | boolean | undefined;

/** Anything of the model is plain data, and so a view of itself. */
const plain = (value: unknown): ViewValue => value as ViewValue;
const record = (value: unknown): View => value as View;

/** Blocks whose members have names: they are compared name by name. */
export const namedBlocks: ReadonlySet<string> = new Set([
  'vrrp_instance',
  'vrrp_sync_group',
  'vrrp_script',
  'vrrp_track_process',
  'track_file',
  'track_group',
  'bfd_instance',
  'virtual_server_group',
  'virtual_server',
  'real_server',
  'virtual_ipaddress',
  'virtual_ipaddress_excluded',
  'virtual_routes',
  'virtual_rules',
  'static_ipaddress',
  'static_routes',
  'static_rules',
  'unicast_peer',
  'track_interface',
  'track_script',
  'track_process',
  'track_bfd',
  'checker',
]);

/** The view that two models are compared by. */
export function viewOf(configuration: Configuration): View {
  const { global, vrrp, statics, bfd, details, vrrpScripts, notify, health } = configuration;
  return {
    global_defs: {
      ...record(global),
      ...record(details.daemon),
      startupDelay: vrrp.startupDelay,
      delayAfterBoot: vrrp.delayAfterBoot,
      logUnknownVrids: vrrp.logUnknownVrids,
      rsInitNotifies: health.rsInitNotifies,
    },
    vrrp_script: Object.fromEntries(
      vrrp.scripts.map((script) => [script.name, { ...record(script), ...record(vrrpScripts[script.name]) }]),
    ),
    vrrp_track_process: record(configuration.trackProcesses),
    track_file: record(configuration.trackFiles),
    track_group: record(statics.trackGroups),
    bfd_instance: Object.fromEntries(
      bfd.sessions.map((session) => [
        session.name,
        { ...record(session), ...record(details.bfd[session.name]) },
      ]),
    ),
    static_ipaddress: lines(statics.addresses, (address) => addressLine(address)),
    static_routes: lines(statics.routes, routeLine),
    static_rules: lines(statics.rules, ruleLine),
    linkbeat_interfaces: plain(details.links.linkbeat),
    interface_up_down_delays: plain(details.links.delays),
    garp_group: plain(details.links.garpGroups),
    vrrp_sync_group: Object.fromEntries(
      vrrp.syncGroups.map((group) => [
        group.name,
        {
          ...groupView(group),
          ...record(details.groups[group.name]),
          notify: plain(notify.groups[group.name]),
        },
      ]),
    ),
    vrrp_instance: Object.fromEntries(
      vrrp.instances.map((instance) => [instance.name, instanceView(configuration, instance)]),
    ),
    SSL: plain(configuration.tls),
    virtual_server_group: record(details.serverGroups),
    virtual_server: poolsView(configuration),
  };
}

/** Lines as names: what is in a line is what it is known by. */
const lines = <T>(items: readonly T[], parts: (item: T) => readonly Part[]): View =>
  Object.fromEntries(items.map((item) => [lineText(parts(item)), true]));

const lineText = (parts: readonly Part[]): string =>
  parts.filter((part) => part !== undefined && part !== false).join(' ');

const byName = (objects: readonly { readonly name: string }[]): View =>
  Object.fromEntries(objects.map((object) => [object.name, plain(object)]));

function instanceView(
  { vrrpAddresses, vrrpRoutes, details, notify }: Configuration,
  instance: InstanceSettings,
): View {
  const { addresses, transport, garp, ...rest } = instance;
  const { tracks, ...settings } = takeTracks(rest);
  const { routes = [], rules = [] } = vrrpRoutes[instance.name] ?? {};
  const installed = (vrrpAddresses[instance.name] ?? []).map((address, index) => ({
    text: lineText(addressLine(address)),
    advertised: addresses[index]?.advertised ?? true,
  }));
  const listed = (advertised: boolean): View =>
    Object.fromEntries(
      installed.filter((each) => each.advertised === advertised).map(({ text }) => [text, true]),
    );
  return {
    // What follows from garp_extra_if, the addresses and the routes is no change of its own.
    ...record({ ...settings, carriers: undefined }),
    garp: plain({ ...garp, extraInterval: undefined, extraAddresses: undefined }),
    authentication: authenticationView(instance.authentication),
    ...record(details.instances[instance.name] ?? {}),
    notify: plain(notify.instances[instance.name]),
    transport: transport.kind,
    source: transport.source,
    ...(transport.kind === 'multicast'
      ? { group: transport.group }
      : { checkSource: transport.checkSource, ttl: transport.ttl, oldChecksum: transport.oldChecksum?.use }),
    unicast_peer:
      transport.kind === 'multicast'
        ? {}
        : Object.fromEntries(transport.peers.map((peer) => [peer.address, plain(peer)])),
    ...tracks,
    virtual_ipaddress: listed(true),
    virtual_ipaddress_excluded: listed(false),
    virtual_routes: lines(routes, routeLine),
    virtual_rules: lines(rules, ruleLine),
  };
}

const groupView = (group: SyncGroupSettings): View => {
  const { tracks, ...settings } = takeTracks(group);
  return { ...record(settings), ...tracks };
};

/** What an instance or a group tracks, and what else there is to it. */
function takeTracks<T extends Tracking>(settings: T): Omit<T, keyof Tracking> & { readonly tracks: View } {
  const { trackInterfaces, trackScripts, trackFiles, trackProcesses, trackBfd, ...rest } = settings;
  const tracks = {
    track_interface: byName(trackInterfaces),
    track_script: byName(trackScripts),
    track_file: byName(trackFiles),
    track_process: byName(trackProcesses),
    track_bfd: byName(trackBfd),
  };
  return { ...rest, tracks };
}

type Tracking = Pick<
  SyncGroupSettings,
  'trackInterfaces' | 'trackScripts' | 'trackFiles' | 'trackProcesses' | 'trackBfd'
>;

/** Keys of auth_hmac by their fingerprints: a file may hold another one than before, and none is to be shown. */
const authenticationView = (authentication: Authentication): ViewValue =>
  authentication.type === 'hmac'
    ? {
        type: 'hmac',
        keys: Object.fromEntries(authentication.keys.map((key) => [key.id, fingerprintOf(key)])),
      }
    : plain(authentication);

function poolsView(configuration: Configuration): View {
  return Object.fromEntries(
    configuration.health.pools.map((pool) => [pool.id, poolView(configuration, pool)]),
  );
}

function poolView(configuration: Configuration, pool: PoolSettings): View {
  const { services, details, notify } = configuration;
  const templates = services[pool.id] ?? [];
  const { realServers, ...settings } = pool;
  const { realServers: serverDetails = [], ...more } = details.pools[pool.id] ?? {};
  const [first] = templates;
  return {
    ...record(settings),
    ...record(more),
    notify: plain(notify.pools[pool.id]),
    services: plain(templates.map(({ key }) => key)),
    ...(first ? serviceView(first) : {}),
    real_server: Object.fromEntries(
      realServers.map(({ checkers, ...server }, index) => {
        const { forwarding, upperThreshold, lowerThreshold } = first?.destinations[index] ?? {};
        const id = `${pool.id} ${server.id}`;
        const view: View = {
          ...record(server),
          ...record(serverDetails[index]),
          forwarding: plain(forwarding),
          upperThreshold,
          lowerThreshold,
          notify: plain(notify.realServers[id]),
          checker: Object.fromEntries(
            checkers.map((checker) => [nameIn(id, checker.id), checkerView(configuration, checker)] as const),
          ),
        };
        return [server.id, view];
      }),
    ),
  };
}

/** "POOL SERVER TCP_CHECK 1" -> "TCP_CHECK 1". */
const nameIn = (server: string, id: string): string => id.slice(server.length + 1);

/** A service but for what identifies it and its real servers, which are shown elsewhere. */
const serviceView = (service: ServiceTemplate): View => ({
  ...record(service),
  key: undefined,
  destinations: undefined,
});

const checkerView = ({ probes }: Configuration, checker: CheckerSettings): View => ({
  ...record(checker),
  id: undefined,
  identity: undefined,
  probe: plain(probes[checker.id]),
});
