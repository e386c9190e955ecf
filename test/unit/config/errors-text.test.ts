import { readFileSync } from 'node:fs';
import { errorsMarkdown, explainCode } from '#config/errors-text.js';
import { problemCodes } from '#config/problem-codes.js';

test('docs/errors.md is current (node scripts/write-reference.mjs)', () => {
  expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsMarkdown());
});

test('every code is explained, with its example and what it does to the exit status', () => {
  for (const { code, example } of problemCodes) {
    const text = explainCode(code) ?? '';
    expect(text).toContain(`${code}: `);
    expect(text).toContain(example.split('\n')[0]);
    expect(text).toContain('exit');
  }
});

test('what is no code is not explained', () => {
  expect(explainCode('no-such-code')).toBeUndefined();
});
