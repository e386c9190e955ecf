import { type Micros } from '../base/units.js';
import { type Checker, type Failure } from './checker.js';
import { failureText, type Named, type Wording } from './wording.js';

/** What a checker's result may do to the world: write a line, and say that its server is up or down. */
export interface Verdicts {
  /** Whom log lines are about. */
  readonly named: Named;
  /** What keepalived says of this kind of checker. */
  readonly wording: Wording;
  log(code: string, text: string): void;
  /** The result counts: the checker is now up or down. Called before `hasRun` is set, where that matters. */
  decide(alive: boolean): void;
}

/** How results of one family of checkers count. Both functions return the delay to the next check. */
export interface Rules {
  readonly succeeded: (checker: Checker, verdicts: Verdicts) => Micros;
  readonly failed: (checker: Checker, failure: Failure, verdicts: Verdicts) => Micros;
  /** The delay counts from when the check began, not from its end. */
  readonly fromStart?: true;
}

/** With log_all_failures, one line for each try that failed. */
export function logAttempt(checker: Checker, { code, text }: Failure, verdicts: Verdicts): void {
  const { named, wording } = verdicts;
  const line = checker.settings.logAllFailures ? wording.attempt(named, code, text) : undefined;
  if (line !== undefined) verdicts.log('check-attempt-failed', line);
}

/** The failure counts. */
export function logFailure(checker: Checker, verdicts: Verdicts): void {
  const retries = checker.hasRun ? checker.settings.retry : 0;
  verdicts.log('check-failed', failureText(verdicts.wording, verdicts.named, retries));
}

/** The checker was down, or had never run, and has succeeded. */
export function logSuccess(verdicts: Verdicts): void {
  const line = verdicts.wording.success(verdicts.named);
  if (line !== undefined) verdicts.log('check-succeeded', line);
}

/** One success is enough, whatever came before. */
export function succeedAtOnce(checker: Checker, verdicts: Verdicts): Micros {
  checker.retries = 0;
  if (!checker.up || !checker.hasRun) {
    logSuccess(verdicts);
    verdicts.decide(true);
  }
  checker.hasRun = true;
  return checker.settings.delayLoop;
}
