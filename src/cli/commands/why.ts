import { parseArgs } from 'node:util';
import { renderWhy, type WhyDocument } from '../../observe/index.js';
import { ControlError, DEFAULT_SOCKET, getJson } from '../control-client.js';

export const whyUsage = `understudy why [INSTANCE] [--json] [--socket PATH]
  Why the instances of the running daemon are what they are: the latest transition of each, or with INSTANCE all
  that are remembered of it, each with its cause, how late our deadline was met, and what had happened before.
`;

/** `understudy why`. @returns the exit status: 1 if no daemon answers, or there is no such instance. */
export async function why(args: readonly string[]): Promise<number> {
  const question = understand(args);
  if (!question) {
    process.stderr.write(whyUsage);
    return 1;
  }
  const { instance, json, socket } = question;
  const parameters = instance === undefined ? '' : `?${new URLSearchParams({ instance }).toString()}`;
  try {
    const document = (await getJson(socket, `/why${parameters}`)) as WhyDocument;
    const text = renderWhy(document, instance === undefined ? 'latest' : 'all');
    process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text);
    return 0;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    process.stderr.write(`understudy: ${error.message}\n`);
    return 1;
  }
}

function understand(
  args: readonly string[],
): { instance: string | undefined; json: boolean; socket: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, socket: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length > 1) return undefined;
    return { instance: positionals[0], json: values.json ?? false, socket: values.socket ?? DEFAULT_SOCKET };
  } catch {
    return undefined;
  }
}
