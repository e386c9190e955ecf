import { familyOf, parseIpAddress } from '../base/address.js';
import type { CheckerProbe, HttpUrl } from '../config/index.js';

export type HttpProbe = CheckerProbe & { readonly kind: 'http' };

/**
 * The request exactly as keepalived writes it, whatever version was asked for. With 1.0 nothing is said about the
 * connection, and the server is expected to close it.
 */
export function requestText(probe: HttpProbe, url: HttpUrl): string {
  const version = probe.httpVersion === '1.1' ? '1.1' : '1.0';
  const connection = probe.httpVersion === '1.0' ? '' : 'Connection: close\r\n';
  return (
    `GET ${url.path} HTTP/${version}\r\n` +
    'User-Agent: KeepAliveClient\r\n' +
    connection +
    `Host: ${hostOf(probe, url)}\r\n\r\n`
  );
}

/** A virtualhost stands as it is written; an address comes with its port, in brackets if it is IPv6 (RFC 3986). */
function hostOf({ virtualHost, endpoint }: HttpProbe, url: HttpUrl): string {
  const named = url.virtualHost ?? virtualHost;
  if (named !== undefined) return named;
  const { address, port } = endpoint;
  return `${familyOf(address) === 'inet6' ? `[${address}]` : address}:${port}`;
}

/**
 * The name for TLS's server_name: `sni_name`, or with enable_sni the virtualhost, without a port, which is none of
 * its business. Not an address (RFC 6066, 3).
 */
export function serverNameOf(probe: HttpProbe, url: HttpUrl): string | undefined {
  if (probe.sniName !== undefined) return probe.sniName;
  if (probe.enableSni !== true) return undefined;
  const host = (url.virtualHost ?? probe.virtualHost)?.replace(/:\d*$/, '');
  return host === undefined || host.startsWith('[') || parseIpAddress(host) ? undefined : host;
}
