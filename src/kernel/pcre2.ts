import koffi, { type LibraryHandle } from 'koffi';
import { err, ok, type Result } from '../base/result.js';
import { Memory } from './memory.js';

/*
 * The PCRE2 library of this host (libpcre2-8), which is also what keepalived matches with: on Debian and Red Hat it is
 * always there, because SELinux's library needs it.
 */

/** By their names in regex_options: the bits of pcre2_compile(3). */
const OPTION_BITS: Readonly<Record<string, number>> = {
  allow_empty_class: 0x1,
  alt_bsux: 0x2,
  auto_callout: 0x4,
  caseless: 0x8,
  dollar_endonly: 0x10,
  dotall: 0x20,
  dupnames: 0x40,
  extended: 0x80,
  firstline: 0x100,
  match_unset_backref: 0x200,
  multiline: 0x400,
  never_ucp: 0x800,
  never_utf: 0x1000,
  no_auto_capture: 0x2000,
  no_auto_possess: 0x4000,
  no_dotstar_anchor: 0x8000,
  no_start_optimize: 0x10000,
  ucp: 0x20000,
  ungreedy: 0x40000,
  utf: 0x80000,
  never_backslash_c: 0x100000,
  alt_circumflex: 0x200000,
  alt_verbnames: 0x400000,
  use_offset_limit: 0x800000,
};
/** Octets that are no UTF-8 match nothing; without it they would be an error. */
const MATCH_INVALID_UTF = 0x4000000;

const JIT_COMPLETE = 0x1;
const JIT_PARTIAL_HARD = 0x4;
const PARTIAL_HARD = 0x20;
const NO_JIT = 0x2000;
const INFO_MAXLOOKBEHIND = 15;

const ERROR_NOMATCH = -1;
const ERROR_PARTIAL = -2;
const ERROR_JIT_STACKLIMIT = -46;
const LIMIT_ERRORS = [ERROR_JIT_STACKLIMIT, -47, -53, -63];

const SIZE_T = 8;
const MESSAGE_BYTES = 256;

/** How often an expression may turn back at one place of a text before it is given up: keepalived allows ten times this. */
const MATCH_LIMIT = 1_000_000;
const HEAP_LIMIT_KIB = 20_000;
/** PCRE2 has 32 KiB for compiled patterns if nobody gives it more. */
const STACK_START = 32 * 1024;
const STACK_MAX = 512 * 1024;

type Pointer = bigint;

type Bound = ReturnType<typeof bindAll>;

function bindAll(library: LibraryHandle) {
  const bind = (name: string, result: string, ...parameters: string[]) =>
    library.func(`pcre2_${name}_8`, result, parameters);
  return {
    compile: bind('compile', 'uintptr_t', 'void *', 'size_t', 'uint', 'void *', 'void *', 'void *'),
    codeFree: bind('code_free', 'void', 'uintptr_t'),
    patternInfo: bind('pattern_info', 'int', 'uintptr_t', 'uint', 'void *'),
    jitCompile: bind('jit_compile', 'int', 'uintptr_t', 'uint'),
    contextCreate: bind('match_context_create', 'uintptr_t', 'void *'),
    setMatchLimit: bind('set_match_limit', 'int', 'uintptr_t', 'uint'),
    setHeapLimit: bind('set_heap_limit', 'int', 'uintptr_t', 'uint'),
    stackCreate: bind('jit_stack_create', 'uintptr_t', 'size_t', 'size_t', 'void *'),
    stackFree: bind('jit_stack_free', 'void', 'uintptr_t'),
    stackAssign: bind('jit_stack_assign', 'void', 'uintptr_t', 'void *', 'uintptr_t'),
    dataCreate: bind('match_data_create', 'uintptr_t', 'uint', 'void *'),
    ovector: bind('get_ovector_pointer', 'uintptr_t', 'uintptr_t'),
    errorMessage: bind('get_error_message', 'int', 'int', 'void *', 'size_t'),
    match: bind(
      'match',
      'int',
      ...['uintptr_t', 'uintptr_t', 'size_t', 'size_t', 'uint', 'uintptr_t', 'uintptr_t'],
    ),
  };
}

let bound: Bound | undefined;

/** Loaded when the first expression is read. @throws Error if this host does not have it. */
const pcre2 = (): Bound => (bound ??= bindAll(koffi.load('libpcre2-8.so.0')));

/** A compiled expression; its memory goes when it does. */
export class Pattern {
  private constructor(
    readonly code: Pointer,
    /** How many characters before a match it may look at. */
    readonly lookbehind: number,
    /** Texts are characters in UTF-8, not octets. */
    readonly utf: boolean,
  ) {
    freeing.register(this, code);
  }

  /**
   * @param options names of regex_options.
   * @returns what is wrong, in words: the library is missing, or does not take it.
   */
  static compile(text: string, options: readonly string[]): Result<Pattern, string> {
    let library: Bound;
    try {
      library = pcre2();
    } catch {
      return err('regex needs the library libpcre2-8, which this host does not have');
    }
    const bytes = Buffer.from(text);
    const utf = options.includes('utf');
    const bits = options.reduce((sum, name) => sum | (OPTION_BITS[name] ?? 0), utf ? MATCH_INVALID_UTF : 0);
    const [code, offset] = [new Memory(4), new Memory(SIZE_T)];
    const compiled = library.compile(bytes, bytes.length, bits, code.bytes, offset.bytes, null) as
      Pointer | number;
    if (Number(compiled) === 0) return err(`${messageOf(library, code.i32(0))} at offset ${offset.u64(0)}`);
    // Where it cannot be compiled further, it is interpreted.
    library.jitCompile(compiled, JIT_COMPLETE | JIT_PARTIAL_HARD);
    const lookbehind = new Memory(4);
    library.patternInfo(compiled, INFO_MAXLOOKBEHIND, lookbehind.bytes);
    return ok(new Pattern(BigInt(compiled), lookbehind.u32(0), utf));
  }
}

const freeing = new FinalizationRegistry<Pointer>((code) => void pcre2().codeFree(code));

function messageOf(library: Bound, error: number): string {
  const text = new Memory(MESSAGE_BYTES);
  const length = library.errorMessage(error, text.bytes, MESSAGE_BYTES) as number;
  return Buffer.from(text.bytes.subarray(0, Math.max(0, length))).toString('latin1');
}

/** What to look for, and where. */
export interface Search {
  readonly pattern: Pattern;
  /** The text, not to be changed until the search has ended. */
  readonly text: Memory;
  readonly length: number;
  /** Where a match may begin at the earliest; what is before it can be looked at. */
  readonly from: number;
  /** More of the text will come: what depends on it is a partial match. */
  readonly partial: boolean;
  /** Of the stack, in bytes, if it is to be more than usual. */
  readonly stack?: { readonly start: number; readonly max: number };
}

export type SearchResult =
  | { readonly kind: 'match' | 'partial'; readonly at: number }
  | { readonly kind: 'none' }
  /** Given up: it took too many steps, or too much memory. */
  | { readonly kind: 'limit' }
  | { readonly kind: 'error'; readonly text: string };

interface Job {
  readonly search: Search;
  readonly end: (result: SearchResult) => void;
}

/**
 * Searches run beside the event loop, in Node's pool of threads, so that an expression that takes its time keeps
 * nobody waiting but others of its kind: the pool has four threads, of which we take two.
 */
const ROOMS = 2;
const waiting: Job[] = [];
const rooms: Room[] = [];
const idle: Room[] = [];

/** Begins a search. `end` is called once, never from within this call. */
export function search(what: Search, end: (result: SearchResult) => void): void {
  waiting.push({ search: what, end });
  if (idle.length === 0 && rooms.length < ROOMS) {
    const room = new Room();
    rooms.push(room);
    idle.push(room);
  }
  callNext();
}

function callNext(): void {
  const room = waiting.length > 0 ? idle.pop() : undefined;
  const job = room && waiting.shift();
  if (room && job) room.run(job);
}

/** What one search at a time needs of the library. */
class Room {
  private readonly library = pcre2();
  private readonly context = this.library.contextCreate(null) as Pointer;
  private readonly data = this.library.dataCreate(1, null) as Pointer;
  private readonly positions = this.library.ovector(this.data) as Pointer;
  private stack: Pointer | undefined;
  private stackMax = 0;

  constructor() {
    this.library.setMatchLimit(this.context, MATCH_LIMIT);
    this.library.setHeapLimit(this.context, HEAP_LIMIT_KIB);
  }

  run(job: Job, extra = 0): void {
    const { pattern, text, length, from, partial, stack } = job.search;
    this.provide(stack);
    const options = (partial ? PARTIAL_HARD : 0) | extra;
    this.library.match.async(
      pattern.code,
      text.address,
      length,
      from,
      options,
      this.data,
      this.context,
      (failure: Error | null, code: number) => this.finish(job, failure ?? code, extra),
    );
  }

  private finish(job: Job, code: Error | number, extra: number): void {
    if (code === ERROR_JIT_STACKLIMIT && extra === 0) {
      this.run(job, NO_JIT); // the interpreter's stack is the heap
      return;
    }
    const result = this.resultOf(code);
    idle.push(this);
    callNext();
    job.end(result);
  }

  private resultOf(code: Error | number): SearchResult {
    if (typeof code !== 'number') return { kind: 'error', text: code.message };
    if (code >= 0 || code === ERROR_PARTIAL) {
      const [at] = koffi.decode(this.positions, 'size_t', 2) as [number | bigint];
      return { kind: code >= 0 ? 'match' : 'partial', at: Number(at) };
    }
    if (code === ERROR_NOMATCH) return { kind: 'none' };
    if (LIMIT_ERRORS.includes(code)) return { kind: 'limit' };
    return { kind: 'error', text: messageOf(this.library, code) };
  }

  private provide({ start, max } = { start: STACK_START, max: STACK_MAX }): void {
    if (this.stack !== undefined && max <= this.stackMax) return;
    const made = this.library.stackCreate(
      Math.max(start, STACK_START),
      Math.max(max, STACK_MAX),
      null,
    ) as Pointer;
    if (Number(made) === 0) return;
    this.library.stackAssign(this.context, null, made);
    if (this.stack !== undefined) this.library.stackFree(this.stack);
    this.stack = made;
    this.stackMax = Math.max(max, STACK_MAX);
  }
}
