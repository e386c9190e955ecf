import { type AnnouncementPacing, type InstanceSettings, type VirtualAddress } from '#vrrp/index.js';
import { ip, Play, s, settingsOf, vi1, vi1v6 } from './play.js';

const vip = (address: string, name = 'eth0'): VirtualAddress => ({
  address: ip(address),
  interface: name,
  advertised: true,
});
const addresses = [vip('192.0.2.100'), vip('192.0.2.101'), vip('192.0.2.102')];

const every = (garp: number, gna = 0, interfaces = ['eth0']): AnnouncementPacing => ({
  interfaces,
  garpInterval: s(garp),
  gnaInterval: s(gna),
});

/** A router just before its instances become master; what led there is forgotten. */
const about = (pacing: readonly AnnouncementPacing[], ...instances: readonly InstanceSettings[]): Play =>
  new Play(settingsOf(instances, { announcementPacing: pacing })).start().wait(s(3.6)).forget();

/** Which address is announced when, in milliseconds after the first. */
function announced(play: Play): string[] {
  const all = play.all('SendGratuitousArp');
  const start = all[0]?.when ?? 0;
  return all.map(
    ({ when, address, interface: name }) => `${Math.round((when - start) / 1000)} ${address} ${name}`,
  );
}

describe('the pace of announcements', () => {
  test('none: all at once', () => {
    const play = about([], { ...vi1, addresses }).wait(s(1));
    expect(announced(play)).toEqual(['0 192.0.2.100 eth0', '0 192.0.2.101 eth0', '0 192.0.2.102 eth0']);
  });

  test('garp_interval: the first at once, each other one in its turn', () => {
    const play = about([every(0.1)], { ...vi1, addresses }).wait(s(1));
    expect(announced(play)).toEqual(['0 192.0.2.100 eth0', '100 192.0.2.101 eth0', '200 192.0.2.102 eth0']);
  });

  test('of IPv6 is that of gna_interval, and no other', () => {
    const both = [vip('2001:db8::100'), vip('2001:db8::101'), vip('192.0.2.7'), vip('192.0.2.8')];
    const play = about([every(0, 0.2)], { ...vi1v6, addresses: both }).wait(s(1));
    expect(announced(play)).toEqual([
      '0 2001:db8::100 eth0',
      '0 192.0.2.7 eth0',
      '0 192.0.2.8 eth0',
      '200 2001:db8::101 eth0',
    ]);
  });

  test('repeats wait behind all others; whoever was sent at once is sent as often as he waits again', () => {
    const garp = { ...vi1.garp, masterRepeat: 2 };
    const play = about([every(0.1)], { ...vi1, garp, addresses: addresses.slice(0, 2) }).wait(s(1));
    expect(announced(play)).toEqual([
      '0 192.0.2.100 eth0',
      '100 192.0.2.101 eth0',
      '200 192.0.2.100 eth0',
      '300 192.0.2.101 eth0',
    ]);
  });

  test('is that of all interfaces of a garp_group together, and of no others', () => {
    const three = [vip('192.0.2.1', 'eth0'), vip('192.0.2.2', 'eth1'), vip('192.0.2.3', 'eth2')];
    const play = about([every(0.1, 0, ['eth0', 'eth1'])], { ...vi1, addresses: three }).wait(s(1));
    expect(announced(play)).toEqual(['0 192.0.2.1 eth0', '0 192.0.2.3 eth2', '100 192.0.2.2 eth1']);
  });

  test('is that of all instances on the interface together', () => {
    const second = { ...vi1, name: 'VI_2', vrid: 52, addresses: [vip('192.0.2.200')] };
    const play = about([every(0.1)], { ...vi1, addresses: addresses.slice(0, 1) }, second).wait(s(1));
    expect(announced(play)).toEqual(['0 192.0.2.100 eth0', '100 192.0.2.200 eth0']);
  });

  test('who is no longer master is not announced when his turn comes', () => {
    const play = about([every(0.1)], { ...vi1, addresses }).wait(s(0.15));
    play.hear({ priority: 200 });
    play.wait(s(1));
    expect(announced(play)).toEqual(['0 192.0.2.100 eth0', '100 192.0.2.101 eth0']);
    expect(play.due('garp-pace eth0')).toBeUndefined();
  });

  test('after a stall is kept all the same: nothing comes in a burst', () => {
    const play = about([every(0.1)], { ...vi1, addresses }).wait(s(0.01));
    play.stall(s(0.9)).wait(s(1));
    expect(announced(play).map((line) => line.split(' ')[0])).toEqual(['0', '901', '1001']);
  });

  test('a reload that changes it paces anew what waits; one that ends it sends all', () => {
    const settings = (pacing: readonly AnnouncementPacing[]) =>
      settingsOf([{ ...vi1, addresses }], { announcementPacing: pacing });
    const play = about([every(10)], { ...vi1, addresses }).wait(s(0.1));
    expect(announced(play)).toHaveLength(1);
    play.step({ type: 'Reconfigured', settings: settings([every(0.2)]) });
    play.wait(s(0.1));
    expect(announced(play)).toHaveLength(2);
    play.step({ type: 'Reconfigured', settings: settings([]) });
    expect(announced(play)).toHaveLength(3);
  });

  test('the log hears of each address once a round, before it is sent or queued', () => {
    const garp = { ...vi1.garp, masterRepeat: 2 };
    const play = about([every(0.1)], { ...vi1, garp, addresses: addresses.slice(0, 2) }).wait(s(1));
    const lines = play.all('Record').filter(({ code }) => code === 'announcing');
    expect(lines.map(({ text }) => text)).toEqual([
      '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.100',
      '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.101',
    ]);
  });
});
