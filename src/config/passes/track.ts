import { type TrackedObject } from '../../vrrp/index.js';
import { type Statement, type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { parseInteger } from './numbers.js';

/** What can be tracked, and how its lines differ. */
export interface TrackedKind {
  /** For problems: "script". */
  readonly what: string;
  /** The widest weight; 254 is cut to 253 where `cut` says so. */
  readonly limit: number;
  readonly cut: boolean;
  /** `noreverse` is known. */
  readonly canUnreverse: boolean;
  /** The weight and direction of an object; undefined (and a problem) if it is not known. */
  lookUp(name: Word): { readonly weight: number; readonly reverse: boolean } | undefined;
}

/** Reads the lines of a track block onto what was tracked before. */
export function readTracked(
  context: PassContext,
  lines: readonly Statement[],
  kind: TrackedKind,
  before: readonly TrackedObject[],
): readonly TrackedObject[] {
  const tracked = [...before];
  for (const line of lines) {
    const object = readLine(context, line, kind);
    if (!object) continue;
    if (tracked.some((each) => each.name === object.name)) {
      context.error(
        'already-given',
        `${kind.what} '${object.name}' is tracked twice; this one is ignored`,
        line.span,
      );
    } else tracked.push(object);
  }
  return tracked;
}

function readLine(context: PassContext, line: Statement, kind: TrackedKind): TrackedObject | undefined {
  const [name, option, value, direction] = line.words;
  const own = name && kind.lookUp(name);
  if (!own) return undefined;
  if (!option) return { name: name.text, weight: own.weight, reverse: own.reverse };
  if (option.text !== 'weight') {
    context.error(
      'unknown-option',
      `'${option.text}' is no option of a tracked ${kind.what}; the line is ignored`,
      option.span,
    );
    return undefined;
  }
  if (!value) {
    context.error('missing-argument', "'weight' needs a number; the line is ignored", option.span);
    return undefined;
  }
  const weight = readWeight(context, value, kind) ?? own.weight;
  return { name: name.text, weight, reverse: readDirection(context, direction, kind) ?? own.reverse };
}

function readWeight(context: PassContext, at: Word, kind: TrackedKind): number | undefined {
  const number = parseInteger(at.text);
  if (!number || Math.abs(number.value) > kind.limit) {
    context.error('out-of-range', `weight '${at.text}' is not within -253 to 253; it is ignored`, at.span);
    return undefined;
  }
  if (!number.exact) context.warning('invalid-number', `'${at.text}' is read as ${number.value}`, at.span);
  if (!kind.cut || Math.abs(number.value) < 254) return number.value;
  const cut = number.value < 0 ? -253 : 253;
  context.warning('out-of-range', `weight '${at.text}' is not within -253 to 253; using ${cut}`, at.span);
  return cut;
}

function readDirection(context: PassContext, at: Word | undefined, kind: TrackedKind): boolean | undefined {
  if (!at) return undefined;
  if (at.text === 'reverse') return true;
  if (at.text === 'noreverse' && kind.canUnreverse) return false;
  context.error('unknown-option', `'${at.text}' is no option of a weight; it is ignored`, at.span);
  return undefined;
}
