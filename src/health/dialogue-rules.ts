import { type Failure } from './checker.js';
import { succeedAtOnce, type Rules, type Verdicts } from './verdicts.js';

/**
 * SMTP_CHECK (keepalived, smtp_final). Unlike the others it takes all its tries before it comes to a verdict, at the
 * first check and while the server is down, too.
 */
export const mailRules: Rules = {
  succeeded: succeedAtOnce,

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    const unsettled = checker.up || !checker.hasRun;
    const isLast = checker.retries >= settings.retry;
    if (unsettled && (settings.logAllFailures || isLast)) logText(failure, '', verdicts);
    checker.retries = isLast ? 0 : checker.retries + 1;
    if (!isLast) return settings.delayBeforeRetry;
    if (unsettled) verdicts.decide(false);
    checker.hasRun = true;
    return settings.delayLoop;
  },
};

/** DNS_CHECK (keepalived, dns_final): nearly as TCP_CHECK, but its failures are told in their own words. */
export const nameRules: Rules = {
  succeeded(checker, verdicts) {
    checker.retries = 0;
    if (!checker.up || !checker.hasRun) verdicts.decide(true);
    checker.hasRun = true;
    return checker.settings.delayLoop;
  },

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    if (!checker.up && checker.hasRun) {
      checker.retries = 0;
      return settings.delayLoop;
    }
    const isLast = checker.retries >= settings.retry;
    if (settings.logAllFailures || isLast) {
      logText(failure, isLast && checker.hasRun ? ` after ${settings.retry} retries` : '', verdicts);
    }
    if (isLast) verdicts.decide(false);
    checker.retries = isLast ? 0 : checker.retries + 1;
    checker.hasRun = true;
    return isLast ? settings.delayLoop : settings.delayBeforeRetry;
  },
};

function logText({ code, text }: Failure, after: string, verdicts: Verdicts): void {
  const { named, wording } = verdicts;
  verdicts.log('check-failed', `${wording.attempt(named, code, text) ?? ''}${after}`);
}
