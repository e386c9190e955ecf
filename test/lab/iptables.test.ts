// The old iptables and ipsets, which this machine's kernel may lack. What is expected was told of keepalived 2.4.3 by
// the same story (UPDATE_FIXTURES=1 UNDERSTUDY_LAB_IPTABLES=…/keepalived).
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true });
/** Emulated guests are slow, and slower beside others: an end that is never reached, not a measure. */
const timeoutMs = 900_000;
const fixture = resolve('test/fixtures/iptables-2.4.3.json');
const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;

/** The story's pictures, by their names. */
async function tell(command: string): Promise<Record<string, readonly string[]>> {
  const run = await runInLab(`bash test/lab/iptables-story.sh test/lab ${command} 2>/dev/null`, {
    timeoutMs,
    memoryMb: 1024,
  });
  const pictures = new Map<string, string[]>();
  for (const part of run.output.split(/^== /m).slice(1)) {
    const [name, ...lines] = part.trimEnd().split('\n');
    pictures.set(name!, lines);
  }
  if (run.status !== 0 || !pictures.has('ended, sets')) {
    throw new Error(`the story ended early, status ${run.status}\n${run.output}\n${run.complaints}`);
  }
  return Object.fromEntries(pictures);
}

describe('vrrp_iptables', () => {
  inLab(
    'rules in the chains that are given, and sets, as keepalived 2.4.3 has them',
    async () => {
      const told = await tell(process.env['UNDERSTUDY_LAB_IPTABLES'] ?? understudy);
      if (process.env['UPDATE_FIXTURES'] === '1')
        writeFileSync(fixture, JSON.stringify(told, undefined, 2) + '\n');
      expect(told).toEqual(JSON.parse(readFileSync(fixture, 'utf8')));
    },
    2 * timeoutMs,
  );
});
