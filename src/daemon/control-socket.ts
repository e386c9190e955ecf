import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { type Server } from 'node:http';
import { connect } from 'node:net';
import { err, ok, type Result } from '../base/result.js';

/** Only the owner, who is root, may connect. */
const OWNER_ONLY = 0o600;
const OTHERS = 0o177;

/**
 * Puts a server on a Unix socket. One that a dead daemon left behind is replaced; one that answers is not, nor is
 * anything that is no socket.
 * @returns the reason, for the log, if it cannot be done.
 */
export async function listenAt(server: Server, path: string): Promise<Result<void, string>> {
  const first = await tryToListen(server, path);
  if (first.ok || first.error !== 'EADDRINUSE') return described(first, path);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) return err(`${path} is there, and is no socket`);
  if (found && (await isAnswered(path))) return err(`another daemon answers at ${path}`);
  try {
    if (found) unlinkSync(path);
  } catch (error) {
    return err(`${path} cannot be replaced: ${codeOf(error)}`);
  }
  return described(await tryToListen(server, path), path);
}

function described(outcome: Result<void, string>, path: string): Result<void, string> {
  return outcome.ok ? outcome : err(`cannot listen at ${path}: ${outcome.error}`);
}

/** The socket is never there with wider permissions: they come from the umask while it is made. */
function tryToListen(server: Server, path: string): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve(err(codeOf(error)));
    server.once('error', failed);
    const before = process.umask(OTHERS);
    try {
      server.listen(path, () => {
        server.off('error', failed);
        chmodSync(path, OWNER_ONLY);
        resolve(ok(undefined));
      });
    } finally {
      process.umask(before);
    }
  });
}

/** True if somebody accepts connections there. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Anything but a refusal (too many connections wait, for example) comes from somebody who lives.
    socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED'));
  });
}

/** `EACCES` and the like. */
function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}
