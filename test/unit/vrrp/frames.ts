// Ethernet frames with adverts in them.
import { centis, seconds } from '#base/units.js';
import { encodeEthernetFrame, ETH_P_IP, ETH_P_IPV6, parseHardwareAddress } from '#wire/ethernet.js';
import { encodeIpv4Header } from '#wire/ipv4.js';
import { encodeIpv6Header } from '#wire/ipv6.js';
import { encodeAdvert, type Advert } from '#wire/vrrp.js';
import { ip } from './play.js';

export const MAC = '02:00:00:00:00:0a';
export const mac = (text: string): Uint8Array => parseHardwareAddress(text) ?? new Uint8Array(6);

export const v2: Advert = {
  version: 2,
  vrid: 51,
  priority: 150,
  addresses: [ip('192.0.2.100')],
  authType: 1,
  authData: new Uint8Array(8),
  advertIntervalS: seconds(1),
};
export const v3: Advert = {
  version: 3,
  vrid: 52,
  priority: 100,
  addresses: [ip('2001:db8::1')],
  maxAdvertIntervalCs: centis(50),
};

export const frame = (etherType: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  encodeEthernetFrame({
    destination: mac('01:00:5e:00:00:12'),
    source: mac(MAC),
    etherType,
    payload: Uint8Array.from(parts.flatMap((part) => [...part])),
  });

export function onIpv4(
  advert: Advert,
  trailer = new Uint8Array(0),
  protocol = 112,
  before = new Uint8Array(0),
): Uint8Array {
  const [source, destination] = [ip('192.0.2.1'), ip('224.0.0.18')];
  const message = encodeAdvert(advert, { source, destination });
  const totalLength = 20 + before.length + message.length + trailer.length;
  const header = encodeIpv4Header({
    tos: 0,
    totalLength,
    identification: 0,
    fragment: 0,
    ttl: 255,
    protocol,
    source,
    destination,
    options: new Uint8Array(0),
  });
  return frame(ETH_P_IP, header, before, message, trailer);
}

export function onIpv6(advert: Advert): Uint8Array {
  const [source, destination] = [ip('fe80::1'), ip('ff02::12')];
  const message = encodeAdvert(advert, { source, destination });
  const header = encodeIpv6Header({
    trafficClass: 0,
    flowLabel: 0,
    payloadLength: message.length,
    nextHeader: 112,
    hopLimit: 255,
    source,
    destination,
  });
  return frame(ETH_P_IPV6, header, message);
}
