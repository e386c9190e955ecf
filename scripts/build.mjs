// Builds everything: the parser from its grammar, then every TypeScript project in dependency order.
// tsc -b is the wall of DESIGN.md's dependency rule: a project sees only the projects that it references.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Grammar in, parser and its declarations out; skipped while the parser is newer. */
async function buildParser() {
  const grammar = 'grammar/keepalived.peggy';
  const parser = 'dist/config/keepalived-parser.js';
  if (!existsSync(grammar)) return;
  const sources = [grammar, 'scripts/peggy-scan.mjs', 'scripts/build.mjs'];
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  if (existsSync(parser) && statSync(parser).mtimeMs > newest) return;
  const { default: peggy } = await import('peggy');
  const { scanPlugin } = await import('./peggy-scan.mjs');
  mkdirSync('dist/config', { recursive: true });
  writeFileSync(
    parser,
    peggy.generate(readFileSync(grammar, 'utf8'), {
      output: 'source',
      format: 'es',
      grammarSource: grammar,
      plugins: [scanPlugin],
      allowedStartRules: [
        ...['Lines', 'Content', 'ShellWords'],
        ...['Condition', 'Definition', 'Sequence', 'List', 'Include'],
      ],
    }),
  );
}

await buildParser();
const compiled = spawnSync(
  process.execPath,
  ['node_modules/typescript-native/bin/tsc', '-b', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755);
