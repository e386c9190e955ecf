import { contains, isLinkLocal, type IpAddress } from '../../base/address.js';
import { problemWarning, type Problem } from '../problem.js';
import { type Span } from '../tree.js';
import { addressOf, type LintSubject, vipSpan } from './subject.js';

interface Place {
  readonly what: string;
  readonly span: Span | undefined;
}

/** A VIP that something else in the file claims as well: the two would take it from one another. */
export function vipsInTwoPlaces(subject: LintSubject): readonly Problem[] {
  const { vrrp } = subject.configuration;
  const places = new Map<string, Place>(staticAddresses(subject));
  const problems: Problem[] = [];
  for (const { name, addresses } of vrrp.instances) {
    for (const vip of addresses) {
      const here: Place = { what: `vrrp_instance ${name}`, span: vipSpan(subject.tree, name, vip.address) };
      // A link-local address may stand on every interface.
      const key = isLinkLocal(vip.address) ? `${vip.address}%${vip.interface}` : vip.address;
      const first = places.get(key);
      if (!first) places.set(key, here);
      else if (first.what !== here.what) problems.push(claimedTwice(vip.address, first, here));
    }
  }
  return problems;
}

function claimedTwice(address: IpAddress, first: Place, second: Place): Problem {
  return problemWarning('vip-in-two-places', `${address} also belongs to ${first.what}`, second.span, {
    notes: [{ text: `${first.what} has it here`, ...(first.span && { span: first.span }) }],
  });
}

function* staticAddresses({ tree }: LintSubject): Generator<[string, Place]> {
  for (const block of tree.statements) {
    if (block.keyword.text !== 'static_ipaddress') continue;
    for (const line of block.body ?? []) {
      const address = addressOf(line.keyword.text);
      if (address !== undefined) yield [address, { what: 'static_ipaddress', span: line.span }];
    }
  }
}

/** A VIP that no subnet of its interface holds: hosts there will not ask for it by ARP. */
export function vipsOutsideSubnets(subject: LintSubject): readonly Problem[] {
  const subnets = subject.host.subnets();
  if (subnets === undefined) return [];
  const problems: Problem[] = [];
  for (const { name, addresses } of subject.configuration.vrrp.instances) {
    const vips = new Set<string>(addresses.map(({ address }) => address));
    for (const { address, interface: port } of addresses) {
      // The VIPs of a director that is master now must not vouch for themselves.
      const near = subnets.filter((one) => one.interface === port && !vips.has(one.address));
      if (near.length === 0 || isLinkLocal(address) || near.some((subnet) => contains(subnet, address)))
        continue;
      const known = near.map((one) => `${one.address}/${one.length}`).join(', ');
      problems.push(
        problemWarning(
          'vip-outside-subnets',
          `${address} lies in no subnet of ${port} (${known}): only routed traffic reaches it`,
          vipSpan(subject.tree, name, address),
        ),
      );
    }
  }
  return problems;
}
