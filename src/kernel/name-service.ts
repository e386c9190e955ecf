import { errnoOf } from './kernel-error.js';
import { libc } from './libc.js';
import { Memory } from './memory.js';

/*
 * Users and groups as the host's name service knows them (nsswitch.conf: files, sssd, LDAP ...), which may take its
 * time: never ask in the middle of something.
 *
 * struct passwd: name, password (pointers), uid, gid (32 bits each), and more; struct group: name, password, gid.
 */
const STRUCTURE_LENGTH = 64;
const NAME = 0;
const FIRST_NUMBER = 16;
const SECOND_NUMBER = 20;

const SHORTEST_BUFFER = 4096;
/** A group of very many members. */
const LONGEST_BUFFER = 4_194_304;

type Lookup = (structure: Uint8Array, buffer: Uint8Array, found: Uint8Array) => number;

interface Entry {
  readonly name: string;
  readonly first: number;
  readonly second: number;
}

/** A user's numbers; undefined if nobody has this name, or nobody can say. */
export function userByName(name: string): { readonly uid: number; readonly gid: number } | undefined {
  const entry = look((structure, buffer, found) =>
    libc.getpwnam_r(cString(name), structure, buffer, buffer.length, found),
  );
  return entry && { uid: entry.first, gid: entry.second };
}

/** A user's login name. */
export const nameOfUser = (uid: number): string | undefined =>
  look((structure, buffer, found) => libc.getpwuid_r(uid, structure, buffer, buffer.length, found))?.name;

/** A group's number. */
export const groupByName = (name: string): number | undefined =>
  look((structure, buffer, found) => libc.getgrnam_r(cString(name), structure, buffer, buffer.length, found))
    ?.first;

/** NGROUPS_MAX of Linux. */
const MOST_GROUPS = 65_536;

/** All groups that the user is in, his first one among them; empty if nobody has this name. */
export function groupsOf(name: string): readonly number[] {
  const user = userByName(name);
  if (!user) return [];
  for (let room = 64; room <= MOST_GROUPS; room *= 4) {
    const [groups, count] = [new Memory(room * 4), new Memory(4).setI32(0, room)];
    if (libc.getgrouplist(cString(name), user.gid, groups.bytes, count.bytes) < 0) continue;
    return Array.from({ length: count.i32(0) }, (_, index) => groups.u32(index * 4));
  }
  return [user.gid];
}

const cString = (text: string): Uint8Array => Buffer.from(`${text}\0`);

function look(lookup: Lookup): Entry | undefined {
  for (let length = SHORTEST_BUFFER; length <= LONGEST_BUFFER; length *= 4) {
    const [structure, buffer, found] = [new Memory(STRUCTURE_LENGTH), new Memory(length), new Memory(8)];
    const failure = lookup(structure.bytes, buffer.bytes, found.bytes);
    if (failure === errnoOf('ERANGE')) continue;
    if (failure !== 0 || found.bigU64(0) === 0n) return undefined;
    const start = Number(structure.bigU64(NAME) - buffer.address);
    const name = Buffer.from(buffer.bytes.subarray(start, buffer.bytes.indexOf(0, start))).toString();
    return { name, first: structure.u32(FIRST_NUMBER), second: structure.u32(SECOND_NUMBER) };
  }
  return undefined;
}
