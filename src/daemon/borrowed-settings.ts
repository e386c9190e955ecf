import { missingSettings } from '../net/index.js';
import { type Ipv4Settings, type Link } from '../wire/netlink/link.js';
import { type LinkDoor } from './link-door.js';

interface Loan {
  /** Index of the interface then; another one of that name has settings of its own. */
  readonly index: number;
  readonly original: Partial<Ipv4Settings>;
  /** Whoever needs it, by name. */
  readonly users: Set<string>;
}

/**
 * Settings of interfaces that are not ours: changed for the first user of each interface, and put back after the
 * last. keepalived 2.4.3 forgets what they were as soon as it has changed them.
 */
export class BorrowedSettings {
  private readonly loans = new Map<string, Loan>();

  /** @param settings what every user needs. */
  constructor(
    private readonly door: LinkDoor,
    private readonly settings: Partial<Ipv4Settings>,
  ) {}

  /** `user` needs the settings on `base` from now on. @returns what went wrong. */
  borrow(user: string, base: Link): string | undefined {
    const known = this.loans.get(base.name);
    if (known?.index === base.index) {
      known.users.add(user);
      return undefined;
    }
    const users = new Set(known?.users).add(user);
    const missing = missingSettings(this.settings, base);
    const names = Object.keys(missing ?? {}) as (keyof Ipv4Settings)[];
    const original = Object.fromEntries(names.map((name) => [name, base.ipv4Settings?.[name] ?? 0]));
    this.loans.set(base.name, { index: base.index, original, users });
    if (!missing) return undefined;
    const changed = this.door.changeLink(base.index, { ipv4Settings: missing });
    return changed.ok ? undefined : changed.error.message;
  }

  /** Nobody but `users` needs them any more. */
  keepOnly(users: ReadonlySet<string>): void {
    const all = [...this.loans.values()].flatMap((loan) => [...loan.users]);
    for (const user of all) if (!users.has(user)) this.giveBack(user);
  }

  /** `user` needs them no more. */
  giveBack(user: string): void {
    for (const [name, loan] of this.loans) {
      if (!loan.users.delete(user) || loan.users.size > 0) continue;
      this.loans.delete(name);
      this.restore(name, loan);
    }
  }

  private restore(name: string, { index, original }: Loan): void {
    const base = this.door.link(name);
    if (base?.index !== index) return;
    // What somebody else has set meanwhile is theirs.
    const ours = Object.entries(original).filter(([key]) => {
      const setting = key as keyof Ipv4Settings;
      return base.ipv4Settings?.[setting] === this.settings[setting];
    });
    if (ours.length > 0) this.door.changeLink(index, { ipv4Settings: Object.fromEntries(ours) });
  }
}
