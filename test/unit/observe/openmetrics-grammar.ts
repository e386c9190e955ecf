/** Reads OpenMetrics text strictly (OpenMetrics 1.0, "Text Format"): throws at the first line that is not allowed. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: ['_total', '_created'],
  info: ['_info'],
  stateset: [''],
  summary: ['_count', '_sum', ''],
  histogram: ['_bucket', '_count', '_sum'],
};
const METADATA = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;

interface Open {
  name: string;
  type?: string;
  unit?: string;
  help?: string;
  readonly samples: Sample[];
}

export function readOpenMetrics(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('# EOF\n')) throw new Error('does not end with # EOF');
  const families = new Map<string, Family>();
  let open: Open | undefined;
  const close = (): void => {
    if (open) families.set(open.name, settled(open));
  };
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    try {
      const [, kind, name = '', value = ''] = METADATA.exec(line) ?? [];
      if (kind === undefined) {
        if (!open) throw new Error('a sample before any family');
        open.samples.push(readSample(line, open));
        continue;
      }
      if (open?.name !== name) {
        close();
        if (families.has(name)) throw new Error('the family is in two places');
        open = { name, samples: [] };
      }
      if (open.samples.length > 0) throw new Error('metadata behind samples');
      const key = kind.toLowerCase() as 'type' | 'unit' | 'help';
      if (open[key] !== undefined) throw new Error('given twice');
      open[key] = value;
    } catch (error) {
      throw new Error(`${String(error)}: ${line}`, { cause: error });
    }
  }
  close();
  return families;
}

function readSample(line: string, family: Open): Sample {
  const [, name = '', inside, number = ''] = SAMPLE.exec(line) ?? [];
  if (name === '') throw new Error('no sample');
  const suffix = name.startsWith(family.name) ? name.slice(family.name.length) : undefined;
  const allowed = SUFFIXES[family.type ?? ''];
  if (!allowed) throw new Error(`no such type: ${family.type ?? ''}`);
  if (suffix === undefined || !allowed.includes(suffix)) throw new Error('does not belong to its family');
  if (!NUMBER.test(number)) throw new Error('no number');
  const value = number.endsWith('Inf') ? Infinity : Number(number);
  if (['counter', 'histogram'].includes(family.type ?? '') && !(value >= 0)) throw new Error('counts down');
  if (['info', 'stateset'].includes(family.type ?? '') && ![0, 1].includes(value))
    throw new Error('not 0 or 1');
  return { name, labels: inside === undefined ? {} : readLabels(inside), value };
}

function readLabels(inside: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inside.length) {
    const found = LABEL.exec(inside);
    if (!found) throw new Error('no label');
    const [, name = '', value = ''] = found;
    if (name in labels || name.startsWith('__')) throw new Error(`label ${name}`);
    labels[name] = value.replaceAll(/\\([\\"n])/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  if (inside.endsWith(',')) throw new Error('a comma too many');
  return labels;
}

function settled({ name, type, unit = '', help, samples }: Open): Family {
  if (type === undefined || help === undefined) throw new Error(`${name} lacks TYPE or HELP`);
  if (unit !== '' && !name.endsWith(`_${unit}`)) throw new Error(`${name} does not end with its unit`);
  if (name.endsWith('_total') || name.endsWith('_info')) throw new Error(`${name} has a suffix of a sample`);
  if (unit !== '' && ['info', 'stateset'].includes(type)) throw new Error(`${name} has a unit`);
  const seen = new Set<string>();
  for (const { name: sample, labels } of samples) {
    const key = `${sample} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    seen.add(key);
    if (type === 'stateset' && !(name in labels)) throw new Error(`${key} has no state`);
  }
  if (type === 'histogram') checkBuckets(name, samples);
  return { name, type, unit, help, samples };
}

function checkBuckets(name: string, samples: readonly Sample[]): void {
  let before = { le: -Infinity, count: 0 };
  for (const { name: sample, labels, value } of samples) {
    if (sample === `${name}_bucket`) {
      const le = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
      if (!(le > before.le) || value < before.count) throw new Error(`${name}: bucket ${labels['le']}`);
      before = { le, count: value };
    } else if (sample === `${name}_count`) {
      if (before.le !== Infinity || before.count !== value) throw new Error(`${name}: count ${value}`);
      before = { le: -Infinity, count: 0 };
    }
  }
}
