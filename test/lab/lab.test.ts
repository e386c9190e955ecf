import { requires } from '../requires.js';
import { runInLab } from './lab.js';

const inLab = requires({ lab: true });

describe('the lab', () => {
  inLab(
    'gives back output and exit status, and lets nothing through to the host',
    async () => {
      const run = await runInLab('echo one; echo two >&2; echo x >/etc/understudy-was-here; exit 7');
      expect({ status: run.status, output: run.output }).toEqual({ status: 7, output: 'one\ntwo\n' });
      const host = await import('node:fs');
      expect(host.existsSync('/etc/understudy-was-here')).toBe(false);
    },
    120_000,
  );

  inLab(
    'has the kernel modules that tests need',
    async () => {
      const modules =
        'ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc veth macvlan ipvlan 8021q dummy vrf bridge ipip sch_netem nf_tables';
      const run = await runInLab(`modprobe -a ${modules} && cat /proc/modules`);
      expect(run.status).toBe(0);
      for (const module of modules.split(' ')) expect(run.output).toMatch(new RegExp(`^${module} `, 'm'));
    },
    120_000,
  );

  inLab(
    'ends a command that does not end',
    async () => {
      const run = await runInLab('echo begun; sleep 1000', { timeoutMs: 15_000 });
      expect({ status: run.status, output: run.output }).toEqual({ status: 124, output: 'begun\n' });
    },
    60_000,
  );
});
