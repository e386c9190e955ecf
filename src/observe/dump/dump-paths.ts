import { type Configuration } from '../../config/index.js';

/** The files that a dump may fill. */
export type DumpFile = 'data' | 'parent-data' | 'check-data' | 'bfd-data' | 'stats' | 'json';

const NAMES: Readonly<Record<DumpFile, { readonly file: string; readonly infix: string }>> = {
  data: { file: 'keepalived.data', infix: '' },
  'parent-data': { file: 'keepalived.data', infix: '_parent' },
  'check-data': { file: 'keepalived.data', infix: '_check' },
  'bfd-data': { file: 'keepalived.data', infix: '_bfd' },
  stats: { file: 'keepalived.stats', infix: '' },
  json: { file: 'keepalived.json', infix: '' },
};

type Daemon = Configuration['details']['daemon'];

/**
 * Where a dump goes: what state_dump_file and its siblings name (a file, or with a slash at its end a directory; from
 * `directory` on unless it begins with one), with the names of network namespace and instance behind it if
 * data_use_instance is set.
 * @param directory where dumps lie unless told: /tmp.
 */
export function dumpPath(kind: DumpFile, daemon: Daemon, directory: string): string {
  const { file, infix } = NAMES[kind];
  const wanted = wantedPath(kind, daemon) ?? '';
  const cut = wanted.lastIndexOf('/') + 1;
  const folder = wanted.startsWith('/') ? wanted.slice(0, cut) : `${directory}/${wanted.slice(0, cut)}`;
  const name = wanted.slice(cut) || file;
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  return folder + stem + infix + instanceSuffix(daemon) + ending;
}

function wantedPath(kind: DumpFile, { files }: Daemon): string | undefined {
  if (kind === 'stats') return files.statsDump;
  return kind === 'json' ? files.jsonDump : files.stateDump;
}

function instanceSuffix({ files, networkNamespace, instanceName }: Daemon): string {
  const names = [networkNamespace, instanceName].filter((name) => name !== undefined);
  return files.dataUseInstance && names.length > 0 ? `.${names.join('_')}` : '';
}
