import { err, ok } from '#base/result.js';
import { encodeUtf8 } from '#base/utf8.js';
import { readTree, type ReadOptions } from '#config/source.js';
import { type SourceHost } from '#config/source-host.js';
import { type Span, type Statement, type Tree, type Word } from '#config/tree.js';

/** A file in memory: its text or bytes, or what is the matter with it. */
export type MemoryFile = string | Uint8Array | { readonly denied: true } | { readonly executable: string };

/** A file system of absolute paths; directories exist where files are. */
export function memoryHost(
  files: Readonly<Record<string, MemoryFile>>,
  workingDirectory = '/etc/keepalived',
): SourceHost {
  const paths = Object.keys(files);
  const isDirectory = (path: string) =>
    paths.some((file) => file.startsWith(path === '/' ? path : `${path}/`));
  const normal = (path: string) => normalize(path);
  return {
    workingDirectory,
    readFile(path, limit) {
      const file = files[normal(path)];
      if (file === undefined) return err({ kind: 'missing', text: 'no such file' });
      if (typeof file === 'object' && 'denied' in file)
        return err({ kind: 'denied', text: 'permission denied' });
      const bytes =
        file instanceof Uint8Array ? file : encodeUtf8(typeof file === 'string' ? file : file.executable);
      return bytes.length > limit ? err({ kind: 'too-large', text: 'too large' }) : ok(bytes);
    },
    status(path) {
      const file = files[normal(path)];
      if (file !== undefined) {
        return { kind: 'file', executable: typeof file === 'object' && 'executable' in file };
      }
      return isDirectory(normal(path)) ? { kind: 'directory', executable: true } : undefined;
    },
    exists: (path) => files[normal(path)] !== undefined || isDirectory(normal(path)),
    list(directory) {
      const prefix = normal(directory) === '/' ? '/' : `${normal(directory)}/`;
      const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      const names = [...new Set(below.map((path) => path.split('/')[0] ?? ''))];
      return names.length > 0 ? names : undefined;
    },
    canonical: normal,
    environment: (name) => ({ HOME: '/root', LINES: 'a\nb' })[name],
  };
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const OPTIONS: ReadOptions = { instance: 'node1', seed: 1 };

/** Reads main.conf with the given text, beside further files given by path below /etc/keepalived. */
export function read(
  text: string | Uint8Array,
  files: Readonly<Record<string, MemoryFile>> = {},
  options: Partial<ReadOptions> = {},
): Tree {
  const absolute = Object.entries(files).map(([name, file]): [string, MemoryFile] => [
    name.startsWith('/') ? name : `/etc/keepalived/${name}`,
    file,
  ]);
  const host = memoryHost({ '/etc/keepalived/main.conf': text, ...Object.fromEntries(absolute) });
  return readTree(host, 'main.conf', { ...OPTIONS, ...options });
}

/** Statements as text: words between bars, blocks in braces, settings of ours behind a hash. */
export const outline = (statements: readonly Statement[]): string => statements.map(outlineOne).join('; ');

const outlineOne = ({ words, body, ours }: Statement): string =>
  (ours ? '#' : '') +
  words.map(({ text }) => text).join('|') +
  (body === undefined ? '' : body.length === 0 ? ' {}' : ` { ${outline(body)} }`);

/** "error code@line:column" for each problem; without a place, no place. */
export const problemsOf = (tree: Tree): readonly string[] =>
  tree.problems.map(
    ({ severity, code, span }) => `${severity} ${code}${span ? `@${span.line}:${span.column}` : ''}`,
  );

/** All words, through all blocks, in the order of the text. */
export function allWords(statements: readonly Statement[]): readonly Word[] {
  return statements.flatMap((statement) => [...statement.words, ...allWords(statement.body ?? [])]);
}

/** The first word with that text. @throws if there is none */
export function findWord(tree: Tree, text: string): Word {
  const word = allWords(tree.statements).find((candidate) => candidate.text === text);
  if (!word) throw new Error(`no word '${text}' in ${outline(tree.statements)}`);
  return word;
}

/** "file:line:column+length", then each step of the chain as " < name@file:line:column". */
export const placeOf = ({ file, line, column, length, chain }: Span): string =>
  [
    `${file}:${line}:${column}+${length}`,
    ...chain.map((origin) => `${origin.name}@${origin.file}:${origin.line}:${origin.column}`),
  ].join(' < ');
