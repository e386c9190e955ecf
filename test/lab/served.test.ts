// Two directors that are real servers of each other, a server that is drained under a download, and a takeover.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true });
/** Emulated guests are slow, and slower beside others: an end that is never reached, not a measure. */
const timeoutMs = 1_200_000;

inLab(
  'serve_when_master ends the loop of packets, and a drained server keeps its connections over reload and respawn',
  async () => {
    const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;
    const run = await runInLab(`bash test/lab/served-story.sh ${understudy} 2>&1`, {
      timeoutMs,
      memoryMb: 1400,
    });
    const parts = new Map<string, string[]>();
    for (const part of run.output.split(/^== /m).slice(1)) {
      const [name, ...lines] = part.trimEnd().split('\n');
      parts.set(name!, lines);
    }
    const whole = `${run.output}\n${run.complaints}`;
    if (run.status !== 0 || !parts.has('log')) throw new Error(`the story ended early\n${whole}`);
    if (whole.includes('waited in vain')) throw new Error(whole);
    const [vs, rs] = ['[192.0.2.100]:tcp:80', '[192.0.2.2]:tcp:80'];
    expect(Object.fromEntries([...parts].filter(([name]) => name !== 'log'))).toEqual({
      'rules on both': ['a', 'none', 'packets: a storm'],
      'rules on the master only': ['a 2, b 0', 'a', 'b', 'packets: few'],
      'a server drained under a download': [
        `${rs} of ${vs} is drained`,
        '1 connection is still active',
        'status 2',
        '-a -t 192.0.2.100:80 -r 192.0.2.1:80 -g -w 1',
        '-a -t 192.0.2.100:80 -r 192.0.2.2:80 -g -w 0',
        'a',
        'a',
        `${rs} of ${vs} is drained`,
        'No connection is active',
        'status 0',
        '3000000',
        '3000000',
        '-a -t 192.0.2.100:80 -r 192.0.2.1:80 -g -w 3',
        '-a -t 192.0.2.100:80 -r 192.0.2.2:80 -g -w 0',
        `${rs} of ${vs} is served as before`,
      ],
      'a takeover': ['a 0, b 2'],
    });
  },
  timeoutMs,
);
