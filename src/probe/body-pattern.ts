import type { BodyRegex } from '../config/index.js';
import { Memory, Pattern, search, type SearchResult } from '../kernel/index.js';

/** Searched in pieces of at least so much, so that a server that trickles is not searched anew at each octet. */
const PIECE_BYTES = 4096;
/** What a match under way may span: keepalived has 4 KiB for all. */
export const SPAN_LIMIT_BYTES = 64 * 1024;

/** What became of it: found or not, or why nobody can tell. */
export type PatternVerdict = 'found' | 'absent' | { readonly undecided: string };

/** One for all checks with the same expression, for as long as one of them has it. */
const patterns = new Map<string, WeakRef<Pattern>>();
const patternOf = new WeakMap<BodyRegex, Pattern>();

/** What is wrong with an expression on this host, in PCRE2's words; undefined if nothing. */
export function regexTrouble(regex: Pick<BodyRegex, 'pattern' | 'options'>): string | undefined {
  const compiled = Pattern.compile(regex.pattern, regex.options);
  return compiled.ok ? undefined : compiled.error;
}

function compiled(regex: BodyRegex): Pattern | undefined {
  const key = JSON.stringify([regex.pattern, regex.options]);
  const known = patternOf.get(regex) ?? patterns.get(key)?.deref();
  if (known) {
    patternOf.set(regex, known);
    return known;
  }
  const made = Pattern.compile(regex.pattern, regex.options);
  if (!made.ok) return undefined;
  patternOf.set(regex, made.value);
  patterns.set(key, new WeakRef(made.value));
  return made.value;
}

/**
 * Looks for an expression in a body that comes in pieces, in bounded memory: kept is what a match that has begun
 * spans so far, and what PCRE2 looks at before it. What depends on the end of the body is decided there.
 */
export class BodyPattern {
  private readonly pattern: Pattern | undefined;
  private window = new Memory(2 * PIECE_BYTES);
  /** Bytes in the window, and where in the body it begins. */
  private length = 0;
  private base = 0;
  /** Where in the body a match may begin at the earliest. */
  private searchFrom: number;
  private verdict: PatternVerdict | undefined;
  private searching = false;
  private atEnd: ((verdict: PatternVerdict) => void) | undefined;

  /** @param onIdle called when push() may be called again. */
  constructor(
    private readonly regex: BodyRegex,
    private readonly onIdle: () => void,
  ) {
    this.pattern = compiled(regex);
    this.searchFrom = regex.minOffset ?? 0;
    if (!this.pattern) this.verdict = { undecided: 'the expression cannot be compiled' };
  }

  /** A search is under way: push() has to wait. */
  get isBusy(): boolean {
    return this.searching;
  }

  push(bytes: Uint8Array): void {
    if (this.verdict !== undefined) return;
    this.makeRoom(bytes.length);
    this.window.put(this.length, bytes);
    this.length += bytes.length;
    if (!this.searching && this.unsearched >= PIECE_BYTES) this.searchOn(true);
  }

  /** The body is complete. `tell` is called once, perhaps from within this call. */
  end(tell: (verdict: PatternVerdict) => void): void {
    this.atEnd = tell;
    if (!this.searching) this.conclude();
  }

  /** Nobody wants to know any more. */
  abandon(): void {
    this.verdict ??= 'absent';
    this.atEnd = undefined;
  }

  private get unsearched(): number {
    return this.base + this.length - this.searchFrom;
  }

  private conclude(): void {
    if (this.verdict === undefined && this.unsearched >= 0) {
      this.searchOn(false);
      return;
    }
    const tell = this.atEnd;
    this.atEnd = undefined;
    tell?.(this.verdict ?? 'absent');
  }

  /** @param partial more may come. */
  private searchOn(partial: boolean): void {
    const { pattern, regex } = this;
    if (!pattern) return;
    if (this.isBeyond(this.searchFrom)) {
      this.settle('absent', partial);
      return;
    }
    const whole = partial && pattern.utf ? wholeCharacters(this.window.bytes, this.length) : this.length;
    this.searching = true;
    search(
      {
        pattern,
        text: this.window,
        length: whole,
        from: Math.min(whole, this.searchFrom - this.base),
        partial,
        ...(regex.stack && { stack: regex.stack }),
      },
      (result) => {
        this.searching = false;
        this.weigh(result, whole, partial);
      },
    );
  }

  private weigh(result: SearchResult, searched: number, partial: boolean): void {
    if (this.verdict !== undefined) return; // abandoned
    switch (result.kind) {
      case 'match':
        // The leftmost match: if it begins too late, so do all others.
        this.settle(this.isBeyond(this.base + result.at) ? 'absent' : 'found', partial);
        return;
      case 'limit':
        this.settle({ undecided: 'too many steps' }, partial);
        return;
      case 'error':
        this.settle({ undecided: result.text }, partial);
        return;
      case 'none':
        this.goOnFrom(searched);
        break;
      case 'partial':
        this.goOnFrom(searched - result.at > SPAN_LIMIT_BYTES ? searched : result.at);
        break;
    }
    if (!partial) this.settle('absent', false);
    else this.report();
  }

  private settle(verdict: PatternVerdict, partial: boolean): void {
    this.verdict = verdict;
    if (partial) this.report();
    else this.conclude();
  }

  /** A search amid the body has ended: somebody waits for its end, or for more to come. */
  private report(): void {
    if (this.atEnd) this.conclude();
    else this.onIdle();
  }

  /** Matches begin at this place of the window or later: what is before it is no longer needed, but for lookbehind. */
  private goOnFrom(place: number): void {
    this.searchFrom = Math.max(this.searchFrom, this.base + place);
    const { bytes } = this.window;
    const characters = Math.max(1, this.pattern?.lookbehind ?? 0); // one at least: ^ must not match amid the body
    let from = Math.min(this.searchFrom - this.base, this.length);
    for (let left = characters; left > 0 && from > 0; left -= 1) {
      from -= 1;
      while (this.pattern?.utf === true && from > 0 && isContinuation(bytes[from])) from -= 1;
    }
    bytes.copyWithin(0, from, this.length);
    this.base += from;
    this.length -= from;
  }

  private isBeyond(place: number): boolean {
    return this.regex.maxOffset !== undefined && place > this.regex.maxOffset;
  }

  private makeRoom(bytes: number): void {
    // What is before regex_min_offset need not be kept.
    if (!this.searching && this.unsearched < 0) this.goOnFrom(0);
    const needed = this.length + bytes;
    if (needed <= this.window.size) return;
    const larger = new Memory(Math.max(needed, 2 * this.window.size));
    larger.put(0, this.window.bytes.subarray(0, this.length));
    this.window = larger; // a search under way holds on to the old one
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** The length without a character of UTF-8 that is still to be completed. */
function wholeCharacters(bytes: Uint8Array, length: number): number {
  for (let back = 1; back <= 3 && back <= length; back += 1) {
    const byte = bytes[length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const expected = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return expected > back ? length - back : length;
  }
  return length;
}
