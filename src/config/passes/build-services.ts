import { familyOf, hostPrefixLength, type Family } from '../../base/address.js';
import {
  type DesiredDestination,
  type ForwardingMethod,
  type ServiceKey,
  type ServiceTemplate,
} from '../../lvs/index.js';
import { type CompletedPool } from './complete-pool.js';
import { type PassContext } from './context.js';
import { addressesOf } from './server-group.js';

/** Ranges of more addresses than this are not spread into services of their own. */
const MAX_RANGE = 65_536;

/**
 * What a pool programs: one service, or one for every address and mark of its group.
 * @param groupMark the firewall mark that nftables gives to packets for the group's addresses, if it does.
 */
export function servicesOf(
  context: PassContext,
  pool: CompletedPool,
  groupMark: number | undefined,
): readonly ServiceTemplate[] {
  const keys = groupMark === undefined ? serviceKeys(context, pool) : markKeys(pool, groupMark);
  const destinationsFor = destinationsByPort(pool);
  return keys.map((key) => {
    const port = key.kind === 'fwmark' ? 0 : key.port;
    return { key, ...attributesOf(pool, familyOfKey(key)), ...destinationsFor(port) };
  });
}

/** The families of a group's addresses. */
export const familiesOfRanges = ({ group }: CompletedPool): readonly Family[] => [
  ...new Set((group?.ranges ?? []).map(({ first }) => familyOf(first))),
];

const familyOfKey = (key: ServiceKey): Family => (key.kind === 'fwmark' ? key.family : familyOf(key.address));

const markKeys = (pool: CompletedPool, mark: number): readonly ServiceKey[] =>
  familiesOfRanges(pool).map((family) => ({ kind: 'fwmark', family, mark }));

function attributesOf(pool: CompletedPool, family: Family): Omit<ServiceTemplate, 'key' | 'destinations'> {
  const { draft, persistenceTimeoutS } = pool;
  const engine = draft.section.text('persistence_engine');
  const { persistence } = draft;
  return {
    scheduler: pool.scheduler,
    schedulerFlags: draft.schedulerFlags,
    hashed: true,
    onePacket: pool.onePacket,
    persistenceTimeoutS,
    persistencePrefix: persistence?.prefix ?? hostPrefixLength(family),
    ...(persistence?.mask !== undefined && { persistenceMask: persistence.mask }),
    ...(engine !== undefined && persistenceTimeoutS > 0 && { persistenceEngine: engine }),
  };
}

/** Only NAT can change the port: without it, real servers have that of the service. Services of one port share theirs. */
function destinationsByPort({
  realServers,
  sorryServer,
}: CompletedPool): (servicePort: number) => Pick<ServiceTemplate, 'destinations' | 'sorryServer'> {
  const made = new Map<number, Pick<ServiceTemplate, 'destinations' | 'sorryServer'>>();
  const portOf = (port: number, forwarding: ForwardingMethod, servicePort: number): number =>
    forwarding.kind === 'masq' ? port : servicePort;
  return (servicePort) => {
    const known = made.get(servicePort);
    if (known) return known;
    const destinations = realServers.map(({ draft, forwarding, weight }): DesiredDestination => ({
      address: draft.address,
      port: portOf(draft.port, forwarding, servicePort),
      forwarding,
      weight,
      upperThreshold: draft.section.number('uthreshold') ?? 0,
      lowerThreshold: draft.section.number('lthreshold') ?? 0,
    }));
    const sorry: DesiredDestination | undefined = sorryServer && {
      address: sorryServer.address,
      port: portOf(sorryServer.port, sorryServer.forwarding, servicePort),
      forwarding: sorryServer.forwarding,
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    };
    const both = { destinations, ...(sorry && { sorryServer: sorry }) };
    made.set(servicePort, both);
    return both;
  };
}

/** One service, or one for every address and mark of the group. */
function serviceKeys(
  context: PassContext,
  { draft, protocol, family, group }: CompletedPool,
): readonly ServiceKey[] {
  const { target } = draft;
  if (target.kind === 'fwmark') return [{ kind: 'fwmark', family, mark: target.mark }];
  const kind = 'address' as const;
  const l4 = protocol ?? 'UDP';
  if (target.kind === 'address') return [{ kind, protocol: l4, address: target.address, port: target.port }];
  const keys: ServiceKey[] = [];
  for (const range of group?.ranges ?? []) {
    const before = keys.length;
    for (const address of addressesOf(range)) {
      if (keys.length - before === MAX_RANGE) {
        context.warning(
          'range-too-large',
          `only the first ${MAX_RANGE} addresses of ${range.first}-${range.last} are served`,
          draft.at.span,
        );
        break;
      }
      keys.push({ kind, protocol: l4, address, port: range.port });
    }
  }
  for (const mark of group?.marks ?? [])
    keys.push({ kind: 'fwmark', family: mark.family ?? family, mark: mark.mark });
  return keys;
}
