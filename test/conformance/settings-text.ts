import { loadConfiguration } from '#config/index.js';
import { type InterfaceState, type VrrpSettings } from '#vrrp/index.js';
import { fakeHost } from '../unit/config/host.js';

const PATH = '/etc/keepalived/keepalived.conf';

/**
 * The protocol's share of a configuration, read as the daemon reads it, on a machine with the story's interfaces.
 * @param known all that there is to say about the file; more, or less, is an error of the story.
 */
export function readSettings(
  text: string,
  interfaces: readonly InterfaceState[],
  known: readonly string[],
): VrrpSettings {
  const host = fakeHost({
    files: { [PATH]: text, '/usr/local/bin/chk': { text: '', mode: 0o755 }, '/run/load': '' },
    interfaces: interfaces.map(({ name, addresses }) => ({ name, addresses })),
  });
  const { configuration, problems } = loadConfiguration(PATH, host, { instance: 'director', seed: 1 });
  const found = problems.map((problem) => problem.text);
  if (!configuration || found.join('\n') !== known.join('\n')) {
    throw new Error(`[problems] should be:\n${found.join('\n')}`);
  }
  return configuration.vrrp;
}
