import { type Micros } from '../../base/units.js';
import { type GarpGroup, type LinkSettings, type StaticSettings } from '../model-vrrp.js';
import { type Statement } from '../tree.js';
import { readAddress } from './addresses.js';
import { desiredAddress } from './build-vrrp.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { parseDuration } from './numbers.js';
import { type Reading } from './read-arguments.js';
import { type Registry } from './registry.js';
import { readRoute, type RouteScene } from './routes.js';
import { readRule } from './rules.js';
import { linesOf, readSection } from './section.js';

type Settings = Omit<StaticSettings, 'trackGroups'> & LinkSettings;
type Lists = { -readonly [Key in keyof Settings]: Settings[Key][number][] };

const MOST_DELAY = 255_000_000;

/** What stands whether this host is master or not: addresses, routes, rules; and settings of interfaces. */
export class StaticReader {
  private readonly lists: Lists = {
    addresses: [],
    routes: [],
    rules: [],
    linkbeat: [],
    delays: [],
    garpGroups: [],
  };
  /** Interfaces that are in a garp_group already. */
  private readonly paced = new Set<string>();

  constructor(
    private readonly context: PassContext,
    private readonly globals: Globals,
    private readonly registry: Registry,
  ) {}

  /** Takes a top-level block; others are left alone. */
  read(block: Reading): void {
    readers[block.keyword.path]?.(this, block);
  }

  /**
   * @param instances those that exist: other members of track_groups are reported, and a group of nothing else is
   * left out.
   */
  finish(instances: ReadonlySet<string>): StaticSettings {
    const groups: Record<string, readonly string[]> = {};
    for (const [name, members] of this.registry.trackGroups) {
      const known = members.filter((each) => instances.has(each));
      if (known.length > 0) groups[name] = known;
    }
    const { addresses, routes, rules } = this.lists;
    return {
      addresses: addresses.map((each) => withoutUnknown(each, groups)),
      routes: routes.map((each) => withoutUnknown(each, groups)),
      rules: rules.map((each) => withoutUnknown(each, groups)),
      trackGroups: groups,
    };
  }

  /** Interfaces that an instance is to follow because a static entry has it in its track_group. */
  interfacesFor(instance: string): readonly string[] {
    const { addresses, routes, rules } = this.lists;
    const follows = ({ trackGroup, noTrack }: { trackGroup?: string; noTrack: boolean }): boolean =>
      !noTrack &&
      trackGroup !== undefined &&
      this.registry.trackGroups.get(trackGroup)?.includes(instance) === true;
    return [
      ...addresses.filter(follows).map((address) => address.interface),
      ...routes.filter(follows).map((route) => route.interface),
      ...rules.filter(follows).map((rule) => rule.inputInterface),
    ].filter((name) => name !== undefined);
  }

  /** How interfaces are watched and spoken on. */
  get links(): LinkSettings {
    const { linkbeat, delays, garpGroups } = this.lists;
    return { linkbeat, delays, garpGroups };
  }

  readAddresses({ statement }: Reading): void {
    for (const line of linesOf(this.context, statement)) {
      const draft = readAddress(this.context, this.registry.names, line, true);
      if (!draft) continue;
      const device = draft.interface ?? this.defaultInterface(line);
      if (device === undefined) continue;
      draft.interface = device;
      const { trackGroup } = draft;
      const known = trackGroup !== undefined && this.registry.trackGroups.has(trackGroup);
      if (trackGroup !== undefined && !known) {
        this.context.error(
          'unknown-track-group',
          `there is no track_group '${trackGroup}' above; it is ignored`,
          line.span,
        );
      }
      this.lists.addresses.push({
        ...desiredAddress(draft),
        ...(known && { trackGroup }),
      });
    }
  }

  /** default_interface, or eth0; undefined (and a problem) if it does not exist. */
  private defaultInterface(line: Statement): string | undefined {
    const name = this.globals.daemon.interfaces.default ?? 'eth0';
    if (this.context.interface(name)) return name;
    this.context.error(
      'no-default-interface',
      `the address needs dev: there is no default interface '${name}'`,
      line.span,
    );
    return undefined;
  }

  private get scene(): RouteScene {
    const { names, trackGroups } = this.registry;
    return { context: this.context, names, trackGroups: new Set(trackGroups.keys()) };
  }

  readRoutes({ statement }: Reading): void {
    for (const line of linesOf(this.context, statement)) {
      const route = readRoute(this.scene, line);
      if (route) this.lists.routes.push(route);
    }
  }

  readRules({ statement }: Reading): void {
    for (const line of linesOf(this.context, statement)) {
      const rule = readRule(this.scene, this.registry.priorities, line);
      if (rule) this.lists.rules.push(rule);
    }
  }

  readTrackGroup(block: Reading): void {
    const { context, registry } = this;
    const name = block.values[0] as string;
    const { statement } = block;
    if (registry.trackGroups.has(name)) {
      context.error(
        'already-given',
        `track_group '${name}' is already given; this one is ignored`,
        statement.span,
      );
      return;
    }
    const members: string[] = [];
    readSection(context, 'track_group', statement.body ?? [], statement, (reading) => {
      members.push(
        ...linesOf(context, reading.statement).flatMap((line) => line.words.map((word) => word.text)),
      );
      if (members.length === 0)
        context.error('empty-list', 'the group has no members', reading.statement.span);
      return members.length > 0;
    });
    if (members.length > 0) registry.trackGroups.set(name, members);
    else context.error('empty-group', `track_group '${name}' has no members; it is left out`, statement.span);
  }

  readLinkbeat({ statement }: Reading): void {
    for (const line of linesOf(this.context, statement)) {
      const [name, type, more] = line.words;
      if (!name || !this.isKnown(name.text, line)) continue;
      const known =
        type?.text === 'MII' || type?.text === 'ETHTOOL' || type?.text === 'IOCTL' ? type.text : undefined;
      if (more ?? (type && known === undefined)) {
        this.context.error(
          'unknown-option',
          `'${(more ?? type)?.text ?? ''}' is none of MII, ETHTOOL and IOCTL`,
          line.span,
        );
      }
      this.lists.linkbeat.push({ interface: name.text, ...(known !== undefined && { type: known }) });
    }
  }

  /** These two blocks want interfaces to exist, dynamic_interfaces or not; keepalived runs on without them. */
  private isKnown(name: string, line: Statement): boolean {
    if (this.context.interface(name) || this.context.dynamicInterfaces) return true;
    this.context.error(
      'unknown-beat-interface',
      `interface '${name}' does not exist; the line is ignored`,
      line.span,
    );
    return false;
  }

  readDelays({ statement }: Reading): void {
    for (const line of linesOf(this.context, statement)) {
      const [name, down, up] = line.words;
      if (!name || !this.isKnown(name.text, line)) continue;
      const [downDelay, upDelay] = [this.delay(down?.text), up ? this.delay(up.text) : (0 as Micros)];
      if (!down) this.context.note('delays-missing', `no delays are given for '${name.text}'`, line.span);
      else if (downDelay !== undefined && upDelay !== undefined) {
        this.lists.delays.push({ interface: name.text, down: downDelay, up: upDelay });
      } else {
        const wrong = downDelay === undefined ? down : up;
        this.context.error(
          'out-of-range',
          `delay '${wrong?.text ?? ''}' is not within 0 to 255`,
          wrong?.span,
        );
      }
    }
  }

  private delay(text: string | undefined): Micros | undefined {
    const reading = text === undefined ? undefined : parseDuration(text, { unit: 's', decimals: 6 });
    return reading && reading.value <= MOST_DELAY ? (reading.value as Micros) : undefined;
  }

  readGarpGroup({ statement }: Reading): void {
    const { context } = this;
    const interfaces: string[] = [];
    const section = readSection(context, 'garp_group', statement.body ?? [], statement, (reading) => {
      const words =
        reading.name === 'interface'
          ? reading.statement.words.slice(1, 2)
          : reading.name === 'interfaces'
            ? linesOf(context, reading.statement).flatMap((line) => line.words)
            : undefined;
      if (words?.length === 0)
        context.error('empty-list', 'interfaces has no interfaces', reading.statement.span);
      for (const { text, span } of words ?? []) {
        if (!context.requireInterface(text, 'interface', span)) continue;
        if (this.paced.has(text))
          context.error('already-given', `'${text}' is already in a garp_group; it is ignored`, span);
        else interfaces.push(text);
        this.paced.add(text);
      }
      return true;
    });
    const [garp, gna] = [section.number('garp_interval'), section.number('gna_interval')];
    if (garp === undefined && gna === undefined) {
      context.error('no-delays', 'the garp_group has no interval; it is left out', statement.span);
      return;
    }
    const group: GarpGroup = {
      interfaces,
      ...(garp !== undefined && { garpInterval: garp as Micros }),
      ...(gna !== undefined && { gnaInterval: gna as Micros }),
    };
    this.lists.garpGroups.push(group);
  }
}

const readers: Readonly<Record<string, ((reader: StaticReader, block: Reading) => void) | undefined>> = {
  static_ipaddress: (reader, block) => reader.readAddresses(block),
  static_routes: (reader, block) => reader.readRoutes(block),
  static_rules: (reader, block) => reader.readRules(block),
  track_group: (reader, block) => reader.readTrackGroup(block),
  linkbeat_interfaces: (reader, block) => reader.readLinkbeat(block),
  interface_up_down_delays: (reader, block) => reader.readDelays(block),
  garp_group: (reader, block) => reader.readGarpGroup(block),
};

/** A static entry as it is when its track_group may have turned out to be empty. */
function withoutUnknown<Entry extends { readonly trackGroup?: string }>(
  entry: Entry,
  groups: StaticSettings['trackGroups'],
): Entry {
  if (entry.trackGroup === undefined || groups[entry.trackGroup]) return entry;
  const known = { ...entry };
  delete (known as { trackGroup?: string }).trackGroup;
  return known;
}
