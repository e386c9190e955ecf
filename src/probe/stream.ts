/** Who is on a connection. Nothing is told from within a call to the stream, and nothing after close(). */
export interface StreamUser {
  /** The connection (and TLS on it) stands. */
  opened(): void;
  /** @param bytes valid only during the call. */
  received(bytes: Buffer): void;
  /** The other side has nothing more to say. */
  ended(): void;
  /** @param reason for the recorder. */
  broke(reason: string): void;
}

/** One connection, plain or with TLS. */
export interface Stream {
  /** @returns false if it cannot be sent. */
  send(text: string): boolean;
  /** Nothing more is received until resume(). */
  pause(): void;
  resume(): void;
  close(): void;
}
