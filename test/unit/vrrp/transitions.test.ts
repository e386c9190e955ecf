import { ImpossibleState } from '#base/assert.js';
import { type VrrpState } from '#vrrp/index.js';
import { isTransition, stepsOf } from '#vrrp/transitions.js';

const states: readonly VrrpState[] = ['INIT', 'BACKUP', 'MASTER', 'FAULT'];
const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));
const exist = [
  'INIT BACKUP',
  'INIT MASTER',
  'INIT FAULT',
  'BACKUP INIT',
  'BACKUP MASTER',
  'BACKUP FAULT',
  'MASTER INIT',
  'MASTER BACKUP',
  'MASTER FAULT',
  'FAULT INIT',
  'FAULT BACKUP',
];

describe('RFC 9568, 6.4: the transitions', () => {
  test.each(pairs)('%s to %s', (from, to) => {
    if (exist.includes(`${from} ${to}`)) {
      expect(isTransition(from, to)).toBe(true);
      expect(stepsOf(from, to).filter((step) => step === 'enter')).toHaveLength(1);
    } else {
      expect(isTransition(from, to)).toBe(false);
      expect(() => stepsOf(from, to)).toThrow(ImpossibleState);
    }
  });

  test('whoever becomes master adds addresses, and whoever ceases to be removes them', () => {
    for (const [from, to] of pairs.filter(([from, to]) => isTransition(from, to))) {
      expect(stepsOf(from, to).includes('add-addresses')).toBe(to === 'MASTER');
      expect(stepsOf(from, to).includes('remove-addresses')).toBe(from === 'MASTER');
    }
  });
});
