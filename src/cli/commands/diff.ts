import { parseArgs } from 'node:util';
import { diffConfigurations } from '../../config/diff.js';
import { readForShowing } from '../reading.js';

export const diffUsage = `understudy diff [--json] OLD NEW
  What a reload from one file to the other would change. Nothing is changed by asking.
  Exit status: 0 if nothing would change, 1 if something would, 2 if a file cannot be read.
`;

const EXIT_SAME = 0;
const EXIT_DIFFERENT = 1;
const EXIT_TROUBLE = 2;

/** `understudy diff`, with the exit status of diff(1). */
export function diff(args: readonly string[]): number {
  const question = understand(args);
  if (!question) {
    process.stderr.write(diffUsage);
    return EXIT_TROUBLE;
  }
  const before = readForShowing(question.before);
  const after = readForShowing(question.after);
  if (!before || !after) return EXIT_TROUBLE;
  const changes = diffConfigurations(before, after);
  if (question.json) process.stdout.write(`${JSON.stringify(changes, null, 2)}\n`);
  else if (changes.length === 0) process.stdout.write('Nothing would change.\n');
  else for (const { text } of changes) process.stdout.write(`${text}\n`);
  return changes.length === 0 ? EXIT_SAME : EXIT_DIFFERENT;
}

function understand(args: readonly string[]): { before: string; after: string; json: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    const [before, after, ...more] = positionals;
    if (before === undefined || after === undefined || more.length > 0) return undefined;
    return { before, after, json: values.json };
  } catch {
    return undefined; // an option that does not exist
  }
}
