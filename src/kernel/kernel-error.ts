import koffi from 'koffi';

const errnoNames = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]));

/** 'EPERM' for 1; 'errno 4095' for a number without a name. */
export const errnoName = (errno: number): string => errnoNames.get(errno) ?? `errno ${errno}`;

/** The value of an errno by its name, for example errnoOf('EAGAIN'). @throws RangeError for an unknown name. */
export function errnoOf(name: string): number {
  const value = koffi.os.errno[name];
  if (value === undefined) throw new RangeError(`no such errno: ${name}`);
  return value;
}

/** A system call that failed, or a netlink request that the kernel refused. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  /** For example 'EPERM'; stable and greppable. */
  readonly code: string;

  /**
   * @param call what was tried, for example 'socket(AF_INET, SOCK_RAW, 112)' or 'RTM_NEWADDR 192.0.2.1/24'.
   * @param errno positive.
   * @param hint what an operator can do about it, or what the kernel said beyond the number (extended ack).
   */
  constructor(
    readonly call: string,
    readonly errno: number,
    readonly hint?: string,
  ) {
    const code = errnoName(errno);
    super(`${call}: ${code}${hint === undefined ? '' : ` (${hint})`}`);
    this.code = code;
  }
}
