// Brings what was recorded of a run into a form in which two runs can be equal: no times, no MAC addresses of ours,
// nothing that the protocol leaves open.
import { type Advert, type Arp, type NeighbourAdvertisement } from './decode.js';
import { type Scenario } from './scenario.js';
import { isVirtualMac, type Checkpoint, type Seen, type Stage } from './stage.js';

/** What is compared between runs. */
export interface Outcome {
  /**
   * Who advertised, in turn: "a until priority 0", "b until silence", "a" for one that still does. One list a virtual
   * router, one after another.
   */
  readonly masters: readonly string[];
  readonly checkpoints: readonly Checkpoint[];
  /** By director, the distinct contents of its adverts in turn. */
  readonly adverts: Readonly<Record<string, readonly string[]>>;
  /** By director, how often it sent priority 0. */
  readonly resignations: Readonly<Record<string, number>>;
  /** By director, each burst of gratuitous ARP and unsolicited neighbour advertisements. */
  readonly announcements: Readonly<Record<string, readonly string[]>>;
  /** By director, addresses coming and going. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** By director, the arguments of notify calls. */
  readonly notify: Readonly<Record<string, readonly string[]>>;
  /** By director, the lines that it wrote to its FIFO. */
  readonly fifo: Readonly<Record<string, readonly string[]>>;
  /** By director, the exit status of each run of its daemon. */
  readonly exits: Readonly<Record<string, readonly (number | string)[]>>;
}

/** What is compared with tolerance: seconds from the story's latest deed to the begin of each mastership. */
export interface Timing {
  readonly what: string;
  readonly seconds: number;
}

interface Mastership {
  readonly router: string;
  readonly director: string;
  readonly begin: bigint;
  last: bigint;
  resigned: boolean;
}

const second = 1_000_000_000n;

/** Splits adverts into masterships: one ends by priority 0, or by silence of more than two intervals. */
function masterships(stage: Stage, scenario: Scenario): Mastership[] {
  const silence = silenceOf(scenario);
  const all: Mastership[] = [];
  for (const frame of stage.frames) {
    if (frame.kind !== 'advert') continue;
    const director = stage.owner(frame) ?? 'nobody';
    const router = routerOf(frame);
    const current = all.findLast((each) => each.router === router && each.director === director);
    const goesOn = current && !current.resigned && frame.at - current.last <= silence;
    if (goesOn) {
      current.last = frame.at;
      current.resigned = frame.priority === 0;
    } else if (frame.priority > 0) {
      all.push({ router, director, begin: frame.at, last: frame.at, resigned: false });
    }
  }
  return all;
}

/** More than two intervals and half a second, for a busy machine's sake. */
function silenceOf(scenario: Scenario): bigint {
  return BigInt(Math.round((scenario.interval * 2.5 + 0.5) * 1e9));
}

function routerOf(advert: Advert & { readonly segment: number }): string {
  return `segment ${advert.segment} vrid ${advert.virtualRouterId} ${advert.from.includes(':') ? 'ipv6' : 'ipv4'}`;
}

/** The masters in turn, as `Outcome.masters` has them. */
function mastersInTurn(all: readonly Mastership[], scenario: Scenario, end: bigint): string[] {
  const routers = [...new Set(all.map((each) => each.router))].sort();
  return routers.flatMap((router) =>
    all
      .filter((each) => each.router === router)
      .map(({ director, resigned, last }) => {
        const prefix = routers.length > 1 ? `${router}: ` : '';
        if (resigned) return `${prefix}${director} until priority 0`;
        return `${prefix}${director}${end - last > silenceOf(scenario) ? ' until silence' : ''}`;
      }),
  );
}

function describeAdvert(advert: Advert & { readonly segment: number }): string {
  const { version, type, virtualRouterId, priority, interval, addresses, authType, password, ttl, tos } =
    advert;
  const from = advert.from.startsWith('fe80:') ? 'link-local' : advert.from;
  const station = advert.destination.startsWith('02:') ? 'unicast' : advert.destination;
  const sender = isVirtualMac(advert.source) ? `by ${advert.source}` : '';
  const words = [
    `segment ${advert.segment} v${version}`,
    type === 1 ? '' : `type ${type}`,
    `vrid ${virtualRouterId} priority ${priority} interval ${interval}`,
    authType ? `auth ${authType} "${password}"` : '',
    `[${addresses.join(' ')}] ${from} > ${advert.to} ${station} ttl ${ttl} tos ${tos}`,
    sender,
    advert.checksumOk ? '' : 'WRONG CHECKSUM',
    advert.excess === 0 ? '' : `${advert.excess} bytes too many`,
    advert.ah === undefined ? '' : `AH with SPI ${advert.ah}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** The contents of adverts in turn, without repeats; one virtual router after another. */
function distinctAdverts(adverts: readonly (Advert & { readonly segment: number })[]): string[] {
  const routers = [...new Set(adverts.map(routerOf))].sort();
  return routers.flatMap((router) => {
    const lines = adverts.filter((advert) => routerOf(advert) === router).map(describeAdvert);
    return lines.filter((line, index) => line !== lines[index - 1]);
  });
}

type Announcement = (Arp | NeighbourAdvertisement) & { readonly segment: number };

function isAnnouncement(frame: Seen, vips: readonly string[]): frame is Announcement {
  if (frame.kind === 'arp') return vips.includes(frame.sender) && frame.sender === frame.target;
  return frame.kind === 'na' && vips.includes(frame.target) && !frame.flags.includes('S');
}

function describeAnnouncement(frame: Announcement): string {
  const name = (mac: string) => (mac === frame.source && !isVirtualMac(mac) ? 'own' : mac);
  if (frame.kind === 'arp') {
    const { operation, sender, senderMac, targetMac, destination } = frame;
    return `arp ${operation} ${sender} is-at ${name(senderMac)} target ${name(targetMac)} to ${destination}`;
  }
  const { target, targetMac, flags, destination, from, to } = frame;
  const source = from.startsWith('fe80:') ? 'link-local' : from;
  return `na ${target} is-at ${name(targetMac)} ${flags} ${source} > ${to} to ${destination}`;
}

/** Announcements less than this apart make one burst. */
const burstGap = (3n * second) / 2n;

function bursts(stage: Stage, scenario: Scenario, director: string, all: readonly Mastership[]): string[] {
  const frames = stage.frames.filter(
    (frame): frame is Announcement => isAnnouncement(frame, scenario.vips) && stage.owner(frame) === director,
  );
  const groups: Announcement[][] = [];
  for (const frame of frames) {
    const group = groups.at(-1);
    if (group && frame.at - group.at(-1)!.at < burstGap) group.push(frame);
    else groups.push([frame]);
  }
  const begins = all.filter((each) => each.director === director).map((each) => each.begin);
  const near = (at: bigint) => begins.some((begin) => at - begin < second && begin - at < second);
  const chosen = scenario.allGratuitousArp ? groups : groups.filter((group) => near(group[0]!.at));
  return chosen.flatMap((group) => {
    const counts = new Map<string, number>();
    for (const frame of group) {
      const text = describeAnnouncement(frame);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return [...counts].map(([text, count]) => `${count} x ${text}`).sort();
  });
}

/** Two masters that find each other: which of them hears the other first, nobody can say. */
const isNoChance = (line: string): boolean => !line.includes(' MASTER_RX_LOWER_PRI ');

function byDirector<T>(stage: Stage, make: (name: string) => T): Record<string, T> {
  return Object.fromEntries([...stage.directors.keys()].map((name) => [name, make(name)]));
}

/** Changes in turn; what comes (or goes) together has no order that matters, for a checkpoint shows what it led to. */
function inBatches(changes: readonly string[]): string[] {
  const batches: string[][] = [];
  for (const change of changes) {
    const batch = batches.at(-1);
    if (batch?.[0]!.charAt(0) === change.charAt(0)) batch.push(change);
    else batches.push([change]);
  }
  return batches.flatMap((batch) => batch.sort());
}

/** When each director, after each start, first said what it is: before that it was busy starting. */
function arrivals(stage: Stage): { readonly at: bigint; readonly what: string }[] {
  return [...stage.directors.keys()].flatMap((name) =>
    stage.actions
      .filter(({ what }) => what === `start ${name}`)
      .flatMap((start) => stage.notifyCalls(name).find((call) => call.at > start.at) ?? [])
      .filter(({ args }) => !/master/i.test(args))
      .map(({ at }) => ({ at, what: `arrival ${name}` })),
  );
}

/** The outcome of a run that has been played to its end, and its timing. */
export function judge(
  stage: Stage,
  scenario: Scenario,
  end: bigint,
): { outcome: Outcome; timings: Timing[] } {
  const adverts = (name: string) =>
    stage.frames.filter(
      (frame): frame is Advert & { readonly segment: number } =>
        frame.kind === 'advert' && stage.owner(frame) === name,
    );
  const all = masterships(stage, scenario);
  const outcome: Outcome = {
    masters: mastersInTurn(all, scenario, end),
    checkpoints: stage.checkpoints,
    adverts: byDirector(stage, (name) => distinctAdverts(adverts(name))),
    resignations: byDirector(stage, (name) => adverts(name).filter((each) => each.priority === 0).length),
    announcements: byDirector(stage, (name) => bursts(stage, scenario, name, all)),
    addresses: byDirector(stage, (name) => inBatches(stage.director(name).addresses.changes)),
    notify: byDirector(stage, (name) => stage.notifyCalls(name).map((call) => call.args)),
    fifo: byDirector(stage, (name) => stage.fifoLines(name).filter(isNoChance)),
    exits: byDirector(stage, (name) => [...stage.director(name).daemon.exits]),
  };
  const deeds = [...stage.actions, ...arrivals(stage)].sort((x, y) => Number(x.at - y.at));
  const timings = all.map(({ router, director, begin }) => {
    const others = [...stage.directors.keys()].filter((name) => name !== director);
    const foreign = new Set(others.flatMap((name) => [`start ${name}`, `arrival ${name}`]));
    const deed = deeds.findLast((action) => action.at <= begin && !foreign.has(action.what));
    return {
      what: `${router}: ${director} advertises after "${deed?.what ?? 'nothing'}"`,
      seconds: Number(begin - (deed?.at ?? begin)) / 1e9,
    };
  });
  return { outcome, timings };
}
