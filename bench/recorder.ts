// What the recorder costs: CPU time of one step of the protocol with and without it, as a backup and as a master.
import { parseIpAddress, type IpAddress } from '#base/address.js';
import { DeadlineQueue } from '#base/deadline-queue.js';
import { centis, micros, secondsToMicros, type Micros } from '#base/units.js';
import { loadConfiguration } from '#config/index.js';
import { VrrpRecorder } from '#observe/index.js';
import { Router, type AdvertReceived, type VrrpEvent } from '#vrrp/index.js';
import { encodeAdvert } from '#wire/index.js';
import { fakeHost } from '../test/unit/config/host.js';

const STEPS = 200_000;
const ROUNDS = 5;
const PATH = '/etc/keepalived/keepalived.conf';
const INTERVAL = secondsToMicros(1);

const address = (text: string): IpAddress => {
  const parsed = parseIpAddress(text);
  if (parsed === undefined) throw new RangeError(text);
  return parsed;
};

const text = `
vrrp_instance VI_1 {
  version 3
  interface eth0
  virtual_router_id 51
  priority 100
  virtual_ipaddress {
    192.0.2.100/24
  }
}
`;

const [SOURCE, GROUP] = [address('192.0.2.2'), address('224.0.0.18')];
const PAYLOAD = encodeAdvert(
  {
    version: 3,
    vrid: 51,
    priority: 150,
    addresses: [address('192.0.2.100')],
    maxAdvertIntervalCs: centis(100),
  },
  { source: SOURCE, destination: GROUP },
);

/** An advert of the master: what a backup hears every second of its life. */
const heard = (at: Micros): AdvertReceived => ({
  ...({ type: 'AdvertReceived', interface: 'eth0', source: SOURCE, destination: GROUP, ttl: 255 } as const),
  ...{ payload: PAYLOAD, receivedAt: at, ipHeader: new Uint8Array(20) },
});

type Part = 'a backup hears an advert' | 'a master sends an advert';

/** CPU nanoseconds a step. */
function run(part: Part, recorder: VrrpRecorder | undefined): number {
  const host = fakeHost({ files: { [PATH]: text } });
  const { configuration } = loadConfiguration(PATH, host, { instance: 'bench', seed: 1 });
  if (!configuration) throw new Error('the configuration is wrong');
  const router = new Router(configuration.vrrp);
  const deadlines = new DeadlineQueue();
  let now = micros(0);
  const step = (event: VrrpEvent): void => {
    const effects = router.step(event, now);
    for (const effect of effects) {
      if (effect.type === 'SetDeadline') deadlines.set(effect.name, effect.at);
      else if (effect.type === 'ClearDeadline') deadlines.clear(effect.name);
    }
    recorder?.step(event, effects, now, router.verdict);
  };
  step({
    type: 'InterfaceChanged',
    state: { name: 'eth0', index: 1, up: true, addresses: [address('192.0.2.1')] },
  });
  step({ type: 'Started' });
  const before = process.cpuUsage();
  for (let count = 0; count < STEPS; count += 1) {
    const next = part === 'a master sends an advert' ? deadlines.next() : undefined;
    now = next ?? micros(now + INTERVAL);
    const due = next === undefined ? undefined : deadlines.takeDue(next);
    step(due ? { type: 'DeadlinePassed', ...due } : heard(now));
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / STEPS;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const parts: readonly Part[] = ['a backup hears an advert', 'a master sends an advert'];
for (const part of parts) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const recorder = new VrrpRecorder();
    const [without, recorded] = [run(part, undefined), run(part, recorder)];
    const { bytes, records } = recorder.journal.extent;
    return { without, recorded, bytes: bytes / records };
  });
  const without = median(rounds.map((round) => round.without));
  const recorded = median(rounds.map((round) => round.recorded));
  const size = median(rounds.map((round) => round.bytes));
  console.log(
    `${part}: ${without.toFixed(0)} ns of CPU, ${recorded.toFixed(0)} ns recorded; ` +
      `the record costs ${(recorded - without).toFixed(0)} ns and ${size.toFixed(0)} bytes`,
  );
}
