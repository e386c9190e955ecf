import { decodeSource } from '../source-decode.js';
import { type PassContext } from './context.js';

/** What iproute2's files give names to, with what they are called there and how large their numbers are. */
const kinds = {
  table: { file: 'rt_tables', max: 0xffff_ffff },
  protocol: { file: 'rt_protos', max: 255 },
  scope: { file: 'rt_scopes', max: 255 },
  dsfield: { file: 'rt_dsfield', max: 255 },
  realm: { file: 'rt_realms', max: 255 },
  group: { file: 'group', max: 0x7fff_ffff },
} as const;

export type RouteNameKind = keyof typeof kinds;

/** Names that hold even without the files. */
const builtIn: Readonly<Record<RouteNameKind, Readonly<Record<string, number>>>> = {
  table: { default: 253, main: 254, local: 255 },
  protocol: {
    unspec: 0,
    redirect: 1,
    kernel: 2,
    boot: 3,
    static: 4,
    gated: 8,
    ra: 9,
    mrt: 10,
    zebra: 11,
    bird: 12,
    dnrouted: 13,
    xorp: 14,
    ntk: 15,
    dhcp: 16,
    mrouted: 17,
    keepalived: 18,
    babel: 42,
    bgp: 186,
    isis: 187,
    ospf: 188,
    rip: 189,
    eigrp: 192,
  },
  scope: { global: 0, universe: 0, site: 200, link: 253, host: 254, nowhere: 255 },
  dsfield: { default: 0 },
  realm: { cosmos: 0 },
  group: { default: 0 },
};

/** Types of routes, as iproute2 spells them. */
export const routeTypes: ReadonlySet<string> = new Set([
  'unicast',
  'local',
  'broadcast',
  'brd',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
]);

const MAX_BYTES = 1 << 20;

/** Numbers of the names in iproute2's files; each file is read once, when a name of its kind is first asked for. */
export class RouteNames {
  private readonly tables = new Map<RouteNameKind, ReadonlyMap<string, number>>();

  /** @param directories the system's, and this host's, which hides files of the same name in the system's. */
  constructor(
    private readonly context: PassContext,
    private readonly directories: { readonly usr: string; readonly etc: string },
  ) {}

  /** A number, in decimal, octal or hexadecimal, or the number of a name; undefined if it is neither. */
  lookUp(kind: RouteNameKind, text: string): number | undefined {
    const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? parseC(text) : undefined;
    if (number !== undefined) return number <= kinds[kind].max ? number : undefined;
    let names = this.tables.get(kind);
    if (!names) this.tables.set(kind, (names = this.read(kind)));
    return names.get(text);
  }

  private read(kind: RouteNameKind): ReadonlyMap<string, number> {
    const names = new Map(Object.entries(builtIn[kind]));
    for (const path of this.filesOf(kinds[kind].file)) this.readFile(path, kinds[kind].max, names);
    return names;
  }

  /** In the order in which they are read; a later one wins. As iproute2 looks for them. */
  private filesOf(name: string): readonly string[] {
    const { usr, etc } = this.directories;
    const main = [`${etc}/${name}`, `${usr}/${name}`].find((path) => this.isFile(path));
    const ofHost = this.partsOf(`${etc}/${name}.d`);
    const ofSystem = this.partsOf(`${usr}/${name}.d`).filter((part) => !ofHost.includes(part));
    return [
      ...(main === undefined ? [] : [main]),
      ...ofSystem.map((part) => `${usr}/${name}.d/${part}`),
      ...ofHost.map((part) => `${etc}/${name}.d/${part}`),
    ];
  }

  private partsOf(folder: string): readonly string[] {
    const parts = this.context.host.list(folder) ?? [];
    return parts.filter((part) => /^[^.].*\.conf$/.test(part)).sort();
  }

  private isFile(path: string): boolean {
    return this.context.host.readFile(path, MAX_BYTES).ok;
  }

  private readFile(path: string, max: number, names: Map<string, number>): void {
    const read = this.context.host.readFile(path, MAX_BYTES);
    if (!read.ok) return;
    for (const line of decodeSource(read.value).text.split('\n')) {
      const [id, name, more] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (id === undefined || name === undefined || more !== undefined) continue;
      const number = /^(0x[0-9a-f]+|\d+)$/i.test(id) ? parseC(id) : undefined;
      if (number !== undefined && number <= max) names.set(name, number);
    }
  }
}

/** A number as C writes it: a leading 0 means octal. */
export const parseC = (text: string): number => (/^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text));
