import { parseIpAddress, type IpAddress } from '../../base/address.js';
import { micros, type Micros } from '../../base/units.js';
import type { CheckerProbe } from '../../config/index.js';
import { hashPage } from '../../probe/index.js';
import { pageDump } from '../page-dump.js';
import { parseWords, type OptionSpec } from '../long-options.js';

type Probe = CheckerProbe & { readonly kind: 'http' };

type Key =
  'help' | 'verbose' | 'ssl' | 'sni' | 'server' | 'host' | 'port' | 'url' | 'mark' | 'version' | 'timeout';

const spec = (key: Key, short: string, long: string, argument: 'none' | 'required'): OptionSpec<Key> => ({
  ...{ key, short, long, argument },
});

const OPTIONS: readonly OptionSpec<Key>[] = [
  spec('help', 'h', 'help', 'none'),
  spec('verbose', 'v', 'verbose', 'none'),
  spec('ssl', 'S', 'use-ssl', 'none'),
  spec('sni', 'I', 'use-sni', 'none'),
  spec('server', 's', 'server', 'required'),
  spec('host', 'V', 'use-virtualhost', 'required'),
  spec('port', 'p', 'port', 'required'),
  spec('url', 'u', 'url', 'required'),
  spec('mark', 'm', 'fwmark', 'required'),
  spec('version', 'P', 'protocol', 'required'),
  spec('timeout', 't', 'timeout', 'required'),
];

const usage = (program: string): string => `Usage: ${program} COMMAND [OPTIONS]
Commands:
   -s server-address -p port -u url
   -S -s server-address -p port -u url
   -h

Options:
Either long or short options are allowed.
   --use-ssl         -S       Use SSL connection to remote server.
   --use-sni         -I       Use SNI during SSL handshake (uses virtualhost setting; see -V).
   --server          -s       Use the specified remote server address.
   --port            -p       Use the specified remote server port.
   --url             -u       Use the specified remote server url.
   --use-virtualhost -V       Use the specified virtualhost in GET query.
   --verbose         -v       Use verbose mode output.
   --help            -h       Display this short inlined help screen.
   --fwmark          -m       Use the specified FW mark.
   --protocol        -P       Use the specified HTTP protocol - '1.0', 1.0c', '1.1'.
                                1.0c means 1.0 with 'Connection: close'
   --timeout         -t       Timeout in seconds
`;

/** UINT_MAX microseconds. */
const DEFAULT_TIMEOUT = micros(4_294_967_295);

/** What a command line asks for. */
interface Wanted {
  server?: IpAddress;
  port?: number;
  path?: string;
  virtualHost?: string;
  fwmark?: number;
  version: Probe['httpVersion'];
  timeout: Micros;
  tls: boolean;
  sni: boolean;
  verbose: boolean;
}

/** The value of an option. @returns what is wrong with it. */
const SETTERS: Readonly<Record<Key, (wanted: Wanted, value: string) => string | undefined>> = {
  help: () => '',
  verbose: (wanted) => void (wanted.verbose = true),
  ssl: (wanted) => void (wanted.tls = true),
  sni: (wanted) => void (wanted.sni = true),
  server(wanted, value) {
    const address = parseIpAddress(value);
    if (!address) return `server should be an IP, not ${value}`;
    wanted.server = address;
    return undefined;
  },
  host: (wanted, value) => void (wanted.virtualHost = value),
  port(wanted, value) {
    const port = /^\s*\+?\d+$/.test(value) ? Number(value) : 0;
    if (port < 1 || port > 65_535) return `invalid port number '${value}'`;
    wanted.port = port;
    return undefined;
  },
  url: (wanted, value) => void (wanted.path = value),
  mark(wanted, value) {
    if (!/^[ \t]*\+?\d*$/.test(value)) return `invalid fwmark '${value}'`;
    wanted.fwmark = Number(value) >>> 0;
    return undefined;
  },
  version(wanted, value) {
    if (value === '1.0' || value === '1.1') wanted.version = value;
    else if (value === '1.0c' || value === '1.0C') wanted.version = '1.0C';
    else return `invalid HTTP protocol version '${value}'`;
    return undefined;
  },
  timeout(wanted, value) {
    if (!/^[ \t]*\+?\d+$/.test(value)) return `invalid timeout '${value}'`;
    wanted.timeout = micros(Number(value) * 1_000_000);
    return undefined;
  },
};

/** `understudy genhash`: keepalived's genhash, with its options and its output. */
export const genhash = (args: readonly string[]): Promise<number> => genhashAs('understudy genhash')(args);

/** genhash under the name that it was called by. @returns the exit status: 1 for a wrong command line only, as there. */
export const genhashAs =
  (program: string) =>
  async (args: readonly string[]): Promise<number> => {
    const read = args.length < 2 ? [] : readWords(args);
    if (!Array.isArray(read)) return show(read);
    for (const complaint of read) process.stderr.write(`${complaint}\n`);
    process.stderr.write(usage(program));
    return 1;
  };

type Complete = Wanted & Required<Pick<Wanted, 'server' | 'port' | 'path'>>;

/** @returns what is wanted, or what is wrong with it. */
function readWords(args: readonly string[]): Complete | string[] {
  const wanted: Wanted = { version: '1.0', timeout: DEFAULT_TIMEOUT, tls: false, sni: false, verbose: false };
  const complaints: string[] = [];
  const unexpected: string[] = [];
  let wrong = false;
  for (const word of parseWords<Key>(args, OPTIONS)) {
    if (word.kind === 'operand') unexpected.push(word.text);
    else if (word.kind === 'option') {
      const complaint = SETTERS[word.key](wanted, word.argument ?? '');
      if (complaint !== undefined && complaint !== '') return [...complaints, complaint];
      wrong ||= complaint !== undefined;
    } else {
      wrong = true;
      const what = word.kind === 'unknown' ? 'Unknown option' : 'Missing parameter for option';
      complaints.push(`${what} ${word.as}`);
    }
  }
  if (wrong) return complaints;
  if (unexpected.length > 0) return [`Unexpected argument(s): ${unexpected.join(' ')}`];
  const { server, port, path } = wanted;
  if (server === undefined || port === undefined || path === undefined) return [];
  return { ...wanted, server, port, path };
}

function probeOf({ server, port, path, virtualHost, fwmark, version, timeout, tls, sni }: Complete): Probe {
  return {
    kind: 'http',
    endpoint: { address: server, port, timeout, ...(fwmark !== undefined && { fwmark }) },
    tls,
    httpVersion: version,
    ...(virtualHost !== undefined && { virtualHost }),
    ...(sni && { enableSni: true }),
    urls: [{ path, statusCodes: [] }],
  };
}

/** Fetches the page and prints its hash, or why there is none. */
function show(wanted: Complete): Promise<number> {
  const began = process.hrtime.bigint();
  const say = (text: string): void => void process.stdout.write(text);
  const dump = wanted.verbose ? pageDump(say) : undefined;
  const probe = probeOf(wanted);
  return new Promise((resolve) =>
    hashPage(probe, { path: wanted.path, statusCodes: [] }, dump, (result) => {
      if (result.ok) {
        dump?.hash(result.value);
        say(`${result.value}\n`);
      } else if (result.error === 'no-data') process.stderr.write('no data received from remote webserver\n');
      else say(`${result.error.text}\n`);
      const took = (process.hrtime.bigint() - began) / 1000n;
      if (wanted.verbose) say(`\nGlobal response time for [${wanted.path}] = ${took} usecs\n`);
      resolve(0);
    }),
  );
}
