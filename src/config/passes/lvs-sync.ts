import { type SyncSettings } from '../../lvs/index.js';
import { type InstanceSettings } from '../../vrrp/index.js';
import { type InstanceDetails } from '../model-vrrp.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';

/** lvs_sync_daemon, or an instance's lvs_sync_daemon_interface; undefined if IPVS is not to be synchronised. */
export function syncSettings(
  context: PassContext,
  globals: Globals,
  instances: readonly InstanceSettings[],
  details: Readonly<Record<string, InstanceDetails>>,
): SyncSettings | undefined {
  const { syncDaemon } = globals.daemon.lvs;
  if (!syncDaemon) return instanceSync(instances, details);
  const { instance: name, id, ...channel } = syncDaemon;
  if (name === undefined) return { channel: { ...channel, id: id ?? 0 } };
  const instance = instances.find((each) => each.name === name);
  if (instance) return { channel: { ...channel, id: id ?? instance.vrid }, instance: name };
  context.error(
    'unknown-instance',
    `there is no vrrp_instance '${name}'; IPVS is not synchronised`,
    globals.section.spanOf('lvs_sync_daemon'),
  );
  return undefined;
}

/** The older form has no id of its own, and keepalived takes 0. */
function instanceSync(
  instances: readonly InstanceSettings[],
  details: Readonly<Record<string, InstanceDetails>>,
): SyncSettings | undefined {
  for (const { name } of instances) {
    const device = details[name]?.lvsSyncInterface;
    if (device !== undefined) return { channel: { interface: device, id: 0 }, instance: name };
  }
  return undefined;
}
