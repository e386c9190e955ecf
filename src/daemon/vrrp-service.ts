import { uptime } from 'node:os';
import { micros, plus, secondsToMicros, type Micros } from '../base/units.js';
import { type Pulse } from '../kernel/pulse.js';
import { now, unixTimeAt } from '../kernel/clock.js';
import { holdCleanPages, releaseCleanPages } from '../kernel/process.js';
import { PacketSocket } from '../kernel/packet-socket.js';
import {
  isInterfaceFact,
  isRoutingFact,
  RouteMonitor,
  RouteSocket,
  type RouteFact,
} from '../kernel/rtnetlink.js';
import { KernelError } from '../kernel/kernel-error.js';
import { DeadlineTimer } from '../kernel/timer.js';
import { VrrpSocket } from '../kernel/vrrp-socket.js';
import { VrrpRecorder } from '../observe/index.js';
import {
  Router,
  type AdvertReceived,
  type AdvertVerdict,
  type VrrpEffect,
  type VrrpEvent,
} from '../vrrp/index.js';
import { Announcements, notSentText, readIpv6Forwarding, sendingText } from './announcements.js';
import { answerForVrrp } from './control-answers.js';
import { type WorkerQuery } from './control-queries.js';
import { InstanceLinks } from './instance-links.js';
import { Installer } from './installer.js';
import { InterfaceView } from './interface-view.js';
import { type Firewall } from './firewall-keeper.js';
import { guardedLinks, keepFirewall } from './kernel-firewall.js';
import { drillKernel } from './kernel-drill.js';
import { LocalIgmp } from './local-igmp.js';
import { linkDoor } from './link-door.js';
import { IpvsDoor } from '../kernel/ipvs.js';
import { desiredSync } from '../lvs/index.js';
import { SyncKeeper } from './sync-keeper.js';
import { LinkWatch } from './link-watch.js';
import { type Bereaved, type WorkerShares } from './messages.js';
import { NewsDesk } from './news-desk.js';
import { DuplicateVrids } from './duplicate-vrids.js';
import { addressLines, mattersToLinks } from './route-facts.js';
import { isOffence, OffenderWatch, openSegment } from './offender-watch.js';
import { rehearse } from './rehearsal.js';
import { numberEvents, TrackedSources } from './tracked-sources.js';
import { VipLeases } from './vip-leases.js';
import { VrrpDriver, type VrrpOutside } from './vrrp-driver.js';
import { VrrpNewsDesk } from './vrrp-news.js';
import { VrrpScripts } from './vrrp-scripts.js';
import { VrrpSockets } from './vrrp-sockets.js';
import { isDebugged, isOwner, shortestInterval, tellsRefusals, tracksBfd, vipsOf } from './vrrp-share.js';
import { WallClockWatch } from './wall-clock-watch.js';
import { type Scheduling } from './scheduling.js';
import { lingeringOf, ServicesFirst } from './services-first.js';
import { hearBfd, StateAnnouncer, type StateNews } from './state-news.js';
import { type StartMessage, type Worker, type WorkerContext } from './worker-process.js';

type Share = WorkerShares['vrrp'];
type EffectOf<Type extends VrrpEffect['type']> = Extract<VrrpEffect, { type: Type }>;

/** VRRP on this host: the protocol, and everything that its effects and events need of the kernel. */
export class VrrpService implements Worker<Share>, VrrpOutside {
  private share: Share;
  private readonly releases: boolean;
  private readonly reportsAddresses: boolean;
  private readonly runsCheckers: boolean;
  private stopping = false;
  private readonly view = new InterfaceView((link) => this.watch.judge(link));
  private readonly wallClock = new WallClockWatch(unixTimeAt);
  private readonly route = new RouteSocket();
  private readonly monitor = new RouteMonitor((facts) => this.heard(facts));
  private readonly packets = new PacketSocket();
  private readonly timer = new DeadlineTimer((late) => this.wake(late));
  /** Wake-ups without a deadline that are still to come; see prepare(). */
  private drills = 0;
  private readonly links: InstanceLinks;
  private readonly watch: LinkWatch;
  private readonly sockets: VrrpSockets;
  private readonly installer: Installer;
  private readonly leases = new VipLeases(now, (instance) => this.installer.renewAddresses(instance));
  private readonly firewall: Firewall;
  private readonly igmp: LocalIgmp;
  private readonly sync: SyncKeeper;
  private readonly announcements: Announcements;
  private readonly offenders: OffenderWatch;
  private readonly scripts: VrrpScripts;
  private readonly recorder = new VrrpRecorder();
  private readonly sources: TrackedSources;
  private readonly driver: VrrpDriver;
  private readonly duplicates = new DuplicateVrids(this.view);
  /** Each instance on the interface that the file names. */
  private configured: Share['vrrp']['instances'];
  private readonly bfd: StateNews;
  /** Tells the health worker which instances are master: services may wait for that. */
  private readonly mastership = new StateAnnouncer('vrrp', (_, instance) => this.serves(instance));
  private readonly servicesFirst: ServicesFirst;
  private readonly desk: NewsDesk;
  private readonly news: VrrpNewsDesk;
  private tellsRefusals: boolean;

  /** @throws KernelError if the kernel does not let us take part at all. */
  constructor(
    message: StartMessage<Share>,
    private readonly context: WorkerContext,
    private readonly scheduling: Scheduling,
    private readonly pulse: Pulse,
  ) {
    const { setting, bereaved } = message;
    this.links = new InstanceLinks(this.view, linkDoor(this.route), context.log);
    this.watch = new LinkWatch(
      (name) => this.links.baseOf(name),
      (name) => this.handleAll(this.view.reconsider(name)),
      context.log,
    );
    this.makeRoom(message.share);
    // The links that exist decide on the names of those that are to exist.
    this.watch.configure(message.share, this.view);
    const found = this.view.load(this.route.links(), this.route.addresses());
    this.share = this.links.resolve(message.share);
    this.configured = message.share.vrrp.instances;
    const { share } = this;
    this.releases = setting.flags.releaseVrrp;
    this.reportsAddresses = setting.flags.addressMonitoring;
    this.runsCheckers = setting.flags.runCheckers;
    const say = (text: string) => context.log.info(text);
    this.servicesFirst = new ServicesFirst({ mastership: this.mastership, now, say });
    this.sockets = new VrrpSockets({
      open: (options, onPackets) => new VrrpSocket(options, onPackets),
      interface: (name) => this.view.state(name),
      mtu: (name) => this.view.link(name)?.mtu,
      received: (adverts) => {
        this.tellTime();
        this.handleAll(adverts);
      },
      failed: (instance, error) => context.log.error(`(${instance}) ${error.message}`),
    });
    this.installer = new Installer(share, this.view, {
      apply: (commands) => this.route.apply(commands),
      drain: () => this.monitor.drain(),
      facts: (facts) => this.heard(facts),
      port: this.route.port,
      log: context.log,
    });
    this.igmp = new LocalIgmp(context.log);
    this.igmp.apply(share.details.daemon.interfaces.disableLocalIgmp);
    this.firewall = keepFirewall(share.vrrpFirewall, this.view, context.log);
    this.sync = new SyncKeeper({
      open: () => IpvsDoor.open(this.share.ipvsPlace),
      say: (level, text) => (level === 'detail' ? context.log.detail(text) : context.log.error(text)),
    });
    this.announcements = new Announcements({
      link: (name) => this.view.link(name),
      send: (index, frame) => this.packets.send(index, frame),
      now,
      forwardsIpv6: readIpv6Forwarding,
      sending: (name, address) => context.log.detail(sendingText(name, address)),
      failed: (name, address, error) => context.log.info(notSentText(name, address, error)),
    });
    this.leases.setDesired(share.vrrpAddresses);
    this.offenders = new OffenderWatch({
      indexOf: (name) => this.view.link(name)?.index,
      open: openSegment,
      say: (level, text) => context.log.say(level, text),
    });
    this.scripts = new VrrpScripts(share, context.log, this.recorder);
    this.sources = new TrackedSources(share, context.log, (events) => this.handleAll(events));
    this.desk = new NewsDesk((message) => context.tell(message), share.news);
    this.news = new VrrpNewsDesk(this.desk, (instance) => this.driver.priorityOf(instance));
    this.tellsRefusals = tellsRefusals(share);
    this.driver = new VrrpDriver(new Router(share.vrrp), this, this.recorder);
    this.bfd = hearBfd('vrrp', context.log, (name, up) =>
      this.driver.handle({ type: 'BfdChanged', name, up }),
    );
    this.begin(bereaved, found);
  }

  reconfigure(asConfigured: Share): void {
    this.makeRoom(asConfigured);
    const share = this.links.resolve(asConfigured);
    this.configured = asConfigured.vrrp.instances;
    this.share = share;
    this.scheduling.apply(share.global);
    this.desk.wanted = share.news;
    this.tellsRefusals = tellsRefusals(share);
    const changedScripts = this.scripts.reconfigure(share);
    this.installer.setShare(share);
    this.monitor.watch(this.installer.watched);
    this.leases.setDesired(share.vrrpAddresses);
    this.firewall.reconfigure(share.vrrpFirewall, new Set(share.vrrp.instances.map(({ name }) => name)));
    this.watch.configure(asConfigured, this.view);
    this.handleAll([...this.view.setVips(vipsOf(share)), ...this.lookForDuplicates()]);
    this.links.make();
    this.heard(this.monitor.drain());
    this.sockets.open(share.vrrp.instances);
    this.tellTime();
    this.driver.handle({
      type: 'Reconfigured',
      settings: share.vrrp,
      changedScripts,
      ...this.sources.follow(share),
    });
    this.scripts.tellStates(this.driver.snapshot(0, Infinity));
    this.installer.reconcile();
    this.installer.settle();
    this.sockets.closeUnused(share.vrrp.instances);
    // One that has the MAC address of its predecessor comes up once that is gone.
    if (this.links.removeUnwanted()) this.links.make();
    this.guardLinks();
    this.igmp.apply(share.details.daemon.interfaces.disableLocalIgmp);
    this.synchronise();
    this.tellMastership();
    this.context.tell({ type: 'Ready', masters: this.driver.masters });
  }

  answer(query: WorkerQuery): unknown {
    const { recorder, scripts, scheduling } = this;
    return answerForVrrp(query, this.driver, {
      ...{ recorder, stalls: scheduling.stalls, fifos: scripts.fifoTallies, scriptRuns: scripts.runs },
    });
  }

  stop(): void {
    this.stopping = true;
    this.driver.handle({ type: 'StopRequested' });
  }

  // What the driver asks of the outside.

  readonly now = now;

  arm(at: Micros | undefined): void {
    const soon = this.drills > 0 ? plus(now(), TIMER_DRILL_INTERVAL) : undefined;
    this.timer.arm(soon !== undefined && (at === undefined || soon < at) ? soon : at);
  }

  waitingAdverts(): ReturnType<VrrpOutside['waitingAdverts']> {
    return this.sockets.drain();
  }

  sendAdverts(effects: readonly EffectOf<'SendAdvert'>[]): readonly (string | undefined)[] {
    if (this.isLeftInPlace()) return [];
    const errors = this.sockets.send(effects);
    this.pulse.beat(now());
    this.leases.advertised(effects);
    return errors;
  }

  addAddresses(instance: string): void {
    if (this.serves(instance)) this.servicesFirst.wait(instance, shortestInterval(this.share.vrrp));
    this.firewall.block(instance);
    this.installer.install(instance);
  }

  removeAddresses(instance: string): void {
    if (this.isLeftInPlace()) return;
    this.installer.remove(instance);
    this.firewall.unblock(instance);
  }

  sendGratuitousArp({ interface: name, address }: EffectOf<'SendGratuitousArp'>): void {
    this.announcements.announce(name, address);
  }

  runScript({ script, timeout }: EffectOf<'RunScript'>): void {
    this.scripts.track(script, timeout, (end) =>
      this.driver.handle({ type: 'ScriptExited', script, ...end }),
    );
  }

  notify(effect: EffectOf<'RunNotify'>): void {
    this.scripts.notify(effect);
    this.news.notified(effect);
  }

  stateChanged(effect: EffectOf<'StateChanged'>): void {
    const { instance, to } = effect;
    // At once, because packets to the VIP find what they find there.
    this.mastership.tell(instance, to === 'MASTER', lingeringOf(to));
    this.news.stateChanged(effect);
    // Later, because the neighbours come first: the first message over the pipe takes milliseconds.
    setImmediate(() => {
      this.context.tell({ type: 'StateChanged', instance, to });
      if (instance === this.share.ipvsSync?.instance) this.synchronise();
    });
  }

  record(effect: EffectOf<'Record'>): void {
    const { level, text } = effect;
    if (isOffence(effect)) this.offenders.report(effect);
    else if (level !== 'debug') this.context.log.say(level, text);
    else if (isDebugged(this.share, effect.instance)) this.context.log.info(text);
    else this.context.log.detail(text);
  }

  advertRefused(event: AdvertReceived, verdict: AdvertVerdict): void {
    if (this.tellsRefusals) this.news.refused(event, verdict, now());
  }

  settled(): void {
    this.installer.settle();
  }

  stopped(): void {
    void this.finish();
  }

  /** With --dont-release-vrrp a stop tells scripts, but neither the network nor the kernel. */
  private isLeftInPlace(): boolean {
    return this.stopping && !this.releases;
  }

  /** vrrp_netlink_cmd_rcv_bufs and vrrp_netlink_monitor_rcv_bufs. */
  private makeRoom({ details }: Share): void {
    const { receiveBuffers } = details.daemon;
    const none = { force: false };
    try {
      this.route.setReceiveBuffer(receiveBuffers['vrrp_netlink_cmd'] ?? none);
      this.monitor.setReceiveBuffer(receiveBuffers['vrrp_netlink_monitor'] ?? none);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.context.log.info(`Cannot set a netlink receive buffer: ${error.message}`);
    }
  }

  private begin(bereaved: readonly Bereaved[], found: readonly VrrpEvent[]): void {
    const resume = bereaved
      .filter(({ resumeBefore }) => now() < resumeBefore)
      .map(({ instance }) => instance);
    const changes = [...found, ...this.view.setVips(vipsOf(this.share))];
    this.links.make();
    // How the links came up is no news to anybody: the dump tells how they are.
    this.monitor.drain();
    changes.push(...this.view.load(this.route.links(), this.route.addresses()), ...this.lookForDuplicates());
    this.monitor.watch(this.installer.watched);
    // Whatever a predecessor left behind of instances that start as backup is somebody else's by now.
    for (const instance of this.share.vrrp.instances) {
      if (!isOwner(instance) && !resume.includes(instance.name)) this.installer.clear(instance.name);
    }
    this.installer.installStatics();
    this.installer.settle();
    if (resume.length === 0) this.beginFirewall();
    this.sockets.open(this.share.vrrp.instances);
    this.handleAll(changes);
    this.handleAll(numberEvents(this.sources.follow(this.share)));
    // Whoever takes up a predecessor's mastership has no time for a rehearsal.
    if (resume.length === 0) this.prepare();
    else if (tracksBfd(this.share)) this.bfd.catchUp();
    this.tellTime();
    this.driver.handle({ type: 'Started', resume, uptime: secondsToMicros(uptime()) });
    // What a predecessor blocked is blocked on, by the same transaction that removes what it left.
    if (resume.length > 0) this.beginFirewall();
    this.synchronise();
    this.tellMastership();
    this.context.tell({ type: 'Ready' });
  }

  /** serve_when_master: whether virtual servers wait for this instance. */
  private serves(instance: string): boolean {
    return this.runsCheckers && this.share.servedInstances.includes(instance);
  }

  /** Of all instances: those that have not changed their state yet are not master either. */
  private tellMastership(): void {
    const names = this.share.vrrp.instances.map(({ name }) => name);
    const masters = new Set(this.driver.masters);
    for (const name of names) this.mastership.tell(name, masters.has(name));
    this.mastership.keepOnly(new Set(names));
  }

  /** The sync daemon of IPVS follows its instance. */
  private synchronise(): void {
    this.sync.keep(desiredSync(this.share.ipvsSync, this.driver.masters));
  }

  private beginFirewall(): void {
    this.firewall.begin();
    this.guardLinks();
  }

  private guardLinks(): void {
    this.firewall.guard(guardedLinks(this.links.made, this.share));
  }

  /** Goes through a takeover before there is one, so that all of it is compiled by then. */
  private prepare(): void {
    // What only the start has needed; what a takeover needs comes back by going through it.
    if (!this.share.global.vrrpProcess.noSwap) {
      releaseCleanPages();
      const held = holdCleanPages();
      if (!held.ok) this.context.log.detail(`Cannot keep our code in memory: ${held.error.message}`);
    }
    const end = plus(now(), REHEARSAL);
    rehearse(this.share, () => now() >= end);
    this.firewall.rehearse();
    const held = this.view.holders(new Set(vipsOf(this.share).map(({ address }) => address)));
    const absent = Object.values(this.share.vrrpAddresses)
      .flat()
      .find(({ address }) => !held.some((holder) => holder.address === address));
    drillKernel(this.route, this.packets, absent, (name) => this.view.link(name)?.index);
    // The collector too is code that has to be there, and has most to do after a start.
    globalThis.gc?.();
    this.drills = TIMER_DRILLS;
  }

  /** The protocol hears of the clock on the wall before what it is to judge by it. */
  private tellTime(): void {
    this.handleAll(this.wallClock.read(this.share.vrrp.instances, now()));
  }

  private wake(late: Micros): void {
    this.tellTime();
    this.scheduling.wokeLate(late);
    this.drills = Math.max(0, this.drills - 1);
    this.driver.wake();
  }

  private heard(facts: readonly RouteFact[]): void {
    this.recorder.note('netlink', now(), facts);
    const ofInterfaces = facts.filter(isInterfaceFact);
    const ofRouting = facts.filter(isRoutingFact);
    if (this.reportsAddresses) {
      for (const line of addressLines(ofInterfaces, (index) => this.view.nameOf(index)))
        this.context.log.info(line);
    }
    this.watch.report(ofInterfaces, this.view);
    const events = [
      ...this.view.apply(ofInterfaces, (gone) => this.installer.isOurDoing(gone)),
      ...this.installer.routingGone(ofRouting),
    ];
    this.installer.interfacesChanged(ofInterfaces);
    if (ofInterfaces.length + ofRouting.length < facts.length) events.push(...this.readAgain());
    if (facts.some(mattersToLinks)) events.unshift(...this.lookForDuplicates());
    if (facts.some(mattersToLinks)) this.links.reconcile();
    if (ofInterfaces.some(({ type }) => type !== 'address-gone')) {
      this.guardLinks();
      this.firewall.interfacesChanged();
      this.sync.retry();
    }
    if (events.length === 0) return;
    // An instance may want to send as soon as it hears that its interface is back.
    this.sockets.open(this.share.vrrp.instances);
    this.handleAll(events);
    // Later, because this may come in the middle of a step that still has something to send.
    setImmediate(() => this.sockets.closeUnused(this.share.vrrp.instances));
  }

  private lookForDuplicates(): readonly VrrpEvent[] {
    const instances = this.duplicates.look(this.configured);
    return instances ? [{ type: 'VridsDuplicated', instances }] : [];
  }

  private readAgain(): readonly VrrpEvent[] {
    this.context.log.warning('Netlink messages were lost: reading links and addresses again');
    const events = this.view.load(this.route.links(), this.route.addresses());
    this.installer.restoreAll();
    return events;
  }

  private handleAll(events: readonly VrrpEvent[]): void {
    for (const event of events) this.driver.handle(event);
  }

  private async finish(): Promise<void> {
    this.installer.removeStatics();
    await this.scripts.stop();
    // What stateChanged() put off: a supervisor that did not ask us to stop would have our successor resume.
    await new Promise(setImmediate);
    this.desk.flush();
    this.sync.close();
    this.sources.close();
    this.bfd.close();
    this.mastership.close();
    this.sockets.close();
    await this.firewall.close();
    this.igmp.restore();
    this.offenders.close();
    if (!this.isLeftInPlace()) this.links.removeAll();
    this.monitor.close();
    this.watch.close();
    this.timer.close();
    this.context.log.info('Stopped');
    this.context.exit(0);
  }
}

/** How much time is spent at start on compiling what a takeover executes. */
const REHEARSAL: Micros = micros(40_000);

/** How often, and how fast, the timer is let go off for practice. */
const TIMER_DRILLS = 5;
const TIMER_DRILL_INTERVAL: Micros = micros(1000);
