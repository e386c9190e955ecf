import { nearest } from './nearest.js';
import { type Argument, findKeyword, type Keyword, keywords, keywordsIn, lastName } from './schema/index.js';

/** The syntax of a keyword on one line: `advert_int SECONDS`, `preempt_delay [SECONDS]`. */
export function syntaxOf(keyword: Keyword): string {
  const name = `${keyword.ours ? '#understudy ' : ''}${lastName(keyword.path)}`;
  const parts = keyword.arguments.map(argumentSyntax);
  const block = keyword.block === undefined ? [] : ['{ … }'];
  return [name, ...parts, ...block].join(' ');
}

function argumentSyntax(argument: Argument): string {
  const text = placeholder(argument);
  const many = argument.many ? `${text}…` : text;
  return argument.optional && argument.kind !== 'user' ? `[${many}]` : many;
}

function placeholder(argument: Argument): string {
  switch (argument.kind) {
    case 'words':
      return argument.syntax;
    case 'switch':
      return 'on|off';
    case 'choice':
      return argument.of.length <= 6 ? argument.of.join('|') : argument.name.toUpperCase();
    case 'command':
      return '"COMMAND"';
    case 'user':
      return argument.optional ? '[USER [GROUP]]' : 'USER [GROUP]';
    default:
      return argument.name.toUpperCase();
  }
}

/** What an argument may be, in words; undefined where its name says it all. */
export function rangeOf(argument: Argument): string | undefined {
  switch (argument.kind) {
    case 'integer':
      return `${argument.name}: ${count(argument.min)} to ${count(argument.max)}`;
    case 'duration': {
      const unit = argument.unit === 's' ? 's' : 'ms';
      const decimals = argument.decimals === 0 ? 'whole' : `up to ${argument.decimals} decimals`;
      return `${argument.name}: ${count(argument.min)} to ${count(argument.max)} ${unit}, ${decimals}`;
    }
    case 'choice':
      return argument.of.length > 6 ? `${argument.name}: ${argument.of.join(', ')}` : undefined;
    case 'address': {
      const family = argument.family === 'inet' ? 'IPv4 ' : argument.family === 'inet6' ? 'IPv6 ' : '';
      return (argument.family ?? argument.multicast)
        ? `${argument.name}: ${family}${argument.multicast ? 'multicast ' : ''}address`
        : undefined;
    }
    case 'word':
      return argument.maxBytes === undefined
        ? undefined
        : `${argument.name}: at most ${argument.maxBytes} bytes`;
    case 'interface':
      return `${argument.name}: at most 15 bytes`;
    case 'hex':
      return `${argument.name}: hexadecimal digits${argument.wildcard ? ', x for any' : ''}`;
    default:
      return undefined;
  }
}

/** Infinity-like limits of C types are no news to anybody. */
const count = (value: number): string => (Math.abs(value) >= Number.MAX_SAFE_INTEGER ? 'any' : String(value));

/**
 * What `understudy explain` says of a keyword: syntax, range, default, meaning, an example; of all its places if
 * it is known in several. A path such as "vrrp_instance/state" asks for one of them.
 * @returns undefined if there is no such keyword
 */
export function explainKeyword(name: string): string | undefined {
  const exact = findKeyword(name);
  const found = exact ? [exact] : keywords.filter((keyword) => lastName(keyword.path) === name);
  if (found.length === 0) return undefined;
  return gather(found).map(explainTogether).join('\n');
}

/** The keyword or path that was probably meant. */
export const nearestKeyword = (name: string): string | undefined =>
  nearest(
    name,
    name.includes('/')
      ? keywords.map(({ path }) => path)
      : new Set(keywords.map(({ path }) => lastName(path))),
  );

/** The same keyword in several checkers is explained once. */
function gather(found: readonly Keyword[]): readonly (readonly Keyword[])[] {
  const groups = new Map<string, Keyword[]>();
  for (const keyword of found) {
    const key = JSON.stringify({ ...keyword, path: '' });
    groups.set(key, [...(groups.get(key) ?? []), keyword]);
  }
  return [...groups.values()];
}

function explainTogether(group: readonly Keyword[]): string {
  const [first] = group;
  if (!first) return '';
  const lines = [...group.map(({ path }) => path), '', `    ${syntaxOf(first)}`, '', first.meaning];
  lines.push(...facts(first));
  if (first.block === 'block')
    lines.push(`Keywords inside: ${[...keywordsIn(first.path).keys()].join(', ')}.`);
  if (first.example !== undefined)
    lines.push('Example:', ...first.example.split('\n').map((line) => `    ${line}`));
  return `${lines.join('\n')}\n`;
}

function facts(keyword: Keyword): readonly string[] {
  const { lines, deprecated, sameAs, needs, since } = keyword;
  const ranges = keyword.arguments.map(rangeOf).filter((range) => range !== undefined);
  return [
    ...(lines === undefined ? [] : [`A line: ${lines}`]),
    ...ranges.map((range) => `Range of ${range}.`),
    ...(keyword.default === undefined ? [] : [`Default: ${keyword.default}.`]),
    ...(needs === undefined ? [] : [`Needs ${needs}.`]),
    ...(since === undefined ? [] : [`Since keepalived ${since}.`]),
    ...(sameAs === undefined ? [] : [`Same as ${sameAs}.`]),
    ...(deprecated ? [`Deprecated${deprecated.use === undefined ? '' : `: use ${deprecated.use}`}.`] : []),
    ...(keyword.repeat === 'each'
      ? []
      : keyword.repeat === 'first'
        ? ['Given twice, the first counts.']
        : []),
  ];
}
