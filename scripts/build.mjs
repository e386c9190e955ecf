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
  if (existsSync(parser) && statSync(parser).mtimeMs > statSync(grammar).mtimeMs) return;
  const { default: peggy } = await import('peggy');
  mkdirSync('dist/config', { recursive: true });
  writeFileSync(
    parser,
    peggy.generate(readFileSync(grammar, 'utf8'), { output: 'source', format: 'es', grammarSource: grammar }),
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
