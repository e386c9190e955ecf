import { type Micros, MICROS_PER_SECOND } from '../../base/units.js';
import { type CheckerSettings } from '../../health/index.js';
import { problemWarning, type Problem } from '../problem.js';
import { type Span, type Statement } from '../tree.js';
import { addressOf, type LintSubject } from './subject.js';

/**
 * A checker that, against a dead server, takes longer than its delay_loop: detection is slower than the file
 * makes believe. With several tries that is often meant, so only a single try counts.
 */
export function slowCheckers(subject: LintSubject): readonly Problem[] {
  const { health, probes } = subject.configuration;
  const checkers = health.pools.flatMap((pool) => pool.realServers.flatMap((server) => server.checkers));
  const slow = checkers.filter((checker) => (timeoutOf(subject, checker.id) ?? 0) > checker.delayLoop);
  const told = new Set<string>();
  return slow.flatMap((checker) => {
    const timeout = timeoutOf(subject, checker.id) ?? (0 as Micros);
    const text = `a check may take ${seconds(timeout)} (connect_timeout), longer than its delay_loop of ${seconds(checker.delayLoop)}`;
    const span = checkerSpan(subject, checker);
    // One line for all checkers that inherit the same two values from the same virtual_server.
    const key = `${probes[checker.id]?.kind ?? ''} ${text} ${span?.file ?? ''}:${span?.line ?? 0}`;
    if (told.has(key)) return [];
    told.add(key);
    return [problemWarning('checker-slower-than-loop', text, span)];
  });
}

function timeoutOf({ configuration }: LintSubject, id: string): Micros | undefined {
  const probe = configuration.probes[id];
  return probe && 'endpoint' in probe ? probe.endpoint.timeout : undefined;
}

const seconds = (duration: Micros): string => `${duration / MICROS_PER_SECOND} s`;

/** The virtual_server whose checker this is: it is where delay_loop mostly stands. */
function checkerSpan({ tree, configuration }: LintSubject, checker: CheckerSettings): Span | undefined {
  const pool = configuration.health.pools.find((one) =>
    one.realServers.some((server) => server.checkers.some(({ id }) => id === checker.id)),
  );
  const [service] = pool ? (configuration.services[pool.id] ?? []) : [];
  if (service?.key.kind !== 'address') return undefined;
  const { address, port } = service.key;
  return servers(tree.statements).find(
    ({ words }) => addressOf(words[1]?.text ?? '') === address && Number(words[2]?.text ?? 0) === port,
  )?.span;
}

const servers = (statements: readonly Statement[]): readonly Statement[] =>
  statements.filter(({ keyword }) => keyword.text === 'virtual_server');

/** A firewall mark that is balanced, but that no rule of this machine sets. */
export function unmarkedServices(subject: LintSubject): readonly Problem[] {
  const marks = subject.host.marks();
  if (marks === undefined) return [];
  return servers(subject.tree.statements).flatMap((server) => {
    const [, kind, mark] = server.words;
    if (kind?.text !== 'fwmark' || mark === undefined || marks.has(Number(mark.text))) return [];
    const text = `no rule of nftables or iptables on this machine sets mark ${mark.text}`;
    return [problemWarning('fwmark-never-set', text, mark.span)];
  });
}
