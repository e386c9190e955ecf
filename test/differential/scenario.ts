// What one scenario file says: the directors' configurations, the story of faults, and how fast adverts go.
import { type Outcome } from './outcome.js';
import { type Stage } from './stage.js';

/** Names that a configuration needs of the place where it runs. */
export interface Place {
  /** An executable that logs its arguments: `notify_master "${notify} master"`. */
  readonly notify: string;
  /** The director's own directory, for files that are tracked. */
  readonly directory: string;
}

export type Config = (place: Place) => string;

export interface Scenario {
  /** A sentence: what happens and what should come of it. */
  readonly name: string;
  /** Seconds between adverts, by which silence and takeover are judged. */
  readonly interval: number;
  /** The virtual addresses to watch, without prefix length. */
  readonly vips: readonly string[];
  /** How many segments join the directors: eth0 is on the first, eth1 on the second. One unless told. */
  readonly segments?: number;
  /** The interfaces of which checkpoints tell what the kernel has; then of routes, rules, settings and firewall too. */
  readonly kernel?: readonly string[];
  /** Whether to compare every burst of gratuitous ARP, not only those at the begin of a mastership. */
  readonly allGratuitousArp?: boolean;
  /** Each director's configuration when it first starts. */
  readonly directors: Readonly<Record<string, Config>>;
  /** Starts the directors, does the damage, and waits for what should come of it. */
  readonly play: (stage: Stage) => Promise<void>;
  /** The masters in turn, as `Outcome.masters` puts them: what keepalived itself is held to. */
  readonly masters?: readonly string[];
  /** What to compare, for a story in which keepalived does not always do the same; everything unless told. */
  readonly compare?: readonly (keyof Outcome)[];
  /** The first version of keepalived that can play it, `2.4`; any unless told. */
  readonly since?: string;
  /** Where Understudy differs on purpose (docs/deviations.md): by cast, "understudy + keepalived", what replaces what. */
  readonly deviations?: Readonly<Record<string, Partial<Outcome>>>;
}

/** Keyword and value; true for a keyword that stands alone; a list for a block of lines. */
export type Settings = Readonly<Record<string, string | number | true | readonly string[]>>;

/** A block of keepalived.conf. */
export function block(head: string, settings: Settings): string {
  const lines = Object.entries(settings).flatMap(([keyword, value]) => {
    if (value === true) return [keyword];
    if (typeof value === 'object') return [`${keyword} {`, ...value.map((line) => `    ${line}`), '}'];
    return [`${keyword} ${value}`];
  });
  return `${head} {\n${lines.map((line) => `    ${line}\n`).join('')}}\n`;
}

/** The director's log of one kind of notify: everything that can call a script does. */
export function notifyAll({ notify }: Place): Settings {
  return {
    notify: `"${notify}"`,
    notify_master: `"${notify} master"`,
    notify_backup: `"${notify} backup"`,
    notify_fault: `"${notify} fault"`,
    notify_stop: `"${notify} stop"`,
  };
}

/**
 * The later round of gratuitous ARP comes after every story has ended, unless the story is about it: five seconds after
 * an election, where it comes by default, it would meet what a story does then, or miss it, as the machine is busy.
 * Nor is there a round against a peer that still sent an advert before it heard that it is backup, which is as chancy.
 */
const globalDefs = ({ directory }: Place): string =>
  block('global_defs', {
    router_id: 'scenario',
    script_user: 'root',
    vrrp_garp_master_delay: 120,
    vrrp_garp_lower_prio_repeat: 0,
    notify_fifo: `${directory}/notify.fifo`,
    vrrp_notify_priority_changes: true,
  });

/** The usual virtual address of scenarios. */
export const vip = '192.0.2.100';

/** A file with one plain instance, VI_1 on eth0, where `settings` say no other. */
export function plain(settings: Settings): Config {
  return (place) =>
    globalDefs(place) +
    block('vrrp_instance VI_1', {
      state: 'BACKUP',
      interface: 'eth0',
      virtual_router_id: 51,
      advert_int: 1,
      virtual_ipaddress: [`${vip}/24`],
      ...notifyAll(place),
      ...settings,
    });
}

/** A file of global settings and these blocks. */
export function file(...blocks: readonly (string | ((place: Place) => string))[]): Config {
  return (place) =>
    globalDefs(place) + blocks.map((part) => (typeof part === 'string' ? part : part(place))).join('');
}
