import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { type GlobalSettings, type ScriptCommand } from '../config/index.js';
import { groupByName, groupsOf, nameOfUser, userByName } from '../kernel/name-service.js';
import { type Script } from '../notify/index.js';

/** A user's numbers. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** All groups of the user, where they are wanted. */
  readonly groups?: readonly number[];
}

/** Who scripts are run as if nothing says otherwise and this user exists. */
const DEFAULT_SCRIPT_USER = 'keepalived_script';

/** Users and groups of this host, as its name service has them. Each is asked for once. */
export interface UserDatabase {
  /** undefined if there is no such user. */
  user(name: string): Identity | undefined;
  /** The login name of a user's number. */
  nameOf(uid: number): string | undefined;
  /** The group's number. */
  group(name: string): number | undefined;
  /** All groups that the user is in; empty if nobody can say. */
  groupsOf(user: string): readonly number[];
}

/** Knows nobody yet; a reload begins with another one. */
export function openUserDatabase(): UserDatabase {
  return {
    user: once(userByName),
    nameOf: once(nameOfUser),
    group: once(groupByName),
    groupsOf: once(groupsOf),
  };
}

/** The name service may be far away. */
function once<Key, Value>(ask: (key: Key) => Value): (key: Key) => Value {
  const answers = new Map<Key, Value>();
  return (key) => {
    if (!answers.has(key)) answers.set(key, ask(key));
    return answers.get(key) as Value;
  };
}

/** Who owns what belongs to `user` and `group`, or to script_user unless told; undefined for ourselves. */
export function ownerOf(
  { user, group }: Pick<ScriptCommand, 'user' | 'group'>,
  global: GlobalSettings,
  database: UserDatabase,
): Identity | undefined {
  const command = { argv: [], ...(user !== undefined && { user }), ...(group !== undefined && { group }) };
  const resolved = resolveScript(command, global, database);
  return resolved.ok ? resolved.value.identity : undefined;
}

/**
 * A script as it is to be executed. As in keepalived, the path is the one that symbolic links lead to, so that a script
 * finds what lies beside it by its own `$0`; use_symlink_paths leaves it alone.
 */
export function resolveScript(
  command: ScriptCommand,
  global: GlobalSettings,
  database: UserDatabase,
): Result<Script, string> {
  const script = scriptOf(command, global, database);
  const path = script.ok && !global.useSymlinkPaths ? linkedPath(command.argv[0] ?? '') : undefined;
  return script.ok && path !== undefined ? ok({ ...script.value, path }) : script;
}

/**
 * Where symbolic links to a script with `#!` lead; undefined if nowhere else, or if the command is searched for in $PATH.
 * A program is executed by the path given, and so learns the name that it was called by: it may do what that says.
 */
function linkedPath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  try {
    const real = realpathSync(path);
    return real === path || !isInterpreted(real) ? undefined : real;
  } catch {
    return undefined; // executing it will say what is wrong
  }
}

function isInterpreted(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(file, start);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(file);
  }
}

/**
 * A script with its user's numbers: the user it names, else script_user, else keepalived_script if that exists,
 * else ours. The error is a sentence for the log.
 */
function scriptOf(
  command: ScriptCommand,
  global: GlobalSettings,
  database: UserDatabase,
): Result<Script, string> {
  const { argv } = command;
  const name = command.user ?? global.scriptUser;
  const groupName = command.user === undefined ? global.scriptGroup : command.group;
  const user = database.user(name ?? DEFAULT_SCRIPT_USER);
  if (!user) return name === undefined ? ok({ argv }) : err(`Script user '${name}' does not exist`);
  const identity = global.supplementaryGroups
    ? { ...user, groups: database.groupsOf(name ?? DEFAULT_SCRIPT_USER) }
    : user;
  if (groupName === undefined) return ok({ argv, identity });
  const gid = database.group(groupName);
  return gid === undefined
    ? err(`Script group '${groupName}' does not exist`)
    : ok({ argv, identity: { ...identity, gid } });
}
