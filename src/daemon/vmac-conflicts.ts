import { familyOf } from '../base/address.js';
import { type Configuration } from '../config/index.js';
import { type InstanceSettings } from '../vrrp/index.js';

type LinkedInstances = Pick<Configuration, 'vrrp'>;

/**
 * Instances that would have a virtual MAC interface together with another one that does not move with them: the first
 * of the two that lets go of it would take it from the other. As in keepalived the later one is disabled.
 * @param share with the names of links in it.
 * @param links the names of the links that are ours.
 * @returns why, by the name of each that must not run.
 */
export function vmacConflicts(
  { vrrp }: LinkedInstances,
  links: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const groupOf = new Map(
    vrrp.syncGroups.flatMap(({ name, members }) => members.map((each) => [each, name])),
  );
  /** Who uses each link first, by VRID, family and name. */
  const users = new Map<string, InstanceSettings[]>();
  const conflicts = new Map<string, string>();
  for (const instance of vrrp.instances) {
    for (const link of linksOf(instance, links)) {
      const before = users.get(link.key) ?? [];
      users.set(link.key, [...before, instance]);
      const other = before.find((each) => each !== instance && !inOneGroup(groupOf, each, instance));
      if (!other || conflicts.has(instance.name)) continue;
      conflicts.set(instance.name, `uses VMAC ${link.name} of VRRP instance ${other.name}`);
    }
  }
  return conflicts;
}

/** The share with those that conflict kept out of the election. */
export function withoutVmacConflicts<Share extends LinkedInstances>(
  share: Share,
  links: ReadonlySet<string>,
  say: (text: string) => void,
): Share {
  const conflicts = vmacConflicts(share, links);
  if (conflicts.size === 0) return share;
  for (const [name, text] of conflicts) say(`(${name}) ${text}, disabling ${name}`);
  const instances = share.vrrp.instances.map((instance) => {
    const conflict = conflicts.get(instance.name);
    return conflict === undefined
      ? instance
      : { ...instance, configFaults: [...instance.configFaults, conflict] };
  });
  return { ...share, vrrp: { ...share.vrrp, instances } };
}

function linksOf(
  { interface: own, family, vrid, addresses }: InstanceSettings,
  links: ReadonlySet<string>,
): readonly { readonly key: string; readonly name: string }[] {
  const used = new Map<string, string>();
  const use = (name: string, of: string): void => {
    if (links.has(name)) used.set(`${vrid} ${of} ${name}`, name);
  };
  use(own, family);
  for (const { interface: name, address } of addresses) use(name, familyOf(address));
  return [...used].map(([key, name]) => ({ key, name }));
}

const inOneGroup = (
  groupOf: ReadonlyMap<string, string>,
  a: InstanceSettings,
  b: InstanceSettings,
): boolean => groupOf.has(a.name) && groupOf.get(a.name) === groupOf.get(b.name);
