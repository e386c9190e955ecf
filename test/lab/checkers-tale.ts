// Reads what checkers-story.sh prints.

/** What one daemon did. */
export interface Tale {
  readonly log: readonly string[];
  /** ipvs's table while all is quiet. */
  readonly table: readonly string[];
  /** What scripts were told of each case. */
  readonly calls: readonly string[];
  /** ping_group_range afterwards. */
  readonly range: string | undefined;
  /** Processes of scripts that live on. */
  readonly left: readonly string[];
  /** What the story waited for in vain. */
  readonly complaints: readonly string[];
}

/** The tales by the daemons' names. */
export function readTales(output: string): ReadonlyMap<string, Tale> {
  const tales = new Map<string, Tale>();
  const parts = output.split(/^== (.*)\n/m);
  for (let index = 1; index < parts.length; index += 2) {
    const before = parts[index - 1] ?? '';
    tales.set(parts[index] ?? '', taleOf(parts[index + 1] ?? '', before));
  }
  return tales;
}

function taleOf(text: string, before: string): Tale {
  const lines = text.split('\n');
  const after = (label: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(`${label}: `) ? [line.slice(label.length + 2)] : []));
  return {
    log: after('log'),
    table: after('table'),
    calls: after('told'),
    range: after('range')[0],
    left: after('left'),
    complaints: before.split('\n').filter((line) => line.startsWith('waited in vain')),
  };
}

/** What is no verdict, or tells of the daemon's own buffer. */
const NO_VERDICT = /Activating|Shutting down|quorum|Buffer overflow|Track(ed)? file|tracked file/i;

/** What a log says of the case with that port: tries, verdicts and weights, in their order. */
export const verdictsOf = ({ log }: Pick<Tale, 'log'>, port: number): readonly string[] =>
  log
    .filter((line) => new RegExp(`\\[10\\.0\\.0\\.10\\]:(tcp:)?${port}\\b`).test(line))
    .filter((line) => !NO_VERDICT.test(line))
    .map((line) => line.replace(/^.*? \d{4}: /, '').replace(/\/tmp\/[^/]+/, 'FOLDER'))
    // A reset may come before a connection is looked at, or after.
    .map((line) =>
      line.replace(/SMTP_CHECK (Could not connect to|Read failure from) /, 'SMTP_CHECK Reset by '),
    );
