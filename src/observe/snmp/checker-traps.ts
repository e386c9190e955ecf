import { type VarBind } from '../../wire/agentx/index.js';
import { type News } from '../news.js';
import { type SnmpFacts } from './facts.js';
import { KEEPALIVED_CHECK } from './keepalived-checkers.js';
import { ROUTER_ID } from './keepalived-global.js';
import {
  ownAddress,
  ownMark,
  poolProtocol,
  poolRow,
  poolType,
  type PoolRow,
} from './keepalived-virtual-servers.js';
import { trap, varBind } from './trap.js';
import { address, addressType, gauge, integer, text, truth } from './values.js';

type CheckerFacts = Pick<SnmpFacts, 'configuration'>;
type ServerNews = Extract<News, { type: 'RealServerChanged' }>;
type QuorumNews = Extract<News, { type: 'QuorumChanged' }>;

const virtual = (number: number) => [...KEEPALIVED_CHECK, 3, 1, number];
const real = (number: number) => [...KEEPALIVED_CHECK, 4, 1, number];
/** virtualServerProtocol of services without one. */
const NO_PROTOCOL = 4;

/** realServerStateChange: the real server, then the virtual server that it belongs to. */
export function realServerTrap(
  { configuration }: CheckerFacts,
  news: ServerNews,
): readonly VarBind[] | undefined {
  const row = poolRow(configuration, news.pool);
  const server = row?.settings.realServers.find(({ id }) => id === news.realServer);
  if (!row || !server) return undefined;
  return trap(
    [...KEEPALIVED_CHECK, 5, 0, 1],
    [
      varBind(real(3), addressType(server.address)),
      varBind(real(4), address(server.address)),
      varBind(real(5), gauge(server.port)),
      varBind(real(6), truth(news.up)),
      ...identity(row),
      ...counts(configuration, news),
    ],
  );
}

/** virtualServerQuorumStateChange. */
export function quorumTrap(
  { configuration }: CheckerFacts,
  news: QuorumNews,
): readonly VarBind[] | undefined {
  const row = poolRow(configuration, news.pool);
  if (!row) return undefined;
  // met(1), notMet(2), shutdown(3)
  const status = news.because === 'stopping' ? 3 : news.up ? 1 : 2;
  return trap(
    [...KEEPALIVED_CHECK, 5, 0, 2],
    [
      ...identity(row),
      varBind(virtual(23), integer(status)),
      varBind(virtual(22), gauge(news.standing.quorum)),
      ...counts(configuration, news),
    ],
  );
}

/** What virtual server it is about. */
function identity(row: PoolRow): readonly (VarBind | undefined)[] {
  const own = ownAddress(row);
  return [
    varBind(virtual(2), integer(poolType(row))),
    varBind(virtual(3), text(row.details?.group)),
    varBind(virtual(4), gauge(ownMark(row))),
    varBind(virtual(5), addressType(own?.address)),
    varBind(virtual(6), address(own?.address)),
    varBind(virtual(7), gauge(own?.port)),
    varBind(virtual(8), integer(poolProtocol(row) ?? NO_PROTOCOL)),
  ];
}

const counts = (
  { global }: CheckerFacts['configuration'],
  { standing }: ServerNews | QuorumNews,
): readonly (VarBind | undefined)[] => [
  varBind(virtual(21), gauge(standing.alive)),
  varBind(virtual(20), gauge(standing.total)),
  varBind([...ROUTER_ID, 0], text(global.routerId)),
];
