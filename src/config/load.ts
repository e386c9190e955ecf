import { evaluate, type ExitCode, type PassHost } from './passes/index.js';
import { type Configuration } from './model.js';
import { type Problem } from './problem.js';
import { findKeyword } from './schema/index.js';
import { readTree } from './source.js';
import { type SourceHost } from './source-host.js';
import { type Tree } from './tree.js';

/** All that reading a configuration asks of the machine. */
export interface ConfigHost extends SourceHost, PassHost {}

/** How a configuration is read. */
export interface LoadOptions {
  /** What @ID is compared with: -i, or the host's name. */
  readonly instance: string;
  /** Start of ${_RANDOM}, where random_seed sets none; any number. */
  readonly seed: number;
  /** -e: as if the file began with include_check. */
  readonly allIncludes?: boolean;
}

/** What came of it. */
export interface LoadedConfiguration {
  /** Absent if keepalived would not run it at all; then at least one problem says why. */
  readonly configuration?: Configuration;
  /** Everything there is to say about the file, in the order of the passes. */
  readonly problems: readonly Problem[];
  /** What `-t` exits with: 0 fine, 2 missing parameter, 4 cannot run, 5 configuration problem, 6 script security. */
  readonly exitCode: ExitCode;
  /** Where everything is written, for whoever has more to say about it. */
  readonly tree: Tree;
}

/**
 * Reads a configuration, from its main file to the model. Never throws for what a file holds.
 * @param path the main file, or a pattern for several, as -f takes it
 */
export function loadConfiguration(path: string, host: ConfigHost, options: LoadOptions): LoadedConfiguration {
  const blockRule = (keyword: string) => findKeyword(keyword)?.block;
  const tree = readTree(host, path, { ...options, blockRule });
  return { ...evaluate(tree, host), tree };
}
