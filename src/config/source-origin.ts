import { type Sources } from './source-text.js';
import { type Origin } from './tree.js';

/** No history: text of the main file, as it stands there. */
export const NO_ORIGIN = -1;

const FIELDS = 7;
const KINDS: readonly Origin['kind'][] = ['include', 'definition', 'sequence', 'list'];

/**
 * How text got where it is: a tree of steps, each pointing to the one around it. A configuration of a thousand
 * sequences makes millions of them, so that they are rows of numbers, and become objects only to be shown.
 */
export class Origins {
  readonly #sources: Sources;
  readonly #names: string[] = [];
  readonly #nameIds = new Map<string, number>();
  #rows = new Int32Array(FIELDS * 256);
  #count = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /**
   * Adds a step and returns its number.
   * @param place where the include, reference or sequence stands; `width` characters long
   * @param parent the step that brought that text, or NO_ORIGIN
   * @param identity which version of a definition: see cameFrom
   */
  add(
    kind: Origin['kind'],
    name: string,
    at: { readonly place: number; readonly width: number; readonly via: number },
    identity = -1,
  ): number {
    const start = this.#count * FIELDS;
    if (start === this.#rows.length) this.#grow();
    this.#rows[start] = KINDS.indexOf(kind);
    this.#rows[start + 1] = this.nameId(name);
    this.#rows[start + 2] = at.place;
    this.#rows[start + 3] = at.width;
    this.#rows[start + 4] = at.via;
    this.#rows[start + 5] = identity;
    this.#count += 1;
    return this.#count - 1;
  }

  /** Adds a step of a sequence. A million of them have a million values, but one name: "N=", or "N=0x". */
  addCount(
    name: string,
    value: number,
    at: { readonly place: number; readonly width: number; readonly via: number },
  ): number {
    const step = this.add('sequence', name, at);
    this.#rows[step * FIELDS + 6] = value;
    return step;
  }

  /** Where the text stands from which `step` leads here. */
  reference(step: number): { readonly place: number; readonly width: number; readonly via: number } {
    const start = step * FIELDS;
    return { place: this.field(start + 2), width: this.field(start + 3), via: this.field(start + 4) };
  }

  /** True if `step` or one around it is of the definition with that identity: using it once more never ends. */
  cameFrom(step: number, identity: number): boolean {
    for (let at = step; at !== NO_ORIGIN; at = this.field(at * FIELDS + 4)) {
      if (this.field(at * FIELDS + 5) === identity) return true;
    }
    return false;
  }

  /** The steps from the innermost to the outermost. */
  chain(step: number): readonly Origin[] {
    const chain: Origin[] = [];
    for (let at = step; at !== NO_ORIGIN; at = this.field(at * FIELDS + 4)) {
      const start = at * FIELDS;
      const { file, line, column } = this.#sources.locate(this.field(start + 2));
      const kind = KINDS[this.field(start)] ?? 'include';
      chain.push({ kind, name: this.#nameOf(start, kind), file, line, column });
    }
    return chain;
  }

  #nameOf(start: number, kind: Origin['kind']): string {
    const name = this.#names[this.field(start + 1)] ?? '';
    return kind === 'sequence' ? name + this.field(start + 6).toString(name.endsWith('=0x') ? 16 : 10) : name;
  }

  private field(index: number): number {
    return this.#rows[index] ?? NO_ORIGIN;
  }

  private nameId(name: string): number {
    const known = this.#nameIds.get(name);
    if (known !== undefined) return known;
    this.#names.push(name);
    this.#nameIds.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  #grow(): void {
    const rows = new Int32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
