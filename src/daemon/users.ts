import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { type GlobalSettings, type ScriptCommand } from '../config/index.js';
import { type Script } from '../notify/index.js';

/** A user's numbers. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Who scripts are run as if nothing says otherwise and this user exists. */
const DEFAULT_SCRIPT_USER = 'keepalived_script';

/** Users and groups of this host, as /etc/passwd and /etc/group have them. */
export interface UserDatabase {
  /** undefined if there is no such user. */
  user(name: string): Identity | undefined;
  /** The first name of a user's number. */
  nameOf(uid: number): string | undefined;
  /** The group's number. */
  group(name: string): number | undefined;
}

/** Reads the files once; a reload reads them again. */
export function readUserDatabase(): UserDatabase {
  const users = readTable('/etc/passwd');
  const groups = readTable('/etc/group');
  return {
    user: (name) => {
      const fields = users.get(name);
      return fields && { uid: Number(fields[2]), gid: Number(fields[3]) };
    },
    nameOf: (uid) => [...users.values()].find((fields) => fields[2] === String(uid))?.[0],
    group: (name) => {
      const fields = groups.get(name);
      return fields && Number(fields[2]);
    },
  };
}

function readTable(path: string): ReadonlyMap<string, readonly string[]> {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return new Map(lines.map((line) => line.split(':')).map((fields) => [fields[0] ?? '', fields]));
  } catch {
    return new Map();
  }
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
