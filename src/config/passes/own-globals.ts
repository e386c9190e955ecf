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
