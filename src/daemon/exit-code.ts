/** Exit codes of keepalived's processes, which init systems and scripts read. */
export const EXIT = {
  ok: 0,
  /** Cannot go on: a bad command line, or a worker's permanent failure. */
  fatal: 1,
  /** A worker cannot run this configuration on this host (an interface that does not exist). */
  config: 2,
  /** Not permitted: run as root or with CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE. */
  missingPermission: 4,
  /** A bug of ours (EX_SOFTWARE): a worker that ends so is started again. */
  bug: 70,
  /** The configuration file is missing, unreadable or unusable at start. */
  noConfig: 6,
} as const;

/** Exit codes of a worker that make the supervisor give up instead of starting it again. */
export const PERMANENT_FAILURES: ReadonlyMap<number, string> = new Map([
  [EXIT.fatal, 'FATAL'],
  [EXIT.config, 'CONFIG'],
  [EXIT.missingPermission, 'missing permission'],
]);
