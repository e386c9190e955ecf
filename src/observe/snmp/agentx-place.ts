import { err, ok, type Result } from '../../base/result.js';
import { AGENTX_PORT, AGENTX_SOCKET } from '../../wire/agentx/index.js';

/** Where a master agent listens: what node:net connects to. */
export type AgentxPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** Where one listens unless told. */
export const DEFAULT_PLACE: AgentxPlace = { path: AGENTX_SOCKET };

/**
 * Reads `snmp_socket`, in the forms that net-snmp takes: `unix:PATH` or a path, `tcp:HOST:PORT`, `tcp:PORT`,
 * `tcp6:[ADDRESS]:PORT`, or HOST[:PORT].
 * @returns what is wrong with it, for people.
 */
export function readPlace(text: string): Result<AgentxPlace, string> {
  if (text.startsWith('unix:')) return unixPlace(text.slice('unix:'.length), text);
  if (text.startsWith('/') || text.startsWith('.')) return unixPlace(text, text);
  const transport = /^(tcp6?|tcpv6|tcpipv6):/i.exec(text)?.[0] ?? '';
  if (
    transport === '' &&
    /^(udp6?|udpv6|ipx|tls|tlstcp|dtls|dtlsudp|ssh|aal5pvc|std|alias|callback):/i.test(text)
  ) {
    return err(`${text}: AgentX is spoken over unix and tcp here`);
  }
  return tcpPlace(text.slice(transport.length), text);
}

const unixPlace = (path: string, text: string): Result<AgentxPlace, string> =>
  path === '' ? err(`${text}: no path is given`) : ok({ path });

function tcpPlace(rest: string, text: string): Result<AgentxPlace, string> {
  if (/^\d+$/.test(rest)) return withPort('localhost', rest, text);
  const found = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest) ?? /^([^:]+)(?::(\d+))?$/.exec(rest);
  if (!found) return err(`${text}: neither HOST:PORT nor a port`);
  return withPort(found[1] ?? '', found[2] ?? String(AGENTX_PORT), text);
}

function withPort(host: string, digits: string, text: string): Result<AgentxPlace, string> {
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? ok({ host, port }) : err(`${text}: ${digits} is no port`);
}

/** For the log. */
export const placeText = (place: AgentxPlace): string =>
  'path' in place ? `unix:${place.path}` : `tcp:${place.host}:${place.port}`;
