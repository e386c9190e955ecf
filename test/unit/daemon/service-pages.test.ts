import { parseIpAddress } from '#base/address.js';
import { ServicePages, type ServicePlace } from '#daemon/service-pages.js';
import { type KernelService, type ServiceKey, type ServiceTemplate } from '#lvs/index.js';
import { joinServices, renderServices, serviceStatus, type PoolService } from '#observe/index.js';

const mark = (number: number): ServiceKey => ({ kind: 'fwmark', family: 'inet', mark: number });
const template = (number: number): ServiceTemplate => ({ key: mark(number) }) as unknown as ServiceTemplate;

const counted = (connections: bigint): KernelService['stats'] => ({
  ...{ connections, inPackets: 2n, outPackets: 3n, inBytes: 2n ** 63n, outBytes: 5n },
  ...{ connectionsPerSecond: 6n, inPacketsPerSecond: 7n, outPacketsPerSecond: 8n },
  ...{ inBytesPerSecond: 9n, outBytesPerSecond: 10n },
});

/** A service with so many real servers. */
const standing = (key: ServiceKey, servers: number): KernelService => ({
  key,
  ...{ scheduler: 'rr', schedulerFlags: 0, hashed: true, onePacket: false },
  ...{ persistenceTimeoutS: 0, persistencePrefix: 32 },
  destinations: Array.from({ length: servers }, (_, index) => ({
    address: parseIpAddress(`10.0.${index >> 8}.${index & 255}`)!,
    ...{ port: 80, forwarding: { kind: 'masq' }, weight: 1, upperThreshold: 0, lowerThreshold: 0 },
    connections: { active: 4, inactive: 5, persistent: 0 },
    stats: counted(BigInt(index))!,
  })),
  stats: counted(100n)!,
});

/** All pages, as whoever asks for them gets them. */
function readAll(pages: ServicePages, read: (key: ServiceKey) => KernelService | undefined) {
  const sizes: string[] = [];
  const parts: PoolService[] = [];
  for (let from: ServicePlace | undefined = { service: 0, server: 0 }; from;) {
    const page = pages.page(from, read);
    const servers = page.services.reduce((sum, { service }) => sum + (service?.destinations.length ?? 0), 0);
    sizes.push(`${page.services.length}/${servers}`);
    parts.push(...page.services);
    from = page.next;
  }
  return { sizes, services: joinServices(parts) };
}

describe('services read page by page', () => {
  test('are all there, in file order, a large one in parts', () => {
    const pages = new ServicePages({ a: [template(1), template(2)], b: [template(3)] });
    const sizes: Readonly<Record<number, number>> = { 1: 2, 2: 1100, 3: 1 };
    const read = (key: ServiceKey) => standing(key, key.kind === 'fwmark' ? (sizes[key.mark] ?? 0) : 0);
    const all = readAll(pages, read);
    expect(all.sizes).toEqual(['2/500', '1/500', '2/103']);
    expect(all.services.map(({ pool, key }) => [pool, key])).toEqual([
      ['a', mark(1)],
      ['a', mark(2)],
      ['b', mark(3)],
    ]);
    expect(all.services[1]?.service).toEqual(standing(mark(2), 1100));
  });

  test('that do not stand are told of, and many small ones take several pages', () => {
    const pages = new ServicePages({ a: Array.from({ length: 120 }, (_, index) => template(index + 1)) });
    const all = readAll(pages, () => undefined);
    expect(all.sizes).toEqual(['50/0', '50/0', '20/0']);
    expect(all.services).toHaveLength(120);
    expect(serviceStatus(all.services[0]!)).toEqual({
      pool: 'a',
      name: 'FWM 1',
      key: mark(1),
      stands: false,
    });
  });

  test('may all be none', () => {
    expect(new ServicePages({}).page({ service: 0, server: 0 }, () => undefined)).toEqual({ services: [] });
  });
});

describe('what is told of a service', () => {
  const key: ServiceKey = {
    kind: 'address',
    protocol: 'TCP',
    address: parseIpAddress('2001:db8::1')!,
    port: 80,
  };
  const status = serviceStatus({ pool: 'p', key, service: standing(key, 1) });

  test('has all 64 bits of its counters', () => {
    expect(status).toMatchObject({
      name: 'TCP [2001:db8::1]:80',
      counters: { connections: '100', inBytes: '9223372036854775808' },
      perSecond: { connections: 6, outBytes: 10 },
      servers: [{ address: '10.0.0.0', forwarding: 'NAT', activeConnections: 4, inactiveConnections: 5 }],
    });
    expect(JSON.parse(JSON.stringify(status))).toEqual(status);
  });

  test('is a line, and one for each server', () => {
    expect(renderServices({ services: [status] }, false).split('\n')).toEqual([
      'SERVICE                  METHOD  WEIGHT  ACTIVE  INACTIVE  CONNS  INPKTS  OUTPKTS  INBYTES              OUTBYTES',
      'TCP [2001:db8::1]:80 rr                                    100    2       3        9223372036854775808  5',
      '  -> 10.0.0.0:80         NAT     1       4       5         0      2       3        9223372036854775808  5',
      '',
    ]);
    expect(renderServices({ services: [status] }, true)).toContain('6        7');
    expect(renderServices({ services: [] }, false)).toBe('No virtual_server.\n');
  });
});
