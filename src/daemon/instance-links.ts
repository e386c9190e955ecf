import { chooseLinks, type DesiredLink } from '../net/index.js';
import { BorrowedSettings } from './borrowed-settings.js';
import { type InterfaceView } from './interface-view.js';
import { type LinkDoor } from './link-door.js';
import { LinkKeeper, type MadeLink } from './link-keeper.js';
import { flatten, linkShare, requestsOf, type LinkedParts } from './linked-share.js';
import { type Log } from './log.js';
import { withoutVmacConflicts } from './vmac-conflicts.js';

/**
 * What instances need of the host's links: VMACs and IPVLANs of their own (use_vmac, use_vmac_addr, use_ipvlan), and
 * promote_secondaries on the interface that they are on.
 */
export class InstanceLinks {
  private readonly keeper: LinkKeeper;
  private readonly promoted: BorrowedSettings;
  private chosen: readonly DesiredLink[] = [];
  /** By instance, the interface that it wants promote_secondaries on. */
  private promotions: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly view: InterfaceView,
    door: LinkDoor,
    private readonly log: Pick<Log, 'info' | 'detail'>,
  ) {
    this.keeper = new LinkKeeper(view, door, log);
    this.promoted = new BorrowedSettings(door, { promoteSecondaries: 1 });
  }

  /** The links that exist at this moment, and whose they are. */
  get made(): readonly MadeLink[] {
    return this.keeper.made;
  }

  /** What a link of ours lies on. */
  baseOf(name: string): string | undefined {
    return this.chosen.find((link) => link.name === name)?.base;
  }

  /**
   * Chooses a name for each link. Changes nothing yet.
   * @returns the share with the links' names where the file names what they lie on.
   */
  resolve<Share extends LinkedParts>(share: Share): Share {
    const requests = requestsOf(share);
    const { vmacPrefix = 'vrrp', vmacAddrPrefix = vmacPrefix } = share.details.daemon.interfaces;
    const { links, notes } = chooseLinks(flatten(requests), {
      links: this.view.links,
      addresses: (index) => this.view.addressesOf(index),
      reserved: new Set(share.vrrp.instances.map((instance) => instance.interface)),
      ours: this.keeper.names,
      prefix: { adverts: vmacPrefix, addresses: vmacAddrPrefix },
    });
    for (const note of notes) this.log.info(note);
    this.chosen = links;
    this.promotions = promotionsOf(share);
    const linked = linkShare(share, requests, links, (name) => this.lowerOf(name));
    return withoutVmacConflicts(linked, new Set(links.map(({ name }) => name)), (text) =>
      this.log.info(text),
    );
  }

  /** Makes, or adopts, what has been chosen. */
  make(): void {
    this.keeper.want(this.chosen);
    this.promote();
  }

  /** Something has changed: makes what is missing. */
  reconcile(): void {
    this.promote();
    this.keeper.reconcile();
  }

  /** After a reload: removes what is not needed any more. True if there was something. */
  removeUnwanted(): boolean {
    return this.keeper.removeUnwanted();
  }

  /** Removes every link, and puts back what was changed. */
  removeAll(): void {
    this.keeper.removeAll();
    for (const instance of this.promotions.keys()) this.promoted.giveBack(instance);
    this.promotions = new Map();
  }

  private promote(): void {
    this.promoted.keepOnly(new Set(this.promotions.keys()));
    for (const [instance, name] of this.promotions) {
      const link = this.view.link(name);
      const failure = link && this.promoted.borrow(instance, link);
      if (failure !== undefined) this.log.info(`(${instance}) ${failure}`);
    }
  }

  private lowerOf(name: string): string | undefined {
    const link = this.view.link(name);
    if (link?.kind !== 'macvlan' && link?.kind !== 'ipvlan') return undefined;
    return link.lowerIndex === undefined || link.lowerIsElsewhere === true
      ? undefined
      : this.view.nameOf(link.lowerIndex);
  }
}

/** A VMAC has promote_secondaries anyway. */
const promotionsOf = ({ vrrp, details }: LinkedParts): ReadonlyMap<string, string> =>
  new Map(
    vrrp.instances
      .filter(({ name, interface: port }) => {
        const instance = details.instances[name];
        return instance?.promoteSecondaries === true && !instance.link && port !== '';
      })
      .map(({ name, interface: port }) => [name, port]),
  );
