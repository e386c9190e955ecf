import { type Ipset, type IptablesRule } from './iptables-rules.js';

/** The filter table as iptables-save tells of it. */
export interface SavedTable {
  readonly chains: ReadonlySet<string>;
  /** `CHAIN TEXT`, in the order of the table; the same more than once where it stands more than once. */
  readonly rules: readonly string[];
}

/** Reads what `iptables-save -t filter` has written. */
export function parseSaved(text: string): SavedTable {
  const lines = text.split('\n');
  const chains = lines.flatMap((line) => /^:(\S+)/.exec(line)?.[1] ?? []);
  const rules = lines.flatMap((line) => /^-A (.*)$/.exec(line)?.[1]?.trimEnd() ?? []);
  return { chains: new Set(chains), rules };
}

/**
 * What makes a table hold the rules that are wanted and none that were ours and no longer are, as one transaction of
 * `iptables-restore --noflush`; '' if nothing is to be done. Rules that are there stay where they are.
 * @param ours every rule that may be ours, those of a predecessor too.
 */
export function planIptables(
  { chains, rules }: SavedTable,
  wanted: readonly IptablesRule[],
  ours: readonly IptablesRule[],
): string {
  const key = ({ chain, text }: IptablesRule): string => `${chain} ${text}`;
  const isWanted = new Set(wanted.map(key));
  const mayBeOurs = new Set(ours.map(key));
  const kept = new Set<string>();
  const gone = rules.filter((rule) => {
    if (isWanted.has(rule) && !kept.has(rule)) {
      kept.add(rule);
      return false;
    }
    return isWanted.has(rule) || mayBeOurs.has(rule);
  });
  const missing = wanted.filter((rule) => chains.has(rule.chain) && !kept.has(key(rule)));
  const commands = [
    ...gone.map((rule) => `-D ${rule}`),
    ...missing.map(({ chain, place, text }) => `${place === 'first' ? '-I' : '-A'} ${chain} ${text}`),
  ];
  return commands.length === 0 ? '' : ['*filter', ...commands, 'COMMIT', ''].join('\n');
}

/**
 * What makes the sets hold just their entries, for `ipset restore -exist`; '' if nothing is to be done.
 * @param standing entries by name of the sets that we have filled already; others are emptied first.
 */
export function planIpsets(sets: readonly Ipset[], standing: ReadonlyMap<string, readonly string[]>): string {
  const lines = sets.flatMap(({ name, type, family, entries }) => {
    const held = standing.get(name);
    const add = entries.filter((entry) => !held?.includes(entry)).map((entry) => `add ${name} ${entry}`);
    if (!held) return [`create ${name} ${type} family ${family}`, `flush ${name}`, ...add];
    const remove = held.filter((entry) => !entries.includes(entry)).map((entry) => `del ${name} ${entry}`);
    return [...remove, ...add];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
