import { type ForwardingMethod } from '../../lvs/index.js';
import { type Column } from './mib-view.js';
import { gauge, integer } from './values.js';

/** nat(1), dr(2), tun(3) */
const KINDS = { masq: 1, route: 2, tunnel: 3 } as const;
const TUNNELS = { ipip: 1, gue: 2, gre: 3 } as const;
const CHECKSUMS = { nocsum: 1, csum: 2, remcsum: 3 } as const;

/** How packets reach real servers: one column, and three for tunnels. */
export function forwardingColumns<Row>(
  prefix: string,
  kind: readonly [number: number, name: string],
  tunnel: number,
  of: (row: Row) => ForwardingMethod | undefined,
): readonly Column<Row>[] {
  const tunnelOf = (row: Row) => {
    const method = of(row);
    return method?.kind === 'tunnel' ? method : undefined;
  };
  return [
    [kind[0], kind[1], (row) => integer(KINDS[of(row)?.kind ?? 'masq'])],
    [
      tunnel,
      `${prefix}TunnelType`,
      (row) => {
        const method = tunnelOf(row);
        return method && integer(TUNNELS[method.type]);
      },
    ],
    [
      tunnel + 1,
      `${prefix}TunnelPort`,
      (row) => {
        const method = tunnelOf(row);
        return method?.type === 'gue' ? gauge(method.port) : undefined;
      },
    ],
    [
      tunnel + 2,
      `${prefix}TunnelCsum`,
      (row) => {
        const method = tunnelOf(row);
        return method && method.type !== 'ipip' ? integer(CHECKSUMS[method.checksum]) : undefined;
      },
    ],
  ];
}
