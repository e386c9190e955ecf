import { type IpAddress, parseIpAddress } from '../base/address.js';
import { err, ok, type Result } from '../base/result.js';
import { micros, type Micros } from '../base/units.js';
import { type VrrpSettings } from '../vrrp/index.js';
import { type Fault, type TimedFault } from './fault.js';
import { QUIET, type Quality } from './network.js';

/** What faults may name. */
export interface FaultScene {
  readonly routers: readonly NamedRouter[];
  /** Reads a configuration for `reload`; the text says why it cannot be. */
  readonly settings: (file: string) => Result<VrrpSettings, string>;
  /** Quality of the network before any fault. */
  readonly quality?: Quality;
}

/** A router, as faults call it. */
export interface NamedRouter {
  readonly name: string;
  readonly settings: VrrpSettings;
}

/** All faults there are, for help and for who has misspelt one. */
export const FAULT_SYNTAX: readonly (readonly [syntax: string, meaning: string])[] = [
  ['kill ROUTER', 'it loses power: no farewell'],
  ['stop ROUTER', 'its daemon is stopped, and resigns'],
  ['start ROUTER', 'it is started again'],
  ['crash ROUTER', 'its worker dies and is respawned'],
  ['stall ROUTER for TIME', 'it does not get to run for so long; packets wait'],
  ['interface NAME of ROUTER down|up', 'a cable is pulled, or put back'],
  ['script NAME of ROUTER fails|succeeds', 'how runs of a vrrp_script end from now on'],
  ['file NAME of ROUTER holds NUMBER', 'a track_file changes'],
  ['process NAME of ROUTER runs NUMBER', 'so many processes of a vrrp_track_process run'],
  ['bfd NAME of ROUTER down|up', 'a BFD session goes down, or comes back'],
  ['address ADDRESS of ROUTER removed', 'somebody else removes a VIP'],
  ['reload ROUTER FILE', 'it reads this configuration'],
  ['cut A-B', 'neither hears the other; with A>B packets from A do not reach B'],
  ['heal [A-B]', 'they hear each other again; without names, everybody everybody'],
  ['loss PERCENT', 'so many packets of a hundred are lost, on each way'],
  ['delay TIME', 'packets take so long; with TIME..TIME anything between'],
];

/** Like `at 10s kill A`. */
const FORM = 'a fault is written: at TIME FAULT, for example: at 10s kill A';

/**
 * Reads faults, each like `at 10s kill A`, and sorts them by time. Whatever is wrong is said with what would be right.
 */
export function parseFaults(
  texts: readonly string[],
  scene: FaultScene,
): Result<readonly TimedFault[], readonly string[]> {
  const read = texts.map((text) => {
    const drafted = parseFault(text, scene);
    return drafted.ok ? drafted : err(`'${text}': ${drafted.error}`);
  });
  const problems = read.flatMap((each) => (each.ok ? [] : [each.error]));
  if (problems.length > 0) return err(problems);
  const drafts = read.flatMap((each) => (each.ok ? [each.value] : []));
  drafts.sort((a, b) => a.at - b.at);
  let quality = scene.quality ?? QUIET;
  return ok(
    drafts.map(({ at, draft }) => {
      // Loss leaves the delay as it is, and the other way round.
      if (draft.type !== 'change-quality') return { at, fault: draft };
      quality = { ...quality, ...draft.change };
      return { at, fault: { type: 'quality', quality } };
    }),
  );
}

/** A fault, or what it changes of the network's quality, whatever that is by then. */
type Draft = Fault | { readonly type: 'change-quality'; readonly change: Partial<Quality> };
type Drafted = Result<Draft, string>;

function parseFault(text: string, scene: FaultScene): Result<{ at: Micros; draft: Draft }, string> {
  const [at, time = '', kind = '', ...words] = text.trim().split(/\s+/);
  if (at !== 'at') return err(FORM);
  const when = parseTime(time);
  if (when === undefined) return err(`'${time}' is no time: 10s, 500ms, 2min`);
  const reader = READERS.get(kind);
  if (!reader) return err(`there is no fault '${kind}'. There are:\n${faultHelp()}`);
  const draft = reader(words, scene);
  return draft.ok ? ok({ at: when, draft: draft.value }) : draft;
}

/** The faults, a line each. */
export function faultHelp(): string {
  const width = Math.max(...FAULT_SYNTAX.map(([syntax]) => syntax.length));
  return FAULT_SYNTAX.map(([syntax, meaning]) => `  ${syntax.padEnd(width)}  ${meaning}`).join('\n');
}

/** Microseconds in each unit. */
const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, min: 60_000_000 };
/** A simulation of more than a day is a slip of the pen. */
const LONGEST: Micros = micros(86_400_000_000);

/** `10s`, `500ms`, `1.5s`, `2min`; undefined for anything else. */
export function parseTime(text: string): Micros | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(us|ms|s|min)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const time = micros(Math.round(Number(number) * (UNITS[unit] ?? 0)));
  return time <= LONGEST ? time : undefined;
}

type Reader = (words: readonly string[], scene: FaultScene) => Drafted;

/** Faults that take a router and nothing else. */
const simple =
  (type: 'kill' | 'stop' | 'start' | 'crash-worker'): Reader =>
  ([name, ...more], scene) =>
    withRouter(
      name,
      more.length === 0,
      `${type === 'crash-worker' ? 'crash' : type} ROUTER`,
      scene,
      (router) => ok({ type, router: router.name }),
    );

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    kill: simple('kill'),
    stop: simple('stop'),
    start: simple('start'),
    crash: simple('crash-worker'),
    stall: ([name, keyword, time = ''], scene) =>
      withRouter(name, keyword === 'for', 'stall ROUTER for TIME', scene, ({ name: router }) => {
        const duration = parseTime(time);
        if (duration === undefined) return err(`'${time}' is no time: 10s, 500ms, 2min`);
        return ok({ type: 'stall', router, duration });
      }),
    interface: turned('interface', ['down', 'up'], interfacesOf, (router, name, word) => ({
      ...{ type: 'link', router, interface: name, up: word === 'up' },
    })),
    script: turned('script', ['fails', 'succeeds'], scriptsOf, (router, script, word) => ({
      ...{ type: 'script', router, script, success: word === 'succeeds' },
    })),
    bfd: turned('bfd', ['down', 'up'], namesOf('trackBfd'), (router, name, word) => ({
      ...{ type: 'tracked', router, event: { type: 'BfdChanged', name, up: word === 'up' } },
    })),
    file: counted('file', 'holds', namesOf('trackFiles'), (router, name, value) => ({
      ...{ type: 'tracked', router, event: { type: 'FileChanged', name, value } },
    })),
    process: counted('process', 'runs', namesOf('trackProcesses'), (router, name, count) => ({
      ...{ type: 'tracked', router, event: { type: 'ProcessesCounted', name, count, by: 'scan' } },
    })),
    address: readAddress,
    reload: ([name, file, ...more], scene) =>
      withRouter(name, more.length === 0 && file !== undefined, 'reload ROUTER FILE', scene, (router) => {
        const settings = scene.settings(file ?? '');
        return settings.ok ? ok({ type: 'reload', router: router.name, settings: settings.value }) : settings;
      }),
    cut: ([pair = '', ...more], scene) => {
      const found = readPair(pair, scene);
      if (!found.ok || more.length > 0) return found.ok ? err('cut A-B, or cut A>B') : found;
      const { from, to, both } = found.value;
      return ok({ type: 'cut', from: both ? [from, to] : [from], to: both ? [from, to] : [to] });
    },
    heal: ([pair], scene) => {
      if (pair === undefined) return ok({ type: 'heal' });
      const found = readPair(pair, scene);
      return found.ok ? ok({ type: 'heal', between: [found.value.from, found.value.to] }) : found;
    },
    loss: ([percent = '']) => {
      const loss = parsePercent(percent);
      return loss === undefined
        ? err(`'${percent}' is no percentage from 0 to 100`)
        : ok({ type: 'change-quality', change: { loss } });
    },
    delay: ([range = '']) => {
      const [least = '', most = least] = range.split('..');
      const [minDelay, maxDelay] = [parseTime(least), parseTime(most)];
      if (minDelay === undefined || maxDelay === undefined || minDelay > maxDelay) {
        return err(`'${range}' is no delay: 5ms, or 1ms..20ms`);
      }
      return ok({ type: 'change-quality', change: { minDelay, maxDelay } });
    },
  }),
);

/** `10`, `10%`, `0.5%`: a share from 0 to 1. */
export function parsePercent(text: string): number | undefined {
  const [, number] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  return number === undefined || Number(number) > 100 ? undefined : Number(number) / 100;
}

/** `interface NAME of ROUTER down|up` and its like. */
function turned(
  kind: string,
  words: readonly [string, string],
  known: (settings: VrrpSettings) => readonly string[],
  make: (router: string, name: string, word: string) => Fault,
): Reader {
  return ([name = '', of, routerName, word = '', ...more], scene) => {
    const fits = of === 'of' && words.includes(word) && more.length === 0;
    return withRouter(routerName, fits, `${kind} NAME of ROUTER ${words.join('|')}`, scene, (router) =>
      withName(kind, name, known, router, () => ok(make(router.name, name, word))),
    );
  };
}

/** `file NAME of ROUTER holds NUMBER` and its like. */
function counted(
  kind: string,
  verb: string,
  known: (settings: VrrpSettings) => readonly string[],
  make: (router: string, name: string, number: number) => Fault,
): Reader {
  return ([name = '', of, routerName, said, number = '', ...more], scene) => {
    const fits = of === 'of' && said === verb && /^-?\d{1,9}$/.test(number) && more.length === 0;
    return withRouter(routerName, fits, `${kind} NAME of ROUTER ${verb} NUMBER`, scene, (router) =>
      withName(kind, name, known, router, () => ok(make(router.name, name, Number(number)))),
    );
  };
}

function readAddress(
  [text = '', of, routerName, word, ...more]: readonly string[],
  scene: FaultScene,
): Drafted {
  const fits = of === 'of' && word === 'removed' && more.length === 0;
  return withRouter(
    routerName,
    fits,
    'address ADDRESS of ROUTER removed',
    scene,
    ({ name: router, settings }) => {
      const address: IpAddress | undefined = parseIpAddress(text);
      const vips = settings.instances.flatMap((each) => each.addresses);
      const vip = vips.find((each) => each.address === address);
      if (!vip) return err(`${router} has no VIP ${text}; it has ${list(vips.map((each) => each.address))}`);
      return ok({ type: 'remove-address', router, interface: vip.interface, address: vip.address });
    },
  );
}

function withRouter(
  name: string | undefined,
  fits: boolean,
  syntax: string,
  { routers }: FaultScene,
  make: (router: NamedRouter) => Drafted,
): Drafted {
  if (name === undefined || !fits) return err(`it is written: ${syntax}`);
  const router = routers.find((each) => each.name === name);
  return router ? make(router) : noRouter(name, routers);
}

const noRouter = (
  name: string,
  routers: readonly NamedRouter[],
): { readonly ok: false; readonly error: string } =>
  err(`there is no router ${name}; there is ${list(routers.map((router) => router.name))}`);

function withName(
  kind: string,
  name: string,
  known: (settings: VrrpSettings) => readonly string[],
  { name: router, settings }: NamedRouter,
  make: () => Drafted,
): Drafted {
  const names = known(settings);
  return names.includes(name) ? make() : err(`${router} has no ${kind} ${name}; it has ${list(names)}`);
}

/** `A-B`: both ways; `A>B`: one way. Names may hold a dash themselves. */
function readPair(
  text: string,
  { routers }: FaultScene,
): Result<{ from: string; to: string; both: boolean }, string> {
  for (const separator of ['>', '-']) {
    for (const { name: from } of routers) {
      if (!text.startsWith(from + separator)) continue;
      const to = text.slice(from.length + 1);
      if (to !== from && routers.some(({ name }) => name === to))
        return ok({ from, to, both: separator === '-' });
    }
  }
  return err(`'${text}' is no pair of routers, A-B; there is ${list(routers.map(({ name }) => name))}`);
}

const list = (names: readonly string[]): string => [...new Set(names)].join(', ') || 'none';

type TrackList = 'trackBfd' | 'trackFiles' | 'trackProcesses' | 'trackInterfaces';

/** The names of everything of this kind that instances and sync groups track. */
function namesOf(kind: TrackList): (settings: VrrpSettings) => readonly string[] {
  return ({ instances, syncGroups }) =>
    [...instances, ...syncGroups].flatMap((owner) => owner[kind].map(({ name }) => name));
}

function scriptsOf({ scripts }: VrrpSettings): readonly string[] {
  return scripts.map(({ name }) => name);
}

function interfacesOf(settings: VrrpSettings): readonly string[] {
  return [...settings.instances.map((each) => each.interface), ...namesOf('trackInterfaces')(settings)];
}
