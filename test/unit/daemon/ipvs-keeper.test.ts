import { parseIpAddress } from '#base/address.js';
import { IpvsKeeper } from '#daemon/ipvs-keeper.js';
import {
  serviceId,
  ServiceTable,
  type DesiredService,
  type IpvsCommand,
  type KernelService,
} from '#lvs/index.js';

const service = (address: string, scheduler = 'rr'): DesiredService => ({
  key: { kind: 'address', protocol: 'TCP', address: parseIpAddress(address)!, port: 80 },
  scheduler,
  schedulerFlags: 0,
  hashed: false,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  destinations: [],
});

const inWords = (command: IpvsCommand): string => {
  const key =
    command.type === 'NewService' || command.type === 'SetService' ? command.service.key : command.service;
  return `${command.type} ${serviceId(key)}`;
};

/** A table that does what it is told, where it can. */
class FakeIpvs {
  readonly log: string[] = [];
  readonly unknownSchedulers = new Set<string>();
  table = new ServiceTable();
  dumps = 0;

  services(): readonly KernelService[] {
    this.dumps += 1;
    return this.table.services();
  }

  flush(): void {
    this.log.push('Flush');
    this.table = new ServiceTable();
  }

  apply(
    commands: readonly IpvsCommand[],
  ): readonly { readonly command: IpvsCommand; readonly text: string }[] {
    return commands.flatMap((command) => {
      this.log.push(inWords(command));
      return this.carriesOut(command) ? [] : [{ command, text: `cannot ${inWords(command)}` }];
    });
  }

  private carriesOut(command: IpvsCommand): boolean {
    const isUnknown = command.type === 'NewService' && this.unknownSchedulers.has(command.service.scheduler);
    return !isUnknown && this.table.apply(command);
  }
}

function rig() {
  const ipvs = new FakeIpvs();
  const refusals: string[] = [];
  return { ipvs, refusals, keeper: new IpvsKeeper(ipvs, (text) => refusals.push(text)) };
}

const X = service('192.0.2.1');
const Y = service('192.0.2.2');

describe('the services that pools want', () => {
  test('stand while they are wanted, and nothing is asked of the kernel that it has', () => {
    const { ipvs, keeper } = rig();
    keeper.bring([{ pool: 'a', services: [X] }]);
    keeper.bring([{ pool: 'a', services: [X] }]);
    keeper.bring([{ pool: 'a', services: [] }]);
    expect(ipvs.log).toEqual(['NewService TCP 192.0.2.1 80', 'DelService TCP 192.0.2.1 80']);
    expect(ipvs.dumps).toBe(1);
  });

  test('one that passes from one pool to another by a reload is not taken away, in whatever order they are brought', () => {
    const { ipvs, keeper } = rig();
    keeper.bring([
      { pool: 'a', services: [X, Y] },
      { pool: 'b', services: [] },
    ]);
    ipvs.log.length = 0;
    keeper.bring([{ pool: 'b', services: [Y] }]);
    keeper.bring([{ pool: 'a', services: [X] }]);
    expect(ipvs.log).toEqual([]);
    keeper.bring([{ pool: 'b', services: [] }]);
    expect(ipvs.log).toEqual(['DelService TCP 192.0.2.2 80']);
  });

  test('those of somebody else are left alone', () => {
    const ipvs = new FakeIpvs();
    ipvs.table.apply({ type: 'NewService', service: Y });
    const keeper = new IpvsKeeper(ipvs, () => undefined);
    keeper.bring([{ pool: 'a', services: [X] }]);
    keeper.bring([{ pool: 'a', services: [] }]);
    expect(ipvs.table.services().map(({ key }) => serviceId(key))).toEqual(['TCP 192.0.2.2 80']);
  });
});

describe('lvs_flush', () => {
  test('takes away what nobody here could want, and leaves the rest to be adopted', () => {
    const ipvs = new FakeIpvs();
    for (const one of [X, Y]) ipvs.table.apply({ type: 'NewService', service: one });
    const keeper = new IpvsKeeper(ipvs, () => undefined);
    keeper.keepOnly([X.key]);
    keeper.bring([{ pool: 'a', services: [X] }]);
    expect(ipvs.log).toEqual(['DelService TCP 192.0.2.2 80']);
  });

  test('on stop removes all in one command', () => {
    const { ipvs, keeper } = rig();
    keeper.bring([{ pool: 'a', services: [X, Y] }]);
    ipvs.log.length = 0;
    keeper.flush();
    keeper.bring([{ pool: 'a', services: [] }]);
    expect(ipvs.log).toEqual(['Flush']);
  });
});

describe('a kernel that does not agree', () => {
  test('because somebody has changed its table is asked what it has, and brought to what is wanted', () => {
    const { ipvs, refusals, keeper } = rig();
    keeper.bring([{ pool: 'a', services: [X] }]);
    ipvs.table = new ServiceTable();
    keeper.bring([{ pool: 'a', services: [service('192.0.2.1', 'wlc')] }]);
    expect(ipvs.table.services()).toMatchObject([{ scheduler: 'wlc' }]);
    expect(refusals).toEqual([]);
    expect(ipvs.dumps).toBe(2);
  });

  test('because it cannot do it is named once, and everything else is done', () => {
    const { ipvs, refusals, keeper } = rig();
    ipvs.unknownSchedulers.add('mh');
    keeper.bring([{ pool: 'a', services: [service('192.0.2.1', 'mh'), Y] }]);
    expect(refusals).toEqual(['cannot NewService TCP 192.0.2.1 80']);
    expect(ipvs.table.services().map(({ key }) => serviceId(key))).toEqual(['TCP 192.0.2.2 80']);
  });
});
