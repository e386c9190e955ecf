import { alliancesOf, type ServiceTemplate } from '#lvs/index.js';

const marks = (...numbers: readonly number[]): readonly ServiceTemplate[] =>
  numbers.map((mark) => ({ key: { kind: 'fwmark', family: 'inet', mark } }) as unknown as ServiceTemplate);

test('pools are allies that want a service in common, directly or through others', () => {
  const alliances = alliancesOf({
    alone: marks(1, 2),
    a: marks(10, 11),
    b: marks(20),
    c: marks(11, 20),
    twice: marks(30, 30),
  });
  expect(Object.fromEntries(alliances)).toEqual({
    a: ['a', 'b', 'c'],
    b: ['a', 'b', 'c'],
    c: ['a', 'b', 'c'],
  });
});

test('nobody is anybody’s ally by default', () => {
  expect(alliancesOf({ a: marks(1), b: marks(2) }).size).toBe(0);
});
