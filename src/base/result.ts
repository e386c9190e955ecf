/**
 * Bad input is a value, not an exception (DESIGN.md, Style 3): decoders and parsers return a Result whose
 * error side is a typed, coded object that callers can count and show.
 */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The good outcome. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
/** The bad outcome. */
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
