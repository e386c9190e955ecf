// Adverts that the directors of snmp.test.ts do not believe, each of which has a trap of its own, and who sends them.
import { parseIpAddress, type IpAddress } from '#base/address.js';
import { centis, seconds } from '#base/units.js';
import { encodeAdvert } from '#wire/index.js';
import { Actor } from '../netns/kernel/actor.js';
import { type Namespace } from '../namespaces.js';

const ip = (text: string): IpAddress => {
  const address = parseIpAddress(text);
  if (address === undefined) throw new RangeError(text);
  return address;
};

const GROUP = ip('224.0.0.18');
const VIPS = [ip('192.0.2.10'), ip('192.0.2.11')];

interface Forgery {
  readonly what: string;
  readonly port: 'eth0' | 'eth1';
  readonly ttl: number;
  readonly payload: Uint8Array;
}

/** Nobody is at these addresses. */
const SOURCES = { eth0: ip('192.0.2.77'), eth1: ip('198.51.101.77') };

/** As VI_1 expects it, but for its authentication. */
function version2(authType: number, password: string): Uint8Array {
  const authData = new Uint8Array(8);
  authData.set(Buffer.from(password));
  return encodeAdvert(
    { version: 2, vrid: 51, priority: 50, addresses: VIPS, authType, authData, advertIntervalS: seconds(1) },
    { source: SOURCES.eth0, destination: GROUP },
  );
}

/** As VI_3 expects it. */
const version3 = (vrid: number, port: 'eth0' | 'eth1'): Uint8Array =>
  encodeAdvert(
    { version: 3, vrid, priority: 50, addresses: [ip('198.51.101.30')], maxAdvertIntervalCs: centis(100) },
    { source: SOURCES[port], destination: GROUP },
  );

const broken = (payload: Uint8Array): Uint8Array =>
  payload.map((byte, at) => (at === 6 ? byte ^ 0xff : byte));

export const FORGERIES: readonly Forgery[] = [
  { what: 'a TTL of less than 255', port: 'eth0', ttl: 254, payload: version2(1, 'secret') },
  { what: 'a broken checksum', port: 'eth0', ttl: 255, payload: broken(version2(1, 'secret')) },
  { what: 'another version', port: 'eth0', ttl: 255, payload: version3(51, 'eth0') },
  { what: 'no authentication', port: 'eth0', ttl: 255, payload: version2(0, '') },
  { what: 'authentication of an unknown type', port: 'eth0', ttl: 255, payload: version2(7, 'secret') },
  { what: 'a wrong password', port: 'eth0', ttl: 255, payload: version2(1, 'guess') },
  { what: 'version 3 with a broken checksum', port: 'eth1', ttl: 255, payload: broken(version3(53, 'eth1')) },
  { what: 'version 3 with a TTL of less than 255', port: 'eth1', ttl: 1, payload: version3(53, 'eth1') },
];

/** Somebody on both segments of a director. */
export class Forger {
  private readonly actors: Readonly<Record<'eth0' | 'eth1', Actor>>;

  /** @param namespace with a port of each name. */
  constructor(namespace: Namespace) {
    const actor = (port: 'eth0' | 'eth1') =>
      Actor.start(namespace, 'vrrp-actor', {
        ...{ family: 'inet', protocol: 112, interface: port },
        transport: { kind: 'multicast', group: GROUP },
      });
    this.actors = { eth0: actor('eth0'), eth1: actor('eth1') };
  }

  async ready(): Promise<void> {
    for (const actor of Object.values(this.actors)) await actor.hear('open');
  }

  send({ port, ttl, payload }: Forgery): void {
    const packet = { source: SOURCES[port], destination: GROUP, ttl, payload: Array.from(payload) };
    this.actors[port].say({ send: [packet] });
  }

  async end(): Promise<void> {
    for (const actor of Object.values(this.actors)) await actor.end();
  }
}
