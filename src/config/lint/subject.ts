import { parseIpAddress, type IpAddress, type IpPrefix } from '../../base/address.js';
import { type Configuration } from '../model.js';
import { type FilePermissions } from '../passes/host.js';
import { type Span, type Statement, type Tree } from '../tree.js';

/** What a lint rule looks at: the model for what is meant, the tree for where it is written. */
export interface LintSubject {
  readonly tree: Tree;
  readonly configuration: Configuration;
  readonly host: LintHost;
}

/** What rules want to know of the machine; undefined where it cannot be known, and then they keep silent. */
export interface LintHost {
  /** The subnets that this machine is in, by interface; VIPs of a running daemon may be among them. */
  subnets(): readonly LocalSubnet[] | undefined;
  /** Every firewall mark that some rule of nftables or iptables sets. */
  marks(): ReadonlySet<number> | undefined;
  /** lstat(2) of a path; undefined if there is nothing. */
  permissions(path: string): FilePermissions | undefined;
}

/** An address of an interface, with the subnet that it lies in. */
export interface LocalSubnet extends IpPrefix {
  readonly interface: string;
}

/** The first block of that keyword and name, for example `vrrp_instance VI_1`. */
export const findBlock = (tree: Tree, keyword: string, name: string): Statement | undefined =>
  tree.statements.find((one) => one.keyword.text === keyword && one.words[1]?.text === name);

/** The last line with that keyword in a block: the one that counts. */
export const findLine = (block: Statement | undefined, keyword: string): Statement | undefined =>
  block?.body?.findLast((line) => line.keyword.text === keyword);

/** Where a value of an instance is written, or else the instance itself. */
export function instanceSpan(tree: Tree, instance: string, keyword?: string): Span | undefined {
  const block = findBlock(tree, 'vrrp_instance', instance);
  return (keyword === undefined ? undefined : findLine(block, keyword)?.span) ?? block?.span;
}

/** Where an instance lists a VIP. */
export function vipSpan(tree: Tree, instance: string, vip: IpAddress): Span | undefined {
  const block = findBlock(tree, 'vrrp_instance', instance);
  for (const list of ['virtual_ipaddress', 'virtual_ipaddress_excluded']) {
    const line = findLine(block, list)?.body?.find((one) =>
      one.words.some((word) => addressOf(word.text) === vip),
    );
    if (line) return line.span;
  }
  return block?.span;
}

/** The address at the start of `192.0.2.1/24`. */
export const addressOf = (text: string): IpAddress | undefined => parseIpAddress(text.split('/', 1)[0] ?? '');
