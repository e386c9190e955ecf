// Runs commands in the emulated guest of scripts/lab.sh, whose kernel has what this machine's may lack.
import { spawn } from 'node:child_process';

/** What came of one run in the lab. */
export interface LabRun {
  /** The command's exit status; 124 when time ran out, 125 when the guest died or did not come up. */
  readonly status: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  /** What the lab itself had to say, such as the last lines of a dead guest's console. */
  readonly complaints: string;
}

export interface LabOptions {
  /** Until the guest is ended, in milliseconds; 120 s unless told. */
  readonly timeoutMs?: number;
  /** The guest's memory in MiB, which also holds all that it writes; 768 unless told. */
  readonly memoryMb?: number;
  /** The guest's clock: this machine's, unless told, or two nanoseconds for each instruction that the guest executes. */
  readonly clock?: 'instructions';
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs `command` by /bin/sh as root in a fresh guest, in this process's working directory. Never rejects for what
 * the command does: look at `status`.
 */
export function runInLab(command: string, options: LabOptions = {}): Promise<LabRun> {
  const { timeoutMs = 120_000, memoryMb = 768, clock, onOutput } = options;
  return new Promise((resolve, reject) => {
    const lab = spawn('scripts/lab.sh', [command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LAB_TIMEOUT_S: String(Math.ceil(timeoutMs / 1000)),
        LAB_MEMORY_MB: String(memoryMb),
        ...(clock && { LAB_CLOCK: clock }),
      },
    });
    let output = '';
    let complaints = '';
    lab.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput?.(text);
    });
    lab.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    lab.on('error', reject);
    lab.on('close', (code) => resolve({ status: code ?? 125, output, complaints }));
  });
}
