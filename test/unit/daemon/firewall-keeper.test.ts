import { parseIpAddress, type IpAddress } from '#base/address.js';
import { err, ok } from '#base/result.js';
import { FirewallKeeper, type FirewallDoor } from '#daemon/firewall-keeper.js';
import { KernelError } from '#kernel/kernel-error.js';
import { type FirewallSettings } from '#net/index.js';
import { type NftCommand } from '#wire/netlink/nftables.js';

function ip(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (address === undefined) throw new RangeError(text);
  return address;
}

const settings = (
  blocked: Readonly<Record<string, readonly string[]>>,
  name = 'keepalived',
): FirewallSettings => ({
  table: { name, priority: -1, counters: false, byIndex: false },
  assumed: false,
  blocked: Object.fromEntries(
    Object.entries(blocked).map(([instance, addresses]) => [
      instance,
      addresses.map((address) => ({ address: ip(address), interface: 'eth0', byName: false })),
    ]),
  ),
});

/** nf_tables as far as tables and the elements of sets go. */
class FakeKernel implements FirewallDoor {
  readonly tables = new Map<string, Set<string>>();
  /** Refuses this many transactions. */
  refusing = 0;
  transactions = 0;

  transact(commands: readonly NftCommand[]) {
    this.transactions += 1;
    if (this.refusing > 0) {
      this.refusing -= 1;
      return err(new KernelError('nft', 1));
    }
    for (const command of commands) {
      const key = `${command.table.family} ${command.table.name}`;
      const elements = this.tables.get(key);
      if (command.kind === 'add-table') this.tables.set(key, new Set());
      else if (!elements) return err(new KernelError('nft', 2));
      else if (command.kind === 'delete-table') this.tables.delete(key);
      else if (command.kind === 'add-elements')
        for (const each of command.elements) elements.add(each.key.join());
      else if (command.kind === 'delete-elements') {
        for (const each of command.elements) elements.delete(each.key.join());
      }
    }
    return ok(undefined);
  }

  has({ family, name }: { family: string; name: string }) {
    return ok(this.tables.has(`${family} ${name}`));
  }

  close(): void {
    return;
  }
}

function keeperOf(kernel: FakeKernel, first: FirewallSettings | undefined) {
  const said: string[] = [];
  const keeper = new FirewallKeeper(first, {
    open: () => kernel,
    find: () => ({ index: 2 }),
    say: (level, text) => said.push(`${level}: ${text}`),
  });
  return { keeper, said };
}

const IP = 'inet keepalived';
const blockedIn = (kernel: FakeKernel, table = IP): string[] => [...(kernel.tables.get(table) ?? [])];

describe('the firewall', () => {
  test('blocks the addresses of an instance while it holds them, and only of one that does not accept', () => {
    const kernel = new FakeKernel();
    const { keeper, said } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1'] }));
    keeper.begin();
    keeper.block('VI_2');
    expect(kernel.tables.size).toBe(0);
    keeper.block('VI_1');
    expect(blockedIn(kernel)).toEqual(['192,0,2,1']);
    keeper.unblock('VI_1');
    expect(blockedIn(kernel)).toEqual([]);
    expect(said).toEqual([
      'detail: (VI_1) setting firewall drop rule',
      'detail: (VI_1) removing firewall drop rule',
    ]);
    keeper.close();
    expect(kernel.tables.size).toBe(0);
  });

  test('nobody needs it: the kernel is not asked for anything', () => {
    const kernel = new FakeKernel();
    const { keeper } = keeperOf(kernel, undefined);
    keeper.begin();
    keeper.block('VI_1');
    keeper.unblock('VI_1');
    keeper.close();
    expect(kernel.transactions).toBe(0);
  });

  test('a rehearsal asks nothing of the kernel and leaves nothing behind', () => {
    const kernel = new FakeKernel();
    const { keeper, said } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1', 'fe80::1'] }));
    keeper.rehearse();
    expect([kernel.transactions, said]).toEqual([0, []]);
    keeper.block('VI_2');
    expect(kernel.tables.size).toBe(0);
  });

  test('what a predecessor left goes at the start, and says so', () => {
    const kernel = new FakeKernel();
    kernel.tables.set(IP, new Set(['1,2,3,4']));
    const { keeper, said } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1'] }));
    keeper.begin();
    expect(kernel.tables.size).toBe(0);
    expect(said).toEqual(['info: Deleting old ip keepalived table']);
  });

  test('a change that the kernel refuses is made by making all anew', () => {
    const kernel = new FakeKernel();
    const { keeper, said } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1'], VI_2: ['192.0.2.2'] }));
    keeper.block('VI_1');
    kernel.refusing = 1;
    keeper.block('VI_2');
    expect(blockedIn(kernel)).toEqual(['192,0,2,1', '192,0,2,2']);
    expect(said.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  test('a kernel that refuses everything is told of once; the next change that it takes brings all', () => {
    const kernel = new FakeKernel();
    const { keeper, said } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1'], VI_2: ['192.0.2.2'] }));
    kernel.refusing = 2;
    keeper.block('VI_1');
    keeper.interfacesChanged();
    keeper.unblock('VI_1');
    keeper.block('VI_1');
    expect(said.filter((line) => line.startsWith('error'))).toEqual([
      'error: nftables refused: nft: EPERM - VIPs may be unprotected',
    ]);
    expect(blockedIn(kernel)).toEqual(['192,0,2,1']);
  });

  test('tables that somebody else deletes come back', () => {
    const kernel = new FakeKernel();
    const { keeper, said } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1'] }));
    keeper.block('VI_1');
    kernel.tables.set('inet other', new Set());
    kernel.tables.delete('inet other');
    keeper.tablesDeleted();
    expect(kernel.transactions).toBe(1);
    kernel.tables.clear();
    keeper.tablesDeleted();
    expect(blockedIn(kernel)).toEqual(['192,0,2,1']);
    expect(said.at(-1)).toBe(
      'warning: nftables table ip keepalived was deleted by somebody else: putting it back',
    );
  });

  test('a reload: addresses follow, a new table takes over, and no firewall leaves nothing', () => {
    const kernel = new FakeKernel();
    const { keeper } = keeperOf(kernel, settings({ VI_1: ['192.0.2.1'] }));
    keeper.block('VI_1');
    const names = new Set(['VI_1']);
    keeper.reconfigure(settings({ VI_1: ['192.0.2.3'] }), names);
    expect(blockedIn(kernel)).toEqual(['192,0,2,3']);
    keeper.reconfigure(settings({ VI_1: ['192.0.2.3'] }, 'mine'), names);
    expect([...kernel.tables.keys()]).toEqual(['inet mine']);
    expect(blockedIn(kernel, 'inet mine')).toEqual(['192,0,2,3']);
    keeper.reconfigure(undefined, names);
    expect(kernel.tables.size).toBe(0);
    keeper.reconfigure(settings({ VI_1: ['192.0.2.3'] }), names);
    expect(blockedIn(kernel)).toEqual(['192,0,2,3']);
    keeper.reconfigure(settings({ VI_9: ['192.0.2.9'] }), new Set(['VI_9']));
    keeper.reconfigure(settings({ VI_1: ['192.0.2.1'] }), names);
    expect(blockedIn(kernel)).toEqual([]);
  });
});
