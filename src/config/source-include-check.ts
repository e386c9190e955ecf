import { ALL_CHECKS, type IncludeChecks, NO_CHECKS } from './source-input.js';

const BY_NAME: ReadonlyMap<string, keyof IncludeChecks> = new Map([
  ['read', 'read'],
  ['match', 'match'],
  ['wildcard_match', 'wildcard'],
  ['brace_match', 'brace'],
]);

/**
 * What include_check makes of the checks so far: `+NAME` adds one, `-NAME` removes one, a first NAME alone replaces
 * all, nothing at all asks for everything. Any but a removal brings the check for readable files with it. Unknown
 * names are the schema's to complain about.
 */
export function applyIncludeCheck(before: IncludeChecks, parameters: readonly string[]): IncludeChecks {
  if (parameters.length === 0) return ALL_CHECKS;
  let checks = before;
  parameters.forEach((parameter, index) => {
    const sign = /^[+-]/.exec(parameter)?.[0];
    const check = BY_NAME.get(sign ? parameter.slice(1) : parameter);
    if (sign) {
      if (check) checks = { ...checks, [check]: sign === '+' };
    } else if (index === 0) {
      checks = check ? { ...NO_CHECKS, read: true, [check]: true } : NO_CHECKS;
    }
  });
  return checks;
}
