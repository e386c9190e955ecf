import {
  type Family,
  familyOf,
  hostPrefixLength,
  type IpAddress,
  type IpPrefix,
  parseIpAddress,
} from '../../base/address.js';
import { type Span, type Statement, type Word } from '../tree.js';
import { type PassContext } from './context.js';
import { type RouteNameKind, type RouteNames, parseC } from './route-names.js';

/** What times of metrics are kept within. */
const RTT_MIN_MS = 200;
const RTT_MAX_MS = 120_000;

/** Thrown inside a line to leave it out; never leaves this room. */
export class LeaveOut extends Error {}

/** Reads the words of a route or rule one after the other. A mistake throws LeaveOut, after it was reported. */
export class WordCursor {
  family: Family | undefined;
  private at = 0;

  constructor(
    readonly context: PassContext,
    private readonly names: RouteNames,
    private readonly line: Statement,
    private readonly what: 'route' | 'rule',
  ) {}

  /** The word at the cursor, if any. */
  peek(): Word | undefined {
    return this.line.words[this.at];
  }

  get span(): Span {
    return this.line.span;
  }

  /** Takes the word at the cursor; keepalived stops reading the whole file if there is none. */
  take(): Word {
    const word = this.peek();
    if (!word) {
      const last = this.line.words[this.at - 1];
      this.context.error(
        'missing-parameter',
        `'${last?.text ?? ''}' needs a value`,
        last?.span ?? this.line.span,
      );
      throw new LeaveOut();
    }
    this.at += 1;
    return word;
  }

  /** Takes all words that are left. */
  rest(): readonly Word[] {
    const words = this.line.words.slice(this.at);
    this.at = this.line.words.length;
    return words;
  }

  /** Takes the word if it is this one. */
  takeIf(text: string): boolean {
    if (this.peek()?.text !== text) return false;
    this.at += 1;
    return true;
  }

  fail(code: string, text: string, span: Span = this.line.span): never {
    this.context.error(code, `${text}; the ${this.what} is left out`, span);
    throw new LeaveOut();
  }

  /** The first family counts; another one fails. */
  join(family: Family, span?: Span): void {
    this.family ??= family;
    if (this.family !== family) this.fail('wrong-family', `IPv4 and IPv6 are mixed`, span);
  }

  /** `inet` or `inet6` as an option of its own. */
  joinByName(family: Family): void {
    const skipped = this.peek();
    if (skipped) {
      const text = `keepalived 2.4.3 skips '${skipped.text}', since it skips the word behind ${family}; Understudy does not`;
      this.context.warning('family-skips-word', text, skipped.span);
    }
    this.join(family);
  }

  address(): IpAddress {
    const { text, span } = this.take();
    const address = parseIpAddress(text);
    if (!address) return this.fail('invalid-address', `'${text}' is not an IP address`, span);
    this.join(familyOf(address), span);
    return address;
  }

  /** An address with or without a prefix length; undefined for default, any and all. */
  prefix(): IpPrefix | undefined {
    const { text, span } = this.take();
    if (text === 'default' || text === 'any' || text === 'all') return undefined;
    if (text === 'default6') {
      this.join('inet6', span);
      return undefined;
    }
    const [host = '', bits] = text.split('/');
    const address = parseIpAddress(host);
    if (!address) return this.fail('invalid-address', `'${text}' is neither an address nor an option`, span);
    this.join(familyOf(address), span);
    const longest = hostPrefixLength(familyOf(address));
    const length = bits === undefined ? longest : /^\d+$/.test(bits) ? Number(bits) : longest + 1;
    if (length <= longest) return { address, length };
    this.context.error(
      'invalid-prefix',
      `prefix length '${bits ?? ''}' is not within 0 to ${longest}; using ${longest}`,
      span,
    );
    return { address, length: longest };
  }

  number(name: string, max = 0xffff_ffff, min = 0): number {
    const { text, span } = this.take();
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? parseC(text) : NaN;
    if (value >= min && value <= max) return value;
    return this.fail('out-of-range', `${name} '${text}' is not within ${min} to ${max}`, span);
  }

  named(kind: RouteNameKind): number {
    const { text, span } = this.take();
    return (
      this.names.lookUp(kind, text) ?? this.fail('unknown-choice', `'${text}' is no known ${kind}`, span)
    );
  }

  /** FROM/TO or TO. */
  realms(): number {
    const { text, span } = this.take();
    const parts = text.split('/');
    const numbers = parts.map((part) => this.names.lookUp('realm', part));
    const [first, second = first] = numbers;
    if (parts.length > 2 || first === undefined || second === undefined) {
      return this.fail('unknown-choice', `'${text}' is no known realm`, span);
    }
    this.join('inet', span);
    return parts.length === 2 ? first * 65_536 + second : first;
  }

  interface(): string {
    const { text, span } = this.take();
    if (!this.context.requireInterface(text, 'interface', span)) throw new LeaveOut();
    return text;
  }

  /**
   * A time in units of the kernel, of which a millisecond has `perMs`: a plain number counts in them, one with s or
   * ms behind it is converted. Those out of range are brought to its nearer end, as keepalived does.
   */
  roundTripTime(name: string, perMs: number): number {
    const { text, span } = this.take();
    const match = /^(\d+)(?:\.(\d*))?(m?)(s|sec|secs)?$/i.exec(text);
    if (!match || (match[3] && !match[4]))
      return this.fail('invalid-number', `${name} '${text}' is no time`, span);
    const [, whole = '', fraction = '', milli] = match;
    const decimals = match[4] === undefined || milli ? 0 : 3;
    if (fraction.length > decimals) {
      this.context.error(
        'invalid-number',
        `${name} '${text}' has too many decimal places; it is rounded`,
        span,
      );
    }
    const value = Math.round(Number(`${whole}.${fraction || '0'}`) * 10 ** decimals);
    const units = match[4] === undefined ? value : value * perMs;
    const kept = Math.min(Math.max(units, RTT_MIN_MS * perMs), RTT_MAX_MS * perMs);
    if (kept !== units) {
      const range = `${RTT_MIN_MS} ms to ${RTT_MAX_MS / 1000} s`;
      this.context.error('out-of-range', `${name} '${text}' is not within ${range}; using the nearer`, span);
    }
    return kept;
  }

  /** `via [inet|inet6] ADDRESS`. */
  gateway(): IpAddress {
    if (this.takeIf('inet')) this.join('inet');
    else if (this.takeIf('inet6')) this.join('inet6');
    return this.address();
  }
}
