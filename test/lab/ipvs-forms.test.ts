// Every form of virtual_server as Understudy programs it beside keepalived, at once and through failures, recovery, a reload
// and the stop: what ipvsadm says is the same, but for what ipvs-forms.ts gives a reason for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requires } from '../requires.js';
import { configuration, FORMS, STAGES, type Stage } from './ipvs-forms.js';
import { runInLab } from './lab.js';

const timeoutMs = 600_000;
const KEEPALIVED = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
const UNDERSTUDY = `${process.execPath} ${resolve('dist/cli/main.js')}`;

/** What the story printed, by heading. */
function parts(output: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const part of output.split(/^== /m).slice(1)) {
    const [name = '', ...lines] = part.trimEnd().split('\n');
    found.set(name, lines);
  }
  return found;
}

/** keepalived's table of one stage, with our own lines where we differ. */
function expected(stage: Stage, keepalived: readonly string[]): readonly string[] {
  let lines = keepalived;
  for (const { differs } of FORMS) {
    const ours = differs?.expected[stage];
    if (!differs || !ours) continue;
    lines = [...lines.filter((line) => !differs.services.some((service) => line.includes(service))), ...ours];
  }
  return [...lines].sort();
}

requires({ lab: true, keepalived: true })(
  `${FORMS.length} forms of virtual_server are programmed as keepalived programs them, through failures and a reload`,
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'understudy-forms-'));
    const files = [join(scratch, 'first.conf'), join(scratch, 'second.conf')] as const;
    writeFileSync(files[0], configuration(false));
    writeFileSync(files[1], configuration(true));
    const command = `bash test/lab/ipvs-forms.sh ${files.join(' ')} 'keepalived=${KEEPALIVED}' 'understudy=${UNDERSTUDY}'`;
    const run = await runInLab(command, { timeoutMs: timeoutMs - 10_000, memoryMb: 1200 });
    rmSync(scratch, { recursive: true });
    const told = parts(run.output);
    if (run.status !== 0 || !told.has('understudy log')) {
      throw new Error(`the story ended early, status ${run.status}\n${run.output}\n${run.complaints}`);
    }
    expect([...told.values()].flat().filter((line) => line.startsWith('waited in vain'))).toEqual([]);
    expect(told.get('understudy started')!.length).toBeGreaterThan(300);
    for (const stage of STAGES) {
      const [theirs, ours] = [told.get(`keepalived ${stage}`), told.get(`understudy ${stage}`)];
      expect({ stage, lines: [...(ours ?? [])].sort() }).toEqual({
        stage,
        lines: expected(stage, theirs ?? []),
      });
    }
    expect([...told.keys()].filter((name) => name.includes('status'))).toEqual([
      'keepalived status 0',
      'understudy status 0',
    ]);
  },
  timeoutMs,
);
