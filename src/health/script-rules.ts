import { type Checker, type Failure } from './checker.js';
import { type Rules, type Verdicts } from './verdicts.js';

/**
 * MISC_CHECK (keepalived, misc_check_child_thread): its delays count from when the script began, and every line names
 * the script.
 */
export const scriptRules: Rules = {
  fromStart: true,

  succeeded(checker, verdicts) {
    checker.retries = 0;
    if (!checker.up || !checker.hasRun) {
      say('check-succeeded', checker, 'succeeded.', verdicts);
      verdicts.decide(true);
    }
    checker.hasRun = true;
    return checker.settings.delayLoop;
  },

  failed(checker, failure, verdicts) {
    const { settings } = checker;
    if (checker.up || !checker.hasRun) {
      const isLast = checker.retries >= settings.retry;
      checker.retries = isLast ? 0 : checker.retries + 1;
      if (isLast || settings.logAllFailures) say('check-failed', checker, failed(checker, failure), verdicts);
      if (isLast) verdicts.decide(false);
    }
    checker.hasRun = true;
    return checker.retries > 0 ? settings.delayBeforeRetry : settings.delayLoop;
  },
};

function say(code: string, { settings }: Checker, what: string, verdicts: Verdicts): void {
  const { script = '' } = settings;
  const { named } = verdicts;
  verdicts.log(code, `Misc check for [${named.realServer} VS ${named.pool}] by [${script}] ${what}`);
}

/** @param checker with this failure counted: no retries are left behind by the last one. */
function failed({ retries, settings: { retry } }: Checker, { code, text }: Failure): string {
  const many = `${retry} ${retry === 1 ? 'retry' : 'retries'}`;
  const when =
    retry === 0
      ? ' with retry disabled'
      : retries === 0
        ? ` after ${many}`
        : retries === 1
          ? `, will do ${many}`
          : ` on retry ${retries - 1}/${retry}`;
  return code === 'timeout' ? `timed out${when}.` : `failed${when} (${text}).`;
}
