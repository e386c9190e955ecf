import { parseIpAddress } from '#base/address.js';
import { ok } from '#base/result.js';
import { AddressKeeper } from '#daemon/address-keeper.js';
import { InterfaceView } from '#daemon/interface-view.js';
import { type RouteFact } from '#kernel/rtnetlink.js';
import { type DesiredAddress } from '#net/index.js';
import { type Link } from '#wire/netlink/link.js';
import { type AddressCommand, type InterfaceAddress } from '#wire/netlink/route.js';

const desired = (text: string, interfaceName = 'eth0'): DesiredAddress => ({
  address: parseIpAddress(text)!,
  prefixLength: 24,
  interface: interfaceName,
  scope: 0,
  noDad: false,
  home: false,
  mngtmpaddr: false,
  noprefixroute: false,
  autojoin: false,
  noTrack: false,
  useVmac: false,
});

const ETH0: Link = {
  index: 2,
  name: 'eth0',
  flags: 0,
  adminUp: true,
  running: true,
  hardwareType: 1,
  hardwareAddress: new Uint8Array(6),
  mtu: 1500,
  operState: 6,
};

/** A kernel with one interface that does what it is told, and says so through the monitor. */
class FakeKernel {
  readonly log: string[] = [];
  readonly lost: string[] = [];
  readonly refusals: string[] = [];
  private facts: RouteFact[] = [];
  readonly view = new InterfaceView();
  readonly keeper: AddressKeeper;

  constructor(wanted: Record<string, readonly DesiredAddress[]>) {
    const vips = Object.values(wanted).flat();
    this.view.setVips(
      vips.map(({ address, interface: name }) => ({ interface: name, address, owner: false, tracked: true })),
    );
    this.view.load([ETH0], []);
    this.keeper = new AddressKeeper(
      wanted,
      this.view,
      {
        apply: (commands) => commands.map((command) => this.obey(command)),
        drain: () => this.facts.splice(0),
      },
      {
        facts: (facts) => this.hear(facts),
        refused: (instance, text) => this.refusals.push(`${instance}: ${text}`),
      },
    );
  }

  /** What waits in the monitor does not come; the view is read anew. */
  loseFacts(): void {
    this.facts = [];
    this.view.load([ETH0], []);
  }

  /** What somebody else does. */
  removedByOthers(text: string): void {
    const address = this.view.holders(new Set([parseIpAddress(text)!]))[0]!;
    this.hear([{ type: 'address-gone', address }]);
  }

  private obey({ kind, address }: AddressCommand) {
    this.log.push(`${kind} ${address.address}`);
    this.facts.push({ type: kind === 'remove' ? 'address-gone' : 'address', address });
    return ok('done' as const);
  }

  private hear(facts: readonly RouteFact[]): void {
    const events = this.view.apply(facts as never, (gone: InterfaceAddress) => this.keeper.isOurDoing(gone));
    for (const event of events) if (event.type === 'AddressLost') this.lost.push(event.address);
  }
}

const A = desired('192.0.2.100');
const B = desired('192.0.2.101');

describe('addresses that move with instances', () => {
  test('are installed, and removed without being taken for lost', () => {
    const kernel = new FakeKernel({ VI_1: [A, B] });
    kernel.keeper.install('VI_1');
    kernel.keeper.remove('VI_1');
    kernel.keeper.settle();
    expect(kernel.log).toEqual([
      'add 192.0.2.100',
      'add 192.0.2.101',
      'remove 192.0.2.101',
      'remove 192.0.2.100',
    ]);
    expect(kernel.lost).toEqual([]);
  });

  test('installing again what is there does nothing', () => {
    const kernel = new FakeKernel({ VI_1: [A] });
    kernel.keeper.install('VI_1');
    kernel.keeper.install('VI_1');
    expect(kernel.log).toEqual(['add 192.0.2.100']);
  });

  test('one that others remove is lost, and installed again on demand', () => {
    const kernel = new FakeKernel({ VI_1: [A] });
    kernel.keeper.install('VI_1');
    kernel.keeper.settle();
    kernel.removedByOthers('192.0.2.100');
    expect(kernel.lost).toEqual(['192.0.2.100']);
    kernel.keeper.install('VI_1');
    expect(kernel.log).toEqual(['add 192.0.2.100', 'add 192.0.2.100']);
  });

  test('what a predecessor left is removed though this process never installed it', () => {
    const kernel = new FakeKernel({ VI_1: [A] });
    new FakeKernel({}).keeper.remove('VI_1');
    kernel.keeper.remove('VI_1');
    expect(kernel.log).toEqual([]);
    kernel.keeper.install('VI_1');
    const successor = new AddressKeeper(
      { VI_1: [A] },
      kernel.view,
      {
        apply: (commands) =>
          commands.map(
            ({ kind, address }) => (kernel.log.push(`${kind} ${address.address}`), ok('done' as const)),
          ),
        drain: () => [],
      },
      { facts: () => undefined, refused: () => undefined },
    );
    kernel.keeper.settle();
    successor.remove('VI_1');
    expect(kernel.log).toEqual(['add 192.0.2.100', 'remove 192.0.2.100']);
  });

  test('a reload touches only what differs', () => {
    const kernel = new FakeKernel({ VI_1: [A] });
    kernel.keeper.install('VI_1');
    kernel.keeper.setDesired({ VI_1: [A, B] });
    kernel.keeper.reconcile();
    kernel.keeper.setDesired({ VI_1: [B] });
    kernel.keeper.reconcile();
    expect(kernel.log).toEqual(['add 192.0.2.100', 'add 192.0.2.101', 'remove 192.0.2.100']);
  });

  test('an address that moves from one master to another by a reload is never away', () => {
    const kernel = new FakeKernel({ VI_1: [A], VI_2: [B] });
    kernel.keeper.install('VI_1');
    kernel.keeper.install('VI_2');
    kernel.keeper.setDesired({ VI_1: [B], VI_2: [A] });
    kernel.keeper.reconcile();
    expect(kernel.log).toEqual(['add 192.0.2.100', 'add 192.0.2.101']);
    kernel.keeper.remove('VI_1');
    expect(kernel.log.at(-1)).toBe('remove 192.0.2.101');
  });

  test('an instance that a reload gives another name takes its addresses with it when it leaves', () => {
    const kernel = new FakeKernel({ VI_1: [A] });
    kernel.keeper.install('VI_1');
    kernel.keeper.setDesired({ VI_ONE: [A] });
    kernel.keeper.install('VI_ONE');
    kernel.keeper.reconcile();
    expect(kernel.log).toEqual(['add 192.0.2.100']);
    kernel.keeper.remove('VI_ONE');
    expect(kernel.log).toEqual(['add 192.0.2.100', 'remove 192.0.2.100']);
  });

  test('when the news of our own removals was lost, the next removal is not taken for ours', () => {
    const kernel = new FakeKernel({ VI_1: [A] });
    kernel.keeper.install('VI_1');
    kernel.keeper.remove('VI_1');
    kernel.loseFacts();
    kernel.keeper.forgetRemovals();
    kernel.keeper.install('VI_1');
    kernel.keeper.settle();
    kernel.removedByOthers('192.0.2.100');
    expect(kernel.lost).toEqual(['192.0.2.100']);
  });

  test('an address on an interface that does not exist is named', () => {
    const kernel = new FakeKernel({ VI_1: [desired('192.0.2.100', 'eth9')] });
    kernel.keeper.install('VI_1');
    expect(kernel.refusals).toEqual([
      "VI_1: Not adding address 192.0.2.100 to eth9 since interface doesn't exist",
    ]);
  });
});
