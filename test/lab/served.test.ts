// Two directors that are real servers of each other: the loop that comes of it, its end, and what connections outlive.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { sectionsOf } from './sections.js';

const inLab = requires({ lab: true });
const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;
/** Emulated guests are slow, and slower beside others: an end that is never reached, not a measure. */
const timeoutMs = 900_000;

const play = () =>
  sectionsOf(`bash test/lab/served-story.sh ${understudy} 2>&1`, {
    timeoutMs: timeoutMs - 20_000,
    memoryMb: 1024,
    clock: 'instructions',
  });

describe('two directors that are real servers of each other', () => {
  inLab(
    'hand packets back and forth, until only the master serves; downloads outlive a drain, a respawn and a takeover',
    async () => {
      const found = await play();
      expect([...found.keys()]).toEqual([
        'rules on both',
        'rules on the master only',
        'a server drained under a download',
        'a takeover under a download',
        'log',
      ]);
      expect(found.get('rules on both')).toEqual(['2 a', '1 b', '1 none', 'going round: many']);
      expect(found.get('rules on the master only')).toEqual(['a 2, b 0', '2 a', '2 b', 'going round: 0']);
      // An order while a worker is being started is carried out later.
      expect(
        found
          .get('a server drained under a download')
          ?.filter((line) => !line.startsWith('It waits to be carried out')),
      ).toEqual([
        '[192.0.2.2]:tcp:80 of [192.0.2.100]:tcp:80 is drained',
        expect.stringMatching(/^\d+ connections? (is|are) still active$/),
        'status 2',
        '-a -t 192.0.2.100:80 -r 192.0.2.1:80 -g -w 1',
        '-a -t 192.0.2.100:80 -r 192.0.2.2:80 -g -w 0',
        'a',
        'a',
        'curl status 0',
        'whole from b',
        '[192.0.2.2]:tcp:80 of [192.0.2.100]:tcp:80 is drained',
        'No connection is active',
        'status 0',
        '-a -t 192.0.2.100:80 -r 192.0.2.1:80 -g -w 3',
        '-a -t 192.0.2.100:80 -r 192.0.2.2:80 -g -w 0',
        '[192.0.2.2]:tcp:80 of [192.0.2.100]:tcp:80 is served as before',
      ]);
      expect(found.get('a takeover under a download')).toEqual([
        'a 0, b 2',
        'curl status 0',
        'whole from a',
        '2 a',
        '2 b',
        'going round: 0',
      ]);
    },
    timeoutMs,
  );
});
