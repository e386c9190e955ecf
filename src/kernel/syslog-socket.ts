import { lastErrno, libc } from './libc.js';
import { errnoOf } from './kernel-error.js';

/** linux/socket.h */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** Where a system logger listens (syslog(3)). Node has no datagram sockets of the Unix family. */
const PATH = '/dev/log';

/**
 * Sends datagrams to the system's log without ever waiting: glibc's syslog(3) blocks when the logger does not
 * read, and a worker must not. Connects again when the logger was restarted.
 */
export class SyslogSocket {
  private fd = -1;

  /** @param path of the logger's socket. */
  constructor(private readonly path = PATH) {}

  /** 'busy': the logger does not keep up, offer it again later. 'absent': there is no logger. */
  send(datagram: Uint8Array): 'sent' | 'busy' | 'absent' {
    if (this.fd < 0 && !this.connect()) return 'absent';
    if (this.trySend(datagram)) return 'sent';
    const errno = lastErrno();
    if (errno === errnoOf('EAGAIN') || errno === errnoOf('ENOBUFS')) return 'busy';
    this.close();
    return this.connect() && this.trySend(datagram) ? 'sent' : 'absent';
  }

  close(): void {
    if (this.fd >= 0) libc.close(this.fd);
    this.fd = -1;
  }

  private trySend(datagram: Uint8Array): boolean {
    return libc.send(this.fd, datagram, datagram.length, MSG_NOSIGNAL) >= 0;
  }

  private connect(): boolean {
    this.fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (this.fd < 0) return false;
    const address = unixAddress(this.path);
    if (libc.connect(this.fd, address, address.length) === 0) return true;
    this.close();
    return false;
  }
}

/** struct sockaddr_un: the family in the host's byte order, then the path and a NUL. */
function unixAddress(path: string): Uint8Array {
  const address = new Uint8Array(2 + Buffer.byteLength(path) + 1);
  new Uint16Array(address.buffer, 0, 1)[0] = AF_UNIX;
  address.set(Buffer.from(path), 2);
  return address;
}
