import { type InstanceSettings } from '../vrrp/index.js';
import { type InterfaceView } from './interface-view.js';

/** What an instance shares its VRID with: by the instance's name, in words. */
export type Duplicates = Readonly<Record<string, string>>;

/** Links lie on links; a ring of them there cannot be, but in a view that is being changed. */
const DEEPEST = 8;

/**
 * Finds instances that have come to share interface, family and VRID, because the interfaces that they are on lie on
 * one another: macvlans and ipvlans that somebody else makes, and moves. The configuration cannot tell, for the
 * interfaces may not be there when it is read (dynamic_interfaces). Whoever was there first keeps the VRID.
 */
export class DuplicateVrids {
  /** Who has each VRID. */
  private owners: ReadonlyMap<string, string> = new Map();
  private told: Duplicates = {};

  constructor(private readonly view: Pick<InterfaceView, 'link' | 'nameOf'>) {}

  /**
   * Looks at the interfaces as they are now.
   * @param instances as configured: on the interfaces that the file names.
   * @returns who must not take part; undefined if that is as it was.
   */
  look(instances: readonly InstanceSettings[]): Duplicates | undefined {
    const spaces = new Map<string, InstanceSettings[]>();
    for (const instance of instances) {
      const space = this.spaceOf(instance);
      if (space === undefined) continue;
      const others = spaces.get(space);
      if (others) others.push(instance);
      else spaces.set(space, [instance]);
    }
    const owners = new Map([...spaces].map(([space, all]) => [space, this.ownerOf(space, all)]));
    this.owners = owners;
    const duplicates = Object.fromEntries(
      [...spaces].flatMap(([space, all]) =>
        all
          .filter(({ name }) => name !== owners.get(space))
          .map(({ name, vrid, family }) => [
            name,
            `VRID conflict with ${owners.get(space)} for IPv${family === 'inet' ? 4 : 6} vrid ${vrid}`,
          ]),
      ),
    );
    if (JSON.stringify(duplicates) === JSON.stringify(this.told)) return undefined;
    this.told = duplicates;
    return duplicates;
  }

  /** Undefined where there can be no conflict: unicast, and interfaces that are not there. */
  private spaceOf({ family, vrid, transport, interface: name }: InstanceSettings): string | undefined {
    if (transport.kind !== 'multicast') return undefined;
    const root = this.rootOf(name);
    return root && `${family} ${vrid} ${transport.group} ${root}`;
  }

  /** Where packets of this interface come and go: what a macvlan or ipvlan lies on, or the interface itself. */
  private rootOf(name: string): string | undefined {
    let link = this.view.link(name);
    for (let depth = 0; link && depth < DEEPEST; depth += 1) {
      if ((link.kind !== 'macvlan' && link.kind !== 'ipvlan') || link.lowerIndex === undefined) break;
      if (link.lowerIsElsewhere === true) return `elsewhere ${link.lowerIndex}`;
      const lower = this.view.nameOf(link.lowerIndex);
      if (lower === undefined) break;
      link = this.view.link(lower);
    }
    return link?.name;
  }

  private ownerOf(space: string, all: readonly InstanceSettings[]): string {
    const before = this.owners.get(space);
    if (before !== undefined && all.some(({ name }) => name === before)) return before;
    const isReal = ({ interface: name }: InstanceSettings): boolean => this.rootOf(name) === name;
    return (all.find(isReal) ?? all[0])?.name ?? '';
  }
}
