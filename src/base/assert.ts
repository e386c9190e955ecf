/** An impossible state. It is never caught: the worker dies of it and the supervisor respawns it. */
export class ImpossibleState extends Error {
  override readonly name = 'ImpossibleState';
}

/** Stops the worker if `condition` is false: a bug of ours, never a reaction to input. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ImpossibleState(what);
}

/** Marks the branch that an exhaustive switch can never take; compiles only if every case is handled. */
export function unreachable(value: never, what: string): never {
  throw new ImpossibleState(`${what}: ${JSON.stringify(value)}`);
}
