import { type IpAddress } from '../../base/address.js';
import { MICROS_PER_SECOND } from '../../base/units.js';
import { type InstanceSettings, type TrackedObject } from '../../vrrp/index.js';
import { problemNote, problemWarning, type Problem } from '../problem.js';
import { agree } from './authentication.js';
import { instanceSpan, type LintSubject } from './subject.js';

/** The two directors of a pair, and how to name the other one's file. */
interface Pair {
  readonly a: LintSubject;
  readonly b: LintSubject;
  readonly nameOfB: string;
}

/**
 * Why the VIP would not move, before it happens: what two directors must agree on and do not, and what they must
 * differ in and do not. Instances are partners if they share family and VRID, or else their name.
 * @param nameOfB how the second file is named in texts.
 */
export function lintPair(a: LintSubject, b: LintSubject, nameOfB: string): readonly Problem[] {
  const pair = { a, b, nameOfB };
  return [
    ...a.configuration.vrrp.instances.flatMap((instance) => {
      const partner = partnerOf(instance, b);
      return partner ? comparePartners(pair, instance, partner) : [noPartner(pair, instance)];
    }),
    ...strangers(pair),
    ...compareGroups(pair),
    ...comparePools(pair),
  ];
}

function partnerOf(instance: InstanceSettings, other: LintSubject): InstanceSettings | undefined {
  const { instances } = other.configuration.vrrp;
  const sameRouter = instances.filter(
    ({ vrid, family }) => vrid === instance.vrid && family === instance.family,
  );
  return (
    sameRouter.find(({ name }) => name === instance.name) ??
    sameRouter[0] ??
    instances.find(({ name }) => name === instance.name)
  );
}

const noPartner = ({ a, nameOfB }: Pair, { name, vrid }: InstanceSettings): Problem =>
  problemWarning(
    'pair-instance-alone',
    `${nameOfB} has no partner for ${name}: no instance with virtual_router_id ${vrid} or that name`,
    instanceSpan(a.tree, name),
  );

/** Instances of the other file that nothing here answers to. */
function strangers({ a, b, nameOfB }: Pair): readonly Problem[] {
  return b.configuration.vrrp.instances
    .filter((instance) => !partnerOf(instance, a))
    .map(({ name, vrid }) =>
      problemWarning(
        'pair-instance-alone',
        `${name} (virtual_router_id ${vrid}) of ${nameOfB} has no partner here`,
        instanceSpan(b.tree, name),
      ),
    );
}

function comparePartners(pair: Pair, ours: InstanceSettings, theirs: InstanceSettings): readonly Problem[] {
  return [
    ...mustAgree(pair, ours, theirs),
    ...compareAddresses(pair, ours, theirs),
    ...comparePriorities(pair, ours, theirs),
    ...comparePeers(pair, ours, theirs),
  ];
}

/** Fields in which a difference makes one director drop the other's adverts: both become master. */
function mustAgree(pair: Pair, ours: InstanceSettings, theirs: InstanceSettings): readonly Problem[] {
  const differs = (keyword: string, mine: string, other: string): readonly Problem[] =>
    mine === other ? [] : [difference(pair, ours, keyword, mine, other)];
  const seconds = ({ advertInterval }: InstanceSettings): string => `${advertInterval / MICROS_PER_SECOND} s`;
  return [
    ...differs('virtual_router_id', String(ours.vrid), String(theirs.vrid)),
    ...differs('version', String(ours.version), String(theirs.version)),
    // Version 3 learns the master's interval; version 2 drops adverts of another one (RFC 3768, 7.1).
    ...(ours.version === 2 ? differs('advert_int', seconds(ours), seconds(theirs)) : []),
    ...(agree(ours.authentication, theirs.authentication)
      ? []
      : [difference(pair, ours, 'authentication', ours.authentication.type, theirs.authentication.type)]),
    ...differs('unicast_peer', ours.transport.kind, theirs.transport.kind),
  ];
}

function difference(
  pair: Pair,
  ours: InstanceSettings,
  keyword: string,
  mine: string,
  other: string,
): Problem {
  const same = mine === other ? `differs from` : `is ${mine}, but ${other} in`;
  return problemWarning(
    'pair-differs',
    `${keyword} of ${ours.name} ${same} ${pair.nameOfB}: neither hears the other, and both become master`,
    instanceSpan(pair.a.tree, ours.name, keyword),
  );
}

const advertised = ({ addresses }: InstanceSettings, yes: boolean): readonly IpAddress[] =>
  addresses.filter((vip) => vip.advertised === yes).map(({ address }) => address);

function compareAddresses(pair: Pair, ours: InstanceSettings, theirs: InstanceSettings): readonly Problem[] {
  const lists = { virtual_ipaddress: true, virtual_ipaddress_excluded: false };
  return Object.entries(lists).flatMap(([keyword, yes]) => {
    const mine = new Set(advertised(ours, yes));
    const other = new Set(advertised(theirs, yes));
    const onlyHere = [...mine].filter((address) => !other.has(address));
    const onlyThere = [...other].filter((address) => !mine.has(address));
    if (onlyHere.length === 0 && onlyThere.length === 0) return [];
    const parts = [
      ...(onlyHere.length > 0 ? [`${onlyHere.join(', ')} only here`] : []),
      ...(onlyThere.length > 0 ? [`${onlyThere.join(', ')} only in ${pair.nameOfB}`] : []),
    ];
    const text = `${keyword} of ${ours.name} differs: ${parts.join('; ')}`;
    return [problemWarning('pair-addresses-differ', text, instanceSpan(pair.a.tree, ours.name, keyword))];
  });
}

function comparePriorities(pair: Pair, ours: InstanceSettings, theirs: InstanceSettings): readonly Problem[] {
  const span = instanceSpan(pair.a.tree, ours.name, 'priority');
  if (ours.priority === theirs.priority) {
    const text = `priority of ${ours.name} is ${ours.priority} in both files: the higher address decides`;
    return [problemNote('pair-same-priority', text, span)];
  }
  const [higher, lower] = ours.priority > theirs.priority ? [ours, theirs] : [theirs, ours];
  const weights = weightsOf(higher);
  if (weights.length === 0) return [];
  const { least } = range(higher, weights);
  const { most } = range(lower, weightsOf(lower));
  // A file may hold any number, so that nothing is beyond it.
  if (higher.trackFiles.length + lower.trackFiles.length > 0) return [];
  // A tracked object without weight is a fault, which always moves the VIP.
  if (least < most || weights.some((weight) => weight === 0)) return [];
  const text =
    `tracking can never move ${ours.name}: the higher priority sinks from ${higher.priority} to ${least} at the least, ` +
    `the lower one rises to ${most} at the most`;
  return [problemWarning('pair-tracking-too-weak', text, span)];
}

function weightsOf(instance: InstanceSettings): readonly number[] {
  const { trackInterfaces, trackScripts, trackProcesses, trackBfd } = instance;
  const tracked = [...trackInterfaces, ...trackScripts, ...trackProcesses, ...trackBfd];
  return tracked.map(({ weight }: TrackedObject) => weight);
}

/** A negative weight counts while its object is down, a positive one while it is up. */
function range({ priority }: InstanceSettings, weights: readonly number[]): { least: number; most: number } {
  const fall = weights.filter((weight) => weight < 0).reduce((sum, weight) => sum + weight, 0);
  const rise = weights.filter((weight) => weight > 0).reduce((sum, weight) => sum + weight, 0);
  return { least: Math.max(1, priority + fall), most: Math.min(254, priority + rise) };
}

function comparePeers(pair: Pair, ours: InstanceSettings, theirs: InstanceSettings): readonly Problem[] {
  const [mine, other] = [ours.transport, theirs.transport];
  if (mine.kind !== 'unicast' || other.kind !== 'unicast') return [];
  const { source } = other;
  if (source === undefined || mine.peers.some(({ address }) => address === source)) return [];
  const text = `unicast_peer of ${ours.name} lacks ${source}, the unicast_src_ip of ${pair.nameOfB}`;
  return [problemWarning('pair-peer-missing', text, instanceSpan(pair.a.tree, ours.name, 'unicast_peer'))];
}

/** Sync groups by what they hold, not by their names. */
function compareGroups(pair: Pair): readonly Problem[] {
  const members = (subject: LintSubject): ReadonlyMap<string, string> =>
    new Map(
      subject.configuration.vrrp.syncGroups.map((group) => [
        group.name,
        group.members
          .map((name) => subject.configuration.vrrp.instances.find((one) => one.name === name)?.vrid ?? name)
          .sort()
          .join(', '),
      ]),
    );
  const there = new Set(members(pair.b).values());
  return [...members(pair.a)]
    .filter(([, held]) => !there.has(held))
    .map(([name, held]) =>
      problemWarning(
        'pair-groups-differ',
        `no vrrp_sync_group of ${pair.nameOfB} holds just the virtual_router_ids of ${name} (${held})`,
        pair.a.tree.statements.find(
          (one) => one.keyword.text === 'vrrp_sync_group' && one.words[1]?.text === name,
        )?.span,
      ),
    );
}

function comparePools({ a, b, nameOfB }: Pair): readonly Problem[] {
  const serversOf = (subject: LintSubject): ReadonlyMap<string, string> =>
    new Map(
      subject.configuration.health.pools.map((pool) => [
        pool.id,
        pool.realServers
          .map(({ id, weight }) => `${id} weight ${weight}`)
          .sort()
          .join(', '),
      ]),
    );
  const [mine, other] = [serversOf(a), serversOf(b)];
  const differing = [...mine].filter(([id, servers]) => other.get(id) !== servers).map(([id]) => id);
  const missing = [...other.keys()].filter((id) => !mine.has(id));
  return [
    ...differing.map((id) =>
      problemWarning(
        'pair-pools-differ',
        `the pool of ${id} is ${other.has(id) ? 'another one in' : 'absent from'} ${nameOfB}`,
      ),
    ),
    ...missing.map((id) => problemWarning('pair-pools-differ', `the pool of ${id} is only in ${nameOfB}`)),
  ];
}
