// What keepalived and Understudy say of web servers that misbehave, both in one guest.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { requires } from '../requires.js';
import { runInLab } from './lab.js';
import { portOf, webCases, webConfiguration } from './web-cases.js';

const inLab = requires({ lab: true, keepalived: true });
const keepalived = process.env['UNDERSTUDY_TEST_KEEPALIVED'] ?? 'keepalived';
const understudy = `${process.execPath} ${resolve('dist/cli/main.js')}`;
const timeoutMs = 600_000;

const VERDICT = 'succeed on service|_CHECK on service .* failed';

/** What the log has to show of each case before the daemon may stop. */
const until = (): string =>
  webCases
    .map((each, index) => {
      const server = `\\[127.0.0.1\\]:[a-z]+:${portOf(index)}`;
      return each.until
        ? `${server} ${each.until.source}`
        : `(Remote Web server ${server} succeed|_CHECK on service ${server} failed)`;
    })
    .join('\n');

/** What was said of a server up to its (last awaited) verdict, each thing once, and when it left and came back. */
function storyOf(log: string, index: number): readonly string[] {
  const name = new RegExp(`\\[127\\.0\\.0\\.1\\]:[a-z]+:${portOf(index)}\\b`, 'g');
  const lines = log
    .split('\n')
    .filter((line) => line.search(name) >= 0)
    .map((line) =>
      line
        .replace(/^.*?: /, '')
        .replaceAll(name, 'SERVER')
        // 2.2.7 has one word for both; 2.4.3 tells them apart.
        .replace(/^(HTTP|SSL)_CHECK on/, 'WEB_CHECK on')
        .trimEnd(),
    )
    .filter(
      (line) =>
        !/^(Activating|Deactivating|Gained|Lost|Shutting|Removing|Adding|SSL error|http_check for RS)/.test(
          line,
        ),
    );
  const last = webCases[index]?.until ?? new RegExp(VERDICT);
  const end = lines.findIndex((line) => last.test(line));
  return [...new Set(end < 0 ? lines : lines.slice(0, end + 1))];
}

describe('web servers that misbehave', () => {
  inLab(
    'are judged alike, in the same words',
    async () => {
      const directory = mkdtempSync(`${tmpdir()}/understudy-web-`);
      const [key, certificate] = [`${directory}/key`, `${directory}/certificate`];
      const subject = ['-subj', '/CN=nobody', '-days', '1', '-keyout', key, '-out', certificate];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
      execFileSync('openssl', ['req', '-x509', ...curve, ...subject], { stdio: 'ignore' });
      writeFileSync(`${directory}/keepalived.conf`, webConfiguration());
      writeFileSync(`${directory}/until`, `${until()}\n`);
      const servers = `${process.execPath} ${resolve('build/test/lab/web-servers-guest.js')} ${key} ${certificate}`;
      const daemons = `theirs '${keepalived}' ours '${understudy}'`;
      const command = `bash test/lab/web-checkers.sh '${servers}' ${directory} ${daemons} 2>&1`;
      const run = await runInLab(command, { timeoutMs: timeoutMs - 20_000, memoryMb: 1024 });
      rmSync(directory, { recursive: true });
      const [, theirs = '', ours = ''] = run.output.split(/^== (?:theirs|ours)\n/m);
      if (run.status !== 0 || ours === '') throw new Error(`${run.output}\n${run.complaints}`);
      const stories = (log: string) =>
        Object.fromEntries(webCases.map(({ name }, index) => [name, storyOf(log, index)]));
      expect(stories(ours)).toEqual(stories(theirs));
      expect(stories(theirs)).toMatchObject({ 'is well': [expect.stringContaining('succeed')] });
    },
    timeoutMs,
  );
});
