import { spawnSync } from 'node:child_process';
import { type LintHost, type LocalSubnet } from '../config/lint/index.js';
import { type PassHost } from '../config/passes/index.js';
import { RouteSocket } from '../kernel/rtnetlink.js';

/** This machine, as the rules of `understudy check` ask for it. */
export const lintHost = (host: PassHost): LintHost => ({
  subnets: localSubnets,
  marks: firewallMarks,
  permissions: (path) => host.permissions(path),
});

function localSubnets(): readonly LocalSubnet[] | undefined {
  const socket = new RouteSocket();
  try {
    const names = new Map(socket.links().map(({ index, name }) => [index, name]));
    return socket.addresses().map(({ interfaceIndex, address, prefixLength }) => ({
      interface: names.get(interfaceIndex) ?? '',
      address,
      length: prefixLength,
    }));
  } finally {
    socket.close();
  }
}

/** Marks in the rules of nftables and of both iptables; undefined if none of their tools answers. */
function firewallMarks(): ReadonlySet<number> | undefined {
  const listings = [['nft', 'list', 'ruleset'], ['iptables-save'], ['ip6tables-save']].map(
    ([command = '', ...args]) => spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  );
  const answers = listings.filter(({ status }) => status === 0).map(({ stdout }) => stdout);
  return answers.length === 0 ? undefined : marksIn(answers.join('\n'));
}

/**
 * The marks that rules set: `meta mark set 0x5`, `--set-mark 5`, `--set-xmark 0x5/0xffffffff`. A rule that computes its
 * mark names every part of it, which is as near as text comes.
 */
export function marksIn(rules: string): ReadonlySet<number> {
  const setters = /(?:meta mark set|--set-x?mark|--or-mark)\s+([^\n]*)/g;
  const numbers = [...rules.matchAll(setters)].flatMap(
    ([, rest = '']) => rest.match(/\b(?:0x[0-9a-f]+|\d+)\b/gi) ?? [],
  );
  return new Set(numbers.map(Number));
}
