import { parseArgs } from 'node:util';
import { renderStatus, type StatusDocument } from '../../observe/index.js';
import { ControlError, DEFAULT_SOCKET, getJson } from '../control-client.js';

export const statusUsage = `understudy status [--json] [--socket PATH]
  How the running daemon is: instances, sync groups, trackers, pools and its own processes.
`;

/** `understudy status`. @returns the exit status: 1 if no daemon answers. */
export async function status(args: readonly string[]): Promise<number> {
  const question = understand(args);
  if (!question) {
    process.stderr.write(statusUsage);
    return 1;
  }
  try {
    const document = (await getJson(question.socket, '/status')) as StatusDocument;
    process.stdout.write(question.json ? `${JSON.stringify(document, null, 2)}\n` : renderStatus(document));
    return 0;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    process.stderr.write(`understudy: ${error.message}\n`);
    return 1;
  }
}

function understand(args: readonly string[]): { json: boolean; socket: string } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, socket: { type: 'string' } },
    });
    return { json: values.json ?? false, socket: values.socket ?? DEFAULT_SOCKET };
  } catch {
    return undefined;
  }
}
