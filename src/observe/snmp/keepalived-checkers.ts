import { type ServerGroup } from '../../config/index.js';
import { address, addressType, gauge, integer, text, truth } from './values.js';
import { type SnmpFacts } from './facts.js';
import { KEEPALIVED } from './keepalived-global.js';
import { realServers } from './keepalived-real-servers.js';
import { virtualServers } from './keepalived-virtual-servers.js';
import { scalarSeries, tableSeries, type Column, type Series } from './mib-view.js';

/** The group `check` of KEEPALIVED-MIB. */
export const KEEPALIVED_CHECK = [...KEEPALIVED, 3];

type Member =
  | { readonly kind: 'mark'; readonly mark: number }
  | { readonly kind: 'range'; readonly range: ServerGroup['ranges'][number] };

interface MemberRow {
  readonly member: Member;
  readonly index: readonly number[];
}

const range = ({ member }: MemberRow) => (member.kind === 'range' ? member.range : undefined);
const single = (row: MemberRow) => {
  const found = range(row);
  return found?.first === found?.last ? found : undefined;
};
const several = (row: MemberRow) => (single(row) ? undefined : range(row));

const MEMBER_COLUMNS: readonly Column<MemberRow>[] = [
  // fwmark(1), ip(2), iprange(3)
  [2, 'virtualServerGroupMemberType', (row) => integer(row.member.kind === 'mark' ? 1 : single(row) ? 2 : 3)],
  [
    3,
    'virtualServerGroupMemberFwMark',
    ({ member }) => gauge(member.kind === 'mark' ? member.mark : undefined),
  ],
  [4, 'virtualServerGroupMemberAddrType', (row) => addressType(range(row)?.first)],
  [5, 'virtualServerGroupMemberAddress', (row) => address(single(row)?.first)],
  [6, 'virtualServerGroupMemberAddr1', (row) => address(several(row)?.first)],
  [7, 'virtualServerGroupMemberAddr2', (row) => address(several(row)?.last)],
  [8, 'virtualServerGroupMemberPort', (row) => gauge(range(row)?.port)],
];

/** KEEPALIVED-MIB's virtual_server_groups, virtual servers, real servers and what else concerns IPVS. */
export function keepalivedCheckers(facts: SnmpFacts): readonly Series[] {
  const groups = Object.entries(facts.configuration.details.serverGroups);
  return [
    ...tableSeries({
      entry: [...KEEPALIVED_CHECK, 1, 1],
      columns: [[2, 'virtualServerGroupName', ([name]: (typeof groups)[number]) => text(name)]],
      rows: groups,
      index: (_, position) => [position],
    }),
    ...tableSeries({
      entry: [...KEEPALIVED_CHECK, 2, 1],
      columns: MEMBER_COLUMNS,
      rows: groups.flatMap(([, group], at) =>
        membersOf(group).map((member, place) => ({ member, index: [at + 1, place + 1] })),
      ),
      index: ({ index }) => index,
    }),
    ...virtualServers(facts, [...KEEPALIVED_CHECK, 3, 1]),
    ...realServers(facts, [...KEEPALIVED_CHECK, 4, 1]),
    ...synchronisation(facts),
  ];
}

/** Marks first, as keepalived counts them. */
const membersOf = ({ marks, ranges }: ServerGroup): readonly Member[] => [
  ...marks.map(({ mark }) => ({ kind: 'mark', mark }) as const),
  ...ranges.map((each) => ({ kind: 'range', range: each }) as const),
];

/** What keepalived takes for a value that was not configured. */
const SYNC_DEFAULTS = { maxLength: 0, port: 0, ttl: 0 } as const;

function synchronisation({ configuration }: SnmpFacts): readonly Series[] {
  const { syncDaemon: sync, timeouts } = configuration.details.daemon.lvs;
  const { vrrp } = configuration;
  const vrid = vrrp.instances.find(({ name }) => name === sync?.instance)?.vrid ?? 0;
  const at = (...numbers: readonly number[]) => [...KEEPALIVED_CHECK, ...numbers];
  const { maxLength, port, ttl } = { ...SYNC_DEFAULTS, ...sync };
  return scalarSeries([
    [at(6, 1), 'lvsSyncDaemonEnabled', truth(sync !== undefined)],
    [at(6, 2), 'lvsSyncDaemonInterface', text(sync?.interface)],
    [at(6, 3), 'lvsSyncDaemonVrrpInstance', text(sync?.instance)],
    [at(6, 4), 'lvsSyncDaemonSyncId', integer(sync && (sync.id ?? vrid))],
    [at(6, 5), 'lvsSyncDaemonMaxLen', integer(sync && maxLength)],
    [at(6, 6), 'lvsSyncDaemonPort', integer(sync && port)],
    [at(6, 7), 'lvsSyncDaemonTTL', integer(sync && ttl)],
    [at(6, 8), 'lvsSyncDaemonMcastGroupAddrType', addressType(sync?.group)],
    [at(6, 9), 'lvsSyncDaemonMcastGroupAddrValue', address(sync?.group)],
    [at(7, 1), 'lvsTimeoutTcp', integer(timeouts.tcp)],
    [at(7, 2), 'lvsTimeoutTcpFin', integer(timeouts.tcpfin)],
    [at(7, 3), 'lvsTimeoutUdp', integer(timeouts.udp)],
  ]);
}
