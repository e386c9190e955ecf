/** What OpenMetrics 1.0 lets a family be, as far as we need it. */
export type FamilyType = 'gauge' | 'counter' | 'info' | 'stateset' | 'histogram' | 'summary';

export type Labels = Readonly<Record<string, string | number>>;

/** What is known of a family but its samples. */
export interface FamilyText {
  readonly type: FamilyType;
  /** The name ends with it. */
  readonly unit?: 'seconds' | 'ratio' | 'bytes';
  readonly help: string;
}

export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Samples of one metric family. All of them must stand together in the text (OpenMetrics 1.0, "MetricFamily"), so that
 * they are gathered here while the workers are asked page by page.
 */
class Family {
  readonly samples: string[] = [];

  constructor(
    private readonly name: string,
    private readonly text: FamilyText,
  ) {}

  *lines(): Iterable<string> {
    if (this.samples.length === 0) return;
    yield `# TYPE ${this.name} ${this.text.type}`;
    if (this.text.unit) yield `# UNIT ${this.name} ${this.text.unit}`;
    yield `# HELP ${this.name} ${escapeText(this.text.help)}`;
    yield* this.samples;
  }
}

/** A whole exposition in the making. Families appear in the order in which they were declared. */
export class Exposition<Name extends string> {
  private readonly families: ReadonlyMap<Name, Family>;

  constructor(private readonly texts: Readonly<Record<Name, FamilyText>>) {
    const entries = Object.entries(texts) as [Name, FamilyText][];
    this.families = new Map(entries.map(([name, text]) => [name, new Family(name, text)]));
  }

  /** A gauge, or a counter, whose samples end in _total. */
  add(name: Name, labels: Labels, value: number | boolean): void {
    this.sample(name, this.texts[name].type === 'counter' ? '_total' : '', labels, Number(value));
  }

  /** Facts that are all in the labels. */
  info(name: Name, labels: Labels): void {
    this.sample(name, '_info', labels, 1);
  }

  /** One sample for each state there is. */
  states(name: Name, labels: Labels, states: readonly string[], current: string): void {
    for (const state of states)
      this.sample(name, '', { ...labels, [name]: state }, state === current ? 1 : 0);
  }

  summary(name: Name, labels: Labels, count: number, sum: number): void {
    this.sample(name, '_count', labels, count);
    this.sample(name, '_sum', labels, sum);
  }

  /** @param counts of each bucket for itself, the last one being beyond all bounds. */
  histogram(
    name: Name,
    labels: Labels,
    { bounds, counts, sum }: { bounds: readonly number[]; counts: readonly number[]; sum: number },
  ): void {
    let total = 0;
    for (const [index, count] of counts.entries()) {
      total += count;
      const bound = bounds[index];
      this.sample(
        name,
        '_bucket',
        { ...labels, le: bound === undefined ? '+Inf' : numberText(bound) },
        total,
      );
    }
    this.summary(name, labels, total, sum);
  }

  *lines(): Iterable<string> {
    for (const family of this.families.values()) yield* family.lines();
    yield '# EOF';
  }

  private sample(name: Name, suffix: string, labels: Labels, value: number): void {
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${escapeText(String(text))}"`);
    const braces = inside.length > 0 ? `{${inside.join(',')}}` : '';
    this.families.get(name)?.samples.push(`${name}${suffix}${braces} ${numberText(value)}`);
  }
}

/** Buckets are written as floats, so that the same bound is the same text everywhere. */
const numberText = (value: number): string =>
  Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : 'NaN';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

const escapeText = (text: string): string =>
  text.replaceAll(/[\\"\n]/g, (character) => ESCAPES[character] ?? '');
