import { type IpvsStats } from '../../wire/netlink/ipvs-types.js';
import { type LoadFacts } from './facts.js';
import { type Column } from './mib-view.js';
import { counter, counter64, gauge } from './values.js';

/** Where the objects of one quantity stand in a table. */
interface Places {
  readonly connections: number;
  readonly packets: readonly [inbound: number, outbound: number];
  readonly bytes: readonly [inbound: number, outbound: number];
  /** Gauges of what goes on in a second: connections, packets in and out, bytes in and out. */
  readonly rates: number;
  /** Connections and packets in and out once more, with 64 bits. */
  readonly wide: number;
  /** Each rate's lower, then upper half. */
  readonly halves: number;
  /** The rates once more, with 64 bits. */
  readonly wideRates: number;
}

const RATES = [
  ['Cps', (stats: IpvsStats) => stats.connectionsPerSecond],
  ['InPPS', (stats: IpvsStats) => stats.inPacketsPerSecond],
  ['OutPPS', (stats: IpvsStats) => stats.outPacketsPerSecond],
  ['InBPS', (stats: IpvsStats) => stats.inBytesPerSecond],
  ['OutBPS', (stats: IpvsStats) => stats.outBytesPerSecond],
] as const;

const NOTHING: IpvsStats = {
  ...{ connections: 0n, inPackets: 0n, outPackets: 0n, inBytes: 0n, outBytes: 0n },
  ...{ connectionsPerSecond: 0n, inPacketsPerSecond: 0n, outPacketsPerSecond: 0n },
  ...{ inBytesPerSecond: 0n, outBytesPerSecond: 0n },
};

/** What the kernel counts, in all the forms that KEEPALIVED-MIB has come to have for it. */
export function loadColumns<Row>(
  prefix: string,
  places: Places,
  loadOf: (row: Row) => LoadFacts | undefined,
): readonly Column<Row>[] {
  const stats = (row: Row): IpvsStats => loadOf(row)?.stats ?? NOTHING;
  const { packets, bytes, wide } = places;
  return [
    [places.connections, `${prefix}StatsConns`, (row) => gauge(stats(row).connections)],
    [packets[0], `${prefix}StatsInPkts`, (row) => counter(stats(row).inPackets)],
    [packets[1], `${prefix}StatsOutPkts`, (row) => counter(stats(row).outPackets)],
    [bytes[0], `${prefix}StatsInBytes`, (row) => counter64(stats(row).inBytes)],
    [bytes[1], `${prefix}StatsOutBytes`, (row) => counter64(stats(row).outBytes)],
    [wide, `${prefix}StatsConns64`, (row) => counter64(stats(row).connections)],
    [wide + 1, `${prefix}StatsInPkts64`, (row) => counter64(stats(row).inPackets)],
    [wide + 2, `${prefix}StatsOutPkts64`, (row) => counter64(stats(row).outPackets)],
    ...RATES.flatMap(([name, rate], at): readonly Column<Row>[] => [
      [places.rates + at, `${prefix}Rate${name}`, (row) => gauge(rate(stats(row)))],
      [places.halves + 2 * at, `${prefix}Rate${name}Low`, (row) => gauge(rate(stats(row)))],
      [places.halves + 2 * at + 1, `${prefix}Rate${name}High`, (row) => gauge(rate(stats(row)) >> 32n)],
      [places.wideRates + at, `${prefix}Rate${name}64`, (row) => counter64(rate(stats(row)))],
    ]),
  ];
}
