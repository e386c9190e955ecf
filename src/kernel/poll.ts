/** What a descriptor is ready for; an error or a hang-up reads as both. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
}

/**
 * Watches a descriptor through libuv, level-triggered. Held here until close(), because a koffi poll handle that
 * nothing references is collected and silently stops firing. An exception in a callback ends the process as any
 * uncaught exception does (koffi alone would swallow it).
 */
export class PollWatch {
  /**
   * @param interest e.g. { readable: true }.
   * @param onReady must read until EAGAIN or lose interest, or it is called again at once.
   */
  constructor(fd: number, interest: Partial<Readiness>, onReady: (ready: Readiness) => void) {
    void [fd, interest, onReady];
    throw new Error('not built');
  }

  /** Changes what is waited for; an empty interest pauses. */
  update(interest: Partial<Readiness>): void {
    void interest;
  }

  /** Lets the process end while this watch is open. */
  unref(): void {
    return undefined;
  }

  /** Stops watching; the descriptor itself stays open. Idempotent. */
  close(): void {
    return undefined;
  }
}
