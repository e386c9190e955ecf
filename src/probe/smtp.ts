import { err, ok } from '../base/result.js';
import { plus, type Micros } from '../base/units.js';
import type { CheckerProbe, Endpoint } from '../config/index.js';
import { KernelError, now, receiveWithoutWaiting, sendWithoutWaiting } from '../kernel/index.js';
import { SmtpReplyReader, type SmtpReply } from '../wire/index.js';
import { type ConnectFailure, type Connector } from './connector.js';
import { endpointText } from './endpoint-text.js';
import { type ProbeEnd, type ProbeFailure, type UnderWay } from './probe.js';
import { type Turn, type Watched } from './readiness.js';

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

/**
 * SMTP_CHECK: a mail server is up that greets, answers HELO and lets us go. `end` is called once, never from within this
 * call, unless it is closed before.
 */
export function probeSmtp(connector: Connector, probe: SmtpProbe, end: ProbeEnd): UnderWay {
  let stage: UnderWay = connector.open(probe.endpoint, (connection) => {
    if (connection.ok) stage = new Dialogue(probe, connection.value, end);
    else end(err(connectFailure(connection.error, probe.endpoint)));
  });
  return { close: () => stage.close() };
}

/** One conversation on one connection. */
class Dialogue implements UnderWay {
  private stage = 0;
  private reader = new SmtpReplyReader();
  private readonly giveUpAt: Micros;
  private readonly where: string;

  /** @param watched a connection, ours from here on. */
  constructor(
    private readonly probe: SmtpProbe,
    private readonly watched: Watched,
    private readonly end: ProbeEnd,
  ) {
    this.where = `server ${endpointText(probe.endpoint)}`;
    this.giveUpAt = plus(now(), (probe.endpoint.timeout * PATIENCE) as Micros);
    this.restartClock();
    watched.onTurn = (turn) => this.onTurn(turn);
    watched.expect('readable');
  }

  close(): void {
    this.watched.close();
  }

  private onTurn(turn: Turn): void {
    if (turn === 'timeout') {
      this.fail('timeout', 'Read timeout from');
      return;
    }
    this.read();
    if (this.watched.open) this.watched.expect('readable');
  }

  /** Reads what there is; more comes with the next call. */
  private read(): void {
    try {
      const bytes = receiveWithoutWaiting(this.watched.fd);
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
    else this.finish(ok({}));
  }

  private say(line: string): void {
    this.stage += 1;
    // What came before we spoke is no answer, and is dropped with the old reader.
    this.reader = new SmtpReplyReader();
    this.restartClock();
    try {
      sendWithoutWaiting(this.watched.fd, Buffer.from(line));
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
    this.finish(err(failure));
  }

  private finish(result: Parameters<ProbeEnd>[0]): void {
    this.close();
    this.end(result);
  }

  /** keepalived allows connect_timeout for each piece that comes. */
  private restartClock(): void {
    const next = plus(now(), this.probe.endpoint.timeout);
    this.watched.deadline = next < this.giveUpAt ? next : this.giveUpAt;
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
