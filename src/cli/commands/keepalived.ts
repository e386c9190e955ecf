import { openSync, readFileSync, writeSync } from 'node:fs';
import { release, type as systemName, version as systemVersion } from 'node:os';
import { detach, takeLauncher } from '../../daemon/detach.js';
import { packageVersion } from '../../daemon/version.js';
import { type CommandLine } from '../flags.js';
import { usageText } from '../usage.js';

type Run = Extract<CommandLine, { action: 'run' }>;

/**
 * keepalived's own command line. The daemon's part is loaded only by the process that becomes it: neither a test of
 * the configuration nor whoever starts a daemon in the background waits for it.
 *
 * keepalived writes version and help to stderr, and so do we under its name.
 * @returns the exit status; undefined if the process goes on as the daemon.
 */
export async function keepalived(line: CommandLine, name: string): Promise<number | undefined> {
  const print = name === 'keepalived' ? complain : (text: string) => process.stdout.write(text);
  switch (line.action) {
    case 'version':
      print(versionText(name));
      return 0;
    case 'help':
      print(usageText(name));
      return 0;
    case 'signum':
      process.stdout.write(`${line.number}\n`);
      return 0;
    case 'refuse':
      for (const message of line.messages) complain(`${message}\n`);
      return 1;
    case 'run':
      return run(line, name);
  }
}

async function run(line: Run, name: string): Promise<number | undefined> {
  const launcher = takeLauncher();
  if (!launcher) {
    for (const warning of line.warnings) complain(`${warning}\n`);
    if (line.operands.length > 0)
      process.stdout.write(`Unexpected argument(s): ${line.operands.join(' ')} \n`);
  }
  if (line.configTest) return testConfiguration(line, line.configTest.log);
  if (!line.flags.foreground && !launcher) return detach();
  const { runDaemon } = await import('../../daemon/run.js');
  const { load } = await import('../../daemon/load.js');
  const dumps = line.flags.dumpConfiguration;
  const describe = dumps ? (await import('../../config/print.js')).printConfiguration : undefined;
  runDaemon(
    {
      flags: line.flags,
      programName: name,
      commandLine: [process.argv[1] ?? name, ...process.argv.slice(2)],
      ...(launcher ? { launcher } : {}),
      ...(describe ? { describe } : {}),
    },
    (flags) => load(flags),
  );
  return undefined;
}

/** -t: every problem to stderr or to a file, the verdict as exit status. */
async function testConfiguration({ flags }: Run, logFile: string | undefined): Promise<number> {
  const { load } = await import('../../daemon/load.js');
  const { report, testExitCode } = load(flags, logFile === undefined && process.stderr.isTTY);
  if (report === '') return testExitCode;
  if (logFile === undefined) {
    complain(`${report}\n`);
    return testExitCode;
  }
  try {
    writeSync(openSync(logFile, 'a', 0o644), `${report}\n`);
    return testExitCode;
  } catch (error) {
    complain(
      `Unable to open config-test log file ${logFile}: ${error instanceof Error ? error.message : ''}\n`,
    );
    return 1;
  }
}

const complain = (text: string): void => void process.stderr.write(text);

/** The keepalived whose place we take. */
const KEEPALIVED_VERSION = '2.4.3';

/** Under keepalived's name the first line is as its readers take it apart: exporters go by the version for what there is. */
function versionText(name: string): string {
  const own = `Understudy v${packageVersion()}`;
  const lines = [
    name === 'keepalived'
      ? `Keepalived v${KEEPALIVED_VERSION} (${own})`
      : `${own}, reads the configuration of keepalived ${KEEPALIVED_VERSION}`,
    '',
    `Running on ${systemName()} ${release()} ${systemVersion()}`,
    `Distro: ${distribution()}`,
    `Node.js ${process.version}`,
  ];
  return `${lines.join('\n')}\n`;
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
