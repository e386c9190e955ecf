import { type Family, familyOf, type IpAddress, isLinkLocal } from '../../base/address.js';
import { type CheckerProbe, type HttpUrl } from '../model-probe.js';
import { type PassContext } from './context.js';
import { type Reading } from './read-arguments.js';
import { readSection, type Section, type Visit } from './section.js';

/** A checker block of a real server, before what it inherits is known. */
export interface CheckerDraft {
  readonly kind: string;
  readonly section: Section;
  readonly urls: readonly HttpUrl[];
}

const SERVER = 'virtual_server/real_server';

/** Reads a checker block; undefined (and a problem) if it checks nothing. */
export function readChecker(context: PassContext, block: Reading): CheckerDraft | undefined {
  const kind = block.statement.keyword.text;
  const urls: HttpUrl[] = [];
  const visit: Visit = (reading) => {
    const name = reading.statement.keyword.text;
    if (name === 'url') {
      const url = readUrl(context, kind, reading);
      if (url) urls.push(url);
      return url !== undefined;
    }
    return true;
  };
  const { statement } = block;
  const section = readSection(context, `${SERVER}/${kind}`, statement.body ?? [], statement.span, visit);
  checkFamilies(context, section);
  if ((kind === 'HTTP_GET' || kind === 'SSL_GET') && urls.length === 0) {
    context.error('url-missing', `${kind} has no url with a path; it is left out`, statement.span);
    return undefined;
  }
  return { kind, section, urls };
}

function checkFamilies(context: PassContext, section: Section): void {
  const [to, from] = [section.text('connect_ip'), section.text('bindto')];
  if (to === undefined || from === undefined) return;
  if (familyOf(to as IpAddress) === familyOf(from as IpAddress)) return;
  context.error(
    'wrong-family',
    `bindto ${from} and connect_ip ${to} are of different families`,
    section.spanOf('bindto'),
  );
}

function readUrl(context: PassContext, kind: string, { statement }: Reading): HttpUrl | undefined {
  const codes: { from: number; to: number }[] = [];
  const section = readSection(
    context,
    `${SERVER}/${kind}/url`,
    statement.body ?? [],
    statement.span,
    (reading) => {
      const name = reading.statement.keyword.text;
      if (name === 'status_code') codes.push(...readCodes(context, reading));
      return name === 'digest' ? isDigest(context, reading) : true;
    },
  );
  const path = section.text('path');
  if (path === undefined) {
    context.error('path-missing', 'this url has no path; it is left out', statement.span);
    return undefined;
  }
  const [digest, virtualHost] = [section.text('digest'), section.text('virtualhost')];
  return {
    path,
    ...(virtualHost !== undefined && { virtualHost }),
    ...(digest !== undefined && { digest: digest.toLowerCase() }),
    statusCodes: codes,
  };
}

function isDigest(context: PassContext, { statement, values: [value] }: Reading): boolean {
  if (/^[0-9a-f]{32}$/i.test(value as string)) return true;
  context.error(
    'invalid-digest',
    `'${value as string}' is no MD5 digest of 32 hexadecimal digits; it is ignored`,
    statement.span,
  );
  return false;
}

function readCodes(context: PassContext, { statement }: Reading): readonly { from: number; to: number }[] {
  const codes: { from: number; to: number }[] = [];
  for (const { text, span } of statement.words.slice(1)) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(text);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match && from >= 100 && to <= 599 && from <= to) codes.push({ from, to });
    else
      context.error(
        'out-of-range',
        `'${text}' is no status code or range within 100 to 599; it is ignored`,
        span,
      );
  }
  return codes;
}

/** Where the real server is, and what checkers inherit for their connections. */
export interface CheckerHome {
  readonly address: IpAddress;
  readonly port: number;
  readonly connectTimeout: number;
  readonly virtualHost: string | undefined;
}

/** What a checker does; undefined for those that this release does not run, or (with a problem) cannot. */
export function probeOf(
  context: PassContext,
  draft: CheckerDraft,
  home: CheckerHome,
): CheckerProbe | undefined {
  const { section, kind } = draft;
  const address = (section.text('connect_ip') ?? home.address) as IpAddress;
  const bindInterface = section.text('bind_if');
  if (isLinkLocal(address) && bindInterface === undefined) {
    context.error(
      'bind-if-missing',
      `${kind} needs bind_if for the link-local address ${address}; it is left out`,
      section.span,
    );
    return undefined;
  }
  const from = bindAddressOf(section, familyOf(address));
  const [bindPort, fwmark] = [section.number('bind_port'), section.number('fwmark')];
  const endpoint = {
    address,
    port: section.number('connect_port') ?? home.port,
    ...(from !== undefined && { bindAddress: from }),
    ...(bindPort !== undefined && { bindPort }),
    ...(bindInterface !== undefined && { bindInterface }),
    ...(fwmark !== undefined && fwmark > 0 && { fwmark }),
    timeout: (section.number('connect_timeout') ??
      home.connectTimeout) as CheckerProbe['endpoint']['timeout'],
  };
  if (kind === 'TCP_CHECK') return { kind: 'tcp', endpoint };
  if (kind !== 'HTTP_GET' && kind !== 'SSL_GET') return undefined;
  const virtualHost = section.text('virtualhost') ?? home.virtualHost;
  const version = section.text('http_protocol') ?? '1.0';
  return {
    kind: 'http',
    endpoint,
    tls: kind === 'SSL_GET',
    ...(virtualHost !== undefined && { virtualHost }),
    httpVersion: version === '1.1' ? '1.1' : version === '1.0' ? '1.0' : '1.0C',
    urls: draft.urls,
  };
}

function bindAddressOf(section: Section, family: Family): IpAddress | undefined {
  const from = section.text('bindto') as IpAddress | undefined;
  return from !== undefined && familyOf(from) === family ? from : undefined;
}
