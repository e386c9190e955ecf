import { findProblemCode, problemCodes, type ProblemCode } from './problem-codes.js';

const EXITS: Readonly<Record<ProblemCode['exit'], string>> = {
  0: 'does not count for the exit status of -t',
  2: '-t exits with 2: keepalived stops reading here',
  4: '-t exits with 4: keepalived cannot run this',
  5: '-t exits with 5: configuration error or warning',
  6: '-t exits with 6: script security',
};

/** What `understudy explain CODE` says; undefined if there is no such code. */
export function explainCode(code: string): string | undefined {
  const found = findProblemCode(code);
  if (!found) return undefined;
  const example = found.example.split('\n').map((line) => `    ${line}`);
  return `${found.code}: ${found.title}\n\n${found.explanation}\n(${EXITS[found.exit]})\n\n${example.join('\n')}\n`;
}

const INTRODUCTION = `# Problems that are found in a configuration

Every code that stands in brackets behind a message, generated from the register that the program itself uses
(\`node scripts/write-reference.mjs\`; a test keeps this file current). \`understudy explain CODE\` shows one of them.
`;

/** docs/errors.md: every code, in alphabetical order. */
export function errorsMarkdown(): string {
  const sections = problemCodes.map(
    ({ code, title, explanation, example, exit }) =>
      `## ${code}\n\n${capitalised(title)}. ${explanation}\n\n*${capitalised(EXITS[exit])}.*\n\n\`\`\`\n${example}\n\`\`\`\n`,
  );
  return [INTRODUCTION, ...sections].join('\n');
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
