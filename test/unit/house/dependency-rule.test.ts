import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The wall of DESIGN.md's dependency rule is the build's, so it is proven by building: a file that crosses it
 * is put into a room's project (not into the room), and the compiler must refuse it with the reason expected.
 */
const root = process.cwd();
const compiler = join(root, 'node_modules/typescript-native/bin/tsc');

/** Compiles `source` as if it stood in src/`room`, with that room's own settings and references. */
function compileIn(room: string, source: string): { refused: boolean; output: string } {
  const folder = mkdtempSync(join(root, 'src', room, '.wall-'));
  try {
    writeFileSync(join(folder, 'probe.ts'), source);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: `../tsconfig.json`,
        compilerOptions: {
          rootDir: '..',
          noEmit: true,
          composite: false,
          incremental: false,
          tsBuildInfoFile: null,
        },
        files: ['probe.ts'],
        include: [],
        references: references(room).map((path) => ({ path: `../${path}` })),
      }),
    );
    const run = spawnSync(process.execPath, [compiler, '-p', join(folder, 'tsconfig.json')], {
      encoding: 'utf8',
    });
    return { refused: run.status !== 0, output: run.stdout + run.stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function references(room: string): string[] {
  const config = JSON.parse(readFileSync(join(root, 'src', room, 'tsconfig.json'), 'utf8')) as {
    references: { path: string }[];
  };
  return config.references.map((reference) => reference.path);
}

const PURE = ['base', 'wire', 'vrrp', 'bfd', 'health', 'lvs', 'net', 'config', 'sim'];

describe('the dependency rule (DESIGN.md) is a compile error, not goodwill', () => {
  test('the probe itself compiles when it breaks nothing', () => {
    const { refused, output } = compileIn(
      'vrrp',
      `import { micros } from '../../base/units.js';\nexport const one = micros(1);\n`,
    );
    expect(output).toBe('');
    expect(refused).toBe(false);
  });

  test.each(PURE)('%s has no timers, no Buffer, no process, no Node modules', (room) => {
    const { refused, output } = compileIn(
      room,
      [
        'setTimeout(() => {}, 1);',
        "Buffer.from('');",
        'process.exit();',
        'performance.now();',
        "import { readFileSync } from 'node:fs';",
        'readFileSync;',
      ].join('\n'),
    );
    expect(refused).toBe(true);
    for (const line of [1, 2, 3, 4, 5]) expect(output).toContain(`probe.ts(${line},`);
  });

  test.each([
    ['base', 'wire'],
    ['wire', 'vrrp'],
    ['vrrp', 'lvs'],
    ['vrrp', 'net'],
    ['lvs', 'health'],
    ['health', 'lvs'],
    ['net', 'vrrp'],
    ['vrrp', 'config'],
    ['config', 'daemon'],
    ['kernel', 'vrrp'],
    ['probe', 'daemon'],
    ['sim', 'kernel'],
    ['daemon', 'cli'],
  ])('%s may not import %s', (room, forbidden) => {
    const first = readdirSync(join(root, 'src', forbidden)).find(
      (name) => name.endsWith('.ts') && !name.endsWith('.d.ts'),
    );
    const { refused, output } = compileIn(
      room,
      `import * as neighbour from '../../${forbidden}/${(first ?? '').replace(/\.ts$/, '.js')}';\nexport const x = neighbour;\n`,
    );
    expect(refused).toBe(true);
    expect(output).toMatch(/TS6059|TS6307/);
  });

  test('no room of src is outside the rule: each has a project that the build includes', () => {
    const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
      references: { path: string }[];
    };
    const built = config.references
      .map((reference) => reference.path)
      .filter((path) => path.startsWith('src/'));
    const rooms = readdirSync(join(root, 'src')).map((room) => `src/${room}`);
    expect([...built].sort()).toEqual([...rooms].sort());
  });

  test('every pure room is compiled without Node types', () => {
    for (const room of PURE) {
      const config = readFileSync(join(root, 'src', room, 'tsconfig.json'), 'utf8');
      expect(config).not.toContain('"types"');
    }
  });
});

describe('lint bans hidden time and randomness in the pure rooms', () => {
  test('Date.now and Math.random are errors in each of them', () => {
    const script = `
      import { ESLint } from 'eslint';
      const eslint = new ESLint();
      const bans = {};
      for (const room of ${JSON.stringify(PURE)}) {
        const config = await eslint.calculateConfigForFile('src/' + room + '/any.ts');
        bans[room] = (config.rules['no-restricted-properties'] ?? []).map((ban) => ban.object).filter(Boolean);
      }
      const source = 'export const a = Date.now();\\nexport const b = Math.random();\\n';
      const [report] = await eslint.lintText(source, { filePath: 'src/base/units.ts' });
      const lines = report.messages.filter((m) => m.ruleId === 'no-restricted-properties').map((m) => m.line);
      console.log(JSON.stringify({ bans, lines }));`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
    });
    const { bans, lines } = JSON.parse(run.stdout) as { bans: Record<string, string[]>; lines: number[] };
    expect(lines).toEqual([1, 2]);
    for (const room of PURE) expect([room, bans[room]]).toEqual([room, ['Date', 'Math']]);
  });
});
