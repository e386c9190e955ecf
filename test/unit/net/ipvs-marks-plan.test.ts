import { addressBytes, familyOf, parseIpAddress } from '#base/address.js';
import {
  familiesOfMarks,
  planMarks,
  planMarksAnew,
  planRemoveMarks,
  type IpvsMarkSettings,
  type MarkedGroup,
  type StandingMarks,
} from '#net/index.js';
import { type NftCommand, type NftElement } from '#wire/netlink/nftables.js';

const table = { name: 'ka', priority: -1, counters: false };
const NOTHING: StandingMarks = { maps: new Map() };

function group(
  name: string,
  mark: number,
  ranges: readonly string[],
  protocol: MarkedGroup['protocol'] = 'TCP',
): MarkedGroup {
  return {
    ...{ group: name, protocol, mark },
    ranges: ranges.map((text) => {
      const [span = '', port = ''] = text.split(' ');
      const [first = '', last = first] = span.split('-');
      const [from, to] = [parseIpAddress(first)!, parseIpAddress(last)!];
      return { family: familyOf(from), first: from, last: to, port: Number(port) };
    }),
  };
}

const settings = (...groups: MarkedGroup[]): IpvsMarkSettings => ({ table, groups });

/** `add 192.0.2.1:80-192.0.2.9:80 = 1000`, with the map that it is in. */
const elementText = ({ key, end, data }: NftElement): string => {
  const place = (bytes: Uint8Array): string => {
    const length = bytes.length - 4;
    return `${[...bytes.subarray(0, length)].join('.')}:${(bytes[length] ?? 0) * 256 + (bytes[length + 1] ?? 0)}`;
  };
  const mark = data ? new Uint32Array(Uint8Array.from(data).buffer)[0] : 0;
  return `${place(key)}-${place(end ?? key)} = ${mark}`;
};

const inWords = (command: NftCommand): string => {
  const { family, name } = command.table;
  switch (command.kind) {
    case 'add-elements':
    case 'delete-elements':
      return `${command.kind} ${family} ${command.set}: ${command.elements.map(elementText).join(', ')}`;
    case 'add-set':
      return `add-set ${family} ${command.set.name}`;
    case 'add-rule':
    case 'add-chain':
      return `${command.kind} ${family} ${command.chain}`;
    default:
      return `${command.kind} ${family} ${name}`;
  }
};

describe('the tables that mark packets for groups', () => {
  test('come as keepalived makes them: a map and a rule for each protocol, one table for each family', () => {
    const { commands, standing } = planMarks(
      settings(
        group('a', 1000, ['192.0.2.1-192.0.2.9 80', '2001:db8::1 80']),
        group('b', 1001, ['192.0.2.20 53'], 'UDP'),
      ),
      NOTHING,
    );
    expect(commands.map(inWords)).toEqual([
      'add-table inet ka',
      'add-chain inet in',
      'add-set inet tcp_map',
      'add-rule inet in',
      'add-elements inet tcp_map: 192.0.2.1:80-192.0.2.9:80 = 1000',
      'add-set inet udp_map',
      'add-rule inet in',
      'add-elements inet udp_map: 192.0.2.20:53-192.0.2.20:53 = 1001',
      'add-table inet6 ka',
      'add-chain inet6 in',
      'add-set inet6 tcp_map',
      'add-rule inet6 in',
      `add-elements inet6 tcp_map: ${[...addressBytes(parseIpAddress('2001:db8::1')!)].join('.')}:80-${[...addressBytes(parseIpAddress('2001:db8::1')!)].join('.')}:80 = 1000`,
    ]);
    expect(familiesOfMarks(standing)).toEqual(['inet', 'inet6']);
  });

  test('have all ports where a range has none', () => {
    const { commands } = planMarks(settings(group('a', 1000, ['192.0.2.1'])), NOTHING);
    expect(commands.map(inWords).at(-1)).toBe(
      'add-elements inet tcp_map: 192.0.2.1:0-192.0.2.1:65535 = 1000',
    );
  });

  test('change by the ranges that differ, what goes before what comes', () => {
    const first = planMarks(settings(group('a', 1000, ['192.0.2.1 80', '192.0.2.2 80'])), NOTHING);
    const next = settings(group('a', 1000, ['192.0.2.1 80', '192.0.2.2-192.0.2.3 80']));
    const change = planMarks(next, first.standing);
    expect(change.commands.map(inWords)).toEqual([
      'delete-elements inet tcp_map: 192.0.2.2:80-192.0.2.2:80 = 1000',
      'add-elements inet tcp_map: 192.0.2.2:80-192.0.2.3:80 = 1000',
    ]);
    expect(planMarks(next, change.standing).commands).toEqual([]);
  });

  test('stay, empty, for a protocol that no group has any more', () => {
    const first = planMarks(settings(group('a', 1000, ['192.0.2.1 80'])), NOTHING);
    const emptied = planMarks(settings(), first.standing);
    expect(emptied.commands.map(inWords)).toEqual([
      'delete-elements inet tcp_map: 192.0.2.1:80-192.0.2.1:80 = 1000',
    ]);
    expect(familiesOfMarks(emptied.standing)).toEqual(['inet']);
  });

  test('replace what bears their name, and go as a whole', () => {
    const { commands } = planMarksAnew(settings(group('a', 1000, ['192.0.2.1 80'])), ['inet6']);
    expect(commands.map(inWords).slice(0, 2)).toEqual(['delete-table inet6 ka', 'add-table inet ka']);
    expect(planRemoveMarks(table, ['inet']).map(inWords)).toEqual(['delete-table inet ka']);
  });

  test('take many ranges in several messages', () => {
    const many = Array.from({ length: 900 }, (_, index) => `10.0.${index >> 8}.${index & 255} 80`);
    const { commands } = planMarks(settings(group('a', 1, many)), NOTHING);
    const sizes = commands.flatMap((command) =>
      command.kind === 'add-elements' ? [command.elements.length] : [],
    );
    expect(sizes).toEqual([400, 400, 100]);
  });
});
