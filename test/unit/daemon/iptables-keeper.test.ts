import { parseIpAddress } from '#base/address.js';
import { IptablesKeeper, type CommandEnd } from '#daemon/iptables-keeper.js';
import { type FirewallSettings, type IptablesSettings } from '#net/index.js';

const sets = {
  ...{ inet: 'k', inet6: 'k6', linkLocal: 'k_if6', igmp: 'k_igmp', mld: 'k_mld', advertisements: 'k_nd' },
};

/** iptables and ipset that hold what they are told, and a log. */
class Host {
  rules: string[];
  readonly sets = new Map<string, Set<string>>();
  readonly lines: string[] = [];
  readonly broken = new Set<string>();
  chains = ['INPUT', 'OUTPUT'];
  readonly keeper: IptablesKeeper;
  readonly settings: FirewallSettings;

  constructor(iptables: IptablesSettings, rules: readonly string[] = []) {
    this.rules = [...rules];
    this.settings = {
      table: { name: 'keepalived', priority: -1, counters: false, byIndex: false },
      iptables,
      assumed: false,
      blocked: {
        VI_1: [{ address: parseIpAddress('192.0.2.100')!, interface: 'eth0', byName: false }],
        VI_2: [{ address: parseIpAddress('192.0.2.101')!, interface: 'eth0', byName: false }],
      },
    };
    this.keeper = new IptablesKeeper(this.settings, {
      run: (command, args, input) => Promise.resolve(this.run(command, args, input)),
      find: () => undefined,
      say: (_level, text) => void this.lines.push(text),
    });
  }

  /** When all that was asked for has been done. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }

  private run(command: string, args: readonly string[], input = ''): CommandEnd {
    if (this.broken.has(command)) return { ok: false, output: '', error: `${command}: no` };
    const words = input.split('\n').map((line) => line.split(' '));
    if (command === 'ipset') for (const [verb, set, entry] of words) this.changeSet(verb, set!, entry);
    if (command.endsWith('-restore')) for (const line of input.split('\n')) this.changeRule(line);
    const output = this.chains.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('');
    expect(args.length).toBeGreaterThan(0);
    return { ok: true, output: output + this.rules.map((rule) => `-A ${rule}\n`).join(''), error: '' };
  }

  private changeSet(verb: string | undefined, set: string, entry?: string): void {
    if (verb === 'create') this.sets.set(set, this.sets.get(set) ?? new Set());
    if (verb === 'flush') this.sets.get(set)!.clear();
    if (verb === 'add') this.sets.get(set)!.add(entry!);
    if (verb === 'del') this.sets.get(set)!.delete(entry!);
    if (verb === 'destroy') this.sets.delete(set);
  }

  private changeRule(line: string): void {
    const rule = line.slice(3);
    if (line.startsWith('-A ')) this.rules.push(rule);
    if (line.startsWith('-I ')) this.rules.unshift(rule);
    if (line.startsWith('-D ')) this.rules.splice(this.rules.indexOf(rule), 1);
  }
}

const operators = 'INPUT -s 10.0.0.0/8 -j ACCEPT';
const plain = { inChain: 'INPUT', outChain: 'OUTPUT' };

test('a rule for each address while it is held', async () => {
  const host = new Host(plain, [operators, 'INPUT -d 192.0.2.101/32 -j DROP']);
  host.keeper.begin();
  await host.settled();
  expect(host.rules).toEqual([operators]);
  host.keeper.block('VI_1');
  await host.settled();
  expect(host.rules).toEqual([
    operators,
    'OUTPUT -s 192.0.2.100/32 -j DROP',
    'INPUT -d 192.0.2.100/32 -j DROP',
  ]);
  host.keeper.unblock('VI_1');
  host.keeper.block('VI_2');
  await host.settled();
  await host.keeper.close();
  expect(host.rules).toEqual([operators]);
});

test('with sets the rules stand, and the sets change', async () => {
  const host = new Host({ ...plain, sets });
  host.keeper.begin();
  await host.settled();
  host.keeper.block('VI_1');
  host.keeper.block('VI_2');
  host.keeper.unblock('VI_1');
  await host.settled();
  expect(host.rules).toEqual([
    'INPUT -m set --match-set k dst -j DROP',
    'OUTPUT -m set --match-set k src -j DROP',
  ]);
  expect(Object.fromEntries(host.sets)).toEqual({ k: new Set(['192.0.2.101']) });
  await host.keeper.close();
  expect([host.rules, host.sets.size]).toEqual([[], 0]);
});

test('what does not work is said once, and again after a reload', async () => {
  const host = new Host(plain);
  host.chains = ['INPUT'];
  host.keeper.block('VI_1');
  await host.settled();
  host.keeper.block('VI_2');
  await host.settled();
  const errors = host.lines.filter((line) => line.includes('unprotected'));
  expect(errors).toEqual(["iptables chain OUTPUT doesn't exist - VIPs may be unprotected"]);
  expect(host.rules).toEqual(['INPUT -d 192.0.2.100/32 -j DROP', 'INPUT -d 192.0.2.101/32 -j DROP']);
  host.broken.add('iptables-save');
  host.keeper.unblock('VI_2');
  await host.settled();
  expect(host.lines.at(-1)).toBe('iptables-save failed: iptables-save: no - VIPs may be unprotected');
});

test('without ipset there is a rule for each address, until a reload', async () => {
  const host = new Host({ ...plain, sets });
  host.broken.add('ipset');
  host.keeper.block('VI_1');
  await host.settled();
  expect(host.rules).toEqual(['OUTPUT -s 192.0.2.100/32 -j DROP', 'INPUT -d 192.0.2.100/32 -j DROP']);
  expect(host.lines).toContain('ipset refused: ipset: no - not using ipsets');
  host.broken.clear();
  host.keeper.block('VI_2');
  host.keeper.reconfigure(host.settings, new Set(['VI_1', 'VI_2']));
  await host.settled();
  expect([host.rules.length, [...host.sets.get('k')!]]).toEqual([2, ['192.0.2.100', '192.0.2.101']]);
});
