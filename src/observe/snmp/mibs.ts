import { type HeraldConfiguration, type SnmpSettings } from '../../config/index.js';
import { type SnmpConfiguration, type SnmpFacts } from './facts.js';
import { keepalivedAddresses } from './keepalived-addresses.js';
import { KEEPALIVED_CHECK, keepalivedCheckers } from './keepalived-checkers.js';
import { KEEPALIVED_GLOBAL, keepalivedGlobal } from './keepalived-global.js';
import { KEEPALIVED_VRRP, keepalivedInstances } from './keepalived-instances.js';
import { keepalivedRoutes } from './keepalived-routes.js';
import { keepalivedRules } from './keepalived-rules.js';
import { keepalivedTracking } from './keepalived-tracking.js';
import { MibView, type Series } from './mib-view.js';
import { type Registration } from './subagent.js';
import { VRRP_MIB, vrrpMib } from './vrrp-mib.js';
import { VRRPV3_MIB, vrrpv3Mib } from './vrrpv3-mib.js';

/** What is enabled, and has something to tell of. */
type Enabled = Pick<SnmpSettings, 'vrrp' | 'checker' | 'rfc2' | 'rfc3'>;

interface Mib extends Registration {
  readonly wanted: (settings: Enabled) => boolean;
  readonly series: (facts: SnmpFacts) => readonly Series[];
}

/** What there is, by the keyword that wants it; names as keepalived gives them. */
const MIBS: readonly Mib[] = [
  {
    name: 'Keepalived',
    subtree: KEEPALIVED_GLOBAL,
    wanted: ({ vrrp, checker }) => vrrp || checker,
    series: keepalivedGlobal,
  },
  {
    name: 'KEEPALIVED-VRRP',
    subtree: KEEPALIVED_VRRP,
    wanted: ({ vrrp }) => vrrp,
    series: (facts) => [
      ...keepalivedInstances(facts),
      ...keepalivedTracking(facts),
      ...keepalivedAddresses(facts),
      ...keepalivedRoutes(facts),
      ...keepalivedRules(facts),
    ],
  },
  {
    name: 'Healthchecker',
    subtree: KEEPALIVED_CHECK,
    wanted: ({ checker }) => checker,
    series: keepalivedCheckers,
  },
  { name: 'VRRP', subtree: VRRP_MIB, wanted: ({ rfc2 }) => rfc2, series: vrrpMib },
  { name: 'VRRPV3', subtree: VRRPV3_MIB, wanted: ({ rfc3 }) => rfc3, series: vrrpv3Mib },
];

/** What is to be registered with a master agent; nothing if no MIB is enabled. */
export const registrations = (configuration: HeraldConfiguration): readonly Registration[] =>
  wantedBy(configuration).map(({ name, subtree }) => ({ name, subtree }));

/** As in keepalived, where a process that does not run serves nothing. */
function wantedBy({ details, vrrp, health }: SnmpConfiguration): readonly Mib[] {
  const { snmp } = details.daemon;
  const [routers, pools] = [vrrp.instances.length > 0, health.pools.length > 0];
  const enabled = {
    vrrp: snmp.vrrp && routers,
    rfc2: snmp.rfc2 && routers,
    rfc3: snmp.rfc3 && routers,
    checker: snmp.checker && pools,
  };
  return MIBS.filter(({ wanted }) => wanted(enabled));
}

/** All enabled MIBs, as they are at that moment. */
export function mibView(facts: SnmpFacts): MibView {
  return new MibView(wantedBy(facts.configuration).flatMap(({ series }) => series(facts)));
}
