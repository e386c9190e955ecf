import { request, type IncomingMessage } from 'node:http';
import { DEFAULT_CONTROL_SOCKET } from '../daemon/control-path.js';

/** The daemon did not answer, or refused; `message` is for people. */
export class ControlError extends Error {
  /** @param forNow asked again a little later, the daemon may answer: a worker is busy, or being started. */
  constructor(
    message: string,
    readonly forNow = false,
  ) {
    super(message);
  }
}

/** Too many ask, or the worker that knows is not there. */
const FOR_NOW = [429, 503];

/** Where commands look for the daemon unless told with --socket. */
export const DEFAULT_SOCKET = DEFAULT_CONTROL_SOCKET;

/** A daemon that says nothing for so long is stuck. */
const PATIENCE_MS = 15_000;

/** Asks the daemon at that socket. @throws ControlError */
export async function getJson(socketPath: string, path: string): Promise<unknown> {
  return readJson(await ask(socketPath, path));
}

/** Orders something of the daemon at that socket. @throws ControlError */
export async function postJson(socketPath: string, path: string, order: unknown): Promise<unknown> {
  return readJson(await ask(socketPath, path, JSON.stringify(order)));
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
}

/** Asks for lines, which come as they are made. @throws ControlError */
export async function* getLines(socketPath: string, path: string): AsyncIterable<string> {
  const response = await ask(socketPath, path);
  let rest = '';
  response.setEncoding('utf8');
  for await (const text of response as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** @param order what to post; without it, a question. */
function ask(socketPath: string, path: string, order?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const method = order === undefined ? 'GET' : 'POST';
    const asked = request({ socketPath, path, method, timeout: PATIENCE_MS });
    asked.on('timeout', () => asked.destroy(new Error('ETIMEDOUT')));
    asked.on('error', (error) => reject(new ControlError(describe(error, socketPath))));
    asked.on('response', (response) => {
      if (response.statusCode === 200) resolve(response);
      else void refusal(response).then(reject);
    });
    asked.end(order);
  });
}

async function refusal(response: IncomingMessage): Promise<ControlError> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response as AsyncIterable<string>) text += part;
  const forNow = FOR_NOW.includes(response.statusCode ?? 0);
  try {
    const { error } = JSON.parse(text) as { readonly error?: string };
    return new ControlError(error ?? text, forNow);
  } catch {
    return new ControlError(`the daemon answered ${response.statusCode}: ${text}`);
  }
}

function describe(error: Error, socketPath: string): string {
  const code = 'code' in error ? error.code : error.message;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return `no daemon answers at ${socketPath}. Is it running? Another socket is named with --socket PATH`;
  }
  if (code === 'EACCES') return `${socketPath} may be used by root only`;
  if (code === 'ETIMEDOUT') return `the daemon at ${socketPath} does not answer`;
  return `${socketPath}: ${error.message}`;
}
