import { type Problem, problemError, type ProblemNote } from './problem.js';
import { type TreeBuilder } from './tree-builder.js';
import { type Span, type Statement } from './tree.js';

/**
 * Reports the blocks that the text ends in, once. The brace that is missing is seldom the last one; the indentation
 * of those before it tells where it should have been.
 */
export function checkBalance(builder: TreeBuilder): readonly Problem[] {
  const [outermost] = builder.path;
  if (!outermost) return [];
  const count = builder.path.length;
  const name = describe(outermost);
  const text =
    count === 1 ? `no '}' closes ${name}` : `${count} closing braces are missing, the last one for ${name}`;
  const suspect = findSuspect(outermost);
  const notes = suspect ? [suspect] : [];
  return [problemError('unclosed-block', text, outermost.span, { notes })];
}

const describe = (statement: Statement): string =>
  `'${statement.words
    .slice(0, 2)
    .map((word) => word.raw)
    .join(' ')}'`;

/** The first line that, by its indentation, cannot be inside the open block, or brace that cannot be its block's. */
function findSuspect(outermost: Statement): ProblemNote | undefined {
  const waiting: Statement[] = [];
  for (let next: Statement | undefined = outermost; next; next = waiting.pop()) {
    const suspect =
      next === outermost ? undefined : (findOutdented(next, outermost) ?? findClosedTooFarLeft(next));
    if (suspect) return suspect;
    // Not spread into one call of push(): a block can have more statements than a call can have arguments.
    for (const inner of [...(next.body ?? [])].reverse()) if (inner.body) waiting.push(inner);
  }
  return undefined;
}

function findOutdented(statement: Statement, outermost: Statement): ProblemNote | undefined {
  const [inner, outer] = [statement.span, outermost.span];
  if (!statement.body || inner.file !== outer.file || inner.line === outer.line) return undefined;
  if (!startsItsLine(inner) || inner.column > outer.column) return undefined;
  return { text: `by its indentation, ${describe(statement)} is not meant to be inside`, span: inner };
}

function findClosedTooFarLeft(block: Statement): ProblemNote | undefined {
  const { span, close } = block;
  if (close?.file !== span.file || !startsItsLine(close) || !startsItsLine(span)) return undefined;
  if (close.column >= span.column) return undefined;
  const text = `by its indentation, this brace is not the one of ${describe(block)} in line ${span.line}`;
  return { text, span: close };
}

const startsItsLine = ({ sourceLine, column }: Span): boolean =>
  sourceLine.slice(0, column - 1).trim() === '';
