import { readFileSync } from 'node:fs';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { type Mail } from './mail-message.js';
import { type Delivery, type Refusal } from './mail-queue.js';

/** How the server is spoken to. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** What we call ourselves (EHLO). */
  readonly heloName: string;
  /** To connect, and for each answer. */
  readonly timeoutMs: number;
  /** smtp_tls; without it nothing is encrypted, as with keepalived. */
  readonly tls?: { readonly from: 'starttls' | 'connect'; readonly caFile?: string };
  /** smtp_auth: a file with the user's name in its first line and the password in its second. */
  readonly loginFile?: string;
}

interface Failure extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly recipient?: string;
  readonly rejectedErrors?: readonly Failure[];
}

/** A conversation may take so many times as long as one answer: a server that trickles is no server. */
const ANSWERS = 4;

/** TLS and a login take their time, however short the timeout. */
const LEAST_MS = 10_000;

/** How long QUIT may take. */
const GOODBYE_MS = 1000;

/** Sends one mail over a connection of its own, and always comes to an end. */
export async function sendMail(mail: Mail, server: MailServer): Promise<Delivery> {
  let connection: SMTPConnection | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    connection = new SMTPConnection(optionsFor(server));
    const limitMs = Math.max(server.timeoutMs * ANSWERS, LEAST_MS);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${limitMs / 1000} seconds`)), limitMs);
    });
    return await Promise.race([converse(connection, mail, server), late]);
  } catch (error) {
    return failed(error as Failure, server);
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}

function optionsFor({ host, port, heloName, timeoutMs, tls }: MailServer): SMTPConnectionOptions {
  return {
    ...{ host, port, name: heloName, secure: tls?.from === 'connect' },
    ...{ ignoreTLS: !tls, requireTLS: tls?.from === 'starttls' },
    ...(tls?.caFile !== undefined && { tls: { ca: readFileSync(tls.caFile) } }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    ...{ dnsTimeout: timeoutMs, socketCloseTimeout: 0, maxResponseSize: 65_536 },
  };
}

async function converse(connection: SMTPConnection, mail: Mail, server: MailServer): Promise<Delivery> {
  await new Promise<void>((resolve, reject) => {
    // Errors that nobody waits for come as events; unheard, they would end the process.
    connection.on('error', reject);
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const login = server.loginFile === undefined ? undefined : readLogin(server.loginFile);
  if (login) {
    await new Promise<void>((resolve, reject) => {
      connection.on('error', reject);
      connection.login({ credentials: login }, (error) => (error ? reject(error) : resolve()));
    });
  }
  const { from, to } = mail.envelope;
  const envelope = { from, to: [...to], size: Buffer.byteLength(mail.text), use8BitMime: mail.eightBit };
  const refused = await new Promise<readonly Refusal[]>((resolve, reject) => {
    connection.on('error', reject);
    connection.on('end', () => reject(new Error('the connection ended')));
    connection.send(envelope, mail.text, (error, info) => {
      if (error) reject(error);
      else resolve((info.rejectedErrors ?? []).map((each) => refusalOf(each as Failure)));
    });
  });
  await goodbye(connection);
  return { kind: 'sent', refused };
}

/** All is done; whether the server says goodbye in time is its own business. */
function goodbye(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GOODBYE_MS);
    connection.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    connection.quit();
  });
}

/** @throws an error that says what is wrong with the file. */
export function readLogin(file: string): { user: string; pass: string } {
  const [user = '', pass = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
  if (user === '' || pass === '') {
    throw new Error(`${file} should have the user's name in its first line and the password in its second`);
  }
  return { user, pass };
}

const isForGood = ({ responseCode = 0 }: Failure): boolean => responseCode >= 500;

const refusalOf = (failure: Failure): Refusal => ({
  recipient: failure.recipient ?? '',
  forGood: isForGood(failure),
  text: failure.response ?? failure.message,
});

/** Errors about one mail; all others are about the server. */
const ABOUT_MAIL: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

function failed(failure: Failure, { host, port }: MailServer): Delivery {
  const text = failure.response ?? failure.message;
  if (ABOUT_MAIL.has(failure.code ?? '') && failure.responseCode !== undefined) {
    const errors = failure.rejectedErrors ?? [failure];
    return { kind: 'refused', forGood: errors.every(isForGood), text };
  }
  return { kind: 'no-server', text: `[${host}]:${port}: ${text}` };
}
