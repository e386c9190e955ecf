import { err, ok } from '../base/result.js';
import { plus, type Micros } from '../base/units.js';
import type { CheckerProbe, Endpoint } from '../config/index.js';
import {
  closeDescriptor,
  KernelError,
  now,
  receiveWithoutWaiting,
  sendWithoutWaiting,
} from '../kernel/index.js';
import { SmtpReplyReader, type SmtpReply } from '../wire/index.js';
import { type ConnectFailure, type Connector } from './connector.js';
import { DeadlineTimer } from './deadline-timer.js';
import { endpointText } from './endpoint-text.js';
import { type ProbeEnd, type ProbeFailure, type ProbeResult } from './probe.js';
import { type Readiness } from './readiness.js';

export type SmtpProbe = CheckerProbe & { readonly kind: 'smtp' };

/** A server that trickles may take this many times connect_timeout in all (keepalived waits for it for ever). */
const PATIENCE = 10;

/** What is waited for, what must come, and what is said then; after the last nothing is left to say. */
interface Stage {
  /** The reply's code; any reply will do where there is none. */
  readonly expects?: number;
  readonly objection: string;
  readonly say?: (probe: SmtpProbe) => string;
}

const STAGES: readonly Stage[] = [
  { expects: 220, objection: 'Bad greeting banner from', say: ({ heloName }) => `HELO ${heloName}\r\n` },
  { expects: 250, objection: 'Bad HELO response from', say: () => 'QUIT\r\n' },
  { objection: 'Read failure from' },
];

/** SMTP_CHECK: a mail server is up that greets, answers HELO and lets us go. */
export class SmtpProber {
  private readonly dialogues = new Map<string, Dialogue>();
  private readonly deadlines = new DeadlineTimer((id) => this.dialogues.get(id)?.timedOut());

  constructor(
    private readonly connector: Connector,
    private readonly readiness: Readiness,
  ) {}

  /** `end` is called once, never from within this call, unless it is cancelled. */
  start(id: string, probe: SmtpProbe, end: ProbeEnd): void {
    this.connector.start(id, probe.endpoint, (connection) => {
      if (!connection.ok) {
        end(err(connectFailure(connection.error, probe.endpoint)));
        return;
      }
      const fd = connection.value;
      const dialogue = new Dialogue(probe, fd, {
        extend: (at) => this.deadlines.set(id, at),
        end: (result) => {
          this.forget(id);
          end(result);
        },
      });
      this.dialogues.set(id, dialogue);
      this.readiness.add(fd, { readable: true }, () => dialogue.onReady());
    });
  }

  /** Forgets the probe under way, if there is one. */
  cancel(id: string): void {
    this.connector.cancel(id);
    this.forget(id);
  }

  close(): void {
    for (const id of [...this.dialogues.keys()]) this.cancel(id);
    this.deadlines.close();
  }

  private forget(id: string): void {
    const dialogue = this.dialogues.get(id);
    if (!dialogue) return;
    this.dialogues.delete(id);
    this.deadlines.clear(id);
    this.readiness.remove(dialogue.fd);
    closeDescriptor(dialogue.fd);
  }
}

/** One conversation on one connection. */
class Dialogue {
  private stage = 0;
  private reader = new SmtpReplyReader();
  private readonly giveUpAt: Micros;
  private readonly where: string;

  /** @param fd connected. */
  constructor(
    private readonly probe: SmtpProbe,
    readonly fd: number,
    private readonly owner: { readonly extend: (at: Micros) => void; readonly end: ProbeEnd },
  ) {
    this.where = `server ${endpointText(probe.endpoint)}`;
    this.giveUpAt = plus(now(), (probe.endpoint.timeout * PATIENCE) as Micros);
    this.restartClock();
  }

  timedOut(): void {
    this.fail('timeout', 'Read timeout from');
  }

  /** Reads what there is; more comes with the next call. */
  onReady(): void {
    try {
      const bytes = receiveWithoutWaiting(this.fd);
      if (!bytes) return;
      if (bytes.length === 0) {
        this.fail('closed', 'Read failure from', 'the connection was closed');
        return;
      }
      const reply = this.reader.push(bytes);
      if (reply === undefined) this.restartClock();
      else this.hear(reply);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.fail(error.code, 'Read failure from', error.message);
    }
  }

  private hear(reply: SmtpReply): void {
    const { expects, objection, say } = STAGES[this.stage] ?? { objection: '' };
    const isExpected = expects === undefined ? reply !== 'too-long' : codeOf(reply) === expects;
    if (!isExpected) {
      this.fail('reply', objection, typeof reply === 'string' ? `the reply is ${reply}` : String(reply.code));
    } else if (say) this.say(say(this.probe));
    else this.owner.end(ok({}));
  }

  private say(line: string): void {
    this.stage += 1;
    // What came before we spoke is no answer, and is dropped with the old reader.
    this.reader = new SmtpReplyReader();
    this.restartClock();
    try {
      sendWithoutWaiting(this.fd, Buffer.from(line));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.fail(error.code, 'Write failure to', error.message);
    }
  }

  private fail(code: string, text: string, detail?: string): void {
    const failure: ProbeFailure = {
      kind: 'failed',
      code,
      text: `${text} ${this.where}`,
      ...(detail === undefined ? {} : { detail }),
    };
    this.owner.end(err(failure) satisfies ProbeResult);
  }

  /** keepalived allows connect_timeout for each piece that comes. */
  private restartClock(): void {
    const next = plus(now(), this.probe.endpoint.timeout);
    this.owner.extend(next < this.giveUpAt ? next : this.giveUpAt);
  }
}

const codeOf = (reply: SmtpReply): number | undefined => (typeof reply === 'string' ? undefined : reply.code);

function connectFailure({ kind, code, text: detail }: ConnectFailure, endpoint: Endpoint): ProbeFailure {
  const where = `server ${endpointText(endpoint)}`;
  switch (kind) {
    case 'not-run':
      return { kind: 'not-run', code: 'not-run', text: 'SMTP_CHECK socket bind failed.', detail };
    case 'unreachable':
      return { kind: 'failed', code, text: `Network unreachable for server ${endpoint.address}`, detail };
    case 'refused':
      return { kind: 'failed', code, text: `Could not connect to ${where}`, detail };
    case 'timeout':
      return { kind: 'failed', code, text: `Connection timeout to ${where}`, detail };
  }
}
