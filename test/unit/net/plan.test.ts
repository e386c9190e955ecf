import fc from 'fast-check';
import { parseIpAddress, type IpAddress } from '#base/address.js';
import { type DesiredAddress, planInstall, planRemoval, toInterfaceAddress } from '#net/index.js';
import { type AddressCommand, type InterfaceAddress } from '#wire/netlink/route.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;

function desired(address: string, more: Partial<DesiredAddress> = {}): DesiredAddress {
  return {
    address: ip(address),
    prefixLength: address.includes(':') ? 128 : 24,
    interface: 'eth0',
    scope: 0,
    noDad: address.includes(':'),
    home: false,
    mngtmpaddr: false,
    noprefixroute: false,
    autojoin: false,
    noTrack: false,
    useVmac: false,
    ...(address.includes(':') ? { preferredLifetimeS: 0 } : {}),
    ...more,
  };
}

const interfaces = new Map([
  ['eth0', 2],
  ['eth1', 3],
]);

/** How the kernel tells of an address that was installed as wanted: with flags and labels of its own. */
const asKernelTells = (wanted: DesiredAddress, more: Partial<InterfaceAddress> = {}): InterfaceAddress => {
  const address = toInterfaceAddress(wanted, interfaces.get(wanted.interface) ?? 0);
  return {
    ...address,
    flags: address.flags | 0x80 | (address.preferredLifetimeS === 0 ? 0x20 : 0),
    ...(address.family === 'inet' && address.label === undefined ? { label: wanted.interface } : {}),
    ...(address.family === 'inet6' ? { scope: 0 } : {}),
    ...more,
  };
};

const shown = (commands: readonly AddressCommand[]): string[] =>
  commands.map(
    ({ kind, address }) => `${kind} ${address.address}/${address.prefixLength} on ${address.interfaceIndex}`,
  );

const install = (wanted: readonly DesiredAddress[], addresses: readonly InterfaceAddress[] = []): string[] =>
  shown(planInstall(wanted, { interfaces, addresses }).commands);

/** A foreign address of the host itself. */
const own: InterfaceAddress = {
  interfaceIndex: 2,
  family: 'inet',
  address: ip('192.0.2.1'),
  prefixLength: 24,
  scope: 0,
  flags: 0x80,
  broadcast: ip('192.0.2.255'),
  label: 'eth0',
};

describe('installing', () => {
  test('adds what is not there, in the order of the file', () =>
    expect(install([desired('192.0.2.10'), desired('fd00::10'), desired('198.51.100.1')], [own])).toEqual([
      'add 192.0.2.10/24 on 2',
      'add fd00::10/128 on 2',
      'add 198.51.100.1/24 on 2',
    ]));

  test('says everything that `ip address add` takes', () => {
    const wanted = desired('192.0.2.10', {
      broadcast: ip('192.0.2.255'),
      label: 'eth0:vip',
      scope: 253,
      peer: ip('192.0.2.11'),
      noprefixroute: true,
    });
    expect(planInstall([wanted], { interfaces, addresses: [] }).commands).toEqual([
      {
        kind: 'add',
        address: {
          interfaceIndex: 2,
          family: 'inet',
          address: '192.0.2.10',
          prefixLength: 24,
          scope: 253,
          flags: 0x200,
          protocol: 18,
          broadcast: '192.0.2.255',
          label: 'eth0:vip',
          peer: '192.0.2.11',
        },
      },
    ]);
  });

  test('IPv6: no duplicate address detection, deprecated from the start, no label', () =>
    expect(
      planInstall([desired('fd00::10', { label: 'x' })], { interfaces, addresses: [] }).commands[0]?.address,
    ).toEqual({
      interfaceIndex: 2,
      family: 'inet6',
      address: 'fd00::10',
      prefixLength: 128,
      scope: 0,
      flags: 0x02,
      protocol: 18,
      preferredLifetimeS: 0,
    }));

  test('IPv4 has no lifetimes and no nodad flag', () =>
    expect(
      planInstall([desired('192.0.2.10', { noDad: true, preferredLifetimeS: 0 })], {
        interfaces,
        addresses: [],
      }).commands[0]?.address,
    ).not.toMatchObject({ flags: 2 }));

  test('adopts what a predecessor left, and what keepalived would have put there', () => {
    const wanted = [desired('192.0.2.10'), desired('fd00::10'), desired('192.0.2.11', { label: 'eth0:1' })];
    expect(install(wanted, [own, ...wanted.map((one) => asKernelTells(one))])).toEqual([]);
  });

  test('IPv4 of another mask is another address: the one there is left alone', () =>
    expect(
      install([desired('192.0.2.10', { prefixLength: 32 })], [asKernelTells(desired('192.0.2.10'))]),
    ).toEqual(['add 192.0.2.10/32 on 2']));

  test('IPv6 of another prefix length stands in the way', () =>
    expect(
      install([desired('fd00::10', { prefixLength: 64 })], [asKernelTells(desired('fd00::10'))]),
    ).toEqual(['remove fd00::10/128 on 2', 'add fd00::10/64 on 2']));

  test.each([
    ['label', { label: 'eth0:2' }],
    ['scope', { scope: 254 }],
    ['broadcast', { broadcast: ip('192.0.2.255') }],
    ['flags', { noprefixroute: true }],
  ])('IPv4 with another %s is made anew, for the kernel cannot change it', (_, more) =>
    expect(install([desired('192.0.2.10', more)], [asKernelTells(desired('192.0.2.10'))])).toEqual([
      'remove 192.0.2.10/24 on 2',
      'add 192.0.2.10/24 on 2',
    ]),
  );

  test('IPv6 with other flags or lifetime is changed in place', () => {
    const there = asKernelTells(desired('fd00::10'));
    expect(install([desired('fd00::10', { noprefixroute: true })], [there])).toEqual([
      'replace fd00::10/128 on 2',
    ]);
    const forever: DesiredAddress = { ...desired('fd00::10') };
    delete (forever as { preferredLifetimeS?: number }).preferredLifetimeS;
    expect(install([forever], [there])).toEqual(['replace fd00::10/128 on 2']);
  });

  test('a lease is renewed at each install, in place, and ends with one without it', () => {
    for (const address of ['192.0.2.10', 'fd00::10']) {
      const leased = desired(address, { leaseS: 2, preferredLifetimeS: 300 });
      const there = asKernelTells(leased);
      expect(there).toMatchObject(
        address === 'fd00::10' ? { validLifetimeS: 2, preferredLifetimeS: 2 } : { validLifetimeS: 2 },
      );
      const replaced = [`replace ${address}/${there.prefixLength} on 2`];
      expect(install([leased], [there])).toEqual(replaced);
      expect(install([leased], [asKernelTells(desired(address))])).toEqual(replaced);
      expect(install([desired(address)], [there])).toEqual(replaced);
    }
  });

  test('a deprecated address stays deprecated under a lease', () => {
    const leased = toInterfaceAddress(desired('fd00::10', { leaseS: 2, preferredLifetimeS: 0 }), 2);
    expect(leased).toMatchObject({ validLifetimeS: 2, preferredLifetimeS: 0 });
  });

  test('IPv6 that hangs in duplicate address detection is made anew', () => {
    for (const flag of [0x40, 0x08]) {
      const there = asKernelTells(desired('fd00::10'));
      expect(install([desired('fd00::10')], [{ ...there, flags: there.flags | flag }])).toEqual([
        'remove fd00::10/128 on 2',
        'add fd00::10/128 on 2',
      ]);
    }
  });

  test('the same address on another interface is another address', () =>
    expect(
      install([desired('192.0.2.10')], [asKernelTells(desired('192.0.2.10'), { interfaceIndex: 3 })]),
    ).toEqual(['add 192.0.2.10/24 on 2']));

  test('an address named twice is added once', () =>
    expect(install([desired('192.0.2.10'), desired('192.0.2.10')])).toEqual(['add 192.0.2.10/24 on 2']));

  test('an interface that does not exist is told, the rest is installed', () => {
    const lost = desired('192.0.2.10', { interface: 'eth9' });
    const plan = planInstall([lost, desired('192.0.2.11')], { interfaces, addresses: [] });
    expect(plan.impossible).toEqual([lost]);
    expect(shown(plan.commands)).toEqual(['add 192.0.2.11/24 on 2']);
  });
});

describe('removing', () => {
  const remove = (wanted: readonly DesiredAddress[], addresses: readonly InterfaceAddress[]): string[] =>
    shown(planRemoval(wanted, { interfaces, addresses }).commands);

  test('takes the last first, so that no subnet goes before its members', () => {
    const wanted = [desired('192.0.2.10'), desired('192.0.2.11')];
    expect(remove(wanted, [own, ...wanted.map((one) => asKernelTells(one))])).toEqual([
      'remove 192.0.2.11/24 on 2',
      'remove 192.0.2.10/24 on 2',
    ]);
  });

  test('leaves what is not there, and what only looks alike', () =>
    expect(
      remove(
        [desired('192.0.2.10'), desired('fd00::10'), desired('192.0.2.1', { prefixLength: 32 })],
        [
          own,
          asKernelTells(desired('192.0.2.10'), { interfaceIndex: 3 }),
          asKernelTells(desired('fd00::10'), { prefixLength: 64 }),
        ],
      ),
    ).toEqual([]));

  test('removes what was changed meanwhile: it is still the same address', () =>
    expect(
      remove([desired('192.0.2.10')], [asKernelTells(desired('192.0.2.10'), { label: 'eth0:other' })]),
    ).toEqual(['remove 192.0.2.10/24 on 2']));

  test('an interface that is gone took its addresses along', () => {
    const lost = desired('192.0.2.10', { interface: 'eth9' });
    expect(planRemoval([lost], { interfaces, addresses: [own] })).toEqual({
      commands: [],
      impossible: [lost],
    });
  });
});

describe('for any wanted and any held addresses', () => {
  const address = fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.1', 'fd00::1', 'fd00::2');
  const arbitraryDesired = fc
    .record({
      address,
      prefix: fc.constantFrom(16, 24, 32),
      interface: fc.constantFrom('eth0', 'eth1'),
      label: fc.constantFrom(undefined, 'eth0:1'),
      noprefixroute: fc.boolean(),
      lifetime: fc.constantFrom(undefined, 0, 60),
    })
    .map((one) =>
      desired(one.address, {
        prefixLength: one.prefix,
        interface: one.interface,
        noprefixroute: one.noprefixroute,
        ...(one.label === undefined ? {} : { label: one.label }),
        ...(one.lifetime === undefined ? {} : { preferredLifetimeS: one.lifetime }),
      }),
    );

  /** What the kernel holds after the commands; refuses what the kernel would refuse. */
  function carryOut(
    held: readonly InterfaceAddress[],
    commands: readonly AddressCommand[],
  ): InterfaceAddress[] {
    const after = [...held];
    const isThere = (a: InterfaceAddress) => (b: InterfaceAddress) =>
      a.interfaceIndex === b.interfaceIndex &&
      a.address === b.address &&
      (a.family === 'inet6' || (a.prefixLength === b.prefixLength && a.peer === b.peer));
    for (const { kind, address: wanted } of commands) {
      const at = after.findIndex(isThere(wanted));
      expect({ kind, there: at >= 0 }).toEqual({ kind, there: kind !== 'add' });
      const name = wanted.interfaceIndex === 2 ? 'eth0' : 'eth1';
      const label = wanted.family === 'inet' ? { label: wanted.label ?? name } : {};
      if (kind === 'add') after.push({ ...wanted, ...label });
      else if (kind === 'remove') after.splice(at, 1);
      else after[at] = { ...wanted, ...label };
    }
    return after;
  }

  const heldBefore = fc
    .array(arbitraryDesired, { maxLength: 6 })
    .map((list) => carryOut([], planInstall(list, { interfaces, addresses: [] }).commands));

  test('the kernel takes every command, and planning again gives none', () => {
    fc.assert(
      fc.property(fc.array(arbitraryDesired, { maxLength: 6 }), heldBefore, (wanted, held) => {
        const after = carryOut(held, planInstall(wanted, { interfaces, addresses: held }).commands);
        expect(planInstall(wanted, { interfaces, addresses: after }).commands).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('addresses that are not named are not touched', () => {
    fc.assert(
      fc.property(fc.array(arbitraryDesired, { maxLength: 6 }), heldBefore, (wanted, held) => {
        const named = new Set(wanted.map((one) => one.address));
        for (const plan of [planInstall, planRemoval]) {
          const { commands } = plan(wanted, { interfaces, addresses: held });
          expect(commands.every((command) => named.has(command.address.address))).toBe(true);
        }
      }),
    );
  });

  test('removing what was installed leaves what was there before', () => {
    fc.assert(
      fc.property(fc.array(arbitraryDesired, { maxLength: 6 }), (wanted) => {
        const after = carryOut([own], planInstall(wanted, { interfaces, addresses: [own] }).commands);
        const left = carryOut(after, planRemoval(wanted, { interfaces, addresses: after }).commands);
        const ours = wanted.some((one) => one.address === own.address && one.prefixLength === 24);
        if (!ours) expect(left).toEqual([own]);
      }),
    );
  });
});
