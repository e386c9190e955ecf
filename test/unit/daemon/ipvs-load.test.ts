// One look at the kernel serves SNMP and metrics, and it is where the services are.
import { micros, secondsToMicros, type Micros } from '#base/units.js';
import { IpvsLoad, type OpenedDoor } from '#daemon/ipvs-load.js';
import { type IpvsPlace } from '#kernel/ipvs.js';
import { type KernelService } from '#lvs/index.js';
import { modelOf, server } from '../config/passes-parts.js';

const connections = { active: 7, inactive: 2, persistent: 1 };

/** A kernel that has the service and counts. */
class Kernel {
  looks = 0;
  readonly opened: (string | undefined)[] = [];
  closed = 0;
  now: Micros = micros(1_000_000);
  readonly load = new IpvsLoad(
    (place: IpvsPlace): OpenedDoor => {
      this.opened.push(place.namespace);
      return { services: () => this.services(), close: () => (this.closed += 1) };
    },
    () => this.now,
  );

  private services(): readonly KernelService[] {
    this.looks += 1;
    const [template] = Object.values(modelOf(server('')).services)[0] ?? [];
    if (!template) throw new Error('no service');
    const destinations = template.destinations.map((each) => ({ ...each, connections }));
    return [{ ...template, destinations }];
  }
}

const ID = '[192.0.2.60]:tcp:80';

test('whoever asks within snmp_vs_stats_update_interval shares a look', () => {
  const kernel = new Kernel();
  const configuration = modelOf(server(''));
  expect(kernel.load.read(configuration)?.realServer(ID, 0)).toMatchObject({ connections });
  kernel.now = micros(kernel.now + secondsToMicros(4));
  kernel.load.read(configuration);
  expect(kernel.looks).toBe(1);
  kernel.now = micros(kernel.now + secondsToMicros(1));
  kernel.load.read(configuration);
  expect(kernel.looks).toBe(2);
  // After a reload what was known may be of others.
  kernel.load.read(modelOf(server('')));
  expect([kernel.looks, kernel.opened]).toEqual([3, [undefined]]);
});

test('it looks in net_namespace_ipvs, and in another one once a reload has another', () => {
  const kernel = new Kernel();
  const inside = modelOf(`net_namespace_ipvs lb\n${server('')}`);
  kernel.load.read(inside);
  kernel.load.read(inside);
  expect(kernel.opened).toEqual(['lb']);
  expect(kernel.load.read(modelOf(server('')))?.realServer(ID, 0)).toMatchObject({ connections });
  expect([kernel.opened, kernel.closed]).toEqual([['lb', undefined], 1]);
});

test('without a virtual server nothing is opened', () => {
  const kernel = new Kernel();
  expect(kernel.load.read(modelOf(''))).toBeUndefined();
  expect(kernel.opened).toEqual([]);
});
