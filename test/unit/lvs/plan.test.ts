import fc from 'fast-check';
import { parseIpAddress, type IpAddress } from '#base/address.js';
import {
  planServices,
  serviceId,
  ServiceTable,
  type DesiredDestination,
  type DesiredService,
  type IpvsCommand,
  type KernelService,
} from '#lvs/index.js';
import { anyServices } from './arbitrary.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;

const destination = (last: number, extra: Partial<DesiredDestination> = {}): DesiredDestination => ({
  address: ip(`192.0.2.${last}`),
  port: 80,
  forwarding: { kind: 'masq' },
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  ...extra,
});

const service = (extra: Partial<DesiredService> = {}): DesiredService => ({
  key: { kind: 'address', protocol: 'TCP', address: ip('192.0.2.100'), port: 80 },
  scheduler: 'wlc',
  schedulerFlags: 0,
  hashed: false,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  destinations: [destination(1), destination(2)],
  ...extra,
});

/** 'NewDest 192.0.2.1:80' */
const inWords = (command: IpvsCommand): string => {
  switch (command.type) {
    case 'NewService':
    case 'SetService':
      return `${command.type} ${serviceId(command.service.key)}`;
    case 'DelService':
      return `${command.type} ${serviceId(command.service)}`;
    case 'NewDest':
    case 'SetDest':
    case 'DelDest':
      return `${command.type} ${command.destination.address}:${command.destination.port}`;
  }
};

const plan = (
  desired: readonly DesiredService[],
  kernel: readonly KernelService[],
  owned: Parameters<typeof planServices>[2] = [],
) => planServices(desired, kernel, owned).map(inWords);

describe('planServices', () => {
  test('makes a service, then its destinations', () => {
    expect(plan([service()], [])).toEqual([
      'NewService TCP 192.0.2.100 80',
      'NewDest 192.0.2.1:80',
      'NewDest 192.0.2.2:80',
    ]);
  });

  test('adopts what stands: nothing to do for what is equal', () => {
    expect(plan([service()], [service({ hashed: true })])).toEqual([]);
  });

  test('sends exactly what one changed real server needs', () => {
    const weighted = service({ destinations: [destination(1), destination(2, { weight: 7 })] });
    expect(planServices([weighted], [service()], [])).toEqual([
      { type: 'SetDest', service: service().key, destination: destination(2, { weight: 7 }) },
    ]);
  });

  test.each<[string, Partial<DesiredDestination>]>([
    ['forwarding', { forwarding: { kind: 'route' } }],
    ['tunnel', { forwarding: { kind: 'tunnel', type: 'ipip' } }],
    ['upper threshold', { upperThreshold: 5 }],
    ['lower threshold', { lowerThreshold: 5 }],
  ])('edits a destination for its %s', (_what, extra) => {
    expect(
      plan(
        [service({ destinations: [destination(1, extra)] })],
        [service({ destinations: [destination(1)] })],
      ),
    ).toEqual(['SetDest 192.0.2.1:80']);
  });

  test('tells tunnels apart by type, port and checksum', () => {
    const gue = { kind: 'tunnel', type: 'gue', port: 6080, checksum: 'csum' } as const;
    const gre = { kind: 'tunnel', type: 'gre', checksum: 'csum' } as const;
    const others = [
      { ...gue, port: 6081 },
      { ...gue, checksum: 'remcsum' } as const,
      gre,
      { kind: 'tunnel', type: 'ipip' } as const,
    ];
    const one = (forwarding: DesiredDestination['forwarding']) =>
      service({ destinations: [destination(1, { forwarding })] });
    for (const other of others) expect(plan([one(gue)], [one(other)])).toEqual(['SetDest 192.0.2.1:80']);
    expect(plan([one(gre)], [one({ ...gre, checksum: 'nocsum' })])).toEqual(['SetDest 192.0.2.1:80']);
    expect(plan([one(gue)], [one({ ...gue })])).toEqual([]);
  });

  test('replaces a method that it does not know', () => {
    const local = { ...destination(1), forwarding: { kind: 'other' as const, method: 1 } };
    const kernel = { ...service(), destinations: [local] };
    expect(plan([service({ destinations: [destination(1)] })], [kernel])).toEqual(['SetDest 192.0.2.1:80']);
  });

  test.each<[string, Partial<DesiredService>]>([
    ['scheduler', { scheduler: 'rr' }],
    ['scheduler flags', { schedulerFlags: 3 }],
    ['one packet', { onePacket: true }],
    ['persistence', { persistenceTimeoutS: 360 }],
    ['granularity', { persistencePrefix: 24 }],
    ['engine', { persistenceEngine: 'sip' }],
  ])('edits a service for its %s and leaves its destinations alone', (_what, extra) => {
    expect(plan([service(extra)], [service()])).toEqual(['SetService TCP 192.0.2.100 80']);
  });

  test('lets the new destinations in before the old ones go', () => {
    const moved = service({ destinations: [destination(3)] });
    expect(plan([moved], [service()])).toEqual([
      'NewDest 192.0.2.3:80',
      'DelDest 192.0.2.1:80',
      'DelDest 192.0.2.2:80',
    ]);
  });

  test('removes only what is owned: services of others stay, unless lvs_flush says otherwise', () => {
    const foreign = service({ key: { kind: 'fwmark', family: 'inet', mark: 9 } });
    const ours = service();
    expect(plan([], [foreign, ours], [ours.key])).toEqual(['DelService TCP 192.0.2.100 80']);
    expect(plan([ours], [foreign, ours], 'all')).toEqual(['DelService FWM 9 inet']);
    expect(plan([], [], [ours.key])).toEqual([]);
  });

  test('a mark of one family is not the same mark of the other', () => {
    const mark = (family: 'inet' | 'inet6') =>
      service({
        key: { kind: 'fwmark', family, mark: 5 },
        persistencePrefix: family === 'inet' ? 32 : 128,
        destinations: [],
      });
    expect(plan([mark('inet6')], [mark('inet')])).toEqual(['NewService FWM 5 inet6']);
  });
});

describe('on any table', () => {
  const carriedOut = (kernel: readonly KernelService[], commands: readonly IpvsCommand[]) => {
    const table = new ServiceTable(kernel);
    for (const command of commands)
      expect([inWords(command), table.apply(command)]).toEqual([inWords(command), true]);
    return table.services();
  };

  test('the kernel accepts every command, and then nothing is left to do', () => {
    fc.assert(
      fc.property(anyServices, anyServices, (desired, kernel) => {
        const after = carriedOut(kernel, planServices(desired, kernel, 'all'));
        expect(planServices(desired, after, 'all')).toEqual([]);
        expect(after.length).toBe(desired.length);
      }),
      { numRuns: 500 },
    );
  });

  test('what is neither desired nor owned is never named', () => {
    fc.assert(
      fc.property(anyServices, anyServices, (desired, kernel) => {
        const wanted = new Set(desired.map(({ key }) => serviceId(key)));
        const foreign = kernel.filter(({ key }) => !wanted.has(serviceId(key)));
        const after = carriedOut(kernel, planServices(desired, kernel, []));
        expect(after.filter(({ key }) => !wanted.has(serviceId(key)))).toEqual(foreign);
      }),
      { numRuns: 300 },
    );
  });

  test('a service with destinations before and after has some at every moment', () => {
    fc.assert(
      fc.property(anyServices, anyServices, (desired, kernel) => {
        const table = new ServiceTable(kernel);
        const lasting = desired.filter(
          ({ key, destinations }) =>
            destinations.length > 0 &&
            kernel.some((one) => serviceId(one.key) === serviceId(key) && one.destinations.length > 0),
        );
        for (const command of planServices(desired, kernel, 'all')) {
          table.apply(command);
          for (const { key } of lasting) {
            const now = table.services().find((one) => serviceId(one.key) === serviceId(key));
            expect(now?.destinations.length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('ServiceTable', () => {
  test('says which commands the kernel would refuse', () => {
    const table = new ServiceTable([service({ destinations: [destination(1)] })]);
    const { key } = service();
    const other = { ...key, port: 81 };
    const refused: IpvsCommand[] = [
      { type: 'NewService', service: service() },
      { type: 'SetService', service: service({ key: other }) },
      { type: 'DelService', service: other },
      { type: 'NewDest', service: key, destination: destination(1) },
      { type: 'NewDest', service: other, destination: destination(1) },
      { type: 'SetDest', service: key, destination: destination(2) },
      { type: 'SetDest', service: other, destination: destination(1) },
      { type: 'DelDest', service: key, destination: destination(2) },
      { type: 'DelDest', service: other, destination: destination(1) },
    ];
    for (const command of refused)
      expect([command.type, table.apply(command)]).toEqual([command.type, false]);
    expect(table.services()).toEqual([service({ destinations: [destination(1)] })]);
  });
});
