import { readFileSync, writeFileSync } from 'node:fs';
import { keywordEffects } from './passes-effects.js';

const fixture = new URL('../../../../test/fixtures/keyword-effects.txt', import.meta.url);

// Written by UPDATE_FIXTURES=1; each change of it is to be read like code.
test('every keyword does to the model what keyword-effects.txt says', () => {
  const effects = keywordEffects();
  if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(fixture, effects);
  const [expected, actual] = [readFileSync(fixture, 'utf8'), effects].map((text) => text.split('\n\n'));
  const differing = actual?.filter((part, index) => part !== expected?.[index]);
  expect(differing).toEqual([]);
  expect(actual).toHaveLength(expected?.length ?? 0);
});
