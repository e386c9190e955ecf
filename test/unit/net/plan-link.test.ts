import { planExistence, planSettings, type DesiredLink } from '#net/index.js';
import { vmacAddress } from '#net/vmac.js';
import { desired51, eth0, linkNamed, vmacNamed } from './fake-link.js';

const fits = vmacNamed('vrrp.51', 9, 51);
const ipvlan: DesiredLink = { ...desired51, type: { kind: 'ipvlan', mode: 'private' } };

describe('that a link exists', () => {
  test('none: it is made, private, with its MAC address and the group of its base', () =>
    expect(planExistence(desired51, { base: { ...eth0, group: 7 }, vrfIndex: 0 })).toEqual([
      {
        kind: 'create',
        link: {
          name: 'vrrp.51',
          lowerIndex: 2,
          group: 7,
          type: { kind: 'macvlan', mode: 1 },
          hardwareAddress: vmacAddress('inet', 51),
        },
      },
    ]));

  test('a configured group, and the VRF of its base', () =>
    expect(planExistence({ ...desired51, group: 9 }, { base: eth0, vrfIndex: 4 })).toMatchObject([
      { link: { group: 9, masterIndex: 4 } },
    ]));

  test('an ipvlan comes up at once', () =>
    expect(planExistence(ipvlan, { base: eth0, vrfIndex: 0 })).toMatchObject([
      { kind: 'create', link: { type: { kind: 'ipvlan', mode: 0, flags: 1 }, up: true } },
    ]));

  test('one that fits: nothing; in another VRF: it is moved', () => {
    expect(planExistence(desired51, { base: eth0, held: fits, vrfIndex: 0 })).toEqual([]);
    expect(planExistence(desired51, { base: eth0, held: fits, vrfIndex: 4 })).toEqual([
      { kind: 'change', index: 9, changes: { masterIndex: 4 } },
    ]);
  });

  test('another MAC address or mode: it is changed', () => {
    const held = { ...fits, hardwareAddress: vmacAddress('inet', 50) };
    const [step, ...more] = planExistence(desired51, { base: eth0, held, vrfIndex: 0 }) ?? [];
    expect(more).toEqual([]);
    expect(step).toMatchObject({ kind: 'change', index: 9, changes: { macvlanMode: 1, masterIndex: 0 } });
    const bridge = { ...fits, macvlanMode: 4 };
    expect(planExistence(desired51, { base: eth0, held: bridge, vrfIndex: 0 })).toMatchObject([
      { kind: 'change' },
    ]);
  });

  test.each([
    ['another base', { ...fits, lowerIndex: 3 }],
    ['another kind', { ...fits, kind: 'ipvlan' }],
  ])('%s: it is replaced', (_, held) =>
    expect(planExistence(desired51, { base: eth0, held, vrfIndex: 0 })).toMatchObject([
      { kind: 'remove', index: 9 },
      { kind: 'create' },
    ]),
  );

  test('an ipvlan of another mode is replaced', () => {
    const held = linkNamed('vrrp.51', 9, { kind: 'ipvlan', ipvlan: { mode: 0, flags: 0 }, lowerIndex: 2 });
    expect(planExistence(ipvlan, { base: eth0, held, vrfIndex: 0 })).toMatchObject([
      { kind: 'remove' },
      { kind: 'create' },
    ]);
  });

  test('a network card of that name is never touched', () =>
    expect(
      planExistence(desired51, { base: eth0, held: linkNamed('vrrp.51', 9), vrfIndex: 0 }),
    ).toBeUndefined());
});

describe('its settings', () => {
  test('for IPv4 and for IPv6', () => {
    expect(planSettings(desired51, fits)).toEqual({
      ipv4Settings: { arpIgnore: 1, acceptLocal: 1, promoteSecondaries: 1 },
      addrGenMode: 1,
    });
    expect(planSettings({ ...desired51, family: 'inet6' }, fits)).toEqual({
      ipv4Settings: { arpIgnore: 1 },
      addrGenMode: 1,
    });
  });

  test('a reverse path filter that it was born with goes', () => {
    const born = { ...fits, ipv4Settings: { ...fits.ipv4Settings!, rpFilter: 2 } };
    expect(planSettings(desired51, born)?.ipv4Settings).toMatchObject({ rpFilter: 0 });
  });

  test('what is so already is left; an ipvlan has none', () => {
    const ipv4Settings = { rpFilter: 0, arpFilter: 0, arpIgnore: 1, promoteSecondaries: 1, acceptLocal: 1 };
    expect(planSettings(desired51, { ...fits, ipv4Settings, addrGenMode: 1 })).toBeUndefined();
    expect(planSettings(ipvlan, fits)).toBeUndefined();
  });
});
