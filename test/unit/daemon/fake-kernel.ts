import { err, ok, type Result } from '#base/result.js';
import { type LinkDoor } from '#daemon/link-door.js';
import { errnoOf, KernelError } from '#kernel/kernel-error.js';
import { type InterfaceFact } from '#kernel/rtnetlink.js';
import { type Link, type LinkChanges, type NewLink } from '#wire/netlink/link.js';
import { type AddressCommand, type InterfaceAddress } from '#wire/netlink/route.js';

type Outcome = Result<void, KernelError>;

const DEFAULT = 'net/ipv4/conf/default/rp_filter';

/** As much of a kernel as links need: it keeps them, their settings and addresses, and tells of changes. */
export class FakeKernel implements LinkDoor {
  /** What the monitor would tell, in order. */
  facts: InterfaceFact[] = [];
  readonly sysctls = new Map<string, number>([
    ['net/ipv4/conf/all/rp_filter', 0],
    [DEFAULT, 0],
  ]);
  /** Refuses to create links, until told otherwise. */
  refuses = false;
  private held: Link[] = [];
  private heldAddresses: InterfaceAddress[] = [];
  private nextIndex = 10;

  constructor(links: readonly Link[]) {
    for (const link of links) this.put(link);
    this.facts = [];
  }

  links(): readonly Link[] {
    return this.held;
  }

  addresses(): readonly InterfaceAddress[] {
    return this.heldAddresses;
  }

  link(name: string): Link | undefined {
    return this.held.find((link) => link.name === name);
  }

  createLink(wanted: NewLink): Outcome {
    if (this.refuses) return refuse('EBUSY');
    if (this.link(wanted.name)) return refuse('EEXIST');
    const { name, lowerIndex, type, hardwareAddress = new Uint8Array(6), group, masterIndex, up } = wanted;
    const rpFilter = this.sysctls.get(DEFAULT) ?? 0;
    this.put({
      index: this.nextIndex++,
      name,
      flags: 0,
      adminUp: up === true,
      running: up === true,
      hardwareType: 1,
      hardwareAddress,
      mtu: 1500,
      operState: 2,
      kind: type.kind,
      lowerIndex,
      ...(type.kind === 'macvlan'
        ? { macvlanMode: type.mode }
        : { ipvlan: { mode: type.mode, flags: type.flags } }),
      ...(group === undefined || group === 0 ? {} : { group }),
      ...(masterIndex === undefined ? {} : { masterIndex }),
      ipv4Settings: { rpFilter, arpFilter: 0, arpIgnore: 0, promoteSecondaries: 0, acceptLocal: 0 },
      addrGenMode: 0,
    });
    return ok(undefined);
  }

  changeLink(index: number, changes: LinkChanges): Outcome {
    const link = this.held.find((each) => each.index === index);
    if (!link) return refuse('ENODEV');
    const { up, ipv4Settings, masterIndex, ...rest } = changes;
    this.put({
      ...link,
      ...rest,
      ...(up && { adminUp: true, running: true }),
      ...(masterIndex !== undefined && { masterIndex }),
      ...(ipv4Settings && { ipv4Settings: { ...link.ipv4Settings!, ...ipv4Settings } }),
    });
    return ok(undefined);
  }

  /** Takes what lies on it, too. */
  deleteLink(index: number): Outcome {
    const going = this.held.filter((link) => link.index === index || link.lowerIndex === index);
    if (going.length === 0) return refuse('ENODEV');
    for (const link of going) {
      this.held = this.held.filter((other) => other !== link);
      this.heldAddresses = this.heldAddresses.filter((held) => held.interfaceIndex !== link.index);
      this.facts.push({ type: 'link-gone', link });
    }
    return ok(undefined);
  }

  apply(commands: readonly AddressCommand[]): readonly Outcome[] {
    return commands.map(({ kind, address }) => {
      const isOther = (held: InterfaceAddress): boolean =>
        held.address !== address.address || held.interfaceIndex !== address.interfaceIndex;
      this.heldAddresses = this.heldAddresses.filter(isOther);
      if (kind !== 'remove') this.heldAddresses.push(address);
      this.facts.push({ type: kind === 'remove' ? 'address-gone' : 'address', address });
      return ok(undefined);
    });
  }

  readSysctl(path: string): number | undefined {
    const name = /^net\/ipv6\/conf\/(.*)\/disable_ipv6$/.exec(path)?.[1];
    if (name !== undefined && !this.link(name)) return undefined;
    return this.sysctls.get(path) ?? (name === undefined ? undefined : 0);
  }

  writeSysctl(path: string, value: number): Outcome {
    this.sysctls.set(path, value);
    return ok(undefined);
  }

  /** Puts a link there, in place of one of its index. */
  put(link: Link): void {
    this.held = [...this.held.filter((other) => other.index !== link.index), link];
    this.facts.push({ type: 'link', link });
  }
}

const refuse = (code: string): Outcome => err(new KernelError('fake', errnoOf(code)));
