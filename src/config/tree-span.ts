import { type Reference } from './expand-line.js';
import { NO_ORIGIN, Origins } from './source-origin.js';
import { Sources } from './source-text.js';
import { type Span } from './tree.js';

/** Turns places and origins into what people read. */
export class Trace {
  readonly sources = new Sources();
  readonly origins = new Origins(this.sources);

  /** The span of a stretch of text. */
  span({ place, width, via }: Reference): Span {
    const { file, line, column, sourceLine } = this.sources.locate(place);
    return { file, line, column, length: Math.max(1, width), sourceLine, chain: this.origins.chain(via) };
  }

  /**
   * The span from one character to another. If they come from different places, as in `192.168.$NET.1`, it is that
   * of the text which they were put into: out along both histories to the first line that they share.
   */
  spanAcross(first: Reference, last: Reference): Span {
    const outward = [...this.#outward(last)];
    for (const start of this.#outward(first)) {
      const end = outward.find(
        (other) => other.via === start.via && this.sources.onSameLine(start.place, other.place),
      );
      if (end && end.place >= start.place) {
        return this.span({ ...start, width: end.place + end.width - start.place });
      }
    }
    return this.span(first);
  }

  *#outward(reference: Reference): Generator<Reference> {
    yield reference;
    for (let step = reference.via; step !== NO_ORIGIN;) {
      const outer = this.origins.reference(step);
      yield outer;
      step = outer.via;
    }
  }
}
