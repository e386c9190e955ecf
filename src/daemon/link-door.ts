import { type Result } from '../base/result.js';
import { type KernelError } from '../kernel/kernel-error.js';
import { type RouteSocket } from '../kernel/rtnetlink.js';
import { readSysctl, writeSysctl } from '../kernel/sysctl.js';
import { type AddressCommand } from '../wire/netlink/route.js';

/** What those who make links need of the kernel; a test's fake is a kernel of its own. */
export interface LinkDoor extends Pick<
  RouteSocket,
  'links' | 'link' | 'createLink' | 'changeLink' | 'deleteLink'
> {
  apply(commands: readonly AddressCommand[]): readonly Result<unknown, KernelError>[];
  readSysctl(path: string): number | undefined;
  writeSysctl(path: string, value: number): Result<void, KernelError>;
}

export function linkDoor(route: RouteSocket): LinkDoor {
  return {
    links: () => route.links(),
    link: (name) => route.link(name),
    createLink: (link) => route.createLink(link),
    changeLink: (index, changes) => route.changeLink(index, changes),
    deleteLink: (index) => route.deleteLink(index),
    apply: (commands) => route.apply(commands),
    readSysctl,
    writeSysctl,
  };
}
