import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type NoAnswer } from './control-inquiries.js';

/** What a verb says: a document, or lines that are made while they are sent. */
export type ControlAnswer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string; readonly contentType: string }
  | { readonly status: number; readonly lines: AsyncIterable<string> }
  /** Text in pieces, each sent when the one before has been read. */
  | { readonly status: number; readonly pieces: Iterable<string>; readonly contentType: string };

/** One thing that can be asked (GET) or ordered (POST). */
export interface ControlVerb {
  readonly method: 'GET' | 'POST';
  /** For example `/status`. */
  readonly path: string;
  /** @param body what was posted; empty for GET. */
  answer(parameters: URLSearchParams, body: string): Promise<ControlAnswer> | ControlAnswer;
}

/** Bounds that keep whoever connects from taking the supervisor's memory or time. */
const LIMITS = {
  connections: 32,
  headerBytes: 8 * 1024,
  bodyBytes: 64 * 1024,
  /** To send a request completely. */
  requestMs: 5000,
  /** Without a byte either way: for a peer that does not read, too. */
  idleMs: 10_000,
} as const;

/** An HTTP server that knows these verbs; it does not listen yet. */
export function controlServer(verbs: readonly ControlVerb[]): Server {
  const server = createServer(
    {
      maxHeaderSize: LIMITS.headerBytes,
      headersTimeout: LIMITS.requestMs,
      requestTimeout: LIMITS.requestMs,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 1000,
    },
    (request, response) => {
      void serve(verbs, request, response);
    },
  );
  server.maxConnections = LIMITS.connections;
  server.setTimeout(LIMITS.idleMs, (socket) => socket.destroy());
  server.on('clientError', (error, socket) => {
    if (!socket.writable) return;
    const code = 'code' in error ? error.code : undefined;
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const body = `${JSON.stringify({ error: `this is no request that I understand (${String(code)})` })}\n`;
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  });
  return server;
}

/** Who asks wrongly is told; a bug of ours is told too, and costs nobody else anything. */
async function serve(
  verbs: readonly ControlVerb[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => undefined);
  try {
    const answer = await answerTo(verbs, request);
    if ('lines' in answer) await sendLines(response, answer.status, answer.lines);
    else if ('pieces' in answer) await sendPieces(response, answer);
    else if ('json' in answer)
      send(response, answer.status, `${JSON.stringify(answer.json)}\n`, 'application/json');
    else send(response, answer.status, answer.text, answer.contentType);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else send(response, 500, `${JSON.stringify({ error: String(error) })}\n`, 'application/json');
  }
}

async function answerTo(verbs: readonly ControlVerb[], request: IncomingMessage): Promise<ControlAnswer> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (!url) return refuse(400, 'the path cannot be read');
  const there = verbs.filter(({ path }) => path === url.pathname);
  if (there.length === 0) {
    const known = verbs.map(({ method, path }) => `${method} ${path}`).join(', ');
    return refuse(404, `there is no ${url.pathname}; there is ${known}`);
  }
  const verb = there.find(({ method }) => method === request.method);
  if (!verb) return refuse(405, `${url.pathname} takes ${there.map(({ method }) => method).join(' and ')}`);
  const body = await readBody(request);
  if (body === undefined) return refuse(413, `more than ${LIMITS.bodyBytes} bytes`);
  return verb.answer(url.searchParams, body);
}

/** A refusal, in the form that all of them have. */
export const refuse = (status: number, error: string): ControlAnswer => ({ status, json: { error } });

/** What is said for a worker that did not answer. */
export const silence = ({ kind, text }: NoAnswer): ControlAnswer =>
  refuse(kind === 'overloaded' ? 429 : 503, text);

/** All of it, or undefined if it is too much; the rest is not read then, because the connection ends. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= LIMITS.bodyBytes) {
        parts.push(part);
        return;
      }
      request.pause();
      resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, text: string, contentType: string): void {
  const body = Buffer.from(text);
  // What was not read of a request that is refused must not be taken for the next one.
  const close = status >= 400 ? { Connection: 'close' } : {};
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': body.length, ...close });
  response.end(body);
}

/** Sends what is there as fast as it is read, and asks for no more before that. */
async function sendLines(
  response: ServerResponse,
  status: number,
  lines: AsyncIterable<string>,
): Promise<void> {
  response.writeHead(status, { 'Content-Type': 'application/jsonl' });
  for await (const line of lines) {
    if (response.destroyed) return;
    if (!response.write(`${line}\n`)) await drained(response);
  }
  response.end();
}

async function sendPieces(
  response: ServerResponse,
  { status, pieces, contentType }: Extract<ControlAnswer, { pieces: unknown }>,
): Promise<void> {
  response.writeHead(status, { 'Content-Type': contentType });
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Resolves when the peer has read what was written, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
    if (response.destroyed) done();
  });
}
