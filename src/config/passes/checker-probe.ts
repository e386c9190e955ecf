import { type Family, familyOf, type IpAddress, isLinkLocal } from '../../base/address.js';
import { type Micros, micros } from '../../base/units.js';
import { type FollowedFile } from '../../health/index.js';
import { type CheckerProbe, type DnsType, type Endpoint } from '../model-probe.js';
import { type CheckerDraft } from './checker.js';
import { type PassContext } from './context.js';
import { type Section } from './section.js';

/** Where the real server is, and what checkers inherit for their connections and scripts. */
export interface CheckerHome {
  readonly address: IpAddress;
  readonly port: number;
  readonly connectTimeout: number;
  /** How long a script may take that does not say: delay_loop of the virtual server, whatever the checker's is. */
  readonly scriptTimeout: number;
  readonly virtualHost: string | undefined;
}

/** What a checker does: a probe, or whose state it takes over. */
export type CheckerWork = ProbeWork | { readonly follows: string } | { readonly file: FollowedFile };

export interface ProbeWork {
  readonly probe: CheckerProbe;
  /** SMTP_CHECK: the `host` block that this comes from, whose schedule may differ. */
  readonly host?: Section;
}

/** Completes a checker, of which the file may make several; none (and a problem) if it cannot check. */
export function worksOf(
  context: PassContext,
  draft: CheckerDraft,
  home: CheckerHome,
): readonly CheckerWork[] {
  if (draft.kind === 'BFD_CHECK' && draft.follows) return [{ follows: draft.follows.name }];
  const unconnected = unconnectedWork(draft, home);
  if (unconnected) return [unconnected];
  const works: CheckerWork[] = [];
  // Loops, because there may be fifty thousand checkers and each has one place.
  if (isPlace(draft)) add(draft.section, draft.kind);
  for (const host of draft.hosts) add(host, 'host');
  return works;

  function add(section: Section, name: string): void {
    const endpoint = endpointOf(context, section, home, name);
    if (!endpoint) return;
    const work = workAt(context, draft, home, endpoint);
    works.push(section === draft.section ? work : { ...work, host: section });
  }
}

/** SMTP_CHECK with `host` blocks connects to them, and to the real server only if it says how. */
const isPlace = ({ section, hosts }: CheckerDraft): boolean =>
  hosts.length === 0 || CONNECTION_KEYWORDS.some((keyword) => section.has(keyword));

const CONNECTION_KEYWORDS = [
  'connect_ip',
  'connect_port',
  'bindto',
  'bind_port',
  'bind_if',
  'fwmark',
  'connect_timeout',
] as const;

function workAt(context: PassContext, draft: CheckerDraft, home: CheckerHome, endpoint: Endpoint): ProbeWork {
  const { section, kind } = draft;
  switch (kind) {
    case 'TCP_CHECK':
      return { probe: { kind: 'tcp', endpoint } };
    case 'HTTP_GET':
    case 'SSL_GET':
      return httpWork(draft, home, endpoint);
    case 'SMTP_CHECK':
      return { probe: { kind: 'smtp', endpoint, heloName: section.text('helo_name') ?? DEFAULT_HELO } };
    case 'DNS_CHECK': {
      const [type, name] = [section.text('type') ?? 'SOA', section.text('name') ?? ''];
      return { probe: { kind: 'dns', endpoint, type: type as DnsType, name } };
    }
    case 'UDP_CHECK':
      return { probe: udpProbe(context, section, endpoint) };
    default:
      return { probe: { kind: 'ping', endpoint } };
  }
}

/** What keepalived says HELO with. */
const DEFAULT_HELO = 'smtpchecker.keepalived.org';

/** Checkers that connect nowhere. */
function unconnectedWork(
  { kind, section, command, follows }: CheckerDraft,
  { scriptTimeout }: CheckerHome,
): CheckerWork | undefined {
  if (kind === 'MISC_CHECK' && command) {
    const given = section.number('misc_timeout') ?? 0;
    const timeout = micros(given > 0 ? given : scriptTimeout);
    const dynamic = section.has('misc_dynamic');
    return { probe: { kind: 'misc', command: command.command, timeout, dynamic } };
  }
  if (kind === 'FILE_CHECK' && follows) return { file: follows };
  return undefined;
}

function endpointOf(
  context: PassContext,
  section: Section,
  home: CheckerHome,
  kind: string,
): Endpoint | undefined {
  const address = (section.text('connect_ip') ?? home.address) as IpAddress;
  const bindInterface = section.text('bind_if');
  if (isLinkLocal(address) && bindInterface === undefined) {
    const text = `${kind} needs bind_if for the link-local address ${address}; it is left out`;
    context.error('bind-if-missing', text, section.span);
    return undefined;
  }
  const from = bindAddressOf(section, familyOf(address));
  const bindPort = section.number('bind_port');
  const fwmark = section.number('fwmark') ?? 0;
  const endpoint = {
    address,
    port: section.number('connect_port') ?? home.port,
    timeout: (section.number('connect_timeout') ?? home.connectTimeout) as Micros,
  };
  // Most connect from anywhere; fifty thousand conditional spreads take their time.
  if (from === undefined && bindPort === undefined && bindInterface === undefined && fwmark === 0)
    return endpoint;
  return {
    ...endpoint,
    ...(from !== undefined && { bindAddress: from }),
    ...(bindPort !== undefined && { bindPort }),
    ...(bindInterface !== undefined && { bindInterface }),
    ...(fwmark > 0 && { fwmark }),
  };
}

function bindAddressOf(section: Section, family: Family): IpAddress | undefined {
  const from = section.text('bindto') as IpAddress | undefined;
  return from !== undefined && familyOf(from) === family ? from : undefined;
}

function httpWork({ kind, section, urls }: CheckerDraft, home: CheckerHome, endpoint: Endpoint): ProbeWork {
  const virtualHost = section.text('virtualhost') ?? home.virtualHost;
  const version = section.text('http_protocol') ?? '1.0';
  const sniName = section.text('sni_name');
  return {
    probe: {
      kind: 'http',
      endpoint,
      tls: kind === 'SSL_GET',
      ...(virtualHost !== undefined && { virtualHost }),
      httpVersion: version === '1.1' ? '1.1' : version === '1.0' ? '1.0' : '1.0C',
      ...(section.flag('enable_sni') === true && { enableSni: true }),
      ...(sniName !== undefined && { sniName }),
      ...(section.flag('tls_compliant') === true && { tlsCompliant: true }),
      urls,
    },
  };
}

function udpProbe(context: PassContext, section: Section, endpoint: Endpoint): CheckerProbe {
  const minReplyLength = section.number('min_reply_length') ?? 0;
  const reply = section.text('require_reply');
  // keepalived looks at lengths only where it also looks at what the reply says.
  const usualLength = reply === undefined ? 65_535 : 255;
  const maxReplyLength = section.number('max_reply_length') ?? usualLength;
  if (minReplyLength > maxReplyLength) {
    context.error(
      'impossible-range',
      'min_reply_length is greater than max_reply_length: every reply fails',
      section.span,
    );
  }
  const payload = section.text('payload');
  return {
    kind: 'udp',
    endpoint,
    ...(payload !== undefined && { payload }),
    requireReply: section.has('require_reply'),
    ...(reply !== undefined && { reply }),
    minReplyLength,
    maxReplyLength,
  };
}
