import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type VrrpState } from '#vrrp/index.js';
import { isTransition } from '#vrrp/transitions.js';
import { readCase } from './case-file.js';
import { play } from './story.js';

/** Every file in cases/ is one test; README.md tells how they are written. */
const directory = fileURLToPath(new URL('../../../test/conformance/cases/', import.meta.url));
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.txt'),
);

const stories = files
  .sort()
  .map((name) => [name, readCase(readFileSync(`${directory}${name}`, 'utf8'))] as const);

test.each(stories)('%s', (_name, story) => {
  const { expected, actual } = play(story);
  expect([story.title, ...actual]).toEqual([story.title, ...expected]);
});

test('together they take every way between states that there is, and no other', () => {
  const states: readonly VrrpState[] = ['INIT', 'BACKUP', 'MASTER', 'FAULT'];
  const ways = states.flatMap((from) =>
    states.filter((to) => isTransition(from, to)).map((to) => `${from} -> ${to}`),
  );
  const taken = new Set(stories.flatMap(([, story]) => play(story).transitions));
  expect([...taken].sort()).toEqual(ways.sort());
});

test('no two claim the same', () => {
  const titles = stories.map(([, { title }]) => title);
  expect(new Set(titles).size).toBe(titles.length);
});
