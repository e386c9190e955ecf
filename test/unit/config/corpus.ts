import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseIpAddress } from '#base/address.js';
import { type HostInterface } from '#config/index.js';
import { type FakeFile, type FakeMachine } from './host.js';

/** Where real configuration files with the verdicts of real keepaliveds lie, beside the project. */
export const corpusFolder = new URL('../../../../../shared/corpus/', import.meta.url).pathname;
export const corpusIsThere = existsSync(join(corpusFolder, 'verdict-2.4'));

/** One run of keepalived -t on a file of the corpus. */
export interface CorpusRun {
  /** A, B or C. */
  readonly run: string;
  /** -i, or the host's name. */
  readonly instance: string;
  readonly machine: FakeMachine;
  readonly path: string;
  readonly exitCode: number;
  readonly output: readonly string[];
}

export interface CorpusFile {
  readonly number: string;
  readonly name: string;
  readonly runs: readonly CorpusRun[];
}

/** Commands that the machine of the verdicts has. */
const commands = [
  'killall',
  'pidof',
  'pgrep',
  'bash',
  'sh',
  'true',
  'false',
  'test',
  'sleep',
  'echo',
  'ip',
  'systemctl',
  'ls',
  'cat',
  'logger',
  'curl',
  'grep',
  'ping',
  'date',
  'touch',
  'rm',
  'perl',
  'python3',
  'nc',
  'service',
  'ps',
  'env',
  'kill',
  'mail',
  'wget',
  'nslookup',
];

/** Reads all verdicts, in order. */
export function readCorpus(): readonly CorpusFile[] {
  const verdicts = join(corpusFolder, 'verdict-2.4');
  return readdirSync(verdicts)
    .filter((name) => /^\d+\.txt$/.test(name))
    .sort()
    .map((name) => readVerdict(readFileSync(join(verdicts, name), 'utf8')));
}

function readVerdict(text: string): CorpusFile {
  const name = /^file (.*)$/m.exec(text)?.[1] ?? '';
  const sections = text.split(/^===== run /m).slice(1);
  return { number: name.slice(0, 3), name, runs: sections.map((section) => readRun(name, section)) };
}

function readRun(name: string, section: string): CorpusRun {
  const lines = section.split('\n');
  const run = section.charAt(0);
  const after = (mark: string) =>
    lines
      .find((line) => line.startsWith(`# ${mark}: `))
      ?.slice(mark.length + 4)
      .split(' ') ?? [];
  const stubs = after('stub scripts').filter((each) => each.startsWith('/'));
  const path = `/etc/keepalived/${name}`;
  const files: Record<string, FakeFile> = {
    [path]: { text: readFileSync(join(corpusFolder, 'files', name), 'latin1') },
    ...(lines.some((line) => line.startsWith('# copied')) ? companions(name) : {}),
  };
  for (const command of commands)
    for (const folder of ['bin', 'sbin']) files[`/usr/${folder}/${command}`] = { mode: 0o755 };
  files['/etc/init.d/postgresql'] = { mode: 0o755 };
  for (const stub of stubs) files[stub] = { mode: 0o755 };
  return {
    run,
    instance: /-i (\S+)/.exec(lines[0] ?? '')?.[1] ?? 'director1',
    machine: {
      files,
      interfaces: lines.flatMap(readInterface),
      links: { '/bin': '/usr/bin', '/sbin': '/usr/sbin' },
      users: after('users added (uid 0)'),
      groups: after('users added (uid 0)'),
      hosts: after('hosts'),
    },
    path,
    exitCode: Number(/^exit code (\d+)/m.exec(section)?.[1]),
    output: lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2)),
  };
}

function readInterface(line: string): Partial<HostInterface>[] {
  const match = /^# veth (\S+) up, (.*)$/.exec(line);
  if (!match) return [];
  const [, name = '', addresses = ''] = match;
  const parsed = addresses.split(', ').flatMap((each) => parseIpAddress(each.split('/')[0] ?? '') ?? []);
  return [{ name, addresses: parsed }];
}

function companions(name: string): Record<string, FakeFile> {
  const folder = join(corpusFolder, 'files', name.replace(/\.conf$/, '.d'));
  const files: Record<string, FakeFile> = {};
  const visit = (directory: string, inside: string) => {
    for (const each of readdirSync(directory)) {
      const path = join(directory, each);
      if (statSync(path).isDirectory()) visit(path, `${inside}/${each}`);
      else files[`${inside}/${each}`] = { text: readFileSync(path, 'latin1') };
    }
  };
  visit(folder, '/etc/keepalived');
  return files;
}
