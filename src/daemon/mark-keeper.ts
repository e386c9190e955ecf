import { isDeepStrictEqual } from 'node:util';
import { type Family } from '../base/address.js';
import { err, ok, type Result } from '../base/result.js';
import { KernelError } from '../kernel/kernel-error.js';
import {
  familiesOfMarks,
  type IpvsMarkSettings,
  type MarksPlan,
  type MarkTable,
  planMarks,
  planMarksAnew,
  planRemoveMarks,
  type StandingMarks,
} from '../net/index.js';
import { type FirewallDoor } from './firewall-keeper.js';

/** What the keeper needs of nf_tables, and whom it tells. */
export interface MarkSurroundings {
  /** @throws KernelError if the kernel has no such thing, or the namespace cannot be entered. */
  open(): FirewallDoor;
  say(level: 'info' | 'warning' | 'error', text: string): void;
}

const FAMILIES: readonly Family[] = ['inet', 'inet6'];

/**
 * nftables_ipvs: keeps the tables that mark packets for the addresses of virtual_server_groups. Every change is one
 * transaction, so that no packet meets half of it.
 */
export class MarkKeeper {
  private settings: IpvsMarkSettings | undefined;
  /** Undefined when what stands is not known: before the first change, and after one that failed. */
  private standing: StandingMarks | undefined;
  private door: FirewallDoor | undefined;

  constructor(private readonly around: MarkSurroundings) {}

  /** Brings the tables to these settings. */
  keep(settings: IpvsMarkSettings | undefined): void {
    const before = this.settings;
    if (before && !isDeepStrictEqual(before.table, settings?.table)) this.removeTables(before.table);
    this.settings = settings;
    if (!settings) return;
    if (this.standing) {
      const plan = planMarks(settings, this.standing);
      if (plan.commands.length === 0 || this.carryOut(plan).ok) return;
      // Somebody has meddled with the tables: all of them anew puts an end to that.
    }
    this.rebuild(settings);
  }

  /** Somebody has deleted tables; if they were ours, they come back. */
  tablesDeleted(): void {
    const { settings, standing, door } = this;
    if (!settings || !standing || !door) return;
    const { name } = settings.table;
    const gone = familiesOfMarks(standing).filter((family) => {
      const found = door.has({ family, name });
      return found.ok && !found.value;
    });
    for (const family of gone) {
      const text = `nftables table ${familyName(family)} ${name} was deleted by somebody else: putting it back`;
      this.around.say('warning', text);
    }
    if (gone.length > 0) this.rebuild(settings);
  }

  /** Nothing of ours stays, unless it is to serve on. */
  close(remove: boolean): void {
    if (remove && this.settings) this.removeTables(this.settings.table);
    this.door?.close();
    this.door = undefined;
    this.settings = undefined;
  }

  private rebuild(settings: IpvsMarkSettings): void {
    const existing = this.existing(settings.table);
    const outcome = existing.ok ? this.carryOut(planMarksAnew(settings, existing.value)) : existing;
    if (outcome.ok) return;
    const text = `nftables refused: ${outcome.error.message} - addresses of groups are not served`;
    this.around.say('error', text);
  }

  private carryOut({ commands, standing }: MarksPlan): Result<void, KernelError> {
    const door = this.openDoor();
    const outcome = door.ok ? door.value.transact(commands) : door;
    this.standing = outcome.ok ? standing : undefined;
    return outcome;
  }

  /** The families in which there is a table of that name; a killed predecessor's, or whoever's. */
  private existing({ name }: MarkTable): Result<readonly Family[], KernelError> {
    const door = this.openDoor();
    if (!door.ok) return door;
    const found: Family[] = [];
    for (const family of FAMILIES) {
      const has = door.value.has({ family, name });
      if (!has.ok) return has;
      if (has.value) found.push(family);
    }
    return ok(found);
  }

  private removeTables(table: MarkTable): void {
    const families = this.standing ? familiesOfMarks(this.standing) : [];
    this.standing = undefined;
    if (families.length === 0 || !this.door) return;
    const outcome = this.door.transact(planRemoveMarks(table, families));
    if (!outcome.ok) this.around.say('error', `nftables refused: ${outcome.error.message}`);
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
}

const familyName = (family: Family): string => (family === 'inet' ? 'ip' : 'ip6');
