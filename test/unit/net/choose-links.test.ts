import { type IpAddress } from '#base/address.js';
import { chooseLinks, type LinkRequest, type LinkScene } from '#net/index.js';
import { linkLocalOfMac, vmacAddress, vmacNames } from '#net/vmac.js';
import { eth0, linkNamed, request51, vmacNamed } from './fake-link.js';

const request = (more: Partial<LinkRequest> = {}): LinkRequest => ({ ...request51, ...more });
const six: Partial<LinkRequest> = {
  instance: 'VI_6',
  family: 'inet6',
  type: { kind: 'vmac', mac: vmacAddress('inet6', 51) },
  ipv6: true,
};

const scene = (more: Partial<LinkScene> = {}): LinkScene => ({
  links: [eth0],
  addresses: () => [],
  reserved: new Set(['eth0']),
  ours: new Set(),
  prefix: { adverts: 'vrrp', addresses: 'vrrp' },
  ...more,
});

const namesOf = (requests: readonly LinkRequest[], given: LinkScene): string[] =>
  chooseLinks(requests, given).links.map(({ name }) => name);

describe('MAC addresses', () => {
  test('00-00-5E-00-01-{VRID} and 00-00-5E-00-02-{VRID} (RFC 9568, 7.3)', () => {
    expect([...vmacAddress('inet', 51)]).toEqual([0, 0, 0x5e, 0, 1, 51]);
    expect([...vmacAddress('inet6', 255)]).toEqual([0, 0, 0x5e, 0, 2, 255]);
  });

  test('as given, or as given with the virtual router id at its end', () => {
    expect([...vmacAddress('inet', 51, '02:aa:bb:cc:dd:ee')]).toEqual([2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee]);
    expect([...vmacAddress('inet', 51, '02:aa:bb:cc:dd')]).toEqual([2, 0xaa, 0xbb, 0xcc, 0xdd, 51]);
  });

  test('a link-local address of one (RFC 4291, appendix A)', () =>
    expect(linkLocalOfMac(Uint8Array.of(2, 0, 0, 0, 0, 0x0a))).toBe('fe80::ff:fe00:a'));
});

describe('names', () => {
  const first = (count: number, prefix: string, vrid: number, family: 'inet' | 'inet6'): string[] => {
    const names = vmacNames(prefix, vrid, family);
    return Array.from({ length: count }, () => names.next().value);
  };

  test('in the order in which keepalived tries them', () => {
    expect(first(3, 'vrrp', 51, 'inet')).toEqual(['vrrp.51', 'vrrp1.51', 'vrrp2.51']);
    expect(first(8, 'vrrp', 51, 'inet6').join(' ')).toBe(
      'vrrp.51 vrrp6.51 vrrp1.51 vrrp2.51 vrrp3.51 vrrp4.51 vrrp5.51 vrrp7.51',
    );
  });

  test('no longer than the kernel takes', () =>
    expect(first(2, 'longprefix0', 255, 'inet')).toEqual(['longprefix0.255', 'longprefix1.255']));

  test('a long prefix is cut', () =>
    expect(first(3, 'longprefix12345', 255, 'inet')[2]).toBe('longprefix2.255'));

  test('two families of one VRID, an interface of that name, and a name that is configured elsewhere', () => {
    expect(namesOf([request(), request(six)], scene())).toEqual(['vrrp.51', 'vrrp6.51']);
    expect(namesOf([request()], scene({ links: [eth0, linkNamed('vrrp.51', 8)] }))).toEqual(['vrrp1.51']);
    expect(namesOf([request()], scene({ reserved: new Set(['vrrp.51']) }))).toEqual(['vrrp1.51']);
    const named = request({ instance: 'VI_2', base: 'eth1', name: 'vrrp.51' });
    expect(namesOf([request(), named], scene())).toEqual(['vrrp1.51', 'vrrp.51']);
  });

  test('vmac_prefix and vmac_addr_prefix', () => {
    const prefix = { adverts: 'vm', addresses: 'va' };
    const other = request({ purpose: 'addresses', base: 'eth1' });
    expect(namesOf([request(), other], scene({ prefix }))).toEqual(['vm.51', 'va.51']);
  });
});

describe('what is there already', () => {
  const old = vmacNamed('vrrp.51', 9, 51);

  test('a macvlan of that MAC address on that base is taken up, whoever made it', () => {
    const { links, notes } = chooseLinks([request()], scene({ links: [eth0, old] }));
    expect(links[0]?.name).toBe('vrrp.51');
    expect(notes).toEqual(['(VI_1) Found matching interface vrrp.51']);
  });

  test.each([
    ['another MAC address', { hardwareAddress: vmacAddress('inet', 52) }],
    ['another mode', { macvlanMode: 4 }],
    ['another base', { lowerIndex: 3 }],
    ['a base in another namespace', { lowerIsElsewhere: true }],
  ])('with %s it is another link', (_what, more) =>
    expect(namesOf([request()], scene({ links: [eth0, { ...old, ...more }] }))).toEqual(['vrrp1.51']),
  );

  test('a base that is itself a macvlan: the kernel puts links on it beside it', () => {
    const base = vmacNamed('mv0', 5, 1);
    const links = [eth0, base, old];
    expect(namesOf([request({ base: 'mv0' })], scene({ links }))).toEqual(['vrrp.51']);
  });

  test('its name wins over a configured one, unless it is ours from before a reload', () => {
    const links = [eth0, old];
    const { notes } = chooseLinks([request({ name: 'v0' })], scene({ links }));
    expect(notes[1]).toBe('(VI_1) vmac name mismatch v0 <=> vrrp.51. changing to vrrp.51.');
    expect(namesOf([request({ name: 'v0' })], scene({ links }))).toEqual(['vrrp.51']);
    expect(namesOf([request({ name: 'v0' })], scene({ links, ours: new Set(['vrrp.51']) }))).toEqual(['v0']);
  });

  test('a configured name that a macvlan has is used, one that a network card has is not', () => {
    const named = request({ name: 'v0' });
    const other = { ...old, name: 'v0', hardwareAddress: vmacAddress('inet', 7) };
    const replaced = chooseLinks([named], scene({ links: [eth0, other] }));
    expect(replaced.links[0]?.name).toBe('v0');
    expect(replaced.notes[0]).toContain('v0 already exists but is incompatible');
    const refused = chooseLinks([named], scene({ links: [eth0, linkNamed('v0', 7)] }));
    expect(refused.links[0]?.name).toBe('vrrp.51');
    expect(refused.notes[0]).toContain('ignoring configured name');
  });

  test('an ipvlan is recognised by its address or its name', () => {
    const held = linkNamed('iv0', 9, {
      kind: 'ipvlan',
      ipvlan: { mode: 0, flags: 0 },
      lowerIndex: eth0.index,
    });
    const address = '10.0.0.9' as IpAddress;
    const type = { kind: 'ipvlan', mode: 'bridge', address: { address, prefixLength: 32 } } as const;
    const given = scene({ links: [eth0, held], addresses: (index) => (index === 9 ? [address] : []) });
    expect(namesOf([request({ type })], given)).toEqual(['iv0']);
    expect(namesOf([request({ type })], { ...given, addresses: () => [] })).toEqual(['vrrp.51']);
    expect(namesOf([request({ type: { ...type, mode: 'vepa' } })], given)).toEqual(['vrrp.51']);
    const unknown = request({ type: { kind: 'ipvlan', mode: 'bridge' }, family: 'inet6' });
    expect(namesOf([unknown], given)).toEqual(['vrrp.51']);
    expect(namesOf([{ ...unknown, name: 'iv0' }], given)).toEqual(['iv0']);
  });
});

describe('addresses that need a link', () => {
  const mac = vmacAddress('inet', 51, '02:00:00:00:00:01');
  const address = request({ purpose: 'addresses', base: 'eth1', type: { kind: 'vmac', mac } });

  test('share one of their MAC address', () =>
    expect(namesOf([request(), address, address], scene())).toEqual(['vrrp.51', 'vrrp1.51', 'vrrp1.51']));

  test('of both families on one link: IPv6 is on', () => {
    const { links } = chooseLinks([address, { ...address, family: 'inet6', ipv6: true }], scene());
    expect(links.map(({ name, ipv6 }) => [name, ipv6])).toEqual([
      ['vrrp.51', true],
      ['vrrp.51', true],
    ]);
  });

  test("an instance's own link is the one that another's address has already", () => {
    const first = request({ ...six, instance: 'VI_1', purpose: 'addresses' });
    const { links, notes } = chooseLinks([first, request(six)], scene());
    expect(links.map(({ name }) => name)).toEqual(['vrrp.51', 'vrrp.51']);
    expect(notes).toEqual(['(VI_6) Found matching interface vrrp.51']);
  });
});
