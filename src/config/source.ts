import { Expander, type ExpandOptions } from './expand.js';
import { type SourceHost } from './source-host.js';
import { checkBalance } from './tree-balance.js';
import { type BlockRule, TreeBuilder } from './tree-builder.js';
import { Trace } from './tree-span.js';
import { type Tree } from './tree.js';

/** How a configuration is read. */
export interface ReadOptions extends ExpandOptions {
  /** Which keywords have blocks, for a better idea of what a forgotten brace means. */
  readonly blockRule?: BlockRule;
}

/**
 * Reads a configuration, from its main file to the syntax tree. Never throws for what a file holds: everything that
 * is wrong with it is among the problems.
 * @param path the main file, or a pattern for several, as -f takes it
 */
export function readTree(host: SourceHost, path: string, options: ReadOptions): Tree {
  const tree = readWith(host, path, options, undefined);
  // Where an opening brace is missing, a closing one is left over. Only then are forgotten braces looked for.
  const isUnbalanced = tree.problems.some(({ code }) => code === 'unexpected-close-brace');
  return isUnbalanced && options.blockRule ? readWith(host, path, options, options.blockRule) : tree;
}

function readWith(host: SourceHost, path: string, options: ReadOptions, rule: BlockRule | undefined): Tree {
  const trace = new Trace();
  const builder = new TreeBuilder(rule);
  new Expander(host, builder, trace, options).run(path);
  for (const problem of checkBalance(builder)) builder.problems.add(problem);
  return { statements: builder.statements, problems: builder.problems.toArray() };
}
