import { err, ok, type Result } from '../base/result.js';
import { type HealthSettings, type PoolSettings, type RealServerSettings } from '../health/index.js';

/** A real server that somebody has named. */
export interface FoundServer {
  readonly pool: PoolSettings;
  readonly realServer: RealServerSettings;
}

/**
 * Finds a real server by how people write it: `192.0.2.1:80`, `[2001:db8::1]:80`, `tcp/192.0.2.1:80`, `fwmark 5`, the
 * name of a group, as logs have it (`[192.0.2.1]:tcp:80`), or the address alone where that is enough.
 * @returns what is wrong, with what there is instead.
 */
export function findServer(
  { pools }: HealthSettings,
  virtualServer: string,
  realServer: string,
): Result<FoundServer, string> {
  const pool = theOne('virtual_server', virtualServer, pools);
  if (!pool.ok) return pool;
  const server = theOne(`real_server of ${pool.value.id}`, realServer, pool.value.realServers);
  return server.ok ? ok({ pool: pool.value, realServer: server.value }) : server;
}

/** Names shown in a refusal. */
const SHOWN = 8;

function theOne<T extends { readonly id: string }>(
  what: string,
  wanted: string,
  all: readonly T[],
): Result<T, string> {
  const text = wanted.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const found = all.filter(({ id }) => namesOf(id).includes(text));
  const [first] = found;
  if (first && found.length === 1) return ok(first);
  const names = (first ? found : all).slice(0, SHOWN).map(({ id }) => id);
  const more = (first ? found : all).length > SHOWN ? ', ...' : '';
  const listed = names.join(', ') + more;
  if (first) return err(`'${wanted}' may be ${listed}`);
  return err(`there is no ${what} '${wanted}'; there is ${listed || 'none'}`);
}

/** How people may call it, in lower case. */
function namesOf(id: string): readonly string[] {
  const exact = id.toLowerCase();
  const mark = /^fwm (\d+)$/.exec(exact)?.[1];
  if (mark !== undefined) return [exact, `fwmark ${mark}`];
  const [, host = '', protocol, port = ''] = /^\[(.*)\]:(?:(\w+):)?(\d+)$/.exec(exact) ?? [];
  // A group's services are numbered from 0, and most groups have only that one.
  if (protocol === undefined) return [exact, host, `${host}:${port}`, `group ${host}`];
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return [
    ...[exact, host, bracketed, `${host} ${port}`, `${bracketed}:${port}`, `[${host}]:${port}`],
    ...[`${protocol}/${bracketed}:${port}`, `${protocol}/${host}`],
  ];
}
