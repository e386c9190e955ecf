import { type ProbingKind } from './settings.js';

/** keepalived's phrases for one kind of checker; operators grep for them. */
export interface Wording {
  /** A checker that was down, or had never run, has succeeded. */
  readonly success: (realServer: string) => string;
  /** One failed try, shown with log_all_failures. */
  readonly attempt: (realServer: string, code: string, text: string) => string;
  /** As in '… on service X failed after 3 retries.' */
  readonly name: string;
}

const web = (name: string): Wording => ({
  success: (realServer) => `Remote Web server ${realServer} succeed on service.`,
  attempt: (realServer, _code, text) => `${text} server ${realServer}.`,
  name,
});

const WORDINGS: Readonly<Record<ProbingKind, Wording>> = {
  TCP_CHECK: {
    success: (realServer) => `TCP connection to ${realServer} success.`,
    attempt: (realServer, code) =>
      `TCP connection to ${realServer} ${code === 'timeout' ? 'timeout' : 'failed'}.`,
    name: 'TCP_CHECK',
  },
  HTTP_GET: web('HTTP_CHECK'),
  SSL_GET: web('SSL_CHECK'),
};

export const wordingOf = (kind: ProbingKind): Wording => WORDINGS[kind];

/** The line that announces a failure that counts. */
export function failureText(wording: Wording, realServer: string, retries: number): string {
  const after = retries > 0 ? ` after ${retries} retries` : '';
  return `${wording.name} on service ${realServer} failed${after}.`;
}
