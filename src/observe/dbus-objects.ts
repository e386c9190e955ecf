import { type Family } from '../base/address.js';
import { type VrrpState } from '../vrrp/index.js';
import { introspection } from './dbus-introspection.js';

/*
 * org.keepalived.Vrrp1 as its clients see it: one object for the daemon, one for each vrrp_instance, with
 * keepalived's paths, properties and methods. Pure: a call comes in, an answer goes out; the bus is somebody else's.
 */

export const SERVICE_NAME = 'org.keepalived.Vrrp1';
export const VRRP_INTERFACE = 'org.keepalived.Vrrp1.Vrrp';
export const INSTANCE_INTERFACE = 'org.keepalived.Vrrp1.Instance';
const PROPERTIES_INTERFACE = 'org.freedesktop.DBus.Properties';
const INTROSPECTABLE_INTERFACE = 'org.freedesktop.DBus.Introspectable';
const PEER_INTERFACE = 'org.freedesktop.DBus.Peer';

/** What object paths are made of beside the instance itself. */
export interface DbusNaming {
  readonly networkNamespace?: string;
  /** `instance` of the configuration: several daemons on a host. */
  readonly daemonInstance?: string;
  /** Stands for the interface of an instance that has none. */
  readonly noInterfaceName: string;
}

/** A vrrp_instance as the bus shows it. */
export interface DbusInstance {
  readonly name: string;
  readonly interface?: string;
  readonly vrid: number;
  readonly family: Family;
  readonly state: DbusState;
}

/** What an instance is, or was when it ended. */
export type DbusState = VrrpState | 'STOP' | 'DELETED';

/** What can be ordered over the bus. */
export type DbusOrder =
  | { readonly type: 'PrintData' | 'PrintStats' | 'PrintStatsClear' | 'ReloadConfig' }
  | { readonly type: 'SendGarp'; readonly instance: string };

/** A method call, as far as it matters. */
export interface DbusCall {
  readonly path: string;
  /** Absent where the caller left it out, which D-Bus allows. */
  readonly interface?: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

export type DbusAnswer =
  | { readonly type: 'Value'; readonly signature: string; readonly body: readonly unknown[] }
  | { readonly type: 'Error'; readonly name: string; readonly text: string }
  /** To be carried out, and answered with nothing once it has been. */
  | { readonly type: 'Order'; readonly order: DbusOrder };

/** keepalived's numbers and words for states, which clients compare with. */
const STATES: Readonly<Record<DbusState, readonly [number, string]>> = {
  INIT: [0, 'Init'],
  BACKUP: [1, 'Backup'],
  MASTER: [2, 'Master'],
  FAULT: [3, 'Fault'],
  DELETED: [97, 'Deleted'],
  STOP: [98, 'Stop'],
};

/** The number that VrrpStatusChange bears. */
export const stateNumber = (state: DbusState): number => STATES[state][0];

const FAMILIES: Readonly<Record<Family, string>> = { inet: 'IPv4', inet6: 'IPv6' };

/** The daemon's own object. */
export const vrrpPath = (naming: DbusNaming): string => [...rootOf(naming), 'Vrrp'].join('/');

/** The object of an instance. */
export function instancePath(naming: DbusNaming, instance: DbusInstance): string {
  const device = element(instance.interface ?? naming.noInterfaceName);
  return [...rootOf(naming), 'Instance', device, instance.vrid, FAMILIES[instance.family]].join('/');
}

const rootOf = ({ networkNamespace, daemonInstance }: DbusNaming): readonly string[] => [
  '/org/keepalived/Vrrp1',
  ...[networkNamespace, daemonInstance].flatMap((part) => (part === undefined ? [] : [element(part)])),
];

/** Only letters, digits and underscores may stand in a path. */
const element = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '_');

/** All objects at one moment. */
export class DbusObjects {
  private readonly instances: ReadonlyMap<string, DbusInstance>;
  private readonly daemonPath: string;

  constructor(naming: DbusNaming, instances: readonly DbusInstance[]) {
    this.daemonPath = vrrpPath(naming);
    this.instances = new Map(instances.map((instance) => [instancePath(naming, instance), instance]));
  }

  /** What is to be answered to a call. */
  answer(call: DbusCall): DbusAnswer {
    switch (call.interface ?? this.implied(call)) {
      case PEER_INTERFACE:
        return call.member === 'Ping' ? NOTHING : unknownMethod(call);
      case INTROSPECTABLE_INTERFACE:
        return call.member === 'Introspect' ? this.introspect(call.path) : unknownMethod(call);
      case PROPERTIES_INTERFACE:
        return this.properties(call);
      case VRRP_INTERFACE:
        return call.path === this.daemonPath
          ? order(call, DAEMON_METHODS.get(call.member))
          : unknownObject(call);
      case INSTANCE_INTERFACE: {
        const instance = this.instances.get(call.path);
        if (!instance) return unknownObject(call);
        const wanted =
          call.member === 'SendGarp' ? ({ type: 'SendGarp', instance: instance.name } as const) : undefined;
        return order(call, wanted);
      }
      default:
        return unknownMethod(call);
    }
  }

  /** Whose method it is where the caller names no interface: each name stands in one only. */
  private implied({ path, member }: DbusCall): string | undefined {
    if (member === 'Introspect') return INTROSPECTABLE_INTERFACE;
    if (path === this.daemonPath && DAEMON_METHODS.has(member)) return VRRP_INTERFACE;
    if (member === 'SendGarp') return INSTANCE_INTERFACE;
    return ['Get', 'GetAll', 'Set'].includes(member) ? PROPERTIES_INTERFACE : undefined;
  }

  private introspect(path: string): DbusAnswer {
    const own = path === this.daemonPath ? 'vrrp' : this.instances.has(path) ? 'instance' : undefined;
    const prefix = path === '/' ? '/' : `${path}/`;
    const children = [this.daemonPath, ...this.instances.keys()]
      .filter((each) => each.startsWith(prefix))
      .map((each) => each.slice(prefix.length).split('/')[0] ?? '');
    return value('s', introspection(own, [...new Set(children)]));
  }

  private properties(call: DbusCall): DbusAnswer {
    const instance = this.instances.get(call.path);
    const [interfaceName, property] = call.body;
    if (!instance) return unknownObject(call);
    if (interfaceName !== INSTANCE_INTERFACE) {
      return error('InvalidArgs', `No such interface “${String(interfaceName)}”`);
    }
    const all = propertiesOf(instance);
    switch (call.member) {
      case 'GetAll':
        return value('a{sv}', [...all]);
      case 'Get': {
        const found = all.get(String(property));
        return found ? value('v', found) : error('InvalidArgs', `No such property “${String(property)}”`);
      }
      case 'Set':
        return error('PropertyReadOnly', `Property “${String(property)}” is not writable`);
      default:
        return unknownMethod(call);
    }
  }
}

/** Each as a variant: its signature, and what it holds. Both are structures, as keepalived has them. */
const propertiesOf = ({ name, state }: DbusInstance): ReadonlyMap<string, readonly [string, unknown]> =>
  new Map([
    ['Name', ['(s)', [name]]],
    ['State', ['(us)', STATES[state]]],
  ]);

const DAEMON_METHODS: ReadonlyMap<string, DbusOrder> = new Map(
  (['PrintData', 'PrintStats', 'PrintStatsClear', 'ReloadConfig'] as const).map((type) => [type, { type }]),
);

const order = (call: DbusCall, wanted: DbusOrder | undefined): DbusAnswer =>
  wanted ? { type: 'Order', order: wanted } : unknownMethod(call);

const value = (signature: string, ...body: readonly unknown[]): DbusAnswer => ({
  type: 'Value',
  signature,
  body,
});

const NOTHING: DbusAnswer = { type: 'Value', signature: '', body: [] };

const error = (name: string, text: string): DbusAnswer => ({
  type: 'Error',
  name: `org.freedesktop.DBus.Error.${name}`,
  text,
});

const unknownMethod = ({ interface: name, member }: DbusCall): DbusAnswer =>
  error('UnknownMethod', `No such method “${member}” on interface “${name ?? ''}”`);

const unknownObject = ({ path }: DbusCall): DbusAnswer =>
  error('UnknownObject', `There is no such object, or no such interface on it: ${path}`);
