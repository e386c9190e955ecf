import { requires } from '../requires.js';
import { runInLab } from './lab.js';

/** The value of each step of ipvs-door-guest.ts, in order. */
function steps(output: string): { step: string; value: unknown }[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as { step: string; value: unknown });
}

requires({ lab: true })(
  'IPVS: every form is programmed as ipvsadm shows it, adopted, changed by what differs, and removed',
  async () => {
    const run = await runInLab('modprobe ip_vs && node build/test/lab/ipvs-door-guest.js', {
      timeoutMs: 500_000,
    });
    const told = steps(run.output);
    const value = (step: string) => told.find((one) => one.step === step)?.value;
    if (run.status !== 0) throw new Error(`${run.output}\n${run.complaints}`);

    expect(value('version')).toBe('1.2.1');
    expect(told.filter(({ step }) => step === 'refused').map((one) => one.value)).toEqual([[], [], []]);
    expect((value('programmed') as string[]).sort()).toEqual(
      [
        '-A -f 5 -6 -s wlc',
        '-A -f 5 -s wrr -p 50 -M 255.255.255.0',
        '-A -t 192.0.2.1:80 -s wlc',
        '-A -t 198.51.100.1:21 -s rr',
        '-A -t [2001:db8::1]:443 -s sh -p 360 -M 64 -b sh-fallback,sh-port',
        '-A -u 192.0.2.1:5060 -s rr -p 60 --pe sip',
        '-A -u 192.0.2.1:53 -s rr -o',
        '-A --sctp-service 192.0.2.1:36412 -s wlc',
        '-a -f 5 -r 192.0.2.20:0 -g -w 1',
        '-a -t 192.0.2.1:80 -r 192.0.2.10:8080 -m -w 3',
        '-a -t 192.0.2.1:80 -r 192.0.2.11:80 -g -w 0',
        '-a -t 192.0.2.1:80 -r 192.0.2.12:80 -i -w 1 --tun-type ipip',
        '-a -t 192.0.2.1:80 -r 192.0.2.13:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
        '-a -t 192.0.2.1:80 -r 192.0.2.14:80 -i -w 1 --tun-type gre --tun-csum',
        '-a -t [2001:db8::1]:443 -r [2001:db8::10]:443 -g -w 1',
        '-a -u 192.0.2.1:53 -r 192.0.2.53:53 -m -w 1',
        '-a --sctp-service 192.0.2.1:36412 -r [2001:db8::99]:36412 -i -w 1 --tun-type ipip',
      ].sort(),
    );
    expect(value('left')).toEqual([]);
    expect(value('change')).toEqual(['SetService', 'DelDest']);
    expect(value('explained')).toEqual([
      'NewService: EEXIST: Service already exists',
      'NewService: ENOENT: Scheduler or persistence engine not found',
      'NewDest: EEXIST: Destination already exists',
      'SetDest: ENOENT: No such destination',
      'DelDest: ENOENT: No such destination',
      'DelService: ESRCH: No such service',
    ]);
    expect(value('removed')).toEqual(['-A -t 198.51.100.1:21 -s rr']);
    expect(value('many')).toMatchObject({ refused: 0, left: 0 });
    expect(value('flushed')).toBe('');
  },
  600_000,
);
