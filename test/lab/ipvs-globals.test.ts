// Timeouts, flushes, firewall marks of groups and the sync daemon, beside keepalived: what ipvsadm and nft say while an
// instance becomes master, fails and comes back, after a reload, and after the stop.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { runInLab } from './lab.js';

const timeoutMs = 600_000;
const KEEPALIVED = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
const UNDERSTUDY = `${process.execPath} ${resolve('dist/cli/main.js')}`;
const STAGES = ['before', 'master', 'in fault', 'reloaded', 'status 0', 'stopped'] as const;

/** What one daemon's story printed, by stage; elements of nftables maps have no order. */
function pictures(output: string, name: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const part of output.split(/^== /m).slice(1)) {
    const [heading = ''] = part.split('\n', 1);
    const text = part
      .slice(heading.length + 1)
      .replace(/elements = \{ ([^}]*?) \}/g, (_, elements: string) => {
        const sorted = elements.split(/,\s*/).sort();
        return `elements = { ${sorted.join(', ')} }`;
      });
    const stage = heading.slice(name.length + 1);
    if (heading.startsWith(`${name} `) && stage !== 'log') found[stage] = text;
  }
  return found;
}

requires({ lab: true, keepalived: true })(
  'global_defs that concern IPVS do what they do in keepalived, and the sync daemon follows its instance',
  async () => {
    const command = `bash test/lab/ipvs-globals.sh test/lab/ipvs-globals.conf 'keepalived=${KEEPALIVED}' 'understudy=${UNDERSTUDY}'`;
    const run = await runInLab(command, { timeoutMs: timeoutMs - 10_000, memoryMb: 1000 });
    const [theirs, ours] = [pictures(run.output, 'keepalived'), pictures(run.output, 'understudy')];
    if (run.status !== 0 || ours['stopped'] === undefined) {
      throw new Error(`the story ended early, status ${run.status}\n${run.output}\n${run.complaints}`);
    }
    expect(run.output).not.toContain('waited in vain');
    expect(Object.keys(ours)).toEqual(STAGES);
    expect(ours['master']).toMatch(/^master sync daemon \(mcast=sync, syncid=51, maxlen=1400/m);
    expect(ours['in fault']).toMatch(/^backup sync daemon/m);
    expect(ours['reloaded']).toMatch(/^master sync daemon/m);
    expect(ours['stopped']).toBe(ours['before']?.replace(/^-A.*\n/gm, ''));
    expect(ours).toEqual(theirs);
  },
  timeoutMs,
);
