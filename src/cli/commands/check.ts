import { parseArgs } from 'node:util';
import { lint, lintPair, type LintSubject } from '../../config/lint/index.js';
import { loadConfiguration } from '../../config/load.js';
import { problemCodes } from '../../config/problem-codes.js';
import { type Problem } from '../../config/problem.js';
import { renderJson } from '../../config/render-json.js';
import { renderSarif } from '../../config/render-sarif.js';
import { inFileOrder, renderProblems, summarizeProblems } from '../../config/render.js';
import { configHost } from '../../daemon/config-host.js';
import { packageVersion } from '../../daemon/version.js';
import { lintHost } from '../lint-host.js';
import { DEFAULT_FILE, shortHostName } from '../reading.js';

const FORMATS = ['text', 'json', 'sarif'] as const;
/** keepalived's exit status for a configuration error or warning. */
const EXIT_QUESTIONABLE = 5;

export const checkUsage = `understudy check [--format text|json|sarif] [--config-id ID] [FILE [FILE-OF-THE-OTHER-DIRECTOR]]
  Every problem of a configuration, with its place: what keepalived would say, and what it would not.
  With two files, also what keeps a VIP from moving between the two directors.
  Exit status: that of -t, and 5 if there are warnings that keepalived does not know.
`;

interface Question {
  readonly format: (typeof FORMATS)[number];
  readonly files: readonly string[];
  readonly instance: string;
}

/** What was found out about one file. */
interface Answer {
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  /** Absent if nothing can be said about what the file means. */
  readonly subject?: LintSubject;
}

/** `understudy check`. @returns the exit status. */
export function check(args: readonly string[]): number {
  const question = understand(args);
  if (!question) {
    process.stderr.write(checkUsage);
    return 1;
  }
  const { files, format } = question;
  const answers = files.map((file) => examine(file, question.instance));
  const found = answers.flatMap(({ problems }) => inFileOrder(problems));
  const problems = [...found, ...comparePair(answers, files[1] ?? '')];
  process.stdout.write(render(problems, format));
  const questionable = problems.some(({ severity }) => severity !== 'note') ? EXIT_QUESTIONABLE : 0;
  // A worse verdict of keepalived's own stands.
  return Math.max(...answers.map(({ exitCode }) => exitCode)) || questionable;
}

function understand(args: readonly string[]): Question | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: { type: 'string', default: 'text' }, 'config-id': { type: 'string', short: 'i' } },
    });
    const format = FORMATS.find((one) => one === values.format);
    if (!format || positionals.length > 2) return undefined;
    const files = positionals.length === 0 ? [DEFAULT_FILE] : positionals;
    return { format, files, instance: values['config-id'] ?? shortHostName() };
  } catch {
    return undefined; // an option that does not exist
  }
}

function examine(file: string, instance: string): Answer {
  const host = configHost();
  const { configuration, problems, exitCode, tree } = loadConfiguration(file, host, { instance, seed: 0 });
  if (!configuration) return { problems, exitCode };
  const subject = { tree, configuration, host: lintHost(host) };
  return { problems: [...problems, ...lint(subject)], exitCode, subject };
}

function comparePair([a, b]: readonly Answer[], nameOfB: string): readonly Problem[] {
  return a?.subject && b?.subject ? lintPair(a.subject, b.subject, nameOfB) : [];
}

function render(problems: readonly Problem[], format: Question['format']): string {
  if (format === 'json') return renderJson(problems);
  if (format === 'sarif')
    return renderSarif(problems, { name: 'understudy', version: packageVersion(), codes: problemCodes });
  if (problems.length === 0) return 'No problems.\n';
  const text = renderProblems(problems, { color: process.stdout.isTTY }).trimEnd();
  return `${text}\n${summarizeProblems(problems) ?? ''}\n`;
}
