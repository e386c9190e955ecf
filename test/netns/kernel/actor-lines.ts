// What the scripts that run as actors share.
import { createInterface } from 'node:readline';

/** What the test gave this actor. */
export const input = (): unknown => JSON.parse(process.argv[2] ?? '{}');

/** Says one line to the test. */
export function tell(event: string, detail: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...detail })}\n`);
}

/** Calls `on` with each line that the test says, and `end` when it says no more. */
export function listen(on: (line: unknown) => void, end: () => void): void {
  createInterface({ input: process.stdin })
    .on('line', (text) => on(JSON.parse(text)))
    .on('close', end);
}

/** Keeps this process from doing anything, as a page fault or a busy machine would. */
export function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
