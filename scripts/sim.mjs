// Plays seeds of the simulator one after another and prints the story of each that breaks a rule:
//   node scripts/sim.mjs [--seeds N] [--first SEED]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { runTrial } = await import('../dist/sim/index.js');
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1000' }, first: { type: 'string', default: '1' } },
});
const first = Number(values.first);
const last = first + Number(values.seeds) - 1;
if (!Number.isInteger(first) || !Number.isInteger(last) || last < first) {
  console.error('sim: --seeds and --first take whole numbers');
  process.exit(2);
}

let broken = 0;
let told = Date.now();
for (let seed = first; seed <= last; seed += 1) {
  const { violations, story } = runTrial(seed);
  if (violations.length > 0) {
    broken += 1;
    console.log(`${story}\n  again: node scripts/sim.mjs --first ${seed} --seeds 1\n`);
  }
  if (Date.now() - told > 2000) {
    told = Date.now();
    console.error(`sim: seed ${seed} of ${last}, ${broken} broken`);
  }
}
console.log(`sim: ${last - first + 1} seeds, ${broken} broke a rule`);
process.exit(broken === 0 ? 0 : 1);
