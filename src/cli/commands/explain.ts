import { explainKeyword, nearestKeyword } from '../../config/explain.js';
import { nearest } from '../../config/nearest.js';
import { explainCode } from '../../config/errors-text.js';
import { problemCodes } from '../../config/problem-codes.js';

export const explainUsage = `understudy explain KEYWORD|PATH|CODE...
  What a keyword of the configuration takes, means and defaults to (in all of its places, or in one: vrrp_instance/state),
  or what the code of a problem means (unknown-keyword).
`;

/** `understudy explain`. @returns the exit status: 0, or 1 if something is not known. */
export function explain(words: readonly string[]): number {
  if (words.length === 0) {
    process.stderr.write(explainUsage);
    return 1;
  }
  // A word can be both: 'deprecated' is a code, and somebody's keyword may be one some day.
  const answers = words.map((word) =>
    [explainKeyword(word), explainCode(word)].filter((text) => text !== undefined),
  );
  for (const [index, texts] of answers.entries()) {
    if (texts.length > 0) process.stdout.write(`${texts.join('\n').trimEnd()}\n`);
    else process.stderr.write(unknown(words[index] ?? ''));
  }
  return answers.some((texts) => texts.length === 0) ? 1 : 0;
}

function unknown(word: string): string {
  const guess =
    nearestKeyword(word) ??
    nearest(
      word,
      problemCodes.map(({ code }) => code),
    );
  return `There is no keyword or code '${word}'.${guess === undefined ? '' : ` Did you mean '${guess}'?`}\n`;
}
