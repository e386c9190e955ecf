import { type ProblemCode } from './problem-codes.js';
import { type Problem } from './problem.js';
import { type Origin, type Span } from './tree.js';

/** Who found the problems. */
export interface SarifTool {
  readonly name: string;
  readonly version: string;
  /** Explanations of the codes, those of the problems at least. */
  readonly codes: readonly ProblemCode[];
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** Problems as a SARIF 2.1.0 log (OASIS), for code hosts and editors. Notes and chains are related locations. */
export function renderSarif(problems: readonly Problem[], tool: SarifTool): string {
  const used = new Set(problems.map(({ code }) => code));
  const rules = tool.codes.filter(({ code }) => used.has(code));
  const indexes = new Map(rules.map(({ code }, index) => [code, index]));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules: rules.map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => sarifResult(problem, indexes.get(problem.code))),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

const sarifRule = ({ code, title, explanation, example }: ProblemCode) => ({
  id: code,
  shortDescription: { text: title },
  fullDescription: { text: explanation },
  help: { text: `${explanation}\n\nExample:\n\n${example}` },
});

function sarifResult(problem: Problem, ruleIndex: number | undefined) {
  const { severity, code, text, span, suggestion } = problem;
  const related = relatedLocations(problem);
  return {
    ruleId: code,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: severity,
    message: { text: suggestion === undefined ? text : `${text}; did you mean '${suggestion}'?` },
    ...(span && { locations: [{ physicalLocation: physicalLocation(span) }] }),
    ...(related.length > 0 && { relatedLocations: related }),
  };
}

function relatedLocations({ span, notes = [] }: Problem) {
  const chain = (span?.chain ?? []).map((origin) => ({
    message: { text: describeStep(origin) },
    physicalLocation: {
      artifactLocation: { uri: fileUri(origin.file) },
      region: { startLine: origin.line, startColumn: origin.column },
    },
  }));
  const places = notes.map((note) => ({
    message: { text: note.text },
    ...(note.span && { physicalLocation: physicalLocation(note.span) }),
  }));
  return [...chain, ...places];
}

const describeStep = ({ kind, name }: Origin): string =>
  ({
    include: `${name} is included here`,
    definition: `${name} is used here`,
    sequence: `repeated here with ${name}`,
    list: `repeated here with ${name}`,
  })[kind];

const physicalLocation = ({ file, line, column, length, sourceLine }: Span) => ({
  artifactLocation: { uri: fileUri(file) },
  region: {
    startLine: line,
    startColumn: column,
    endColumn: column + length,
    snippet: { text: sourceLine },
  },
});

/** Absolute names become file URIs, relative ones stay relative references (RFC 3986). */
function fileUri(file: string): string {
  const path = file.split('/').map(encodeSegment).join('/');
  return file.startsWith('/') ? `file://${path}` : path;
}

/** A lone surrogate stands for nothing that a file name can hold, and encodeURIComponent() throws for it. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd'));
