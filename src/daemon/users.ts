import { err, ok, type Result } from '../base/result.js';
import { type GlobalSettings, type ScriptCommand } from '../config/index.js';
import { groupByName, nameOfUser, userByName } from '../kernel/name-service.js';
import { type Script } from '../notify/index.js';

/** A user's numbers. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
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
}

/** Knows nobody yet; a reload begins with another one. */
export function openUserDatabase(): UserDatabase {
  return { user: once(userByName), nameOf: once(nameOfUser), group: once(groupByName) };
}

/** The name service may be far away. */
function once<Key, Value>(ask: (key: Key) => Value): (key: Key) => Value {
  const answers = new Map<Key, Value>();
  return (key) => {
    if (!answers.has(key)) answers.set(key, ask(key));
    return answers.get(key) as Value;
  };
}

/**
 * A script with its user's numbers: the user it names, else script_user, else keepalived_script if that exists,
 * else ours. The error is a sentence for the log.
 */
export function resolveScript(
  command: ScriptCommand,
  global: GlobalSettings,
  database: UserDatabase,
): Result<Script, string> {
  const { argv } = command;
  const name = command.user ?? global.scriptUser;
  const groupName = command.user === undefined ? global.scriptGroup : command.group;
  const identity = database.user(name ?? DEFAULT_SCRIPT_USER);
  if (!identity) return name === undefined ? ok({ argv }) : err(`Script user '${name}' does not exist`);
  if (groupName === undefined) return ok({ argv, identity });
  const gid = database.group(groupName);
  return gid === undefined
    ? err(`Script group '${groupName}' does not exist`)
    : ok({ argv, identity: { ...identity, gid } });
}
