import { DEFAULT_FLAGS } from '#cli/flags.js';
import { type GlobalSettings } from '#config/index.js';
import { umaskOf } from '#daemon/umask.js';

const global = (umask?: number): GlobalSettings =>
  ({ ...(umask !== undefined && { umask }) }) as GlobalSettings;

test.each([
  [undefined, undefined, 0o177],
  [undefined, 0o27, 0o27],
  [0o22, 0o27, 0o22],
  [0, 0o27, 0],
])('-u %p, umask %p: %p', (flag, keyword, expected) => {
  const flags = { ...DEFAULT_FLAGS, ...(flag !== undefined && { umask: flag }) };
  expect(umaskOf(flags, global(keyword))).toBe(expected);
});
