import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveScript, type UserDatabase } from '#daemon/users.js';
import { type GlobalSettings } from '#config/index.js';

const global = (change: Partial<GlobalSettings> = {}): GlobalSettings => ({ ...change }) as GlobalSettings;
const database = (...extra: string[]): UserDatabase => ({
  user: (name) =>
    ({ daemon: { uid: 1, gid: 1 }, bob: { uid: 1000, gid: 1000 } })[name] ??
    (extra.includes(name) ? { uid: 500, gid: 501 } : undefined),
  nameOf: () => undefined,
  group: (name) => (name === 'adm' ? 4 : undefined),
  groupsOf: (name) => (name === 'bob' ? [1000, 4, 27] : []),
});
const argv = ['/x'];

describe('who scripts are run as', () => {
  test.each([
    ['ourselves, if nothing is said', { argv }, {}, database(), { argv }],
    [
      'keepalived_script, if that user exists',
      { argv },
      {},
      database('keepalived_script'),
      { argv, identity: { uid: 500, gid: 501 } },
    ],
    [
      'script_user',
      { argv },
      { scriptUser: 'bob' },
      database('keepalived_script'),
      { argv, identity: { uid: 1000, gid: 1000 } },
    ],
    [
      'script_user with a group',
      { argv },
      { scriptUser: 'bob', scriptGroup: 'adm' },
      database(),
      { argv, identity: { uid: 1000, gid: 4 } },
    ],
    [
      "the script's own user, and not script_user's group",
      { argv, user: 'daemon' },
      { scriptUser: 'bob', scriptGroup: 'adm' },
      database(),
      { argv, identity: { uid: 1, gid: 1 } },
    ],
    [
      'its own user and group',
      { argv, user: 'daemon', group: 'adm' },
      {},
      database(),
      { argv, identity: { uid: 1, gid: 4 } },
    ],
  ])('%s', (_name, command, settings, users, expected) =>
    expect(resolveScript(command, global(settings), users)).toEqual({ ok: true, value: expected }),
  );

  test('set_supplementary_groups: with all groups of the user', () =>
    expect(
      resolveScript({ argv, user: 'bob', group: 'adm' }, global({ supplementaryGroups: true }), database()),
    ).toEqual({ ok: true, value: { argv, identity: { uid: 1000, gid: 4, groups: [1000, 4, 27] } } }));

  test('what symbolic links lead to is executed, unless use_symlink_paths', () => {
    const directory = mkdtempSync(join(tmpdir(), 'understudy-users-'));
    try {
      const [real, link] = [join(realpathSync(directory), 'real'), join(directory, 'link')];
      writeFileSync(real, '#!/bin/sh\n');
      symlinkSync(real, link);
      const resolved = (settings: Partial<GlobalSettings>) =>
        resolveScript({ argv: [link, 'a'] }, global(settings), database());
      expect(resolved({})).toEqual({ ok: true, value: { argv: [link, 'a'], path: real } });
      expect(resolved({ useSymlinkPaths: true })).toEqual({ ok: true, value: { argv: [link, 'a'] } });
      // A program may do what the name says that it is called by.
      writeFileSync(real, 'ELF');
      expect(resolved({})).toEqual({ ok: true, value: { argv: [link, 'a'] } });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('a user or group that does not exist is named', () => {
    expect(resolveScript({ argv, user: 'eve' }, global(), database())).toEqual({
      ok: false,
      error: "Script user 'eve' does not exist",
    });
    expect(resolveScript({ argv, user: 'bob', group: 'x' }, global(), database())).toEqual({
      ok: false,
      error: "Script group 'x' does not exist",
    });
  });
});
