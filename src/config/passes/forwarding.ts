import { type ForwardingMethod, type TunnelChecksum } from '../../lvs/index.js';
import { type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { parseInteger } from './numbers.js';
import { type Reading } from './read-arguments.js';

/** What the words after TUN say. */
interface Tunnel {
  type: 'ipip' | 'gue' | 'gre';
  port: number;
  checksum: TunnelChecksum;
}

/** Reads `lb_kind {NAT|DR|TUN} [type …]`; undefined (and a problem) if it has to be ignored. */
export function readForwarding(context: PassContext, { statement }: Reading): ForwardingMethod | undefined {
  const [, method, ...options] = statement.words;
  if (!method) return undefined;
  const tunnel = readTunnel(context, options);
  if (method.text === 'NAT') return { kind: 'masq' };
  if (method.text === 'DR') return { kind: 'route' };
  if (method.text === 'TUN') return tunnel && tunnelMethod(context, tunnel, method);
  const upper = method.text.toUpperCase();
  const slip = ['NAT', 'DR', 'TUN'].includes(upper) ? { suggestion: upper } : {};
  context.error(
    'unknown-choice',
    `'${method.text}' is none of NAT, DR and TUN; the line is ignored`,
    method.span,
    slip,
  );
  return undefined;
}

function readTunnel(context: PassContext, options: readonly Word[]): Tunnel | undefined {
  const tunnel: Tunnel = { type: 'ipip', port: 0, checksum: 'nocsum' };
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at];
    if (!option) break;
    if (option.text === 'type' || option.text === 'port') {
      at += 1;
      if (!readTunnelValue(context, tunnel, option, options[at])) return undefined;
    } else if (option.text === 'nocsum' || option.text === 'csum' || option.text === 'remcsum') {
      tunnel.checksum = option.text;
    } else {
      context.error('unknown-option', `'${option.text}' is no option of a tunnel`, option.span);
      return undefined;
    }
  }
  return tunnel;
}

function readTunnelValue(
  context: PassContext,
  tunnel: Tunnel,
  option: Word,
  value: Word | undefined,
): boolean {
  if (!value) {
    context.error('missing-argument', `'${option.text}' needs a value`, option.span);
    return false;
  }
  if (option.text === 'type') {
    if (value.text === 'ipip' || value.text === 'gue' || value.text === 'gre') {
      tunnel.type = value.text;
      return true;
    }
    context.error('unknown-choice', `'${value.text}' is none of ipip, gue and gre`, value.span);
    return false;
  }
  const port = parseInteger(value.text);
  if (port?.exact && port.value >= 1 && port.value <= 65535) {
    tunnel.port = port.value;
    return true;
  }
  context.error('out-of-range', `port '${value.text}' is not within 1 to 65535`, value.span);
  return false;
}

function tunnelMethod(
  context: PassContext,
  { type, port, checksum }: Tunnel,
  at: Word,
): ForwardingMethod | undefined {
  const wrong = (text: string): ForwardingMethod | undefined => {
    context.error('conflict', `${text}; the line is ignored`, at.span);
    return undefined;
  };
  if ((type === 'gue') !== (port !== 0))
    return wrong(type === 'gue' ? 'a gue tunnel needs a port' : `${type} tunnels take no port`);
  if (type === 'gue') return { kind: 'tunnel', type, port, checksum };
  if (type === 'gre')
    return checksum === 'remcsum'
      ? wrong('gre tunnels have no remote checksum')
      : { kind: 'tunnel', type, checksum };
  return checksum === 'nocsum' ? { kind: 'tunnel', type } : wrong('ipip tunnels have no checksum');
}
