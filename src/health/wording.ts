import { type ProbingKind } from './settings.js';

/** Whom a line is about, as logs name them. */
export interface Named {
  readonly realServer: string;
  readonly pool: string;
}

/** keepalived's phrases for one kind of checker; operators grep for them. Undefined where it has none. */
export interface Wording {
  /** A checker that was down, or had never run, has succeeded. */
  readonly success: (named: Named) => string | undefined;
  /** One failed try, shown with log_all_failures. */
  readonly attempt: (named: Named, code: string, text: string) => string | undefined;
  /** As in '… on service X failed after 3 retries.' */
  readonly name: string;
  /** Names the virtual server, too, where retries are told of. */
  readonly namesPool?: true;
  /** Before what is said of a check that could not be run. */
  readonly prefix?: (named: Named) => string;
}

const silent = (): undefined => undefined;

const web = (name: string): Wording => ({
  success: ({ realServer }) => `Remote Web server ${realServer} succeed on service.`,
  attempt: ({ realServer }, _code, text) => `${text} server ${realServer}.`,
  name,
});

const WORDINGS: Readonly<Record<ProbingKind, Wording>> = {
  TCP_CHECK: {
    success: ({ realServer }) => `TCP connection to ${realServer} success.`,
    attempt: ({ realServer }, code) =>
      `TCP connection to ${realServer} ${code === 'timeout' ? 'timeout' : 'failed'}.`,
    name: 'TCP_CHECK',
  },
  HTTP_GET: web('HTTP_CHECK'),
  SSL_GET: web('SSL_CHECK'),
  UDP_CHECK: {
    success: ({ realServer }) => `UDP connection to ${realServer} success.`,
    attempt: ({ realServer }, code) => {
      if (code === 'not-sent') return undefined;
      return code === 'mismatch'
        ? `UDP check to ${realServer} reply data mismatch.`
        : `UDP connection to ${realServer} failed.`;
    },
    name: 'UDP_CHECK',
  },
  PING_CHECK: {
    success: ({ realServer }) => `ICMP connection to ${realServer} success.`,
    attempt: ({ realServer, pool }, code) =>
      code === 'timeout'
        ? `ICMP connection to address ${realServer} timeout.`
        : `ICMP connection to ${realServer} of ${pool} failed.`,
    name: 'ICMP CHECK',
    namesPool: true,
  },
  SMTP_CHECK: {
    success: ({ realServer }) => `Remote SMTP server ${realServer} succeed on service.`,
    attempt: (_named, _code, text) => `SMTP_CHECK ${text}`,
    name: 'SMTP_CHECK',
  },
  DNS_CHECK: {
    success: silent,
    attempt: ({ realServer }, _code, text) => `DNS_CHECK (${realServer}) ${text}`,
    name: 'DNS_CHECK',
    prefix: ({ realServer }) => `DNS_CHECK (${realServer}) `,
  },
  // Its lines name the script as well: script-rules.ts.
  MISC_CHECK: { success: silent, attempt: silent, name: 'MISC_CHECK' },
};

export const wordingOf = (kind: ProbingKind): Wording => WORDINGS[kind];

/** The line that announces a failure that counts. */
export function failureText({ name, namesPool }: Wording, named: Named, retries: number): string {
  const of = namesPool && retries > 0 ? ` of ${named.pool}` : '';
  const after = retries > 0 ? ` after ${retries} retries` : '';
  return `${name} on service ${named.realServer}${of} failed${after}.`;
}
