import {
  addressBytes,
  compareAddresses,
  familyOf,
  formatIpAddress,
  hostPrefixLength,
  type IpAddress,
  parseIpAddress,
} from '../../base/address.js';
import { type AddressRange, type ServerGroup } from '../model-lvs.js';
import { type Statement } from '../tree.js';
import { type PassContext } from './context.js';
import { parseInteger } from './numbers.js';
import { type Reading } from './read-arguments.js';
import { linesOf } from './section.js';

/** A virtual_server_group with its name. */
export interface VirtualServerGroup extends ServerGroup {
  readonly name: string;
}

/** Reads the block; undefined (and a problem) if nothing is in it. */
export function readServerGroup(context: PassContext, block: Reading): VirtualServerGroup | undefined {
  const { statement } = block;
  const name = block.values[0] as string;
  const ranges: AddressRange[] = [];
  const marks: ServerGroup['marks'][number][] = [];
  for (const line of linesOf(context, statement)) {
    if (line.keyword.text === 'fwmark') {
      const mark = readMark(context, line);
      if (mark) marks.push(mark);
    } else {
      const range = readRange(context, line);
      if (range) ranges.push(range);
    }
  }
  const leaveOut = (why: string): VirtualServerGroup | undefined => {
    context.error('empty-group', `virtual_server_group '${name}' ${why}; it is left out`, statement.span);
    return undefined;
  };
  if (ranges.length + marks.length === 0) return leaveOut('has no entries');
  const families = new Set([
    ...ranges.map(({ first }) => familyOf(first)),
    ...marks.flatMap(({ family }) => family ?? []),
  ]);
  if (families.size === 2 && marks.some(({ family }) => family === undefined)) {
    return leaveOut('has both families, and a mark without one');
  }
  return { name, ranges, marks };
}

function readMark(context: PassContext, { words }: Statement): ServerGroup['marks'][number] | undefined {
  const [keyword, value, family] = words;
  const mark = value && parseInteger(value.text);
  if (!value) {
    context.error('missing-parameter', "'fwmark' needs a number", keyword?.span);
    return undefined;
  }
  if (!mark || mark.value < 0 || mark.value > 0xffff_ffff) {
    context.error(
      'out-of-range',
      `firewall mark '${value.text}' is not within 0 to 4294967295; it is left out`,
      value.span,
    );
    return undefined;
  }
  if (!family) return { mark: mark.value };
  if (family.text === 'inet' || family.text === 'inet6') return { mark: mark.value, family: family.text };
  context.error(
    'unknown-choice',
    `'${family.text}' is neither inet nor inet6; the mark is left out`,
    family.span,
  );
  return undefined;
}

/** ADDRESS, ADDRESS/PREFIX, ADDRESS-ADDRESS or ADDRESS-LAST, and a port. */
function readRange(context: PassContext, { words, span }: Statement): AddressRange | undefined {
  const [word, portWord] = words;
  const text = word?.text ?? '';
  const first = parseIpAddress(text.replace(/[-/].*$/, ''));
  const leaveOut = (code: string, why: string): AddressRange | undefined => {
    context.error(code, `${why}; the line is left out`, span);
    return undefined;
  };
  if (!first) return leaveOut('invalid-address', `'${text}' is not an IP address`);
  const port = portWord && !/^0*$/.test(portWord.text) ? parseInteger(portWord.text)?.value : 0;
  if (port === undefined || port > 65_535)
    return leaveOut('out-of-range', `port '${portWord?.text ?? ''}' is not within 1 to 65535`);
  const end = /[-/](.*)$/.exec(text)?.[1];
  if (end === undefined) return { first, last: first, port };
  const isRangeEnd = text.includes('-') && parseIpAddress(end) === undefined;
  const last = text.includes('/')
    ? lastOfPrefix(first, end)
    : (parseIpAddress(end) ?? lastOfRange(first, end));
  if (last === undefined) return leaveOut('invalid-prefix', `'${text}' is neither a network nor a range`);
  if (familyOf(last) !== familyOf(first)) return leaveOut('wrong-family', `'${text}' mixes IPv4 and IPv6`);
  if (endsBeforeItBegins(first, last, isRangeEnd))
    return leaveOut('impossible-range', `'${text}' ends before it begins`);
  return { first, last, port };
}

/** A range that ends where it begins is fine only if its end is a whole address. */
function endsBeforeItBegins(first: IpAddress, last: IpAddress, isRangeEnd: boolean): boolean {
  const order = compareAddresses(first, last);
  return order > 0 || (order === 0 && isRangeEnd);
}

/** The last address of a network whose host bits are clear; undefined if they are not. */
function lastOfPrefix(first: IpAddress, text: string): IpAddress | undefined {
  const length = parseInteger(text);
  if (!length?.exact || length.value < 1 || length.value > hostPrefixLength(familyOf(first)))
    return undefined;
  const bytes = addressBytes(first);
  const hostMask = bytes.map((_, index) => 0xff >> Math.min(8, Math.max(0, length.value - index * 8)));
  if (bytes.some((byte, index) => (byte & (hostMask[index] ?? 0)) !== 0)) return undefined;
  return formatIpAddress(bytes.map((byte, index) => byte | (hostMask[index] ?? 0)));
}

/** "192.0.2.1-10": the end replaces the last octet, or the last 16 bits in hexadecimal. */
function lastOfRange(first: IpAddress, text: string): IpAddress | undefined {
  const bytes = addressBytes(first);
  const inet6 = bytes.length === 16;
  if (!(inet6 ? /^[0-9a-f]{1,4}$/i : /^\d{1,3}$/).test(text)) return undefined;
  const value = parseInt(text, inet6 ? 16 : 10);
  if (!inet6 && value > 255) return undefined;
  if (inet6) bytes[14] = value >> 8;
  bytes[bytes.length - 1] = value & 0xff;
  return formatIpAddress(bytes);
}

/** Every single address of a range, in order; groups of keepalived have at most 65,536 or 256. */
export function* addressesOf({ first, last }: AddressRange): Generator<IpAddress> {
  const bytes = addressBytes(first);
  for (let address = first; ; address = formatIpAddress(bytes)) {
    yield address;
    if (address === last) return;
    for (let index = bytes.length - 1; index >= 0; index -= 1) {
      bytes[index] = ((bytes[index] ?? 0) + 1) & 0xff;
      if (bytes[index] !== 0) break;
    }
  }
}
