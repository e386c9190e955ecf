import { rmSync } from 'node:fs';
import { controlSocketPath } from './control-path.js';
import { controlServer } from './control-server.js';
import { listenAt } from './control-socket.js';
import { controlVerbs, type ControlSubject } from './control-verbs.js';
import { type Log } from './log.js';

/** A control socket that is open, or will be in a moment. */
export interface ControlSocket {
  /** Takes the socket away; answers under way are cut off. */
  close(): void;
}

/**
 * Opens the control socket, where people and monitoring ask how things are. Service does not depend on it: if it
 * cannot be opened, the log says why, and nothing else changes.
 */
export function openControlSocket(subject: ControlSubject & { readonly log: Log }): ControlSocket {
  const path = controlSocketPath(subject.flags, subject.supervisor.current);
  const server = controlServer(controlVerbs(subject));
  let closed = false;
  let open = false;
  void listenAt(server, path).then((listening) => {
    open = listening.ok;
    if (!listening.ok) subject.log.warning(`No control socket: ${listening.error}`);
    else if (closed) server.close();
    else server.on('error', (error) => subject.log.warning(`Control socket: ${error.message}`));
  });
  return {
    close: () => {
      closed = true;
      server.close();
      if (open) rmSync(path, { force: true });
    },
  };
}
