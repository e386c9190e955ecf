import { parseArgs } from 'node:util';
import { printConfiguration } from '../../config/print.js';
import { DEFAULT_FILE, readForShowing } from '../reading.js';

export const configUsage = `understudy config [--text|--json] [--config-id ID] [FILE]
  The effective configuration, with includes, expansions and defaults resolved.
  --text   as a normalised keepalived.conf that keepalived reads alike (this is the default)
  --json   the model itself, every default included
`;

/** `understudy config`. @returns the exit status: 0, or 1 if the file means nothing. */
export function config(args: readonly string[]): number {
  const question = understand(args);
  if (!question) {
    process.stderr.write(configUsage);
    return 1;
  }
  const configuration = readForShowing(question.file, question.instance);
  if (!configuration) return 1;
  process.stdout.write(
    question.json
      ? `${JSON.stringify(configuration, withoutSecrets, 2)}\n`
      : printConfiguration(configuration),
  );
  return 0;
}

/** The keys of auth_hmac that stand in files are not to be read in a dump. */
const withoutSecrets = (name: string, value: unknown): unknown => (name === 'secret' ? '(not shown)' : value);

function understand(args: readonly string[]): { file: string; json: boolean; instance?: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        text: { type: 'boolean', default: false },
        'config-id': { type: 'string', short: 'i' },
      },
    });
    const [file = DEFAULT_FILE, ...more] = positionals;
    if (more.length > 0 || (values.json && values.text)) return undefined;
    const instance = values['config-id'];
    return { file, json: values.json, ...(instance !== undefined && { instance }) };
  } catch {
    return undefined; // an option that does not exist
  }
}
