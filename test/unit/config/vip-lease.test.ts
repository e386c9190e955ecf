import { micros } from '#base/units.js';
import { leaseSeconds } from '#config/passes/vip-lease.js';

test.each([
  [1, 3, 2],
  [2, 3, 5],
  [5, 3, 14],
  [10, 2, 19],
])(
  'at %d s x %d the lease of %d s ends before the backups take over, late as the kernel may be',
  (s, adverts, lease) => {
    expect(leaseSeconds(micros(s * 1_000_000), adverts)).toBe(lease);
    expect(lease + 1).toBeLessThanOrEqual(s * adverts);
  },
);

test.each([
  [0.01, 3, 1],
  [0.1, 3, 1],
  [0.5, 3, 1],
  [0.6, 3, 2],
  [1, 1, 2],
  [5, 1, 6],
])('at %d s x %d it is %d s: long enough to be renewed in time', (s, adverts, lease) => {
  expect(leaseSeconds(micros(s * 1_000_000), adverts)).toBe(lease);
  expect(lease).toBeGreaterThanOrEqual(s + 0.4);
});
