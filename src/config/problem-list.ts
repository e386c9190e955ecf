import { type Problem, problemNote } from './problem.js';
import { type Span } from './tree.js';

/** Problems of one code that are kept. More say nothing new, and a hostile file has any number of them. */
export const MAX_OF_ONE_CODE = 1000;

/**
 * Collects problems, and keeps them few: what a sequence repeats is wrong in every repetition, but it has to be
 * mended in one place. Of problems with the same code in the same place the first is kept, with a count.
 */
export class ProblemList {
  readonly #entries: Entry[] = [];
  readonly #byPlace = new Map<string, Entry>();
  readonly #byCode = new Map<string, number>();

  /** How many were added with that code. */
  count(code: string): number {
    return this.#byCode.get(code) ?? 0;
  }

  add(problem: Problem): void {
    const { code, span } = problem;
    const earlier = this.count(code);
    this.#byCode.set(code, earlier + 1);
    if (earlier >= MAX_OF_ONE_CODE) return;
    const key = span && span.chain.length > 0 ? `${code} ${placeOf(span)}` : undefined;
    const known = key === undefined ? undefined : this.#byPlace.get(key);
    if (known) {
      known.repeated += 1;
      // What is not shown is not counted against what may be.
      this.#byCode.set(code, earlier);
      return;
    }
    const entry = { problem, repeated: 0 };
    this.#entries.push(entry);
    if (key !== undefined) this.#byPlace.set(key, entry);
  }

  /** All that were kept, in the order in which they were added. */
  toArray(): readonly Problem[] {
    return [...this.#entries.map(withCount), ...this.#overflow()];
  }

  #overflow(): readonly Problem[] {
    return [...this.#byCode]
      .filter(([, count]) => count > MAX_OF_ONE_CODE)
      .map(([code, count]) =>
        problemNote(code, `${count - MAX_OF_ONE_CODE} more of this kind are not shown`),
      );
  }
}

interface Entry {
  readonly problem: Problem;
  repeated: number;
}

const placeOf = ({ file, line, column }: Span): string => `${line}:${column} ${file}`;

function withCount({ problem, repeated }: Entry): Problem {
  if (repeated === 0) return problem;
  const times = repeated === 1 ? 'once more' : `${repeated} times more`;
  return { ...problem, notes: [...(problem.notes ?? []), { text: `found ${times} in other repetitions` }] };
}
