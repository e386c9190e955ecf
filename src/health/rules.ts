import { micros } from '../base/units.js';
import { type Checker } from './checker.js';
import { mailRules, nameRules } from './dialogue-rules.js';
import { scriptRules } from './script-rules.js';
import { type ProbingKind } from './settings.js';
import { logAttempt, logFailure, logSuccess, succeedAtOnce, type Rules, type Verdicts } from './verdicts.js';

/** One exchange is one check: TCP_CHECK, UDP_CHECK and PING_CHECK. */
const single: Rules = {
  succeeded: succeedAtOnce,

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    if (checker.up) logAttempt(checker, failure, verdicts);
    let delay = settings.delayLoop;
    if ((checker.up || !checker.hasRun) && checker.retries >= settings.retry) {
      checker.retries = 0;
      logFailure(checker, verdicts);
      verdicts.decide(false);
    } else if (checker.up) {
      checker.retries += 1;
      delay = settings.delayBeforeRetry;
    }
    checker.hasRun = true;
    return delay;
  },
};

/**
 * Several steps make a check, one a delay_loop, and a step that failed is tried until it succeeds before all are
 * checked anew: HTTP_GET and SSL_GET, whose steps are urls.
 */
const stepwise: Rules = {
  succeeded(checker, verdicts) {
    const last = checker.step + 1 >= checker.settings.steps;
    checker.retries = 0;
    if (checker.failedStep !== undefined) {
      checker.failedStep = undefined;
      checker.step = 0;
    } else if (last) {
      finishRound(checker, verdicts);
    } else {
      checker.step += 1;
    }
    if (!checker.hasRun) checker.retries = checker.settings.retry;
    return isHurried(checker) ? micros(0) : checker.settings.delayLoop;
  },

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    if (checker.up || !checker.hasRun) {
      logAttempt(checker, failure, verdicts);
      // Unlike TCP_CHECK: an alpha checker's first failure is neither logged as such nor notified.
      checker.hasRun = true;
      checker.retries += 1;
      if (checker.retries > settings.retry) failStep(checker, verdicts);
    }
    return checker.failedStep === undefined
      ? settings.delayBeforeRetry
      : micros(Math.max(settings.delayBeforeRetry, settings.delayLoop));
  },
};

function finishRound(checker: Checker, verdicts: Verdicts): void {
  checker.step = 0;
  if (checker.up && checker.hasRun) return;
  logSuccess(verdicts);
  verdicts.decide(true);
  checker.hasRun = true;
}

function failStep(checker: Checker, verdicts: Verdicts): void {
  if (checker.up) {
    logFailure(checker, verdicts);
    verdicts.decide(false);
  }
  checker.failedStep = checker.step;
}

/**
 * fast_recovery: no delay while the only question is whether the server is back. After a failure there is always
 * a delay (keepalived 2.4.3 tries a second url that fails again at once, as fast as the server can refuse).
 */
function isHurried(checker: Checker): boolean {
  const recovering = !checker.hasRun || (!checker.up && checker.failedStep === undefined);
  return checker.settings.fastRecovery && recovering;
}

const RULES: Readonly<Record<ProbingKind, Rules>> = {
  TCP_CHECK: single,
  HTTP_GET: stepwise,
  SSL_GET: stepwise,
  SMTP_CHECK: mailRules,
  DNS_CHECK: nameRules,
  UDP_CHECK: single,
  PING_CHECK: single,
  MISC_CHECK: scriptRules,
};

export const rulesOf = (kind: ProbingKind): Rules => RULES[kind];
