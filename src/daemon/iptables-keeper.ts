import { type Family } from '../base/address.js';
import {
  ipsets,
  iptablesRules,
  parseSaved,
  planIpsets,
  planIptables,
  type BlockedAddress,
  type DesiredFirewall,
  type FirewallInterface,
  type FirewallSettings,
  type GuardedLink,
  type IptablesRule,
  type IptablesSettings,
} from '../net/index.js';
import { type Firewall } from './firewall-keeper.js';

/** How a command ended. */
export interface CommandEnd {
  /** It exited with status 0. */
  readonly ok: boolean;
  readonly output: string;
  /** What it said on standard error, or why it could not be started. */
  readonly error: string;
}

/** What the keeper needs of the outside. */
export interface IptablesSurroundings {
  /** Runs a command with this on its standard input; never rejects. */
  run(command: string, args: readonly string[], input?: string): Promise<CommandEnd>;
  readonly find: (interfaceName: string) => FirewallInterface | undefined;
  say(level: 'detail' | 'info' | 'warning' | 'error', text: string): void;
}

const FAMILIES: readonly Family[] = ['inet', 'inet6'];
const TOOLS: Readonly<Record<Family, string>> = { inet: 'iptables', inet6: 'ip6tables' };
/** How long iptables may wait for another iptables, in seconds. */
const WAIT_S = 5;

/**
 * vrrp_iptables on hosts whose iptables is the old one: what FirewallKeeper does with tables of its own, done with
 * rules in the operator's chains and, as vrrp_ipsets has it, with ipsets. The commands are child processes that
 * nobody waits for: a takeover is not late by them, and its addresses are open for some milliseconds. Each change looks
 * at what is there and brings it to what is wanted in one transaction a family.
 */
export class IptablesKeeper implements Firewall {
  /** Instances that hold their addresses. */
  private readonly held = new Set<string>();
  private links: readonly GuardedLink[] = [];
  /** Every rule that we may have made, by family. */
  private readonly known = new Map<Family, Map<string, IptablesRule>>(
    FAMILIES.map((family) => [family, new Map<string, IptablesRule>()]),
  );
  /** Entries of the sets that we have filled. */
  private readonly filled = new Map<string, readonly string[]>();
  private readonly said = new Set<string>();
  /** ipset does not work: there is a rule for each address instead, until a reload. */
  private withoutSets = false;
  private working: Promise<void> | undefined;
  private again = false;
  private ending = false;

  constructor(
    private settings: FirewallSettings | undefined,
    private readonly around: IptablesSurroundings,
  ) {}

  begin(): void {
    this.change();
  }

  rehearse(): void {
    // Nothing of it is on the way of a takeover.
  }

  block(instance: string): void {
    this.held.add(instance);
    if (!this.settings?.blocked[instance]) return;
    this.around.say('detail', `(${instance}) setting firewall drop rule`);
    this.change();
  }

  unblock(instance: string): void {
    this.held.delete(instance);
    if (!this.settings?.blocked[instance]) return;
    this.around.say('detail', `(${instance}) removing firewall drop rule`);
    this.change();
  }

  guard(links: readonly GuardedLink[]): void {
    this.links = links;
    this.change();
  }

  reconfigure(settings: FirewallSettings | undefined, instances: ReadonlySet<string>): void {
    for (const name of this.held) if (!instances.has(name)) this.held.delete(name);
    this.settings = settings;
    this.said.clear();
    this.withoutSets = false;
    this.change();
  }

  interfacesChanged(): void {
    if (this.links.length > 0) this.change();
  }

  /** Nothing of ours stays in the kernel. */
  async close(): Promise<void> {
    this.ending = true;
    this.change();
    await this.working;
    const names = [...this.filled.keys()];
    if (names.length === 0) return;
    const ended = await this.around.run(
      'ipset',
      ['restore', '-exist'],
      names.map((name) => `destroy ${name}\n`).join(''),
    );
    if (!ended.ok) this.complain(`ipset refused: ${ended.error}`);
  }

  /** Soon, and once for all that changes until then. */
  private change(): void {
    this.again = true;
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    while (this.again) {
      this.again = false;
      for (const family of FAMILIES) await this.bring(family);
    }
    this.working = undefined;
  }

  private async bring(family: Family): Promise<void> {
    const iptables = this.settings?.iptables;
    const known = this.known.get(family) ?? new Map<string, IptablesRule>();
    const wanted = iptables && !this.ending ? await this.wantedRules(iptables, family, known) : [];
    if (known.size === 0) return;
    const tool = TOOLS[family];
    const saved = await this.around.run(`${tool}-save`, ['-t', 'filter']);
    if (!saved.ok) {
      this.complain(`${tool}-save failed: ${saved.error}`);
      return;
    }
    const table = parseSaved(saved.output);
    for (const chain of new Set(wanted.map((rule) => rule.chain))) {
      if (!table.chains.has(chain)) this.complain(`${tool} chain ${chain} doesn't exist`);
    }
    const plan = planIptables(table, wanted, [...known.values()]);
    if (plan === '') return;
    const done = await this.around.run(`${tool}-restore`, ['--noflush', `--wait=${WAIT_S}`], plan);
    if (!done.ok) this.complain(`${tool}-restore refused: ${done.error}`);
  }

  /** Fills the sets before there are rules that speak of them. */
  private async wantedRules(
    iptables: IptablesSettings,
    family: Family,
    known: Map<string, IptablesRule>,
  ): Promise<readonly IptablesRule[]> {
    const { find } = this.around;
    if (iptables.sets && this.withoutSets) {
      const { inChain, outChain } = iptables;
      return this.wantedRules({ inChain, ...(outChain !== undefined && { outChain }) }, family, known);
    }
    const all = this.desired(true);
    const possible = iptablesRules(iptables, family, all, find);
    for (const rule of possible) known.set(`${rule.chain} ${rule.text}`, rule);
    if (possible.length === 0) return [];
    const now = this.desired(false);
    if (!iptables.sets) return iptablesRules(iptables, family, now, find);
    const isUsed = (name: string): boolean =>
      this.filled.has(name) || possible.some(({ text }) => text.includes(` ${name} `));
    const sets = ipsets(iptables.sets, family, now, find).filter(({ name }) => isUsed(name));
    const plan = planIpsets(sets, this.filled);
    const filled = plan === '' ? undefined : await this.around.run('ipset', ['restore', '-exist'], plan);
    if (filled && !filled.ok) {
      this.around.say('error', `ipset refused: ${filled.error.trim()} - not using ipsets`);
      // What it has done of it is not known.
      for (const { name } of sets) this.filled.delete(name);
      this.withoutSets = true;
      return this.wantedRules(iptables, family, known);
    }
    for (const { name, entries } of sets) this.filled.set(name, entries);
    return possible;
  }

  /** @param ofAll as if every instance held its addresses. */
  private desired(ofAll: boolean): DesiredFirewall {
    const blocked: BlockedAddress[] = Object.entries(this.settings?.blocked ?? {}).flatMap(
      ([name, addresses]) => (ofAll || this.held.has(name) ? addresses : []),
    );
    return { blocked, links: this.links };
  }

  /** Each once, until a reload. */
  private complain(text: string): void {
    const line = text.trim();
    if (this.said.has(line)) return;
    this.said.add(line);
    this.around.say('error', `${line} - VIPs may be unprotected`);
  }
}
