// Load: one busy process for each CPU, of the priority that processes have who ask for none.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';

const burn = (): ChildProcess => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });

/** Sets every CPU on fire. @returns what puts the fires out. */
export function setFire(): () => void {
  const fires = cpus().map(burn);
  return () => {
    for (const fire of fires) fire.kill('SIGKILL');
  };
}
