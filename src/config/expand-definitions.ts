import { type Prng } from '../base/prng.js';
import { computedLine, type MappedLine, type Reference } from './expand-line.js';

/** A `$NAME`: its lines, or a function of its parameters for those that keepalived defines itself. */
export interface Definition {
  readonly name: string;
  /** Different for each value the name ever had. */
  readonly identity: number;
  /** One line, or several for a multi-line definition. Empty for a built-in one. */
  readonly lines: readonly MappedLine[];
  readonly isMultiline: boolean;
  /** True if the value is written in the files, and not counted by a sequence. */
  readonly isWritten: boolean;
  readonly builtIn: BuiltIn | undefined;
}

/** `_ENV` and its like. */
export interface BuiltIn {
  readonly minimum: number;
  readonly maximum: number;
  readonly numbersOnly: boolean;
  /** The value; undefined if there is none, which counts as an empty one. */
  readonly value: (parameters: readonly string[]) => string | undefined;
}

/** What the built-in definitions tell of. */
export interface Surroundings {
  readonly instance: string;
  /** Canonical directory of the file being read. */
  readonly directory: () => string;
  readonly environment: (name: string) => string | undefined;
  readonly random: () => Prng;
}

const RANDOM_MAX = 32767;

/** All definitions that hold at one point of the text. A later one of the same name replaces an earlier one. */
export class Definitions {
  readonly #byName = new Map<string, Definition>();
  #identities = 0;

  constructor(surroundings: Surroundings) {
    for (const [name, builtIn] of builtIns(surroundings)) {
      this.#set(name, [], false, false, builtIn);
    }
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  find(name: string): Definition | undefined {
    return this.#byName.get(name);
  }

  /** Defines, or defines anew, a name that the text gives a value. */
  define(name: string, lines: readonly MappedLine[], isMultiline: boolean): void {
    this.#set(name, lines, isMultiline, true);
  }

  /** Gives the variable of a sequence or list its next value. */
  count(name: string, value: string, at: Reference): void {
    this.#set(name, [computedLine(value, at)], false, false);
  }

  #set(
    name: string,
    lines: readonly MappedLine[],
    isMultiline: boolean,
    isWritten: boolean,
    builtIn?: BuiltIn,
  ): void {
    this.#identities += 1;
    const identity = this.#identities;
    this.#byName.set(name, { name, identity, lines, isMultiline, isWritten, builtIn });
  }
}

function builtIns(surroundings: Surroundings): readonly (readonly [string, BuiltIn])[] {
  const plain = { minimum: 0, maximum: 0, numbersOnly: false };
  return [
    ['_PWD', { ...plain, value: () => surroundings.directory() }],
    ['_INSTANCE', { ...plain, value: () => surroundings.instance }],
    ['_HASH', { ...plain, value: () => '#' }],
    ['_BANG', { ...plain, value: () => '!' }],
    [
      '_RANDOM',
      {
        minimum: 0,
        maximum: 2,
        numbersOnly: true,
        value: ([low = '0', high = String(RANDOM_MAX)]) => {
          const [from, to] = [Number(low), Number(high)];
          return String(surroundings.random().between(from, Math.max(from, to)));
        },
      },
    ],
    [
      '_ENV',
      {
        minimum: 1,
        maximum: 1,
        numbersOnly: false,
        // The end of a line in a value is a blank like any other.
        value: ([name = '']) => surroundings.environment(name)?.replaceAll('\n', ' '),
      },
    ],
  ];
}
