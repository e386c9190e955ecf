import fc from 'fast-check';
import { micros } from '#base/units.js';
import { decodeSegmentAdvert, SegmentSurvey, type SegmentAdvert } from '#vrrp/index.js';
import { frame, MAC, onIpv4, onIpv6, v2, v3 } from './frames.js';
import { ip, s } from './play.js';

describe('an advert on the segment', () => {
  test('version 2 on IPv4, with a password', () => {
    expect(decodeSegmentAdvert(onIpv4(v2))).toEqual({
      hardwareAddress: MAC,
      family: 'inet',
      source: '192.0.2.1',
      destination: '224.0.0.18',
      ttl: 255,
      vrid: 51,
      version: 2,
      priority: 150,
      interval: 1_000_000,
      addresses: ['192.0.2.100'],
      authentication: 'PASS',
    });
  });

  test('version 3 on IPv6', () => {
    expect(decodeSegmentAdvert(onIpv6(v3))).toMatchObject({
      family: 'inet6',
      source: 'fe80::1',
      vrid: 52,
      version: 3,
      interval: 500_000,
      addresses: ['2001:db8::1'],
      authentication: 'none',
    });
  });

  test('behind an authentication header (RFC 4302, 2)', () => {
    const ah = new Uint8Array(24);
    ah.set([112, 4]);
    expect(decodeSegmentAdvert(onIpv4(v2, new Uint8Array(0), 51, ah))).toMatchObject({
      vrid: 51,
      authentication: 'AH',
    });
    ah.set([6, 4]);
    expect(decodeSegmentAdvert(onIpv4(v2, new Uint8Array(0), 51, ah))).toBeUndefined();
  });

  test('with the trailer of auth_hmac', () => {
    const trailer = new Uint8Array(28);
    trailer.set([1, 7]);
    const found = decodeSegmentAdvert(onIpv4(v2, trailer));
    expect([found?.authentication, found?.problem]).toEqual(['HMAC key 7', undefined]);
  });

  test('one that nobody would take still says whose it is', () => {
    const broken = onIpv4(v2);
    broken[14 + 20 + 2] = 1;
    expect(decodeSegmentAdvert(broken)).toMatchObject({ vrid: 51, priority: 1, source: '192.0.2.1' });
    expect(decodeSegmentAdvert(broken)?.problem).toMatch(/checksum/);
  });

  test('other traffic is none', () => {
    expect(decodeSegmentAdvert(onIpv4(v2, new Uint8Array(0), 17))).toBeUndefined();
    expect(decodeSegmentAdvert(frame(0x0806, new Uint8Array(28)))).toBeUndefined();
    expect(decodeSegmentAdvert(new Uint8Array(0))).toBeUndefined();
  });

  test('any bytes never throw', () => {
    const good = [onIpv4(v2), onIpv6(v3)];
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.nat(80),
        fc.nat(255),
        fc.nat(90),
        (bytes, at, value, length) => {
          const mutated = bytes.slice(0, length);
          if (at < mutated.length) mutated[at] = value;
          decodeSegmentAdvert(mutated);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

const base: SegmentAdvert = {
  hardwareAddress: MAC,
  family: 'inet',
  source: ip('192.0.2.1'),
  destination: ip('224.0.0.18'),
  ttl: 255,
  vrid: 51,
  version: 2,
  priority: 100,
  interval: s(1),
  addresses: [ip('192.0.2.100')],
  authentication: 'none',
};
const other: SegmentAdvert = { ...base, source: ip('192.0.2.2'), hardwareAddress: '02:00:00:00:00:0b' };

/** A survey of adverts at these seconds. */
function surveyOf(...heard: readonly (readonly [number, SegmentAdvert])[]): SegmentSurvey {
  const survey = new SegmentSurvey();
  for (const [at, advert] of heard) survey.hear(advert, micros(at * 1_000_000));
  return survey;
}
const reasons = (survey: SegmentSurvey): string[] => survey.conflicts().map(({ reason }) => reason);

describe('a survey of the segment', () => {
  test('counts and measures each speaker; a farewell does not change what it usually says', () => {
    const survey = surveyOf([1, base], [2, base], [3, base], [3.5, { ...base, priority: 0 }]);
    expect(survey.speakers()).toEqual([
      {
        ...base,
        adverts: 4,
        resignations: 1,
        firstHeardAt: 1_000_000,
        lastHeardAt: 3_500_000,
        every: 833_333,
      },
    ]);
  });

  test('speakers are in order of VRID, family and source', () => {
    const survey = surveyOf([1, { ...base, vrid: 60 }], [2, other], [3, base]);
    expect(survey.speakers().map(({ vrid, source }) => `${vrid} ${source}`)).toEqual([
      '51 192.0.2.1',
      '51 192.0.2.2',
      '60 192.0.2.1',
    ]);
  });

  test('an election is no conflict', () => {
    expect(reasons(surveyOf([1, base], [2, base], [2.6, other], [2.7, base], [3.6, other]))).toEqual([]);
  });

  test('two that go on speaking are masters at once', () => {
    const survey = surveyOf([1, base], [1.5, other], [2, base], [2.5, other], [3, base], [3.5, other]);
    expect(survey.conflicts()).toEqual([
      {
        family: 'inet',
        vrid: 51,
        sources: ['192.0.2.1', '192.0.2.2'],
        reason: 'both claim to be master',
      },
    ]);
  });

  test.each([
    [{ version: 3 }, 'VRRP version 2 and 3'],
    [{ authentication: 'PASS' }, 'authentication none and PASS'],
    [{ addresses: [ip('192.0.2.7')] }, 'addresses 192.0.2.100 and 192.0.2.7'],
    [{ interval: s(2) }, 'different advertisement intervals in version 2'],
    [{ destination: ip('192.0.2.1') }, 'one by multicast, the other by unicast'],
  ])('%o does not fit', (changes, reason) => {
    expect(reasons(surveyOf([1, base], [2, { ...other, ...changes }]))).toEqual([reason]);
  });

  test('the order of addresses, another VRID, another family: no conflict', () => {
    const two = [ip('192.0.2.100'), ip('192.0.2.101')];
    const survey = surveyOf(
      [1, { ...base, addresses: two }],
      [2, { ...other, addresses: [...two].reverse() }],
      [3, { ...other, vrid: 52, version: 3 }],
    );
    expect(reasons(survey)).toEqual([]);
  });

  test('the free VRID is the next one, in a circle', () => {
    const survey = surveyOf([1, base], [2, { ...other, vrid: 52 }], [3, { ...other, vrid: 255 }]);
    expect(survey.freeVrid('inet', 51)).toBe(53);
    expect(survey.freeVrid('inet', 254)).toBe(1);
    expect(survey.freeVrid('inet6', 51)).toBe(52);
    const all = surveyOf(...Array.from({ length: 255 }, (_, at) => [at, { ...base, vrid: at + 1 }] as const));
    expect(all.freeVrid('inet', 51)).toBeUndefined();
  });

  test('forged sources do not fill the memory', () => {
    const survey = new SegmentSurvey();
    for (let index = 0; index < 5000; index += 1) {
      survey.hear({ ...base, source: ip(`10.0.${index >> 8}.${index & 255}`) }, micros(index));
    }
    expect(survey.speakers()).toHaveLength(4096);
  });
});
