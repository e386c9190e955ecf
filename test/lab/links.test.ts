// VRFs and ipvlans, which this machine's kernel may lack: links as Understudy makes them beside keepalived's, from the
// same file and with the same mishaps.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true, keepalived: true });
const timeoutMs = 300_000;

/** The story's pictures, by their names. */
async function tell(command: string): Promise<Map<string, string[]>> {
  const run = await runInLab(`bash test/lab/links-story.sh test/lab ${command} 2>/dev/null`, {
    timeoutMs,
    memoryMb: 1024,
  });
  const pictures = new Map<string, string[]>();
  for (const part of run.output.split(/^== /m).slice(1)) {
    const [name, ...lines] = part.trimEnd().split('\n');
    pictures.set(name!, lines);
  }
  if (run.status !== 0 || !pictures.has('nothing is left')) {
    throw new Error(`the story ended early, status ${run.status}\n${run.output}\n${run.complaints}`);
  }
  return pictures;
}

describe('links', () => {
  inLab(
    'in a VRF, out of it, and ipvlans: as keepalived has them',
    async () => {
      const measure = await tell('keepalived');
      const master = measure.get('master of everything, in the VRF')!;
      expect(master).toEqual(
        expect.arrayContaining([
          'vrrp.51 master red',
          'vrrp6.51 master red',
          'ipv0 inet 198.51.100.5/24 scope global ipv0',
          expect.stringMatching(/^IP 192\.0\.2\.1 > 192\.0\.2\.2: .*vrid 54, prio 150/),
        ]),
      );
      expect([...measure.values()].flat()).not.toContainEqual(expect.stringContaining('waited in vain'));
      const told = await tell(`${process.execPath} ${resolve('dist/cli/main.js')}`);
      expect(Object.fromEntries(told)).toEqual(Object.fromEntries(measure));
    },
    2 * timeoutMs,
  );
});
