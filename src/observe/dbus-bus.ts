import { createRequire } from 'node:module';
import { type EventEmitter } from 'node:events';
import { type Duplex } from 'node:stream';
import { type DbusAnswer, type DbusCall } from './dbus-objects.js';

/** As the library has messages; what is absent is not in its header. */
interface Message {
  readonly type: number;
  readonly flags?: number;
  readonly serial: number;
  readonly replySerial?: number;
  readonly sender?: string;
  readonly destination?: string;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** What we use of the library: the handshake and the codec. Its own types leave both out. */
interface Connection extends EventEmitter {
  readonly stream: Duplex;
  message(message: Message): void;
  end(): void;
}
interface Library {
  createConnection(options: { readonly busAddress: string }): Connection;
}
/** Loaded when it is needed, and by none of the other workers. */
const loadLibrary = (): Library => createRequire(import.meta.url)('@homebridge/dbus-native') as Library;

const METHOD_CALL = 1;
const METHOD_RETURN = 2;
const ERROR = 3;
const SIGNAL = 4;
const NO_REPLY_EXPECTED = 1;
/** DBUS_NAME_FLAG_DO_NOT_QUEUE, and the answer that the name is ours. */
const DO_NOT_QUEUE = 4;
const PRIMARY_OWNER = 1;

const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** A bus that reads nothing for so long is left. */
const MOST_UNSENT_BYTES = 1024 * 1024;

/** Where the system bus is, unless the environment says otherwise. */
export const systemBusAddress = (environment: Readonly<Record<string, string | undefined>>): string =>
  environment['DBUS_SYSTEM_BUS_ADDRESS'] ?? 'unix:path=/run/dbus/system_bus_socket';

/** What the owner of a bus name hears. */
export interface BusListener {
  /** The name is ours: signals may be sent. */
  acquired(): void;
  /** Called with every method call that is meant for us. */
  call(call: DbusCall, answer: (answer: DbusAnswer) => void): void;
  /** The connection is over, or never came to be. Called once, last. */
  lost(reason: string): void;
}

/** One connection to a bus, on which a well-known name is owned. */
export class BusName {
  private readonly connection: Connection | undefined;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private serial = 0;
  private over = false;
  private owned = false;

  constructor(
    address: string,
    private readonly name: string,
    private readonly listener: BusListener,
  ) {
    try {
      this.connection = loadLibrary().createConnection({ busAddress: address });
    } catch (error) {
      // An address that the library does not understand: said from outside of this constructor.
      setImmediate(() => this.lose(describe(error)));
      return;
    }
    this.connection.on('error', (error) => this.lose(describe(error)));
    this.connection.stream.on('close', () => this.lose('the bus closed the connection'));
    this.connection.on('message', (message: Message) => this.hear(message));
    this.ask('Hello', undefined, () => this.request());
  }

  /** Sends a signal; nothing happens without the name. */
  signal(
    path: string,
    interfaceName: string,
    member: string,
    signature = '',
    body: readonly unknown[] = [],
  ): void {
    if (this.owned)
      this.send({ type: SIGNAL, path, interface: interfaceName, member, ...payload(signature, body) });
  }

  /** Leaves the bus when what was sent is out; `lost` is not called. */
  close(): void {
    this.over = true;
    this.connection?.end();
  }

  private request(): void {
    this.ask('RequestName', { signature: 'su', body: [this.name, DO_NOT_QUEUE] }, ({ body }) => {
      if (body?.[0] !== PRIMARY_OWNER) {
        this.lose(`the name ${this.name} belongs to somebody else`);
        return;
      }
      this.owned = true;
      this.listener.acquired();
    });
  }

  private ask(
    member: string,
    content: Pick<Message, 'signature' | 'body'> | undefined,
    then: (message: Message) => void,
  ): void {
    this.waiting.set(this.send({ type: METHOD_CALL, ...BUS, member, ...content }), then);
  }

  private hear(message: Message): void {
    if (message.type === METHOD_CALL) {
      this.called(message);
      return;
    }
    const then = this.waiting.get(message.replySerial ?? 0);
    if (!then) return;
    this.waiting.delete(message.replySerial ?? 0);
    if (message.type === ERROR) this.lose(`${message.errorName ?? 'error'}: ${firstText(message)}`);
    else then(message);
  }

  private called(message: Message): void {
    const { path = '/', member = '', body = [], flags = 0 } = message;
    const call = {
      path,
      member,
      body,
      ...(message.interface !== undefined && { interface: message.interface }),
    };
    this.listener.call(call, (answer) => {
      if ((flags & NO_REPLY_EXPECTED) === 0) this.reply(message, answer);
    });
  }

  private reply({ serial, sender }: Message, answer: DbusAnswer): void {
    const to = { replySerial: serial, ...(sender !== undefined && { destination: sender }) };
    switch (answer.type) {
      case 'Value':
        this.send({ type: METHOD_RETURN, ...to, ...payload(answer.signature, answer.body) });
        break;
      case 'Error':
        this.send({ type: ERROR, errorName: answer.name, ...to, signature: 's', body: [answer.text] });
        break;
      case 'Order':
        this.send({ type: METHOD_RETURN, ...to });
        break;
    }
  }

  private send(message: Omit<Message, 'serial'>): number {
    const { connection } = this;
    this.serial += 1;
    if (this.over || !connection) return this.serial;
    if (connection.stream.writableLength > MOST_UNSENT_BYTES)
      this.lose('the bus does not read what it is sent');
    else connection.message({ ...message, serial: this.serial });
    return this.serial;
  }

  private lose(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.owned = false;
    this.connection?.stream.destroy();
    this.listener.lost(reason);
  }
}

const payload = (signature: string, body: readonly unknown[]): Pick<Message, 'signature' | 'body'> =>
  signature === '' ? {} : { signature, body };

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const firstText = ({ body }: Message): string => (typeof body?.[0] === 'string' ? body[0] : '');
