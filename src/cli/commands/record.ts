import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  decodeLine,
  packetsOf,
  pcapHeader,
  pcapPacket,
  type RecordingHeader,
  type RecordingLine,
} from '../../observe/index.js';
import { ControlError, DEFAULT_SOCKET, getLines } from '../control-client.js';

export const recordUsage = `understudy record [--seconds N] [--out FILE] [--pcap FILE] [--worker vrrp|checkers|bfd] [--socket PATH]
  What the running daemon remembers of its latest events and of what it did about them, and for N seconds what comes:
  as JSON Lines on stdout or in FILE, and the adverts among it as a capture file for tcpdump. With --pcap alone no
  lines are written. Files are readable by their owner only: settings hold passwords.
`;

interface Question {
  readonly seconds: string;
  readonly out: string | undefined;
  readonly pcap: string | undefined;
  readonly worker: string;
  readonly socket: string;
}

/** `understudy record`. @returns the exit status: 1 if no daemon answers, or the recording was cut off. */
export async function record(args: readonly string[]): Promise<number> {
  const question = understand(args);
  if (!question) {
    process.stderr.write(recordUsage);
    return 1;
  }
  try {
    return await write(question);
  } catch (error) {
    const text = error instanceof ControlError || isSystemError(error) ? error.message : undefined;
    if (text === undefined) throw error;
    process.stderr.write(`understudy: ${text}\n`);
    return 1;
  }
}

async function write({ seconds, out, pcap, worker, socket }: Question): Promise<number> {
  const parameters = new URLSearchParams({ seconds, worker }).toString();
  const lines = getLines(socket, `/record?${parameters}`);
  const outputs = [
    ...(out === undefined && pcap !== undefined ? [] : [new LineOutput(out)]),
    ...(pcap === undefined ? [] : [new PcapOutput(pcap)]),
  ];
  let ended = false;
  let missed = 0;
  let complete = true;
  try {
    for await (const text of lines) {
      const line = decodeLine(text);
      for (const output of outputs) output.take(text, line);
      if ('recording' in line) complete = line.complete;
      if (!('end' in line)) continue;
      ended = true;
      missed = line.missed;
    }
  } finally {
    for (const output of outputs) output.close();
  }
  if (!complete) process.stderr.write(`understudy: ${INCOMPLETE}\n`);
  if (missed > 0) process.stderr.write('understudy: more happened than could be read: there are gaps\n');
  if (!ended) process.stderr.write('understudy: the recording was cut off: the worker ended\n');
  return ended ? 0 : 1;
}

/** How long the memory of a worker reaches back depends on how much happens. */
const INCOMPLETE =
  'the start of the worker is no longer remembered: this can be read, but not be played again; ' +
  'restart the worker, or record from a fresh start, for a recording that can';

/** Passwords are among what is recorded. */
const OWNER_ONLY = 0o600;

/** The lines as they are; to stdout if there is no file. */
class LineOutput {
  private readonly fd: number | undefined;

  constructor(path: string | undefined) {
    this.fd = path === undefined ? undefined : openSync(path, 'w', OWNER_ONLY);
  }

  take(text: string): void {
    if (this.fd === undefined) process.stdout.write(`${text}\n`);
    else writeSync(this.fd, `${text}\n`);
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
  }
}

/** The adverts among it. */
class PcapOutput {
  private readonly fd: number;
  private header: RecordingHeader | undefined;

  constructor(path: string) {
    this.fd = openSync(path, 'w', OWNER_ONLY);
    writeSync(this.fd, pcapHeader());
  }

  take(_text: string, line: RecordingLine): void {
    if ('recording' in line) this.header = line;
    if (!this.header || !('event' in line)) return;
    for (const packet of packetsOf(line, this.header.clock)) writeSync(this.fd, pcapPacket(packet));
  }

  close(): void {
    closeSync(this.fd);
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

function understand(args: readonly string[]): Question | undefined {
  try {
    const text = { type: 'string' } as const;
    const options = { seconds: text, out: text, pcap: text, worker: text, socket: text };
    const { values } = parseArgs({ args: [...args], options });
    return {
      seconds: values.seconds ?? '0',
      out: values.out,
      pcap: values.pcap,
      worker: values.worker ?? 'vrrp',
      socket: values.socket ?? DEFAULT_SOCKET,
    };
  } catch {
    return undefined;
  }
}
