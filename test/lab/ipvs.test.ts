// ip_vs as Understudy programs it beside ip_vs as keepalived does, from the same file and with the same mishaps.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true, keepalived: true });
/** Emulated guests are slow, and slower beside others: an end that is never reached, not a measure. */
const timeoutMs = 900_000;

/** The story's tables, by their names. */
async function tell(command: string): Promise<Map<string, string[]>> {
  const run = await runInLab(`bash test/lab/ipvs-story.sh test/lab ${command} 2>&1`, {
    timeoutMs,
    memoryMb: 1024,
  });
  const tables = new Map<string, string[]>();
  const [story = '', log = ''] = run.output.split(/(?<=== nothing is left\n)/);
  for (const part of story.split(/^== /m).slice(1)) {
    const [name, ...lines] = part.trimEnd().split('\n');
    tables.set(name!, lines);
  }
  if (run.status !== 0 || !tables.has('nothing is left')) {
    throw new Error(`the story ended early, status ${run.status}\n${run.output}\n${run.complaints}`);
  }
  if (/^-/m.test(log))
    tables.set(
      'nothing is left',
      log.split('\n').filter((line) => line.startsWith('-')),
    );
  return tables;
}

const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;
let measure: Promise<Map<string, string[]>> | undefined;
const keepalived = () => (measure ??= tell('keepalived'));

describe('ip_vs', () => {
  inLab(
    'keepalived programs every service, and the story itself is sound',
    async () => {
      const tables = await keepalived();
      expect([...tables.keys()]).toEqual([
        'all are well',
        'told: start',
        'asked through NAT',
        'web2 is dead',
        'told: death',
        'asked while web2 is dead',
        'web2 is back',
        'told: return',
        'a reload changes a weight and a scheduler, and takes a service away',
        'told: reload',
        'stopped with status 0',
        'told: stop',
        'nothing is left',
      ]);
      expect([...tables.values()].flat()).not.toContainEqual(expect.stringContaining('waited in vain'));
      expect(tables.get('asked through NAT')!.map((line) => line.trim())).toEqual([
        '2 web1',
        '2 web2',
        '2 web3',
      ]);
      expect(tables.get('asked while web2 is dead')!.map((line) => line.trim())).toEqual([
        '3 web1',
        '3 web3',
      ]);
      expect(tables.get('told: death')).toContain('RS [10.0.0.12]:tcp:80 [10.9.0.100]:tcp:80 DOWN');
      expect(tables.get('web2 is back')).toEqual(tables.get('all are well'));
      expect(tables.get('nothing is left')).toEqual([]);
    },
    timeoutMs,
  );

  inLab(
    'Understudy programs what keepalived does, at every turn',
    async () => {
      const [actual, expected] = [await tell(understudy), await keepalived()];
      expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
    },
    2 * timeoutMs,
  );

  inLab(
    'Understudy, killed and started again or its worker respawned, goes on with what ip_vs has',
    async () => {
      const run = await runInLab(`bash test/lab/ipvs-adopt.sh ${understudy} 2>&1`, { timeoutMs });
      const parts = new Map(
        run.output
          .split(/^== /m)
          .map((part) => [part.split('\n', 1)[0]!, part.slice(part.indexOf('\n') + 1)]),
      );
      const { before, after } = { before: parts.get('before'), after: parts.get('after') };
      expect(before?.trim().split('\n')).toHaveLength(5);
      expect({ others: parts.get('other tables seen'), after, workers: parts.get('workers') }).toEqual({
        others: '',
        after: before,
        workers: 'another\n',
      });
      expect(parts.get('after a reload')).toBe(before?.replace('-w 4', '-w 5'));
      expect(parts.get('stopped')).toBe('');
    },
    timeoutMs,
  );
});
