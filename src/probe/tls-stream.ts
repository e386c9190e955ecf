import net from 'node:net';
import tls from 'node:tls';
import { type Stream, type StreamUser } from './stream.js';

export interface TlsWishes {
  readonly context: tls.SecureContext;
  readonly serverName: string | undefined;
  /** The connection is ended by close_notify, not just closed. */
  readonly sayGoodbye: boolean;
}

/** TLS on Node's own sockets. No certificate is verified, as with keepalived: checks go to addresses. */
export class TlsStream implements Stream {
  private readonly secure: tls.TLSSocket;

  /** @param fd a connected socket, ours from here on. */
  constructor(
    fd: number,
    private readonly wishes: TlsWishes,
    user: StreamUser,
  ) {
    const { context, serverName } = wishes;
    const socket = new net.Socket({ fd });
    socket.on('error', ignore); // whoever uses it hears of it too; a late one must not end the worker
    this.secure = tls.connect({
      socket,
      rejectUnauthorized: false,
      secureContext: context,
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
    this.secure.once('secureConnect', () => user.opened());
    this.secure.on('data', (bytes: Buffer) => user.received(bytes));
    this.secure.once('end', () => user.ended());
    this.secure.on('error', (error: Error) => user.broke(error.message));
  }

  send(text: string): boolean {
    this.secure.write(text);
    return true;
  }

  pause(): void {
    this.secure.pause();
  }

  resume(): void {
    this.secure.resume();
  }

  close(): void {
    for (const event of ['data', 'end', 'secureConnect', 'error']) this.secure.removeAllListeners(event);
    this.secure.on('error', ignore);
    if (this.wishes.sayGoodbye && !this.secure.destroyed && this.secure.writable) {
      this.secure.end();
      this.secure.destroySoon();
    } else {
      this.secure.destroy();
    }
  }
}

const ignore = (): undefined => undefined;
