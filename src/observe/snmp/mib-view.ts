import { err, type Result } from '../../base/result.js';
import {
  AGENTX_ERROR,
  compareOids,
  oidStartsWith,
  type MibValue,
  type Oid,
  type VarBind,
} from '../../wire/agentx/index.js';
import { type MibOrder } from './set.js';

/** One object type: a column of a table, or a scalar (whose only index is 0). */
export interface Series {
  /** Of the column, or of the scalar. */
  readonly prefix: Oid;
  /** What follows the prefix, in order, without doubles. Columns of one table share it. */
  readonly indices: readonly Oid[];
  /** The value at that place of `indices`; undefined if there is no such instance. */
  readonly read: (at: number) => MibValue | undefined;
  /** What setting it to that integer has somebody do, or why not (AGENTX_ERROR); absent where nothing can be set. */
  readonly write?: (at: number, value: number) => Result<MibOrder, number>;
}

/** Column of a conceptual table: its number, its name in the MIB, what it says of a row, and what a SET of it does. */
export type Column<Row> = readonly [
  number: number,
  name: string,
  read: (row: Row) => MibValue | undefined,
  write?: (row: Row, value: number) => Result<MibOrder, number>,
];

/** A conceptual table. */
export interface Table<Row> {
  /** The OID of its entry, which the numbers of its columns follow. */
  readonly entry: Oid;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Of a row; `position` counts the rows from 1. Of two equal ones the first row counts. */
  readonly index: (row: Row, position: number) => Oid;
}

/** One series a column. */
export function tableSeries<Row>({ entry, columns, rows, index }: Table<Row>): readonly Series[] {
  const sorted = rows
    .map((row, at) => ({ row, index: index(row, at + 1) }))
    .sort((a, b) => compareOids(a.index, b.index))
    .filter(({ index: own }, at, all) => at === 0 || compareOids(own, all[at - 1]?.index ?? []) !== 0);
  const indices = sorted.map((each) => each.index);
  return columns.map(([number, , read, write]) => ({
    prefix: [...entry, number],
    indices,
    read: (at) => {
      const found = sorted[at];
      return found && read(found.row);
    },
    ...(write && {
      write: (at: number, value: number) => {
        const found = sorted[at];
        return found ? write(found.row, value) : err(AGENTX_ERROR.noCreation);
      },
    }),
  }));
}

/** A scalar: its OID without the 0 at the end, its name in the MIB, its value. */
export type Scalar = readonly [oid: Oid, name: string, value: MibValue | undefined];

export const scalarSeries = (scalars: readonly Scalar[]): readonly Series[] =>
  scalars.map(([prefix, , value]) => ({ prefix, indices: [[0]], read: () => value }));

/**
 * Everything that an agent can be asked for, at one moment. Values are made when they are asked for, so that a view of
 * 10,000 real servers costs nothing but its indices, and both ways of asking take a binary search.
 */
export class MibView {
  private readonly series: readonly Series[];

  constructor(series: readonly Series[]) {
    this.series = [...series].sort((a, b) => compareOids(a.prefix, b.prefix));
  }

  /** The value of exactly that object; or why there is none, as GET answers it (RFC 3416, 4.2.1). */
  get(oid: Oid): MibValue {
    const { series, at } = this.find(oid);
    if (!series) return { type: 'noSuchObject' };
    return (at === undefined ? undefined : series.read(at)) ?? { type: 'noSuchInstance' };
  }

  /** What setting that object to that value has somebody do; or the error, in the order of RFC 3416, 4.2.5. */
  set(oid: Oid, value: MibValue): Result<MibOrder, number> {
    const { series, at } = this.find(oid);
    if (!series?.write) return err(AGENTX_ERROR.notWritable);
    if (value.type !== 'integer') return err(AGENTX_ERROR.wrongType);
    if (at === undefined || !series.read(at)) return err(AGENTX_ERROR.noCreation);
    return series.write(at, value.value);
  }

  /** The first object after `start` (or at it, if that is included) and before `end`; undefined if there is none. */
  next(start: Oid, include: boolean, end: Oid): VarBind | undefined {
    const first = Math.max(
      0,
      lastNotAfter(this.series.length, (at) => this.prefix(at), start),
    );
    for (let at = first; at < this.series.length; at++) {
      const series = this.series[at];
      if (!series) break;
      if (end.length > 0 && compareOids(series.prefix, end) >= 0) return undefined;
      const found = nextIn(series, start, include);
      if (found) return end.length > 0 && compareOids(found.oid, end) >= 0 ? undefined : found;
    }
    return undefined;
  }

  /** The series that an object belongs to, and its place there if it exists. */
  private find(oid: Oid): { readonly series?: Series; readonly at?: number } {
    const series = this.series[lastNotAfter(this.series.length, (at) => this.prefix(at), oid)];
    if (!series || !oidStartsWith(oid, series.prefix)) return {};
    const index = oid.slice(series.prefix.length);
    const at = lastNotAfter(series.indices.length, (place) => series.indices[place] ?? [], index);
    return at >= 0 && compareOids(series.indices[at] ?? [], index) === 0 ? { series, at } : { series };
  }

  private prefix(at: number): Oid {
    return this.series[at]?.prefix ?? [];
  }
}

function nextIn({ prefix, indices, read }: Series, start: Oid, include: boolean): VarBind | undefined {
  let at = 0;
  if (oidStartsWith(start, prefix)) {
    const from = start.slice(prefix.length);
    at = lastNotAfter(indices.length, (place) => indices[place] ?? [], from);
    if (at < 0 || !include || compareOids(indices[at] ?? [], from) !== 0) at += 1;
  } else if (compareOids(start, prefix) > 0) {
    return undefined;
  }
  for (; at < indices.length; at++) {
    const value = read(at);
    if (value) return { oid: [...prefix, ...(indices[at] ?? [])], value };
  }
  return undefined;
}

/** The last place of an ordered list that does not come after `oid`; -1 if all do. */
function lastNotAfter(length: number, oidAt: (at: number) => Oid, oid: Oid): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareOids(oidAt(middle), oid) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
