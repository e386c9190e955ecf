/** A descriptor that became ready, and for what; errors and hang-ups count as both. */
export interface EpollEvent {
  readonly fd: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** EPOLLERR or EPOLLHUP. */
  readonly failed: boolean;
}

/**
 * Thousands of descriptors behind one: an epoll instance of our own that libuv polls once. With `tickMs`, readiness
 * is collected for that long and drained together, which is what makes thousands of checks cheap.
 */
export class Epoll {
  /** @throws KernelError */
  constructor(onEvents: (events: readonly EpollEvent[]) => void, tickMs = 0) {
    void [onEvents, tickMs];
    throw new Error('not built');
  }

  add(fd: number, interest: { readonly readable?: boolean; readonly writable?: boolean }): void {
    void [fd, interest];
  }

  update(fd: number, interest: { readonly readable?: boolean; readonly writable?: boolean }): void {
    void [fd, interest];
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    void fd;
  }

  close(): void {
    return undefined;
  }
}
