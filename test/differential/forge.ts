// A stranger on the segment, who sends adverts of any kind.
import { once } from 'node:events';
import { resolve } from 'node:path';
import { type Namespace } from '../namespaces.js';

/** An advert over IPv4: right but for what is said here. Version 2, VRID 51, one second, the usual address. */
export interface Forged {
  readonly priority: number;
  readonly version?: number;
  readonly type?: number;
  readonly vrid?: number;
  /** Seconds. */
  readonly interval?: number;
  readonly addresses?: readonly string[];
  readonly ttl?: number;
  readonly authType?: number;
  readonly password?: string;
  readonly checksum?: number;
  /** The message is cut off behind so many bytes, or goes on for so many. */
  readonly length?: number;
  readonly padding?: number;
}

export interface ForgedWay {
  readonly from?: string;
  readonly to?: string;
  /** Seconds from one to the next. */
  readonly every?: number;
}

/** Sends them, and resolves with the last one. */
export async function forge(
  stranger: Namespace,
  adverts: readonly Forged[],
  { from = '192.0.2.10', to = '224.0.0.18', every = 1 }: ForgedWay,
): Promise<void> {
  const words = [
    resolve('test/differential/forge.py'),
    'eth0',
    from,
    to,
    `${every}`,
    JSON.stringify(adverts),
  ];
  const sender = stranger.spawn('python3', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = (await once(sender, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`forge.py: ${status}`);
}
