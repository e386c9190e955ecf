import { err, ok, type Result } from '../base/result.js';
import { type OperatorMark } from '../health/index.js';
import { refuse, silence, type ControlAnswer } from './control-server.js';
import { type ControlSubject } from './control-verbs.js';
import { findServer, type FoundServer } from './find-server.js';

/** What an operator can order of a real server. */
export const OPERATIONS = ['drain', 'undrain', 'disable', 'enable'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What each leaves behind; undefined for traffic as before. */
const MARKS: Readonly<Record<Operation, OperatorMark | undefined>> = {
  drain: 'drained',
  disable: 'disabled',
  undrain: undefined,
  enable: undefined,
};

/** What each of those that take back takes back. */
const UNDONE: Readonly<Partial<Record<Operation, OperatorMark>>> = { undrain: 'drained', enable: 'disabled' };

/**
 * POST /drain and its like, with `{"virtualServer": ..., "realServer": ...}`. Answered when the kernel has it; while the
 * health worker does not run, the order waits for the next one.
 */
export async function operate(
  { supervisor }: ControlSubject,
  operation: Operation,
  body: string,
): Promise<ControlAnswer> {
  const named = readNames(body);
  if (!named.ok) return refuse(400, named.error);
  const found = findServer(supervisor.current.health, named.value.virtualServer, named.value.realServer);
  if (!found.ok) return refuse(404, found.error);
  const { pool, realServer } = found.value;
  const { serverMarks: marks } = supervisor;
  const stands = marks.marks.find((each) => each.pool === pool.id && each.realServer === realServer.id)?.mark;
  const undone = UNDONE[operation];
  if (undone !== undefined && stands !== undone) {
    return refuse(409, `${realServer.id} of ${pool.id} is ${stands ?? 'neither drained nor disabled'}`);
  }
  marks.set(pool.id, realServer.id, MARKS[operation]);
  const state = { pool: pool.id, realServer: realServer.id, mark: MARKS[operation] ?? null };
  const answer = await supervisor.worker('checkers')?.ask({ type: 'Mark', marks: marks.marks });
  if (answer?.ok) return { status: 200, json: { ...state, inForce: true } };
  const reason = answer ? answer.error.text : 'the health worker does not run';
  return { status: 200, json: { ...state, inForce: false, reason } };
}

/** GET /connections?virtualServer=...&realServer=... */
export async function connections(
  { supervisor }: ControlSubject,
  parameters: URLSearchParams,
): Promise<ControlAnswer> {
  const found = findServer(
    supervisor.current.health,
    parameters.get('virtualServer') ?? '',
    parameters.get('realServer') ?? '',
  );
  if (!found.ok) return refuse(404, found.error);
  const ids = idsOf(found.value);
  const answer = await supervisor.worker('checkers')?.ask({ type: 'Connections', ...ids });
  if (!answer) return refuse(404, 'the configuration needs no worker for checkers');
  return answer.ok ? { status: 200, json: { ...ids, ...answer.value } } : silence(answer.error);
}

const idsOf = ({ pool, realServer }: FoundServer): { pool: string; realServer: string } => ({
  pool: pool.id,
  realServer: realServer.id,
});

interface Names {
  readonly virtualServer: string;
  readonly realServer: string;
}

function readNames(body: string): Result<Names, string> {
  const WANTED = 'the body is {"virtualServer": "192.0.2.1:80", "realServer": "192.0.2.21:80"}';
  try {
    const { virtualServer, realServer } = JSON.parse(body) as Partial<Record<keyof Names, unknown>>;
    if (typeof virtualServer !== 'string' || typeof realServer !== 'string') return err(WANTED);
    return ok({ virtualServer, realServer });
  } catch {
    return err(WANTED);
  }
}
