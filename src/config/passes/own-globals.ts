import { parseIpAddress } from '../../base/address.js';
import { type DaemonSettings } from '../model-daemon.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';

/** smtp_auth FILE and the CA of smtp_tls: read when a mail is sent; what is wrong by now is said now. */
export function checkSecretFile(
  context: PassContext,
  { statement, values }: Reading,
  secret: boolean,
): boolean {
  const path = values.at(-1) as string | undefined;
  if (path === undefined) return true;
  const found = context.host.permissions(context.host.canonical(path) ?? path);
  if (found?.type !== 'file') {
    const text = found ? `'${path}' is no file` : `'${path}' does not exist`;
    context.warning('mail-file-missing', `${text}; no mail can be sent before it does`, statement.span);
  } else if (secret && (found.mode & 0o077) !== 0) {
    const mode = `0${(found.mode & 0o777).toString(8)}`;
    context.warning('login-file-open', `'${path}' can be used by others (mode ${mode})`, statement.span);
  }
  return true;
}

/** metrics_listen ADDRESS:PORT, with an IPv6 address in brackets. */
export function readListenAddress(
  context: PassContext,
  { words, span }: Statement,
): DaemonSettings['metricsListen'] {
  const text = words[1]?.text ?? '';
  const [, bracketed, plain, digits] = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const address = parseIpAddress(bracketed ?? plain ?? '');
  const port = Number(digits);
  if (address !== undefined && port >= 1 && port <= 65_535) return { address, port };
  const example = "'127.0.0.1:9650' or '[::1]:9650'";
  context.error('invalid-address', `'${text}' is no address and port, as in ${example}`, span);
  return undefined;
}
