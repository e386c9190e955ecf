import { readFileSync } from 'node:fs';
import { FAMILIES } from '#observe/index.js';

test('the dashboard asks for nothing that is not exposed', () => {
  const text = readFileSync('examples/metrics/dashboard.json', 'utf8');
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const asked = expressions.flatMap((expr) => expr.match(/understudy_[a-z_]+(?=[{[])/g) ?? []);
  const suffixes: Readonly<Record<string, readonly string[]>> = {
    ...{ counter: ['_total'], gauge: [''], stateset: [''], info: ['_info'] },
    ...{ summary: ['_count', '_sum'], histogram: ['_bucket', '_count', '_sum'] },
  };
  const exposed = Object.entries(FAMILIES).flatMap(([name, { type }]) =>
    (suffixes[type] ?? []).map((suffix) => name + suffix),
  );
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !exposed.includes(name))).toEqual([]);
});
