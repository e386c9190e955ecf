import { parseIpAddress, type IpAddress } from '#base/address.js';
import {
  familiesOf,
  NOTHING_STANDS,
  planAnew,
  planFirewall,
  type BlockedAddress,
  type DesiredFirewall,
  type FirewallInterface,
  type FirewallPlan,
  type FirewallTable,
} from '#net/index.js';
import { type NftCommand } from '#wire/netlink/nftables.js';

const table: FirewallTable = { name: 'keepalived', priority: -1, counters: false, byIndex: false };
const ports: Readonly<Record<string, FirewallInterface>> = {
  eth0: { index: 2, linkLocal: ip('fe80::2') },
  eth1: { index: 3 },
  'vrrp.51': { index: 9 },
};
const find = (name: string): FirewallInterface | undefined => ports[name];

function ip(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (address === undefined) throw new RangeError(text);
  return address;
}

const block = (address: string, name = 'eth0', byName = false): BlockedAddress => ({
  address: ip(address),
  interface: name,
  byName,
});
const blocking = (...blocked: readonly BlockedAddress[]): DesiredFirewall => ({ blocked, links: [] });

/** Commands as nft would have them, rules left out. */
function tell(commands: readonly NftCommand[]): string[] {
  return commands.flatMap((command) => {
    const family = command.table.family === 'inet' ? 'ip' : 'ip6';
    const verb = command.kind.replace('-', ' ');
    switch (command.kind) {
      case 'add-table':
      case 'delete-table':
        return [`${verb} ${family}`];
      case 'add-chain':
        return [`${verb} ${family} ${command.chain}${command.hook ? ` at ${command.hook.at}` : ''}`];
      case 'add-set':
        return [`${verb} ${family} ${command.set.name}`];
      case 'add-rule':
        return [];
      default: {
        const keys = command.elements.map(({ key, data }) =>
          [key, ...(data ? [data] : [])].map((bytes) => Buffer.from(bytes).toString('hex')).join(':'),
        );
        return [`${verb} ${family} ${command.set} ${keys.join(' ')}`];
      }
    }
  });
}

const rulesIn = ({ commands }: FirewallPlan, chain: string): number =>
  commands.filter((command) => command.kind === 'add-rule' && command.chain === chain).length;

describe('the plan of the firewall', () => {
  test('nothing to block: nothing at all', () => {
    const plan = planFirewall(table, NOTHING_STANDS, blocking(), find);
    expect(plan.commands).toEqual([]);
    expect(familiesOf(plan.standing)).toEqual([]);
  });

  test('IPv4: table, chains and set come with the first address, and only they', () => {
    const plan = planFirewall(table, NOTHING_STANDS, blocking(block('192.0.2.1'), block('192.0.2.2')), find);
    expect(tell(plan.commands)).toEqual([
      'add table ip',
      'add chain ip out at output',
      'add chain ip in at input',
      'add set ip vips',
      'add elements ip vips c0000201 c0000202',
    ]);
    expect([rulesIn(plan, 'in'), rulesIn(plan, 'out')]).toEqual([1, 1]);
    expect(familiesOf(plan.standing)).toEqual(['inet']);
  });

  test('what stands is left alone; what is new comes, what is not wanted goes', () => {
    const first = planFirewall(table, NOTHING_STANDS, blocking(block('192.0.2.1'), block('192.0.2.2')), find);
    const again = planFirewall(table, first.standing, blocking(block('192.0.2.2'), block('192.0.2.1')), find);
    expect(again.commands).toEqual([]);
    const next = planFirewall(table, again.standing, blocking(block('192.0.2.2'), block('192.0.2.3')), find);
    expect(tell(next.commands)).toEqual([
      'delete elements ip vips c0000201',
      'add elements ip vips c0000203',
    ]);
    const last = planFirewall(table, next.standing, blocking(), find);
    expect(tell(last.commands)).toEqual(['delete elements ip vips c0000202 c0000203']);
    expect(familiesOf(last.standing)).toEqual(['inet']);
  });

  test('one address in two instances is one element', () => {
    const plan = planFirewall(
      table,
      NOTHING_STANDS,
      blocking(block('192.0.2.1'), block('192.0.2.1', 'eth1')),
      find,
    );
    expect(tell(plan.commands).at(-1)).toBe('add elements ip vips c0000201');
  });

  test('a link-local address goes with the index of its interface, or its name', () => {
    const fe80 = 'fe800000000000000000000000000099';
    const byIndex = planFirewall(table, NOTHING_STANDS, blocking(block('fe80::99')), find);
    expect(tell(byIndex.commands).at(-1)).toBe(`add elements ip6 vips_link_local ${fe80}02000000`);
    const byName = planFirewall(table, NOTHING_STANDS, blocking(block('fe80::99', 'eth0', true)), find);
    const eth0 = Buffer.from('eth0').toString('hex').padEnd(32, '0');
    expect(tell(byName.commands).at(-1)).toBe(`add elements ip6 vips_link_local_name ${fe80}${eth0}`);
    const forced = planFirewall(
      { ...table, byIndex: true },
      NOTHING_STANDS,
      blocking(block('fe80::99', 'eth0', true)),
      find,
    );
    expect(tell(forced.commands).at(-1)).toBe(`add elements ip6 vips_link_local ${fe80}02000000`);
    expect(planFirewall(table, NOTHING_STANDS, blocking(block('fe80::99', 'eth7')), find).commands).toEqual(
      [],
    );
  });

  test('an interface that comes back with another index takes its address along', () => {
    const desired = blocking(block('fe80::99', 'eth1'));
    const before = planFirewall(table, NOTHING_STANDS, desired, find);
    const after = planFirewall(table, before.standing, desired, (name) =>
      name === 'eth1' ? { index: 40 } : find(name),
    );
    expect(tell(after.commands).map((line) => line.replace(/ fe80.{28}/, ' …'))).toEqual([
      'delete elements ip6 vips_link_local …03000000',
      'add elements ip6 vips_link_local …28000000',
    ]);
  });

  test('a virtual MAC: reports leave by its base interface, whose address it does not announce', () => {
    const links = [
      { name: 'vrrp.51', baseInterface: 'eth0', families: ['inet', 'inet6'] as const },
      { name: 'gone', baseInterface: 'eth0', families: ['inet'] as const },
    ];
    const plan = planFirewall(table, NOTHING_STANDS, { blocked: [], links }, find);
    const name = Buffer.from('vrrp.51').toString('hex').padEnd(32, '0');
    expect(tell(plan.commands)).toEqual([
      'add table ip',
      'add chain ip out at output',
      'add set ip vmac_map',
      'add table ip6',
      'add chain ip6 out at output',
      'add set ip6 parent_link_local',
      'add set ip6 vmac_map',
      'add set ip6 vmac_set',
      'add set ip6 mld-report',
      'add elements ip6 mld-report 8f 83',
      'add elements ip vmac_map 09000000:02000000',
      'add elements ip6 vmac_map 09000000:02000000',
      'add elements ip6 vmac_set 09000000',
      `add elements ip6 parent_link_local fe800000000000000000000000000002${name}`,
    ]);
  });

  test('nftables_counters counts in every rule', () => {
    const desired = blocking(block('192.0.2.1'), block('2001:db8::1'), block('fe80::1'));
    const counting = { ...table, counters: true };
    const rules = planFirewall(counting, NOTHING_STANDS, desired, find).commands.filter(
      (command) => command.kind === 'add-rule',
    );
    expect(rules).toHaveLength(11);
    expect(rules.every(({ expressions }) => expressions.at(-2)?.kind === 'counter')).toBe(true);
  });

  test('anew: what bears the name goes in the same transaction', () => {
    const plan = planAnew(table, ['inet', 'inet6'], blocking(block('192.0.2.1')), find);
    expect(tell(plan.commands).slice(0, 3)).toEqual(['delete table ip', 'delete table ip6', 'add table ip']);
  });

  test('a thousand elements share no message that would be too long', () => {
    const many = Array.from({ length: 1200 }, (_, index) => block(`10.0.${index >> 8}.${index & 255}`));
    const plan = planFirewall(table, NOTHING_STANDS, blocking(...many), find);
    const sizes = plan.commands.flatMap((each) =>
      each.kind === 'add-elements' ? [each.elements.length] : [],
    );
    expect(sizes).toEqual([500, 500, 200]);
  });
});
