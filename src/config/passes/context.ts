import { type HostInterface, type PassHost } from './host.js';
import { nearest } from '../nearest.js';
import { type Problem, type ProblemDetail, type Severity } from '../problem.js';
import { findProblemCode } from '../problem-codes.js';
import { MAX_OF_ONE_CODE, ProblemList } from '../problem-list.js';
import { type Span } from '../tree.js';

/** The exit status of `-t`. */
export type ExitCode = 0 | 2 | 4 | 5 | 6;

/**
 * What all passes share: the machine, the problems found so far, and what they mean for the outcome. Reading
 * goes on after every problem, so that all of them are told at once.
 */
export class PassContext {
  /** dynamic_interfaces: an interface that is not there yet is no problem. */
  dynamicInterfaces = false;
  /**
   * keepalived ends its checks of VRRP at the first of some problems. What we find beyond that point is told,
   * but does not count towards the exit status, which has to be the same.
   */
  counting = true;
  /** Those of earlier passes: they are few already. */
  private readonly adopted: Problem[] = [];
  private readonly found = new ProblemList();
  private readonly said = new Set<string>();
  private fatalReason: string | undefined;
  private worst: ExitCode = 0;
  private readonly interfaceByName: ReadonlyMap<string, HostInterface>;
  private readonly directories = new Map<string, boolean>();
  private readonly nearInterfaces = new Map<string, ProblemDetail>();

  constructor(readonly host: PassHost) {
    this.interfaceByName = new Map(host.interfaces().map((each) => [each.name, each]));
  }

  /** All that is to be told, in the order of the passes. */
  get problems(): readonly Problem[] {
    return [...this.adopted, ...this.found.toArray()];
  }

  /** The exit status that the problems so far amount to. */
  get exitCode(): ExitCode {
    return this.worst;
  }

  /** True once keepalived would not run this configuration at all. */
  get fatal(): boolean {
    return this.fatalReason !== undefined;
  }

  /** keepalived would not run this configuration. */
  refuse(reason: string): void {
    this.fatalReason ??= reason;
  }

  /** What was written cannot be used: it is left out. */
  error(code: string, text: string, span?: Span, detail?: ProblemDetail): void {
    this.add('error', code, text, span, detail);
  }

  /** What was written is used, but not quite as it stands. */
  warning(code: string, text: string, span?: Span, detail?: ProblemDetail): void {
    this.add('warning', code, text, span, detail);
  }

  note(code: string, text: string, span?: Span, detail?: ProblemDetail): void {
    this.add('note', code, text, span, detail);
  }

  /** False once so many problems of a code were found that no more are shown: nobody would read a suggestion. */
  shows(code: string): boolean {
    return this.found.count(code) < MAX_OF_ONE_CODE;
  }

  /** Takes over a problem of an earlier pass. */
  adopt(problem: Problem): void {
    this.adopted.push(problem);
    this.count(problem.code);
  }

  /** The interface of that name, if it exists. */
  interface(name: string): HostInterface | undefined {
    return this.interfaceByName.get(name);
  }

  /** True if a path leads to a directory. Asked once each: thousands of track files have a few between them. */
  hasDirectory(path: string): boolean {
    const known = this.directories.get(path);
    if (known !== undefined) return known;
    const real = this.host.canonical(path);
    const found = real !== undefined && this.host.permissions(real)?.type === 'directory';
    this.directories.set(path, found);
    return found;
  }

  /** True if `name` can be used as an interface; otherwise the configuration is refused, as by keepalived. */
  requireInterface(name: string, what: string, span: Span): boolean {
    if (this.interfaceByName.has(name) || this.dynamicInterfaces) return true;
    this.error('unknown-interface', `${what} '${name}' does not exist`, span, this.nearInterface(name));
    this.refuse(`interface ${name} does not exist`);
    return false;
  }

  /** Says something a single time. */
  once(what: string, say: () => void): void {
    if (this.said.has(what)) return;
    this.said.add(what);
    say();
  }

  /** A sequence asks for the same name again and again, and comparing it with all others takes its time. */
  private nearInterface(name: string): ProblemDetail {
    const known = this.nearInterfaces.get(name);
    if (known) return known;
    const near = nearest(name, this.interfaceByName.keys());
    const detail = near === undefined ? {} : { suggestion: near };
    this.nearInterfaces.set(name, detail);
    return detail;
  }

  private add(
    severity: Severity,
    code: string,
    text: string,
    span: Span | undefined,
    detail: ProblemDetail = {},
  ) {
    this.found.add({ severity, code, text, ...(span && { span }), ...detail });
    this.count(code);
  }

  private count(code: string): void {
    const exit = findProblemCode(code)?.exit ?? 5;
    if (this.counting) this.worst = worse(this.worst, exit);
    if (exit === 2) this.refuse('a parameter is missing');
  }
}

/** keepalived's order: a missing parameter stops at once; then security, other problems, what cannot run. */
export function worse(a: ExitCode, b: ExitCode): ExitCode {
  const order: readonly ExitCode[] = [2, 6, 5, 4, 0];
  return order.indexOf(a) <= order.indexOf(b) ? a : b;
}
