/** Candidates longer than this are not worth the arithmetic. */
const MAX_LENGTH = 64;

/**
 * The candidate that was most likely meant: the one with the fewest edits, if they are few for its length.
 * Undefined if none is near; the first of several that are equally near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let fewest = allowedEdits(wanted) + 1;
  for (const candidate of candidates) {
    if (candidate.length > MAX_LENGTH || Math.abs(candidate.length - wanted.length) >= fewest) continue;
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

/** One edit for up to three characters, then one more for every three: beyond that, anything resembles anything. */
const allowedEdits = (word: string): number => Math.max(1, Math.floor(word.length / 3));

/**
 * Damerau-Levenshtein distance in its optimal string alignment form: insertions, deletions, substitutions and
 * swaps of neighbours that turn one word into the other.
 */
export function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const costs = [
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
        row > 1 && column > 1 && swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      ];
      current.push(Math.min(...costs));
    }
    [before, above] = [above, current];
  }
  return above[other.length] ?? 0;
}
