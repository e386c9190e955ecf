import { type ConfigHost } from '../config/load.js';
import { type HostInterface } from '../config/passes/host.js';
import { type Statement } from '../config/tree.js';
import { readTree } from '../config/source.js';
import { findKeyword } from '../config/schema/index.js';

/** IFNAMSIZ without its NUL. */
const LONGEST_NAME = 15;
const INVENTED_ID = 1000;

/**
 * A machine that has whatever a configuration names: interfaces, scripts, users, host names. Files are those of this
 * machine. For reading the configurations of other hosts.
 */
export function imaginedHost(real: ConfigHost, file: string, instance: string): ConfigHost {
  const blockRule = (keyword: string) => findKeyword(keyword)?.block;
  const { statements } = readTree(real, file, { instance, seed: 0, blockRule });
  const words = new Set(statements.flatMap(wordsOf));
  const interfaces = [...words].filter(mayBeInterface).map(imaginedInterface);
  const someone = { uid: INVENTED_ID, gid: INVENTED_ID };
  return {
    ...real,
    interfaces: () => interfaces,
    user: (name) => real.user(name) ?? someone,
    group: (name) => real.group(name) ?? someone.gid,
    resolves: () => true,
    tlsTrouble: () => undefined,
    canonical: (path) => real.canonical(path) ?? path,
    permissions: (path) => real.permissions(path) ?? { type: 'file', mode: 0o755, uid: 0, gid: 0 },
  };
}

/** Any word may name an interface, as far as words tell: which ones do is the schema's business, not ours. */
function wordsOf(statement: Statement): readonly string[] {
  return [...statement.words.map(({ text }) => text), ...(statement.body ?? []).flatMap(wordsOf)];
}

const mayBeInterface = (word: string): boolean =>
  word.length <= LONGEST_NAME && /^[a-z_][\w.:@-]*$/i.test(word);

const imaginedInterface = (name: string): HostInterface => ({
  ...{ name, mtu: 1500, multicast: true, loopback: false, ethernet: true, addresses: [] },
});
