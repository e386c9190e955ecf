// Real traffic through NAT, DR and every tunnel, over IPv4 and IPv6, and what its connections outlive.
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { sectionsOf } from './sections.js';

const inLab = requires({ lab: true });
const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;
/** Emulated guests are slow, and slower beside others: an end that is never reached, not a measure. */
const timeoutMs = 900_000;

const services = ['nat4', 'dr4', 'ipip4', 'gue4', 'gre4', 'nat6', 'dr6', 'ipip6', 'sit6'];
const wrappings = ['ipip', 'gue', 'gre', 'sit', 'ip6ip6'];

describe('traffic', () => {
  inLab(
    'reaches each server in turn, wrapped as it should be, and goes on over a reload and a respawn',
    async () => {
      const story = `bash test/lab/traffic-story.sh ${understudy} 2>&1`;
      const found = await sectionsOf(story, { timeoutMs: timeoutMs - 20_000 });
      expect(found.get('asked')?.map((line) => line.trim())).toEqual(services.map((name) => `${name} r1 r2`));
      expect(found.get('wrapped')).toEqual(wrappings.map((name) => `${name} came`));
      expect(found.get('downloads go on')).toEqual([
        'at the start: 18 real servers',
        'after a reload: 18 real servers',
        'after a respawn: 18 real servers',
        ...services.map((name) => `${name} 0 whole`),
      ]);
    },
    timeoutMs,
  );
});
