import { MICROS_PER_SECOND, type Micros } from '../base/units.js';
import { LinkBeatSocket } from '../kernel/link-beat.js';
import { type RouteFact } from '../kernel/rtnetlink.js';
import { type Link } from '../wire/netlink/link.js';
import { type InterfaceView, type LinkVerdict } from './interface-view.js';
import { type After, type LinkDelay, LinkDelays } from './link-delays.js';
import { Linkbeat, type BeatType } from './linkbeat.js';
import { type LinkedParts } from './linked-share.js';
import { type Log } from './log.js';

const POLL_INTERVAL_MS = 1000;
const MICROS_PER_MS = MICROS_PER_SECOND / 1000;

/** What an interface counts as: by what the kernel tells, late if so configured, or by asking its driver. */
export class LinkWatch {
  /** Interfaces whose coming and going matters. */
  private tracked: ReadonlySet<string> = new Set();
  private delays: ReadonlyMap<string, LinkDelay> = new Map();
  private readonly delayed: LinkDelays;
  private beat: Linkbeat | undefined;
  private socket: LinkBeatSocket | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param baseOf what a link of ours lies on: it has the same delays.
   * @param changed the interface of that name is to be looked at again.
   */
  constructor(
    private readonly baseOf: (name: string) => string | undefined,
    private readonly changed: (name: string) => void,
    private readonly log: Pick<Log, 'info' | 'detail'>,
  ) {
    const delayOf = (name: string) => this.delays.get(name) ?? this.delays.get(this.baseOf(name) ?? '');
    this.delayed = new LinkDelays(delayOf, afterTimeout, changed, log);
  }

  /** From now on as this configuration says. @param parts with the names that the file has. */
  configure(parts: LinkedParts, view: InterfaceView): void {
    this.tracked = trackedInterfaces(parts.vrrp);
    this.delays = delaysOf(parts, this.log);
    const wanted = polledInterfaces(parts, view, this.log);
    clearInterval(this.timer);
    this.beat = undefined;
    if (wanted.size === 0) return;
    this.socket ??= new LinkBeatSocket();
    const beat = new Linkbeat(wanted, this.socket, this.log);
    this.beat = beat;
    this.log.info('Using MII-BMSR/ETHTOOL NIC polling thread(s)...');
    this.timer = setInterval(() => {
      for (const name of beat.poll(new Set(view.indices.keys()))) this.changed(name);
    }, POLL_INTERVAL_MS);
  }

  /** Says which interfaces come and go. @param view as it was before `facts`. */
  report(facts: readonly RouteFact[], view: InterfaceView): void {
    const names = new Map([...view.indices].map(([name, index]) => [index, name]));
    for (const fact of facts) {
      if (fact.type !== 'link' && fact.type !== 'link-gone') continue;
      const { index, name } = fact.link;
      const before = names.get(index);
      if (fact.type === 'link-gone') {
        names.delete(index);
        const matters = this.tracked.has(name) || this.baseOf(name) !== undefined;
        this.log[matters ? 'info' : 'detail'](`Interface ${name} deleted`);
        continue;
      }
      names.set(index, name);
      if (before === undefined) this.log.detail(`Interface ${name} added`);
      else if (before !== name) this.log.info(`Interface name has changed from ${before} to ${name}`);
    }
  }

  /** What a link counts as. */
  judge(link: Link): LinkVerdict {
    const polled = this.beat?.isUp(link.name);
    if (polled !== undefined) return { up: polled, polled: true };
    return { up: this.delayed.settle(link, link.adminUp && link.running) };
  }

  close(): void {
    clearInterval(this.timer);
    this.delayed.close();
    this.socket?.close();
    this.socket = undefined;
  }
}

/** A delay is far longer than what setTimeout may be wrong by. */
const afterTimeout: After = (delay, callback) => {
  const timer = setTimeout(callback, Math.ceil(delay / MICROS_PER_MS));
  return () => clearTimeout(timer);
};

/**
 * The delays by interface. One that lasts longer than the backups wait would have them take over while this router
 * still thinks itself up.
 */
function delaysOf({ vrrp, details }: LinkedParts, log: Pick<Log, 'info'>): ReadonlyMap<string, LinkDelay> {
  const delays = new Map<string, LinkDelay>(
    details.links.delays.map(({ interface: name, down, up }) => [name, { down, up }]),
  );
  for (const { name, interface: port, advertInterval, downTimerAdverts } of vrrp.instances) {
    const delay = delays.get(port);
    if (!delay || (delay.down === 0 && delay.up === 0)) continue;
    if (downTimerAdverts === 1) {
      log.info(`${name}: cannot use debounce timers with down_timer_adverts = 1 - resetting`);
      delays.delete(port);
      continue;
    }
    const adverts = downTimerAdverts - 1;
    const most = Math.floor(adverts * advertInterval - advertInterval / 256) as Micros;
    if (delay.down <= most) continue;
    log.info(
      `${name}: interface ${port} debounce timer(s) not less that ${adverts} * advert_int - resetting`,
    );
    delays.set(port, { down: most, up: delay.up === delay.down ? most : delay.up });
  }
  return delays;
}

/** The interfaces to be asked, and how: those that the file names, as far as anybody tracks them. */
function polledInterfaces(
  { vrrp, details }: LinkedParts,
  view: InterfaceView,
  log: Pick<Log, 'info'>,
): ReadonlyMap<string, BeatType | undefined> {
  const all = details.daemon.interfaces.linkbeatPolling;
  const wanted = new Map<string, BeatType | undefined>(
    details.links.linkbeat.map(({ interface: name, type }) => [name, type]),
  );
  for (const { name, interface: port } of vrrp.instances) {
    const own = details.instances[name]?.linkbeatPolling === true;
    if ((all || own) && port !== '' && !wanted.has(port)) wanted.set(port, undefined);
  }
  const tracked = trackedInterfaces(vrrp);
  for (const name of wanted.keys()) {
    const kind = view.link(name)?.kind;
    const isVlan = kind === 'macvlan' || kind === 'ipvlan';
    if (tracked.has(name) && !isVlan) continue;
    wanted.delete(name);
    const reason = isVlan ? 'netlink works for vmacs/ipvlans' : 'not used for tracking';
    log.info(`Turning off linkbeat for ${name} since ${reason}`);
  }
  return wanted;
}

const trackedInterfaces = ({ instances, syncGroups }: LinkedParts['vrrp']): ReadonlySet<string> =>
  new Set([
    ...instances.flatMap((each) => [
      each.interface,
      ...(each.carriers ?? []),
      ...each.trackInterfaces.map(({ name }) => name),
    ]),
    ...syncGroups.flatMap((group) => group.trackInterfaces.map(({ name }) => name)),
  ]);
