import { parseArgs } from 'node:util';
import { renderServices, type ServicesDocument } from '../../observe/index.js';
import { ControlError, DEFAULT_SOCKET, getJson } from '../control-client.js';

export const servicesUsage = `understudy services [--rates] [--json] [--socket PATH]
  What IPVS holds for the pools of the running daemon, and what it has counted: connections, packets and bytes of each
  service and real server. With --rates, how much it is per second.
`;

/** `understudy services`. @returns the exit status: 1 if no daemon answers. */
export async function services(args: readonly string[]): Promise<number> {
  const question = understand(args);
  if (!question) {
    process.stderr.write(servicesUsage);
    return 1;
  }
  const { rates, json, socket } = question;
  try {
    const document = (await getJson(socket, '/services')) as ServicesDocument;
    const text = json ? `${JSON.stringify(document, null, 2)}\n` : renderServices(document, rates);
    process.stdout.write(text);
    return 0;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    process.stderr.write(`understudy: ${error.message}\n`);
    return 1;
  }
}

function understand(args: readonly string[]): { rates: boolean; json: boolean; socket: string } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { rates: { type: 'boolean' }, json: { type: 'boolean' }, socket: { type: 'string' } },
    });
    const { rates = false, json = false, socket = DEFAULT_SOCKET } = values;
    return { rates, json, socket };
  } catch {
    return undefined;
  }
}
