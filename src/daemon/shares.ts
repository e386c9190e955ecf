import { type Configuration } from '../config/index.js';
import { wantsNews } from './alerts-wanted.js';
import { type IpvsShare, type WorkerShares } from './messages.js';

/** What of the configuration each worker is told. */

export const vrrpShare = (configuration: Configuration): WorkerShares['vrrp'] => {
  const { global, vrrp, vrrpAddresses, vrrpFirewall, vrrpRoutes, statics } = configuration;
  const { vrrpScripts, trackFiles, trackProcesses, ipvsSync, notify, details } = configuration;
  return {
    global,
    vrrp,
    vrrpAddresses,
    ...(vrrpFirewall && { vrrpFirewall }),
    vrrpRoutes,
    statics,
    vrrpScripts,
    trackFiles,
    trackProcesses,
    notify,
    ...(ipvsSync?.instance !== undefined && { ipvsSync }),
    ipvsPlace: ipvsPlace(details),
    processMonitor: details.daemon.receiveBuffers['process_monitor'] ?? { force: false },
    // Those of pools and checkers are large, and none of its business.
    details: { ...details, pools: {}, serverGroups: {} },
    servedInstances: servedInstances(details),
    news: wantsNews(configuration),
  };
};

const servedInstances = ({ pools }: Configuration['details']): readonly string[] => [
  ...new Set(Object.values(pools).flatMap(({ serveWhenMaster }) => serveWhenMaster ?? [])),
];

export const checkersShare = (configuration: Configuration): WorkerShares['checkers'] => {
  const { global, health, probes, services, notify, trackFiles, tls, details } = configuration;
  const { fifos } = details.daemon;
  const ipvs = ipvsShare(configuration);
  const placements = placementsOf(details);
  const news = wantsNews(configuration);
  const share = { global, health, probes, services, notify, trackFiles, fifos, ipvs, placements, news };
  return { ...share, ...(tls && { tls }) };
};

function ipvsShare({ details, ipvsMarks: marks, ipvsSync: sync }: Configuration): IpvsShare {
  const { timeouts, flush, flushOnStop } = details.daemon.lvs;
  const monitorBuffer = details.daemon.receiveBuffers['lvs_netlink_monitor'];
  return {
    ...{ place: ipvsPlace(details), timeouts, flush, flushOnStop },
    ...(monitorBuffer && { monitorBuffer }),
    ...(marks && { marks }),
    ...(sync && sync.instance === undefined && { sync }),
  };
}

/** Where services are, and how much room there is to hear of them. */
export function ipvsPlace({ daemon }: Configuration['details']): IpvsShare['place'] {
  const { ipvsNetworkNamespace: namespace } = daemon;
  const receiveBuffer = daemon.receiveBuffers['lvs_netlink_cmd'];
  return { ...(namespace !== undefined && { namespace }), ...(receiveBuffer && { receiveBuffer }) };
}

const placementsOf = ({ pools }: Configuration['details']): WorkerShares['checkers']['placements'] =>
  Object.fromEntries(
    Object.entries(pools).flatMap(([id, { haSuspend, serveWhenMaster }]) =>
      haSuspend || serveWhenMaster !== undefined
        ? [[id, { haSuspend, ...(serveWhenMaster !== undefined && { serveWhenMaster }) }]]
        : [],
    ),
  );

/** It talks to strangers: what it is not told, it cannot tell. */
export const alertsShare = (configuration: Configuration): WorkerShares['alerts'] => {
  const { global, vrrp, vrrpAddresses, vrrpRoutes, vrrpScripts, statics, bfd, health } = configuration;
  const { trackFiles, trackProcesses, services, ipvsSync, notify, details } = configuration;
  return {
    ...{ global, vrrpAddresses, vrrpRoutes, vrrpScripts, statics, bfd, trackFiles, trackProcesses },
    ...{ services, ...(ipvsSync && { ipvsSync }), notify },
    vrrp: { ...vrrp, instances: vrrp.instances.map(withoutSecrets) },
    health: { ...health, pools: health.pools.map(withoutProbes) },
    details: { ...details, instances: withoutKeys(details.instances) },
  };
};

type Instance = Configuration['vrrp']['instances'][number];
type Instances = Configuration['details']['instances'];
type Pool = Configuration['health']['pools'][number];

const withoutSecrets = (instance: Instance): Instance => ({
  ...instance,
  authentication: withoutSecret(instance.authentication),
});

/** As written, keys may stand in the file itself. */
const withoutKeys = (instances: Instances): Instances =>
  Object.fromEntries(
    Object.entries(instances).map(([name, { hmac, ...rest }]) => [
      name,
      hmac ? { ...rest, hmac: { ...hmac, keys: [] } } : rest,
    ]),
  );

/** What a checker is known by is all that it does. */
const withoutProbes = (pool: Pool): Pool => ({
  ...pool,
  realServers: pool.realServers.map((server) => ({
    ...server,
    checkers: server.checkers.map((checker) => ({ ...checker, identity: '' })),
  })),
});

type Authentication = Instance['authentication'];

/** Its type is shown, its passwords and keys are not. */
function withoutSecret(authentication: Authentication): Authentication {
  switch (authentication.type) {
    case 'none':
      return authentication;
    case 'pass':
    case 'ah':
      return { type: authentication.type, password: '' };
    case 'hmac':
      return { ...authentication, keys: [] };
  }
}

export const bfdShare = ({ global, bfd, details }: Configuration): WorkerShares['bfd'] => ({
  global,
  bfd,
  details: details.bfd,
});
