import { type Micros } from '../base/units.js';

/** Who is on a connection. Nothing is told from within a call to the stream, and nothing after close(). */
export interface StreamUser {
  /** TLS stands on the connection. What has no TLS stands from the start. */
  opened(): void;
  /** @param bytes valid only during the call. */
  received(bytes: Buffer): void;
  /** The other side has nothing more to say. */
  ended(): void;
  /** @param reason for the recorder. */
  broke(reason: string): void;
  /** The time that waitUntil() gave is over. */
  timedOut(): void;
}

/** One connection, plain or with TLS. */
export interface Stream {
  /** @returns false if it cannot be sent. */
  send(text: string): boolean;
  /** When the user's patience ends; at first it is that of connecting. Moving it on costs nothing. */
  waitUntil(at: Micros): void;
  /** Nothing more is received until resume(). */
  pause(): void;
  resume(): void;
  close(): void;
}
