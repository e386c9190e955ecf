import {
  type DesiredAddress,
  type DesiredRoute,
  type DesiredRouting,
  type DesiredRule,
} from '../net/index.js';
import { type InterfaceFact, type RoutingFact, type RoutingWatch } from '../kernel/rtnetlink.js';
import { type InstanceSettings, type VrrpEvent } from '../vrrp/index.js';
import { type InterfaceAddress } from '../wire/netlink/route.js';
import { AddressKeeper, type AddressDoor } from './address-keeper.js';
import { type InterfaceView } from './interface-view.js';
import { type WorkerShares } from './messages.js';
import { RouteKeeper, type RouteDoor } from './route-keeper.js';
import { routeText, ruleText } from './routing-text.js';

type Share = Pick<WorkerShares['vrrp'], 'vrrp' | 'vrrpAddresses' | 'vrrpRoutes' | 'statics'>;

/** Holders of the static entries, beside the instances; no instance has such a name. */
const STATIC = '\0static';
const STATIC_NO_TRACK = '\0static no_track';

/** Everything that the installer needs of the outside. */
export interface InstallerOutside extends AddressDoor, RouteDoor {
  apply(
    commands: Parameters<AddressDoor['apply']>[0] | Parameters<RouteDoor['apply']>[0],
  ): ReturnType<RouteDoor['apply']>;
  /** RouteSocket.port: notifications of our own changes are marked with it. */
  readonly port: number;
  /** Facts that were drained: to be looked at as if the monitor had brought them. */
  facts: ConstructorParameters<typeof AddressKeeper>[3]['facts'];
  log: {
    /** With -D. */
    detail(text: string): void;
    info(text: string): void;
    error(text: string): void;
  };
}

/**
 * Installs and removes what moves with each instance, and what stands while the daemon runs: addresses, then routes,
 * then rules; removed in the opposite order. Gives static entries back that somebody else removes.
 */
export class Installer {
  private readonly addresses: AddressKeeper;
  private readonly routes: RouteKeeper;
  private share: Share;
  /** By name: thousands of instances look themselves up here. */
  private instances: ReadonlyMap<string, InstanceSettings>;
  private staticsStand = false;
  /** Somebody else has removed a static address since we last looked. */
  private staticLost = false;

  constructor(
    share: Share,
    private readonly view: InterfaceView,
    private readonly outside: InstallerOutside,
  ) {
    this.share = share;
    this.instances = byName(share);
    const refused = (holder: string, text: string): void =>
      outside.log.error(isStatic(holder) ? text : `(${holder}) ${text}`);
    const listener = { facts: outside.facts.bind(outside), refused };
    this.addresses = new AddressKeeper(addressesOf(share), view, outside, listener);
    this.routes = new RouteKeeper(routingOf(share), () => view.indices, outside, refused);
  }

  /** A reload: from now on this is what is to be installed. What is installed stays until reconcile(). */
  setShare(share: Share): void {
    this.share = share;
    this.instances = byName(share);
    this.addresses.setDesired(addressesOf(share));
    this.routes.setDesired(routingOf(share));
  }

  /** Installs all that moves with an instance; what is there is adopted. */
  install(instance: string): void {
    this.sayAll(instance, 'setting');
    this.routes.adjust(instance);
    this.addresses.install(instance);
    this.routes.install(instance);
  }

  /** Removes what an instance holds, or what a predecessor may have left of it. */
  remove(instance: string): void {
    this.sayAll(instance, 'removing');
    this.routes.remove(instance);
    this.addresses.remove(instance);
  }

  /** Lets leases on addresses begin anew, if the instance holds any. */
  renewAddresses(instance: string): void {
    this.addresses.renew(instance);
  }

  /** Removes what a predecessor may have left of an instance, without a word. */
  clear(instance: string): void {
    this.routes.remove(instance);
    this.addresses.remove(instance);
  }

  /** After a reload: what is held follows what should be, without a gap for what stays. */
  reconcile(): void {
    for (const holder of this.routes.holders) {
      const stays = isStatic(holder) || this.instances.has(holder);
      if (stays) this.routes.adjust(holder);
      else this.routes.remove(holder);
    }
    this.addresses.reconcile();
    // The kernel may have dropped some, and does not say so: all that stay are asked for again.
    for (const holder of this.routes.holders) this.routes.install(holder);
    this.installStatics();
  }

  /** Installs the static entries; those that are there are adopted. */
  installStatics(): void {
    this.staticsStand = true;
    for (const holder of [STATIC, STATIC_NO_TRACK]) {
      this.addresses.install(holder);
      this.routes.install(holder);
    }
  }

  /** Removes the static entries: the daemon ends. */
  removeStatics(): void {
    this.staticsStand = false;
    for (const holder of [STATIC, STATIC_NO_TRACK]) {
      this.routes.remove(holder);
      this.addresses.remove(holder);
    }
  }

  /** Facts were lost: whoever holds something has it installed again where it is missing. */
  restoreAll(): void {
    this.addresses.forgetRemovals();
    this.restoreStatics();
    for (const holder of this.routes.holders) this.routes.install(holder);
  }

  /**
   * What follows from a route or rule that is gone: the events for the instance that held it; a static one comes
   * back at once.
   */
  routingGone(facts: readonly RoutingFact[]): readonly VrrpEvent[] {
    return facts.flatMap((fact): readonly VrrpEvent[] => {
      if (fact.port === this.outside.port) return [];
      const held =
        fact.type === 'route-gone' ? this.routes.findRoute(fact.route) : this.routes.findRule(fact.rule);
      if (!held) return [];
      const { holder } = held;
      const tracked = 'route' in held ? !held.route.noTrack : !held.rule.noTrack;
      if (!tracked) return [];
      if (isStatic(holder)) {
        this.restoreStatics();
        return [];
      }
      return 'route' in held
        ? [{ type: 'RouteLost', instance: holder, text: `route ${routeText(held.route)}` }]
        : [{ type: 'RouteLost', instance: holder, text: `rule ${ruleText(held.rule)}` }];
    });
  }

  /** True once for each removal of an address that was ours. */
  isOurDoing(gone: InterfaceAddress): boolean {
    const ours = this.addresses.isOurDoing(gone);
    if (!ours && this.isStaticAddress(gone)) this.staticLost = true;
    return ours;
  }

  /** Gives back the static entries that changes of interfaces have cost us; call it when the view knows of them. */
  interfacesChanged(facts: readonly InterfaceFact[]): void {
    const { addresses, routes } = this.share.statics;
    const back = facts.some(
      (fact) =>
        fact.type === 'link' &&
        fact.link.adminUp &&
        fact.link.running &&
        [...addresses, ...routes].some((each) => each.interface === fact.link.name),
    );
    if (!back && !this.staticLost) return;
    this.staticLost = false;
    this.restoreStatics();
  }

  /** Looks at what our own changes have made the kernel say; call it when an event has been carried out. */
  settle(): void {
    this.addresses.settle();
  }

  /** Whose loss is to be heard of: nothing is listened to that nobody tracks. */
  get watched(): RoutingWatch {
    const all = Object.values(routingOf(this.share));
    const tracked = (list: readonly (DesiredRoute | DesiredRule)[]) =>
      list.filter(({ noTrack }) => !noTrack).map(({ family }) => family);
    return {
      routes: new Set(tracked(all.flatMap(({ routes }) => routes))),
      rules: new Set(tracked(all.flatMap(({ rules }) => rules))),
    };
  }

  private isStaticAddress({ interfaceIndex, address, prefixLength }: InterfaceAddress): boolean {
    const name = this.view.nameOf(interfaceIndex);
    return this.share.statics.addresses.some(
      (each) =>
        each.address === address &&
        each.prefixLength === prefixLength &&
        each.interface === name &&
        !each.noTrack,
    );
  }

  private restoreStatics(): void {
    if (!this.staticsStand) return;
    for (const { address, prefixLength, interfaceIndex } of this.addresses.install(STATIC)) {
      const name = this.view.nameOf(interfaceIndex) ?? `interface ${interfaceIndex}`;
      this.outside.log.info(`Restoring deleted static address ${address}/${prefixLength} dev ${name}`);
    }
    // The kernel takes no route over an interface that is down; they come back with it.
    const isUp = ({ interface: name }: DesiredRoute): boolean =>
      name === undefined || this.view.state(name)?.up === true;
    for (const step of this.routes.install(STATIC, isUp)) {
      this.outside.log.info(
        'route' in step
          ? `Restoring deleted static route ${routeText(step.route)}`
          : `Restoring deleted static rule ${ruleText(step.rule)}`,
      );
    }
  }

  private sayAll(instance: string, doing: 'setting' | 'removing'): void {
    const addresses = this.instances.get(instance)?.addresses ?? [];
    const { routes = [], rules = [] } = this.share.vrrpRoutes[instance] ?? {};
    const vips = [
      addresses.some(({ advertised }) => advertised) && 'VIPs.',
      addresses.some(({ advertised }) => !advertised) && 'E-VIPs.',
    ];
    const tables = [routes.length > 0 && 'Virtual Routes', rules.length > 0 && 'Virtual Rules'];
    const order = doing === 'setting' ? [...vips, ...tables] : [...tables.reverse(), ...vips];
    for (const what of order) if (what !== false) this.outside.log.detail(`(${instance}) ${doing} ${what}`);
  }
}

const byName = ({ vrrp }: Share): ReadonlyMap<string, InstanceSettings> =>
  new Map(vrrp.instances.map((each) => [each.name, each]));

const isStatic = (holder: string): boolean => holder === STATIC || holder === STATIC_NO_TRACK;

const addressesOf = ({
  vrrpAddresses,
  statics,
}: Share): Readonly<Record<string, readonly DesiredAddress[]>> => ({
  ...vrrpAddresses,
  [STATIC]: statics.addresses.filter(({ noTrack }) => !noTrack),
  [STATIC_NO_TRACK]: statics.addresses.filter(({ noTrack }) => noTrack),
});

const routingOf = ({ vrrpRoutes, statics }: Share): Readonly<Record<string, DesiredRouting>> => ({
  ...vrrpRoutes,
  [STATIC]: {
    routes: statics.routes.filter(({ noTrack }) => !noTrack),
    rules: statics.rules.filter(({ noTrack }) => !noTrack),
  },
  [STATIC_NO_TRACK]: {
    routes: statics.routes.filter(({ noTrack }) => noTrack),
    rules: statics.rules.filter(({ noTrack }) => noTrack),
  },
});
