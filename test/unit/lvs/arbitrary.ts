import fc from 'fast-check';
import { formatIpAddress, familyOf, hostPrefixLength, type IpAddress } from '#base/address.js';
import {
  destinationId,
  serviceId,
  type DesiredDestination,
  type DesiredService,
  type ForwardingMethod,
  type ServiceKey,
} from '#lvs/index.js';

/** Few addresses, so that sets meet. */
const anyAddress: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.integer({ min: 1, max: 4 }).map((last) => formatIpAddress(Uint8Array.of(192, 0, 2, last))),
  fc
    .integer({ min: 1, max: 3 })
    .map((last) =>
      formatIpAddress(Uint8Array.from([0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), last])),
    ),
);

export const anyKey: fc.Arbitrary<ServiceKey> = fc.oneof(
  fc.record({
    kind: fc.constant('address' as const),
    protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
    address: anyAddress,
    port: fc.constantFrom(0, 80, 443, 65535),
  }),
  fc.record({
    kind: fc.constant('fwmark' as const),
    family: fc.constantFrom('inet' as const, 'inet6' as const),
    mark: fc.constantFrom(1, 2, 0xffff_ffff),
  }),
);

export const anyForwarding: fc.Arbitrary<ForwardingMethod> = fc.oneof(
  fc.constant({ kind: 'masq' as const }),
  fc.constant({ kind: 'route' as const }),
  fc.constant({ kind: 'tunnel' as const, type: 'ipip' as const }),
  fc.record({
    kind: fc.constant('tunnel' as const),
    type: fc.constant('gue' as const),
    port: fc.constantFrom(6080, 6081),
    checksum: fc.constantFrom('nocsum' as const, 'csum' as const, 'remcsum' as const),
  }),
  fc.record({
    kind: fc.constant('tunnel' as const),
    type: fc.constant('gre' as const),
    checksum: fc.constantFrom('nocsum' as const, 'csum' as const),
  }),
);

export const anyDestination: fc.Arbitrary<DesiredDestination> = fc.record({
  address: anyAddress,
  port: fc.constantFrom(80, 8080),
  forwarding: anyForwarding,
  weight: fc.constantFrom(0, 1, 5, 0x7fff_ffff),
  upperThreshold: fc.constantFrom(0, 100),
  lowerThreshold: fc.constantFrom(0, 50),
});

/** Services as config/ makes them: one of a key, destinations one of an address and port. */
export const anyService: fc.Arbitrary<DesiredService> = fc
  .record({
    key: anyKey,
    scheduler: fc.constantFrom('rr', 'wlc', 'sh'),
    schedulerFlags: fc.nat(7),
    onePacket: fc.boolean(),
    persistenceTimeoutS: fc.constantFrom(0, 360),
    prefix: fc.constantFrom(undefined, 24),
    persistenceEngine: fc.constantFrom(undefined, 'sip'),
    destinations: fc.uniqueArray(anyDestination, { selector: destinationId, maxLength: 5 }),
  })
  .map(({ prefix, persistenceEngine, ...service }) => ({
    ...service,
    hashed: false,
    persistencePrefix:
      prefix ??
      hostPrefixLength(service.key.kind === 'fwmark' ? service.key.family : familyOf(service.key.address)),
    ...(persistenceEngine === undefined ? {} : { persistenceEngine }),
  }));

export const anyServices = fc.uniqueArray(anyService, {
  selector: ({ key }) => serviceId(key),
  maxLength: 4,
});
