import { secondsToMicros } from '../../base/units.js';
import { simulate, type TimedFault } from '../../sim/index.js';
import { type Pair } from './pair.js';

const ACTS: readonly TimedFault[] = [
  { at: secondsToMicros(10), fault: { type: 'kill', router: 'director-a' } },
  { at: secondsToMicros(20), fault: { type: 'start', router: 'director-a' } },
  { at: secondsToMicros(30), fault: { type: 'stop', router: 'director-a' } },
];

/**
 * The same play without a stage: both files run through the protocol core on a virtual clock and network. Nothing
 * of this machine is touched, and no second passes.
 */
export function rehearse(pair: Pair, say: (line: string) => void): void {
  say('Neither root nor user namespaces are to be had here, so this is a simulation: the two files of');
  say('examples/pair run through the same protocol code, on a virtual clock and a virtual network.');
  say('');
  const timeline = simulate({
    routers: [
      { name: 'director-a', settings: pair.settings.a },
      { name: 'director-b', settings: pair.settings.b },
    ],
    faults: ACTS,
    until: secondsToMicros(40),
  });
  for (const line of timeline.lines()) say(line);
  say('');
  const gaps = timeline.gaps().map(({ duration }) => duration / 1000);
  const takeoverMs = Math.max(...gaps);
  say(`TAKEOVER: without a master for ${(takeoverMs / 1000).toFixed(3)} s after director-a lost power.`);
  say(`The protocol's limit is ${(pair.limitMs / 1000).toFixed(3)} s after the last advert.`);
}
