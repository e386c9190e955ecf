import { micros } from '#base/units.js';
import { VipLeases } from '#daemon/vip-leases.js';
import { type DesiredAddress } from '#net/index.js';
import { type SendAdvert } from '#vrrp/index.js';

const advert = (instance: string, priority = 100): SendAdvert => ({ instance, priority }) as SendAdvert;
const addresses = (leaseS?: number): readonly DesiredAddress[] => [{ leaseS } as DesiredAddress];

function rig() {
  const clock = { now: micros(0) };
  const renewed: string[] = [];
  const leases = new VipLeases(
    () => clock.now,
    (instance) => void renewed.push(instance),
  );
  leases.setDesired({ A: addresses(2), B: addresses(), C: addresses(5) });
  return { clock, renewed, leases };
}

test('each advert renews the lease of its instance, if it has one', () => {
  const { renewed, leases } = rig();
  leases.advertised([advert('A'), advert('B'), advert('C')]);
  expect(renewed).toEqual(['A', 'C']);
});

test('a resignation renews nothing', () => {
  const { renewed, leases } = rig();
  leases.advertised([advert('A', 0)]);
  expect(renewed).toEqual([]);
});

test('adverts that follow fast renew four times a second', () => {
  const { clock, renewed, leases } = rig();
  for (let count = 0; count < 200; count += 1) {
    leases.advertised([advert('A')]);
    clock.now = micros(clock.now + 10_000);
  }
  expect(renewed).toHaveLength(8);
});

test('a reload may give leases and take them', () => {
  const { renewed, leases } = rig();
  leases.advertised([advert('A')]);
  leases.setDesired({ A: addresses(), B: addresses(3) });
  leases.advertised([advert('A'), advert('B')]);
  expect(renewed).toEqual(['A', 'B']);
});
