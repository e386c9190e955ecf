import { namedBlocks, type View, type ViewValue, viewOf } from './diff-view.js';
import { type Configuration } from './model.js';

/** One thing that a reload would change. */
export interface ConfigurationChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** The block it is in, outermost first: ['vrrp_instance VI_1'], ['virtual_server FWM 5', 'real_server …']. */
  readonly subject: readonly string[];
  /** What of it changed, as a dotted path; empty if the subject itself was added or removed. */
  readonly what: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** The same in words, on one line. */
  readonly text: string;
}

/** What a reload from one model to the other would change, in the order of a file. Empty if nothing. */
export function diffConfigurations(
  before: Configuration,
  after: Configuration,
): readonly ConfigurationChange[] {
  const changes: ConfigurationChange[] = [];
  compareBlocks(changes, [], viewOf(before), viewOf(after));
  return changes;
}

function compareBlocks(
  changes: ConfigurationChange[],
  subject: readonly string[],
  before: View,
  after: View,
): void {
  for (const key of keysOf(before, after)) {
    const [old, now] = [before[key], after[key]];
    if (namedBlocks.has(key) && isRecord(old ?? {}) && isRecord(now ?? {})) {
      compareNamed(changes, subject, key, (old ?? {}) as View, (now ?? {}) as View);
    } else if (subject.length === 0) compareValues(changes, [key], '', old, now);
    else compareValues(changes, subject, key, old, now);
  }
}

/** Members of a block come and go by their names; those that stay are compared inside. */
function compareNamed(
  changes: ConfigurationChange[],
  subject: readonly string[],
  block: string,
  before: View,
  after: View,
): void {
  for (const name of keysOf(before, after)) {
    const [old, now] = [before[name], after[name]];
    const inside = [...subject, `${block} ${name}`];
    if (old === undefined) changes.push(change('added', inside, '', undefined, now));
    else if (now === undefined) changes.push(change('removed', inside, '', old, undefined));
    else if (isRecord(old) && isRecord(now)) compareBlocks(changes, inside, old, now);
  }
}

function compareValues(
  changes: ConfigurationChange[],
  subject: readonly string[],
  what: string,
  old: ViewValue,
  now: ViewValue,
): void {
  if (same(old, now)) return;
  if (isRecord(old) && isRecord(now)) {
    for (const key of keysOf(old, now)) {
      compareValues(changes, subject, what === '' ? key : `${what}.${key}`, old[key], now[key]);
    }
  } else changes.push(change('changed', subject, what, old, now));
}

const keysOf = (before: View, after: View): readonly string[] => [
  ...Object.keys(before),
  ...Object.keys(after).filter((key) => !(key in before)),
];

const isRecord = (value: ViewValue): value is View => typeof value === 'object' && !Array.isArray(value);

/** Equal as plain data; the order of keys does not matter, that of lists does. */
function same(a: ViewValue, b: ViewValue): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item: ViewValue, index) => same(item, b[index] as ViewValue));
  }
  if (a === undefined || b === undefined || !isRecord(a) || !isRecord(b)) return false;
  return keysOf(a, b).every((key) => same(a[key], b[key]));
}

function change(
  kind: ConfigurationChange['kind'],
  subject: readonly string[],
  what: string,
  before: ViewValue,
  after: ViewValue,
): ConfigurationChange {
  const where = subject.join(', ');
  const text =
    kind === 'changed'
      ? `${where}: ${what === '' ? '' : `${what} `}${show(before)} -> ${show(after)}`
      : `${where} ${kind}`;
  return {
    kind,
    subject,
    what,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    text,
  };
}

const show = (value: ViewValue): string =>
  value === undefined ? 'none' : typeof value === 'object' ? JSON.stringify(value) : String(value);
