import { type Problem, problemNote } from './problem.js';
import { type Span } from './tree.js';

/** Problems of one code that are kept. More say nothing new, and a hostile file has any number of them. */
export const MAX_OF_ONE_CODE = 1000;

/**
 * Collects problems, and keeps them few: what a sequence repeats is wrong in every repetition, but it has to be
 * mended in one place. Of problems with the same code in the same place the first is kept, with a count; different
 * ones of a single repetition are all kept.
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
    this.addMade(problem.code, () => problem);
  }

  /**
   * Adds a problem that is only made if it is kept: finding out where it is may take longer than finding it.
   * @param place different for every place in the text, where that is known beforehand
   */
  addMade(code: string, make: () => Problem, place?: number): void {
    const count = this.count(code);
    if (this.#isKnown(place === undefined ? undefined : `${code} ${place}`)) return;
    this.#byCode.set(code, count + 1);
    if (count >= MAX_OF_ONE_CODE) return;
    const problem = make();
    const { span } = problem;
    const key = span && span.chain.length > 0 ? `${code} ${placeOf(span)}` : undefined;
    if (!this.#isNewsOfOne(key, problem) && this.#isKnown(key)) {
      // What is not shown is not counted against what may be.
      this.#byCode.set(code, count);
      return;
    }
    const entry = { problem, repeated: 0 };
    this.#entries.push(entry);
    if (key !== undefined) this.#byPlace.set(key, entry);
    if (place !== undefined) this.#byPlace.set(`${code} ${place}`, entry);
  }

  /** Counts one more of a problem that is there already. */
  #isKnown(key: string | undefined): boolean {
    const known = key === undefined ? undefined : this.#byPlace.get(key);
    if (known) known.repeated += 1;
    return known !== undefined;
  }

  /** True if it says something else than the one which is known, from the same repetition. */
  #isNewsOfOne(key: string | undefined, problem: Problem): boolean {
    const known = key === undefined ? undefined : this.#byPlace.get(key)?.problem;
    return known !== undefined && known.text !== problem.text && haveOneChain(known, problem);
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

const placeOf = ({ file, line, column }: Pick<Span, 'file' | 'line' | 'column'>): string =>
  `${line}:${column} ${file}`;

/** Whether both came about by the same includes, uses and values. */
function haveOneChain({ span: one }: Problem, { span: other }: Problem): boolean {
  if (one?.chain.length !== other?.chain.length) return false;
  return (one?.chain ?? []).every((step, index) => {
    const twin = other?.chain[index];
    return step.name === twin?.name && placeOf(step) === placeOf(twin);
  });
}

function withCount({ problem, repeated }: Entry): Problem {
  if (repeated === 0) return problem;
  const times = repeated === 1 ? 'once more' : `${repeated} times more`;
  return { ...problem, notes: [...(problem.notes ?? []), { text: `found ${times} in other repetitions` }] };
}
