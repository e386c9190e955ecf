/**
 * The words of a command line, split as getopt_long(3) splits them, because scripts and unit files that were
 * written for keepalived lean on all of it: clusters (-nlD), attached arguments (-f/etc/x.conf), --name=value and
 * --name value, unique abbreviations (--dont-f), options after operands, and -- as the end of options.
 */

/** Whether an option takes an argument; an optional one must be attached (-tFILE, --config-test=FILE). */
export type Argument = 'none' | 'required' | 'optional';

/** One option; `key` is what the caller sees, whichever form was used. */
export interface OptionSpec<Key extends string> {
  readonly key: Key;
  readonly short?: string;
  readonly long: string;
  readonly argument: Argument;
}

/** What was found, in order. `as` is the option as the operator wrote it. */
export type ParsedWord<Key extends string> =
  | { readonly kind: 'option'; readonly key: Key; readonly as: string; readonly argument?: string }
  | { readonly kind: 'operand'; readonly text: string }
  | { readonly kind: 'unknown'; readonly as: string }
  | { readonly kind: 'missing-argument'; readonly as: string };

/** Splits `args` (without the program's name). Never fails: what is wrong is in the result, in its place. */
export function parseWords<Key extends string>(
  args: readonly string[],
  specs: readonly OptionSpec<Key>[],
): readonly ParsedWord<Key>[] {
  const words: ParsedWord<Key>[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push(...rest.map((text) => ({ kind: 'operand', text }) as const));
      break;
    }
    if (word.startsWith('--')) words.push(parseLong(word, rest, specs));
    else if (word.startsWith('-') && word.length > 1) words.push(...parseCluster(word, rest, specs));
    else words.push({ kind: 'operand', text: word });
  }
  return words;
}

function parseLong<Key extends string>(
  word: string,
  rest: string[],
  specs: readonly OptionSpec<Key>[],
): ParsedWord<Key> {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  const spec = findLong(name, specs);
  if (!spec || (spec.argument === 'none' && attached !== undefined)) return { kind: 'unknown', as: word };
  const as = `--${spec.long}`;
  if (spec.argument !== 'required') return option(spec.key, as, attached);
  const argument = attached ?? rest.shift();
  // keepalived calls an empty argument (--use-file=) a missing one.
  return argument ? option(spec.key, as, argument) : { kind: 'missing-argument', as };
}

/** The option of that name, or the only one that begins so. */
function findLong<Key extends string>(
  name: string,
  specs: readonly OptionSpec<Key>[],
): OptionSpec<Key> | undefined {
  const exact = specs.find((spec) => spec.long === name);
  const near = specs.filter((spec) => spec.long.startsWith(name));
  return exact ?? (near.length === 1 ? near[0] : undefined);
}

function parseCluster<Key extends string>(
  word: string,
  rest: string[],
  specs: readonly OptionSpec<Key>[],
): readonly ParsedWord<Key>[] {
  const words: ParsedWord<Key>[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const as = `-${word.charAt(at)}`;
    const spec = specs.find(({ short }) => short === word.charAt(at));
    if (!spec) {
      words.push({ kind: 'unknown', as });
      continue;
    }
    if (spec.argument === 'none') {
      words.push(option(spec.key, as));
      continue;
    }
    const attached = word.slice(at + 1);
    if (spec.argument === 'optional') words.push(option(spec.key, as, attached || undefined));
    else {
      const argument = attached || rest.shift();
      words.push(argument === undefined ? { kind: 'missing-argument', as } : option(spec.key, as, argument));
    }
    break;
  }
  return words;
}

const option = <Key extends string>(key: Key, as: string, argument?: string): ParsedWord<Key> => ({
  kind: 'option',
  key,
  as,
  ...(argument === undefined ? {} : { argument }),
});
