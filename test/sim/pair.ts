import { parseIpAddress, type IpAddress } from '#base/address.js';
import { secondsToMicros } from '#base/units.js';
import { simulate, type Fault, type TimedFault, type Timeline } from '#sim/index.js';
import { type InstanceSettings, type VrrpSettings } from '#vrrp/index.js';

/** An address from its text. */
export const ip = (text: string): IpAddress => parseIpAddress(text)!;

/** Something that is done at so many seconds. */
export const at = (seconds: number, fault: Fault): TimedFault => ({ at: secondsToMicros(seconds), fault });

/** One instance with VIP 192.0.2.100, version 2, an advert a second. */
export function settingsOf(priority: number, changes: Partial<InstanceSettings> = {}): VrrpSettings {
  const instance: InstanceSettings = {
    name: 'VI',
    family: 'inet',
    version: 2,
    vrid: 51,
    interface: 'eth0',
    initialState: 'BACKUP',
    priority,
    advertInterval: secondsToMicros(1),
    preempt: true,
    preemptDelay: secondsToMicros(0),
    transport: { kind: 'multicast', group: ip('224.0.0.18') },
    authentication: { type: 'none' },
    addresses: [{ address: ip('192.0.2.100'), interface: 'eth0', advertised: true }],
    garp: {
      masterDelay: secondsToMicros(5),
      masterRepeat: 5,
      masterRefresh: secondsToMicros(0),
      masterRefreshRepeat: 1,
      lowerPriorityDelay: secondsToMicros(5),
      lowerPriorityRepeat: 5,
      extraInterval: secondsToMicros(0),
      extraAddresses: [],
    },
    downTimerAdverts: 3,
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    trackProcesses: [],
    trackBfd: [],
    dontTrackPrimary: false,
    lowerPriorityNoAdvert: false,
    higherPrioritySendAdvert: false,
    skipCheckAdvertAddresses: false,
    checksumAsV2: false,
    ownerIgnoresAdverts: false,
    configFaults: [],
    ...changes,
  };
  return {
    instances: [instance],
    syncGroups: [],
    scripts: [],
    processes: [],
    startupDelay: secondsToMicros(0),
    announcementPacing: [],
    delayAfterBoot: secondsToMicros(0),
    logUnknownVrids: false,
  };
}

/** A (priority 150) and B (priority 100) for half a minute. */
export function playPair(faults: readonly TimedFault[], changes: Partial<InstanceSettings> = {}): Timeline {
  return simulate({
    routers: [
      { name: 'A', settings: settingsOf(150, changes) },
      { name: 'B', settings: settingsOf(100, changes) },
    ],
    faults,
    until: secondsToMicros(30),
  });
}

/** Who was master when, in seconds cut to three digits: `A 3.414-10`. */
export const reignsOf = (timeline: Timeline): string[] =>
  timeline
    .reigns()
    .map(({ router, from, until }) => `${router} ${short(from)}-${until === undefined ? '' : short(until)}`);

const short = (micros: number): string => String(Math.floor(micros / 1000) / 1000);
