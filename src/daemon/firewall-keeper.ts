import { isDeepStrictEqual } from 'node:util';
import { isLinkLocal, type Family } from '../base/address.js';
import { err, ok, type Result } from '../base/result.js';
import { KernelError } from '../kernel/kernel-error.js';
import { type NftablesSocket } from '../kernel/nftables.js';
import {
  familiesOf,
  planAnew,
  planFirewall,
  planRemoveTables,
  type DesiredFirewall,
  type FirewallInterface,
  type FirewallPlan,
  type FirewallSettings,
  type FirewallTable,
  type GuardedLink,
  type StandingFirewall,
} from '../net/index.js';
import { encodeNftCommand } from '../wire/netlink/nftables-encode.js';

/** What the keeper needs of nf_tables. */
export type FirewallDoor = Pick<NftablesSocket, 'transact' | 'has' | 'close'>;

/** Blocks addresses, whatever the means. */
export interface Firewall {
  /** At the start. */
  begin(): void;
  /** Goes through a takeover without the kernel. */
  rehearse(): void;
  /** The instance is about to install its addresses. */
  block(instance: string): void;
  /** The instance has removed its addresses. */
  unblock(instance: string): void;
  /** The virtual MAC interfaces that exist now. */
  guard(links: readonly GuardedLink[]): void;
  /** A reload. @param instances all names in the new file. */
  reconfigure(settings: FirewallSettings | undefined, instances: ReadonlySet<string>): void;
  /** Interfaces have come or gone, or their addresses. */
  interfacesChanged(): void;
  /** The end: nothing of ours stays in the kernel. */
  close(): Promise<void> | void;
}

/** What the keeper needs to know, and whom it tells. */
export interface FirewallSurroundings {
  /** @throws KernelError if the kernel has no such thing. */
  open(): FirewallDoor;
  readonly find: (interfaceName: string) => FirewallInterface | undefined;
  say(level: 'detail' | 'info' | 'warning' | 'error', text: string): void;
}

const FAMILIES: readonly Family[] = ['inet', 'inet6'];
/** Of a rehearsal: how often, and with how many addresses at most. */
const ROUNDS = 20;
const REHEARSED = 8;

/**
 * Blocks the addresses of instances that do not accept packets to them, while they hold them, and keeps virtual MAC
 * interfaces from speaking for their base interface. Every change is one transaction: the tables are never seen
 * half-made, and one that the kernel refuses leaves them as they were.
 */
export class FirewallKeeper implements Firewall {
  /** Instances that hold their addresses. */
  private readonly held = new Set<string>();
  private links: readonly GuardedLink[] = [];
  /** Undefined when what stands is not known: before the first change, and after one that failed. */
  private standing: StandingFirewall | undefined;
  private door: FirewallDoor | undefined;
  private complained = false;

  constructor(
    private settings: FirewallSettings | undefined,
    private readonly around: FirewallSurroundings,
  ) {}

  /** Removes what a predecessor left: its rules could keep packets from addresses that now take them. */
  begin(): void {
    if (!this.settings) return;
    if (this.settings.assumed) {
      this.around.say(
        'info',
        'use_vmac or no_accept/strict specified, but no firewall configured - using nftables',
      );
    }
    this.apply();
  }

  /** Makes the tables of a takeover without the kernel, so that all of it is compiled by then; as rehearse(). */
  rehearse(): void {
    const { settings } = this;
    const blocked = Object.values(settings?.blocked ?? {})
      .flat()
      .slice(0, REHEARSED);
    if (!settings || blocked.length === 0) return;
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = planAnew(settings.table, FAMILIES, { blocked, links: [] }, this.around.find);
      const last = planFirewall(settings.table, first.standing, { blocked: [], links: [] }, this.around.find);
      for (const command of [...first.commands, ...last.commands]) encodeNftCommand(command);
    }
  }

  /** The instance is about to install its addresses. */
  block(instance: string): void {
    this.held.add(instance);
    if (!this.settings?.blocked[instance]) return;
    this.around.say('detail', `(${instance}) setting firewall drop rule`);
    this.apply();
  }

  /** The instance has removed its addresses. */
  unblock(instance: string): void {
    const wasHeld = this.held.delete(instance);
    if (!this.settings?.blocked[instance]) return;
    this.around.say('detail', `(${instance}) removing firewall drop rule`);
    if (wasHeld) this.apply();
  }

  /** The virtual MAC interfaces that exist now. */
  guard(links: readonly GuardedLink[]): void {
    if (isDeepStrictEqual(links, this.links)) return;
    this.links = links;
    this.apply();
  }

  /** A reload. @param instances all names in the new file. */
  reconfigure(settings: FirewallSettings | undefined, instances: ReadonlySet<string>): void {
    for (const name of this.held) if (!instances.has(name)) this.held.delete(name);
    const before = this.settings;
    if (before && !isDeepStrictEqual(before.table, settings?.table)) this.removeTables(before.table);
    this.settings = settings;
    this.apply();
  }

  /** Interfaces have come or gone, or their addresses: what goes by them is looked at again. */
  interfacesChanged(): void {
    const { blocked, links } = this.desired();
    if (links.length > 0 || blocked.some(({ address }) => isLinkLocal(address))) this.apply();
  }

  /** Somebody has deleted tables; if they were ours, they come back. */
  tablesDeleted(): void {
    const { settings, standing, door } = this;
    if (!settings || !standing || !door) return;
    const { name } = settings.table;
    const isGone = (family: Family): boolean => {
      const found = door.has({ family, name });
      return found.ok && !found.value;
    };
    const gone = familiesOf(standing).filter(isGone);
    for (const family of gone) {
      const text = `nftables table ${familyName(family)} ${name} was deleted by somebody else: putting it back`;
      this.around.say('warning', text);
    }
    if (gone.length > 0) this.rebuild(settings.table);
  }

  /** Nothing of ours stays in the kernel. */
  close(): void {
    if (this.settings) this.removeTables(this.settings.table);
    this.door?.close();
    this.door = undefined;
  }

  private desired(): DesiredFirewall {
    const blocked = [...this.held].flatMap((name) => this.settings?.blocked[name] ?? []);
    return { blocked, links: this.links };
  }

  private apply(): void {
    const { settings, standing } = this;
    if (!settings) return;
    if (standing) {
      const plan = planFirewall(settings.table, standing, this.desired(), this.around.find);
      if (plan.commands.length === 0 || this.carryOut(plan).ok) return;
      // Somebody has meddled with the tables, or there is a fault of ours: all of them anew puts an end to either.
    }
    this.rebuild(settings.table);
  }

  private rebuild(table: FirewallTable): void {
    const existing = this.existing(table);
    const outcome = existing.ok
      ? this.carryOut(planAnew(table, existing.value, this.desired(), this.around.find))
      : existing;
    if (outcome.ok) this.complained = false;
    else this.complain(outcome.error);
  }

  private carryOut(plan: FirewallPlan): Result<void, KernelError> {
    const outcome = plan.commands.length > 0 ? this.transact(plan.commands) : ok(undefined);
    this.standing = outcome.ok ? plan.standing : undefined;
    return outcome;
  }

  private transact(commands: FirewallPlan['commands']): Result<void, KernelError> {
    const door = this.openDoor();
    return door.ok ? door.value.transact(commands) : door;
  }

  /** The families in which there is a table of that name; each is told of, for it is about to go. */
  private existing(table: FirewallTable): Result<readonly Family[], KernelError> {
    const door = this.openDoor();
    if (!door.ok) return door;
    const found: Family[] = [];
    for (const family of FAMILIES) {
      const has = door.value.has({ family, name: table.name });
      if (!has.ok) return has;
      if (!has.value) continue;
      found.push(family);
      this.around.say('info', `Deleting old ${familyName(family)} ${table.name} table`);
    }
    return ok(found);
  }

  private removeTables(table: FirewallTable): void {
    const families = this.standing ? familiesOf(this.standing) : [];
    this.standing = undefined;
    if (families.length === 0) return;
    const outcome = this.transact(planRemoveTables(table, families));
    if (!outcome.ok) this.complain(outcome.error);
  }

  private openDoor(): Result<FirewallDoor, KernelError> {
    try {
      this.door ??= this.around.open();
      return ok(this.door);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return err(error);
    }
  }

  /** Once, until something works again. */
  private complain(error: KernelError): void {
    if (this.complained) return;
    this.complained = true;
    const { blocked, links } = this.desired();
    const isNeeded = blocked.length + links.length > 0;
    const risk = isNeeded ? 'VIPs may be unprotected' : 'nothing is blocked, unless by earlier rules';
    this.around.say(isNeeded ? 'error' : 'info', `nftables refused: ${error.message} - ${risk}`);
  }
}

const familyName = (family: Family): string => (family === 'inet' ? 'ip' : 'ip6');
