import { type Argument, type BlockText, type Keyword, type KeywordText } from './types.js';

/** Completes the entries of one block: `prefix` is the block's path, or '' for the top level. */
export function inBlock(prefix: string, block: BlockText): readonly Keyword[] {
  return Object.entries(block).map(([name, text]) =>
    complete(prefix === '' ? name : `${prefix}/${name}`, text),
  );
}

function complete(path: string, text: KeywordText): Keyword {
  return { arguments: [], repeat: 'last', extraWords: 'ignored', ...text, path };
}

/** Constructors for the arguments that occur again and again. */
export const integer = (
  name: string,
  min: number,
  max: number,
  more: Partial<Argument> = {},
): readonly Argument[] => [{ kind: 'integer', name, min, max, lenient: true, ...more } as Argument];

/** A number that keepalived refuses outright when anything follows it. */
export const strictInteger = (name: string, min: number, max: number): readonly Argument[] => [
  { kind: 'integer', name, min, max },
];

/** Seconds with up to six decimals. */
export const seconds = (
  name: string,
  min: number,
  max: number,
  more: Partial<Argument> = {},
): readonly Argument[] => [
  { kind: 'duration', unit: 's', decimals: 6, name, min, max, lenient: true, ...more } as Argument,
];

/** Whole seconds. */
export const wholeSeconds = (
  name: string,
  min: number,
  max: number,
  more: Partial<Argument> = {},
): readonly Argument[] => [
  { kind: 'duration', unit: 's', decimals: 0, name, min, max, lenient: true, ...more } as Argument,
];

/** An optional true/false that means true when left out. */
export const onOff: readonly Argument[] = [{ kind: 'switch', name: 'on', optional: true }];

/** A command in quotes, and optionally who runs it. */
export const command: readonly Argument[] = [
  { kind: 'command', name: 'command' },
  { kind: 'user', name: 'user [group]', optional: true },
];

/** One word. */
export const word = (name: string, more: Partial<Argument> = {}): readonly Argument[] => [
  { kind: 'word', name, ...more } as Argument,
];

/** The name that a block is known by. */
export const blockName: readonly Argument[] = [{ kind: 'word', name: 'name' }];

/** The largest numbers that keepalived's C types hold. */
export const UINT_MAX = 4_294_967_295;
export const INT_MAX = 2_147_483_647;
/** Seconds that fit 32 bits of microseconds. */
export const UINT_MAX_MICROS_S = 4294;
/** The longest timer keepalived keeps, in seconds. */
export const TIMER_MAX_S = 4_294_967_295;
