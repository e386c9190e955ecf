import { marksIn } from '#cli/lint-host.js';

describe('marksIn finds the marks that rules set', () => {
  test.each([
    ['nftables', 'tcp dport 80 meta mark set 0x00000005 accept', [5]],
    ['nftables, decimal', 'meta mark set 12', [12]],
    ['iptables-save', '-A PREROUTING -p tcp -j MARK --set-xmark 0x5/0xffffffff', [5, 0xffffffff]],
    ['iptables, --set-mark', '-j MARK --set-mark 7', [7]],
    ['a rule that only matches a mark', 'meta mark 0x5 accept\n-m mark --mark 0x6', []],
  ])('%s', (_name, rules, marks) => {
    expect([...marksIn(rules)].sort((a, b) => a - b)).toEqual(marks);
  });
});
