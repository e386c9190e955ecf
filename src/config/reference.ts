import { rangeOf, syntaxOf } from './explain.js';
import { type Keyword, keywords, keywordsIn, lastName } from './schema/index.js';

const INTRODUCTION = `# Configuration reference

Every keyword that Understudy reads, generated from the schema that checks it
(\`node scripts/write-reference.mjs\`; a test keeps this file current). The language is keepalived 2.4.3's; its manual
page keepalived.conf(5) tells the whole story. \`understudy explain KEYWORD\` shows one entry with an example.

`;

/** docs/reference.md: a table for each block, in the order of the schema. */
export function referenceMarkdown(): string {
  const blocks = ['', ...keywords.filter(({ block }) => block === 'block').map(({ path }) => path)];
  const seen = new Map<string, string>();
  const sections = blocks.map((block) => blockSection(block, seen));
  return [INTRODUCTION, ...sections].join('\n');
}

/** Blocks with the same keywords (checkers, url) are shown once. */
function blockSection(block: string, seen: Map<string, string>): string {
  const inside = [...keywordsIn(block).values()];
  const title = block === '' ? '## Top level' : `## ${block.replaceAll('/', ' / ')}`;
  const table = inside.map(row).join('\n');
  const twin = seen.get(table);
  if (twin !== undefined) return `${title}\n\nAs ${twin.replaceAll('/', ' / ')}.\n`;
  seen.set(table, block);
  return `${title}\n\n| Syntax | Default | Meaning |\n| --- | --- | --- |\n${table}\n`;
}

function row(keyword: Keyword): string {
  const cells = [`\`${syntaxOf(keyword)}\``, keyword.default ?? '', meaning(keyword)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function meaning(keyword: Keyword): string {
  const ranges = keyword.arguments.map(rangeOf).filter((range) => range !== undefined);
  const { deprecated, needs, lines } = keyword;
  return [
    keyword.meaning,
    ...(lines === undefined ? [] : [`Lines: \`${lines}\`.`]),
    ...(ranges.length === 0 ? [] : [`Range of ${ranges.join('; ')}.`]),
    ...(needs === undefined ? [] : [`Needs ${needs}.`]),
    ...(deprecated
      ? [`Deprecated${deprecated.use === undefined ? '' : `: use \`${deprecated.use}\``}.`]
      : []),
    ...(keyword.sameAs === undefined ? [] : [`Same as \`${lastName(keyword.sameAs)}\`.`]),
  ].join(' ');
}
