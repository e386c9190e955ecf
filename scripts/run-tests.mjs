// Runs every kind of test that there is, and ends with a summary by kind. The last line is "N passed, N failed",
// with ", N skipped" when tests were skipped; each of those is listed with what it lacked.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { compiledTests, runJest } from './run-jest.mjs';

// Quick ones first: a mistake in a codec should not take minutes to show.
const kinds = ['unit', 'conformance', 'sim', 'fuzz', 'netns', 'differential'];
// Guests are emulated on one processor, and wait for nothing; the others mostly wait, and leave them one. Guests step back.
const besides = ['lab'];
const folder = 'build/results';
const chosen = process.argv.includes('-t');
mkdirSync(folder, { recursive: true });

/** Runs one kind; what jest wrote of it, in the few terms that the summary has. */
async function runKind(kind) {
  const file = `${folder}/${kind}.json`;
  rmSync(file, { force: true });
  console.log(`\n== ${kind}`);
  const begun = Date.now();
  const options = ['--reporters=./scripts/progress-reporter.mjs', '--json', `--outputFile=${file}`];
  const niceness = besides.includes(kind) ? 10 : 0;
  const status = await runJest(kind, [...options, ...process.argv.slice(2)], niceness);
  const total = { kind, passed: 0, failed: [], skipped: [], seconds: 0 };
  try {
    for (const suite of JSON.parse(readFileSync(file, 'utf8')).testResults) {
      for (const { status: verdict, fullName } of suite.assertionResults) {
        if (verdict === 'passed') total.passed++;
        else if (verdict === 'failed') total.failed.push(fullName);
        // With -t, jest calls every test skipped that was not asked for.
        else if (!chosen || fullName.includes('[needs ')) total.skipped.push(fullName);
      }
      // A file that could not be run at all has no tests to fail.
      if (suite.status === 'failed' && suite.assertionResults.length === 0) total.failed.push(suite.name);
    }
  } catch {
    total.failed.push(`${kind}: jest ended without a result`);
  }
  if (status !== 0 && total.failed.length === 0) total.failed.push(`${kind}: jest failed`);
  total.seconds = (Date.now() - begun) / 1000;
  return total;
}

/** Runs kinds one after another. */
async function runKinds(some) {
  const results = [];
  for (const kind of some.filter((each) => compiledTests(each).length > 0)) results.push(await runKind(kind));
  return results;
}

const totals = (await Promise.all([runKinds(kinds), runKinds(besides)])).flat();
const sum = (count) => totals.reduce((all, total) => all + count(total), 0);
const row = (...cells) =>
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(14) : cell.padStart(10))).join(''));

console.log('');
row('', 'passed', 'failed', 'skipped', 'time');
for (const { kind, passed, failed, skipped, seconds } of totals) {
  row(kind, `${passed}`, `${failed.length}`, `${skipped.length}`, `${seconds.toFixed(0)} s`);
}
for (const [heading, names] of [
  ['Skipped', totals.flatMap(({ kind, skipped }) => skipped.map((name) => `${kind}: ${name}`))],
  ['Failed', totals.flatMap(({ kind, failed }) => failed.map((name) => `${kind}: ${name}`))],
]) {
  if (names.length > 0) console.log(`\n${heading}:\n${names.map((name) => `  ${name}`).join('\n')}`);
}
const [passed, failed, skipped] = [
  sum((total) => total.passed),
  sum((total) => total.failed.length),
  sum((total) => total.skipped.length),
];
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
