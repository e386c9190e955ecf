import { connections, operate, OPERATIONS } from './control-operate.js';
import { readRecording } from './control-record.js';
import { refuse, silence, type ControlAnswer, type ControlVerb } from './control-server.js';
import { readServices } from './control-services.js';
import { readStatus } from './control-status.js';
import { readWhy } from './control-why.js';
import { err, ok } from '../base/result.js';
import { metricsVerb } from './metrics-verb.js';
import { MetricsReader } from './metrics-reading.js';
import { type DaemonFlags } from './flags.js';
import { type WorkerKind } from './messages.js';
import { type Supervisor } from './supervisor.js';

/** Whom the control socket is about. */
export interface ControlSubject {
  readonly supervisor: Pick<Supervisor, 'current' | 'worker' | 'reload' | 'serverMarks' | 'facts'>;
  readonly flags: DaemonFlags;
  readonly startedAt: Date;
}

/** The longest that a recording may go on: a day. */
const LONGEST_RECORDING_S = 86_400;

const WORKER_KINDS: readonly WorkerKind[] = ['vrrp', 'checkers', 'bfd'];

/** All that can be asked, and all that can be ordered. */
export const controlVerbs = (subject: ControlSubject): readonly ControlVerb[] => [
  { method: 'GET', path: '/status', answer: async () => ({ status: 200, json: await readStatus(subject) }) },
  { method: 'GET', path: '/why', answer: (parameters) => why(subject, parameters) },
  { method: 'GET', path: '/services', answer: () => services(subject) },
  { method: 'GET', path: '/record', answer: (parameters) => record(subject, parameters) },
  { method: 'GET', path: '/connections', answer: (parameters) => connections(subject, parameters) },
  { method: 'POST', path: '/reload', answer: () => reload(subject) },
  ...OPERATIONS.map((operation): ControlVerb => ({
    method: 'POST',
    path: `/${operation}`,
    answer: (_, body) => operate(subject, operation, body),
  })),
  metricsVerb(metricsReader(subject)),
];

const metricsReader = ({ supervisor }: ControlSubject): MetricsReader =>
  new MetricsReader(
    async (kind, from) => {
      if (kind === 'supervisor') return ok({ daemon: supervisor.facts });
      const worker = supervisor.worker(kind);
      return worker ? worker.ask({ type: 'State', from }) : err('it does not run');
    },
    () => supervisor.current,
    (kind) => supervisor.worker(kind) !== undefined,
  );

/** As SIGHUP: what comes of it stands in the log, and in the status. */
function reload({ supervisor }: ControlSubject): ControlAnswer {
  supervisor.reload();
  return { status: 202, json: { accepted: true } };
}

/** What IPVS holds and counts; nothing where there are no pools. */
async function services({ supervisor }: ControlSubject): Promise<ControlAnswer> {
  const worker = supervisor.worker('checkers');
  if (!worker) return { status: 200, json: { services: [] } };
  const answer = await readServices(worker);
  return answer.ok ? { status: 200, json: answer.value } : silence(answer.error);
}

async function why({ supervisor }: ControlSubject, parameters: URLSearchParams): Promise<ControlAnswer> {
  const wanted = parameters.get('instance') ?? undefined;
  const names = supervisor.current.vrrp.instances.map(({ name }) => name);
  if (wanted !== undefined && !names.includes(wanted)) {
    return refuse(404, `there is no vrrp_instance ${wanted}; there is ${names.join(', ') || 'none'}`);
  }
  const worker = supervisor.worker('vrrp');
  if (!worker) return refuse(404, 'there is no vrrp_instance');
  const answer = await readWhy(worker, names, wanted);
  return answer.ok ? { status: 200, json: answer.value } : silence(answer.error);
}

async function record({ supervisor }: ControlSubject, parameters: URLSearchParams): Promise<ControlAnswer> {
  const wanted = parameters.get('worker') ?? 'vrrp';
  const kind = WORKER_KINDS.find((each) => each === wanted);
  if (!kind) return refuse(400, `worker is one of ${WORKER_KINDS.join(', ')}`);
  const seconds = Number(parameters.get('seconds') ?? 0);
  if (!(seconds >= 0 && seconds <= LONGEST_RECORDING_S)) {
    return refuse(400, `seconds is a number from 0 to ${LONGEST_RECORDING_S}`);
  }
  const worker = supervisor.worker(kind);
  if (!worker) return refuse(404, `the configuration needs no worker for ${kind}`);
  const recording = await readRecording(worker, seconds);
  return recording.ok ? { status: 200, lines: recording.value } : silence(recording.error);
}
