import { type ConfigHost, type FilePermissions, type HostInterface } from '#config/index.js';
import { type IpAddress } from '#base/address.js';

/** A file in memory: its text, or a directory, and who may do what with it. */
export interface FakeFile extends Partial<FilePermissions> {
  readonly text?: string;
}

/** What a test says about the machine; everything else is an ordinary director. */
export interface FakeMachine {
  readonly files?: Readonly<Record<string, string | FakeFile>>;
  /** Links to directories, by path. */
  readonly links?: Readonly<Record<string, string>>;
  readonly interfaces?: readonly (string | Partial<HostInterface>)[];
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly hosts?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly hostName?: string;
  readonly cpuCount?: number;
  /** Directories of which no changes are heard. */
  readonly silent?: readonly string[];
  /** What the kernel cannot do. */
  readonly lacks?: Partial<Pick<ConfigHost, 'hasProcessEvents' | 'hasIgmpLinkLocalReports'>>;
}

const DIRECTORY: FilePermissions = { type: 'directory', mode: 0o755, uid: 0, gid: 0 };

/** A machine in memory, with eth0 and eth1, root and nobody. */
export function fakeHost(machine: FakeMachine = {}): ConfigHost {
  const files = new Map<string, FakeFile>();
  for (const [path, file] of Object.entries(machine.files ?? {})) {
    files.set(path, typeof file === 'string' ? { text: file } : file);
  }
  const links = new Set(Object.keys(machine.links ?? {}));
  /** Follows links to directories, as far as a test needs: /bin to /usr/bin. */
  const canonical = (path: string): string => {
    const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
    for (const [link, target] of Object.entries(machine.links ?? {})) {
      if (clean === link || clean.startsWith(`${link}/`)) return target + clean.slice(link.length);
    }
    return clean;
  };
  const permissions = (given: string): FilePermissions | undefined => {
    if (links.has(given)) return { type: 'symlink', mode: 0o777, uid: 0, gid: 0 };
    const path = canonical(given);
    const file = files.get(path);
    if (file) return { type: 'file', mode: 0o644, uid: 0, gid: 0, ...file };
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...files.keys()].some((each) => each.startsWith(prefix)) ? DIRECTORY : undefined;
  };
  const users = new Set(['root', 'nobody', ...(machine.users ?? [])]);
  const groups = new Set(['root', 'nogroup', ...(machine.groups ?? [])]);
  const numberOf = (name: string) => (name === 'root' ? 0 : name === 'nobody' ? 65_534 : 1000);
  return {
    hostName: machine.hostName ?? 'director1',
    cpuCount: machine.cpuCount ?? 2,
    searchPath: '/usr/bin:/bin',
    ourUser: { name: 'root', uid: 0, gid: 0 },
    hasProcessEvents: true,
    hasIgmpLinkLocalReports: true,
    regexTrouble: ({ pattern }) => (pattern === '(' ? 'missing closing parenthesis at offset 1' : undefined),
    tlsTrouble: ({ key }) => (key === '/no/such/file' ? 'there is no such file' : undefined),
    ...machine.lacks,
    canWatch: (directory) => !(machine.silent ?? []).includes(directory),
    interfaces: () => (machine.interfaces ?? ['eth0', 'eth1']).map(fakeInterface),
    user: (name) => (users.has(name) ? { uid: numberOf(name), gid: numberOf(name) } : undefined),
    group: (name) => (groups.has(name) ? numberOf(name) : undefined),
    resolves: (name) => (machine.hosts ?? []).includes(name),
    canonical: (path) => (permissions(canonical(path)) ? canonical(path) : undefined),
    permissions,
    workingDirectory: '/etc/keepalived',
    readFile: (path) => {
      const text = files.get(canonical(path))?.text;
      return text === undefined
        ? { ok: false, error: { kind: 'missing', text: 'no such file or directory' } }
        : { ok: true, value: Buffer.from(text, 'latin1') };
    },
    status: (path) => {
      const found = permissions(canonical(path));
      if (!found) return undefined;
      return {
        kind: found.type === 'file' ? 'file' : 'directory',
        executable: found.type === 'file' && (found.mode & 0o111) !== 0,
      };
    },
    exists: (path) => permissions(path) !== undefined,
    list: (directory) => {
      const inside = `${canonical(directory)}/`;
      const names = [...files.keys()].filter((path) => path.startsWith(inside));
      return [...new Set(names.map((path) => path.slice(inside.length).replace(/\/.*/, '')))];
    },
    environment: (name) => machine.environment?.[name],
  };
}

function fakeInterface(device: string | Partial<HostInterface>): HostInterface {
  const given = typeof device === 'string' ? { name: device } : device;
  return {
    name: 'eth0',
    mtu: 1500,
    multicast: true,
    loopback: false,
    ethernet: true,
    addresses: ['192.0.2.1' as IpAddress],
    ...given,
  };
}
