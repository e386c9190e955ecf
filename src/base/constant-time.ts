/** Compares without telling by its duration how much of `found` was right; only the length of `expected` counts. */
export function constantTimeEqual(found: Uint8Array, expected: Uint8Array): boolean {
  let difference = 0;
  for (let index = 0; index < expected.length; index += 1) {
    difference |= (expected[index] ?? 0) ^ (found[index] ?? 0);
  }
  return difference === 0;
}
