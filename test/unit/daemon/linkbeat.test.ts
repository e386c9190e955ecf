import { Linkbeat, type BeatDoor, type BeatType } from '#daemon/linkbeat.js';

/** What a driver answers; undefined for what it does not know. */
interface Driver {
  mii?: boolean;
  ethtool?: boolean;
  flags?: boolean;
}

function beat(driver: Driver, type?: BeatType) {
  const asked: string[] = [];
  const log: string[] = [];
  const ask = (what: string, answer: boolean | undefined): boolean | undefined => {
    asked.push(what);
    return answer;
  };
  const door: BeatDoor = {
    miiUp: () => ask('MII', driver.mii),
    ethtoolUp: () => ask('ETHTOOL', driver.ethtool),
    flagsUp: () => ask('flags', driver.flags),
  };
  const poller = new Linkbeat(new Map([['eth0', type]]), door, { info: (text) => void log.push(text) });
  return { poller, log, asked };
}

test('an interface that is not to be asked is not', () => {
  const { poller, asked } = beat({ mii: true, flags: true });
  expect(poller.isUp('eth1')).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each<[string, Driver, BeatType | undefined, string, string]>([
  ['MII, if there is a transceiver', { mii: true, ethtool: true, flags: true }, undefined, 'MII', ''],
  ['ETHTOOL without one', { ethtool: true, flags: true }, undefined, 'ETHTOOL', ''],
  ['the flags without either', { flags: true }, undefined, 'flags', ''],
  ['as configured', { mii: true, ethtool: true, flags: true }, 'ETHTOOL', 'ETHTOOL', ''],
  ['IOCTL asks for nothing else', { mii: false, ethtool: false, flags: true }, 'IOCTL', 'flags', ''],
  ['MII falls back', { ethtool: true, flags: true }, 'MII', 'ETHTOOL', 'MII not supported, using ETHTOOL'],
  ['ETHTOOL falls back', { mii: true, flags: true }, 'ETHTOOL', 'MII', 'ETHTOOL not supported, using MII'],
])('%s', (_, driver, type, last, said) => {
  const { poller, asked, log } = beat(driver, type);
  expect(poller.isUp('eth0')).toBe(true);
  asked.splice(0);
  poller.poll(new Set(['eth0']));
  expect(asked[0]).toBe(last);
  expect(log.join()).toBe(said === '' ? '' : `(eth0): Configured linkbeat type ${said}`);
});

test('up needs the link and the flags', () => {
  expect(beat({ mii: false, flags: true }).poller.isUp('eth0')).toBe(false);
  expect(beat({ mii: true, flags: false }).poller.isUp('eth0')).toBe(false);
  expect(beat({ flags: false }).poller.isUp('eth0')).toBe(false);
});

test('changes are told once; an interface that is gone is none, and is asked anew when it is back', () => {
  const driver: Driver = { ethtool: true, flags: true };
  const { poller } = beat(driver);
  poller.isUp('eth0');
  const here = new Set(['eth0']);
  expect(poller.poll(here)).toEqual([]);
  driver.ethtool = false;
  expect(poller.poll(here)).toEqual(['eth0']);
  expect(poller.isUp('eth0')).toBe(false);
  expect(poller.poll(here)).toEqual([]);
  expect(poller.poll(new Set())).toEqual([]);
  driver.ethtool = true;
  expect(poller.isUp('eth0')).toBe(true);
});

test('a driver that stops answering leaves it to the flags', () => {
  const driver: Driver = { ethtool: true, flags: true };
  const { poller } = beat(driver);
  poller.isUp('eth0');
  delete driver.ethtool;
  expect(poller.poll(new Set(['eth0']))).toEqual([]);
  expect(poller.isUp('eth0')).toBe(true);
});
