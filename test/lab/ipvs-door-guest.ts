// Runs inside the lab's guest: drives the kernel door's IPVS against the real ip_vs and prints what came of it, one
// JSON line a step, for ipvs-door.test.ts.
import { execFileSync } from 'node:child_process';
import { formatIpAddress, parseIpAddress, type IpAddress } from '#base/address.js';
import { IpvsDoor } from '#kernel/ipvs.js';
import { planServices, type DesiredDestination, type DesiredService } from '#lvs/index.js';

const ip = (text: string): IpAddress => parseIpAddress(text)!;
const saved = (): string[] => execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' }).trim().split('\n');
const tell = (step: string, value: unknown): void => console.log(JSON.stringify({ step, value }));

const destination = (
  address: string,
  port: number,
  extra: Partial<DesiredDestination> = {},
): DesiredDestination => ({
  address: ip(address),
  port,
  forwarding: { kind: 'masq' },
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  ...extra,
});

const service = (extra: Partial<DesiredService> & Pick<DesiredService, 'key'>): DesiredService => ({
  scheduler: 'wlc',
  schedulerFlags: 0,
  hashed: false,
  onePacket: false,
  persistenceTimeoutS: 0,
  persistencePrefix: 32,
  destinations: [],
  ...extra,
});

const everyForm: readonly DesiredService[] = [
  service({
    key: { kind: 'address', protocol: 'TCP', address: ip('192.0.2.1'), port: 80 },
    destinations: [
      destination('192.0.2.10', 8080, { weight: 3, upperThreshold: 100, lowerThreshold: 50 }),
      destination('192.0.2.11', 80, { forwarding: { kind: 'route' }, weight: 0 }),
      destination('192.0.2.12', 80, { forwarding: { kind: 'tunnel', type: 'ipip' } }),
      destination('192.0.2.13', 80, {
        forwarding: { kind: 'tunnel', type: 'gue', port: 6080, checksum: 'remcsum' },
      }),
      destination('192.0.2.14', 80, { forwarding: { kind: 'tunnel', type: 'gre', checksum: 'csum' } }),
    ],
  }),
  service({
    key: { kind: 'address', protocol: 'TCP', address: ip('2001:db8::1'), port: 443 },
    scheduler: 'sh',
    schedulerFlags: 3,
    persistenceTimeoutS: 360,
    persistencePrefix: 64,
    destinations: [destination('2001:db8::10', 443, { forwarding: { kind: 'route' } })],
  }),
  service({
    key: { kind: 'address', protocol: 'UDP', address: ip('192.0.2.1'), port: 5060 },
    scheduler: 'rr',
    persistenceTimeoutS: 60,
    persistenceEngine: 'sip',
  }),
  service({
    key: { kind: 'address', protocol: 'UDP', address: ip('192.0.2.1'), port: 53 },
    scheduler: 'rr',
    onePacket: true,
    destinations: [destination('192.0.2.53', 53)],
  }),
  service({
    key: { kind: 'address', protocol: 'SCTP', address: ip('192.0.2.1'), port: 36412 },
    persistencePrefix: 128 - 96,
    destinations: [destination('2001:db8::99', 36412, { forwarding: { kind: 'tunnel', type: 'ipip' } })],
  }),
  service({
    key: { kind: 'fwmark', family: 'inet', mark: 5 },
    scheduler: 'wrr',
    persistenceTimeoutS: 50,
    persistencePrefix: 24,
    destinations: [destination('192.0.2.20', 0, { forwarding: { kind: 'route' } })],
  }),
  service({ key: { kind: 'fwmark', family: 'inet6', mark: 5 }, persistencePrefix: 128 }),
];

function main(): void {
  const opened = IpvsDoor.open();
  if (!opened.ok) {
    tell('unavailable', opened.error);
    return;
  }
  const door = opened.value;
  tell('version', door.version);

  execFileSync('ipvsadm', ['-A', '-t', '198.51.100.1:21', '-s', 'rr']); // somebody else's
  tell('refused', door.apply(planServices(everyForm, door.services(), [])));
  tell('programmed', saved());
  tell('left', planServices(everyForm, door.services(), []));

  const [first, ...rest] = everyForm;
  if (!first) return;
  const changed = { ...first, scheduler: 'rr', destinations: first.destinations.slice(1) };
  const commands = planServices([changed, ...rest], door.services(), []);
  tell(
    'change',
    commands.map(({ type }) => type),
  );
  tell('refused', door.apply(commands));
  tell('changed', saved().slice(0, 6));

  const unknown = service({
    key: { ...first.key, kind: 'fwmark', family: 'inet', mark: 77 },
    scheduler: 'nosuch',
  });
  tell(
    'explained',
    door
      .apply([
        { type: 'NewService', service: first },
        { type: 'NewService', service: unknown },
        { type: 'NewDest', service: first.key, destination: destination('192.0.2.11', 80) },
        { type: 'SetDest', service: first.key, destination: destination('192.0.2.99', 80) },
        { type: 'DelDest', service: first.key, destination: destination('192.0.2.99', 80) },
        { type: 'DelService', service: unknown.key },
      ])
      .map(({ command, error, text }) => `${command.type}: ${error.code}: ${text}`),
  );

  tell(
    'refused',
    door.apply(
      planServices(
        [],
        door.services(),
        everyForm.map(({ key }) => key),
      ),
    ),
  );
  tell('removed', saved());
  tellOfManyServers(door);
  door.flush();
  tell('flushed', execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' }));
  door.close();
}

/** 1,000 real servers: how long programming and reading them back takes, and that a reload then does nothing. */
function tellOfManyServers(door: IpvsDoor): void {
  const destinations = Array.from({ length: 1_000 }, (_, index) =>
    destination(formatIpAddress(Uint8Array.of(10, 1, index >> 8, index & 0xff)), 80),
  );
  const many = service({
    key: { kind: 'address', protocol: 'TCP', address: ip('192.0.2.2'), port: 80 },
    destinations,
  });
  const begun = performance.now();
  const refused = door.apply(planServices([many], door.services(), []));
  const programmed = performance.now();
  const standing = door.services();
  const read = performance.now();
  tell('many', {
    refused: refused.length,
    left: planServices([many], standing, []).length,
    programMs: Math.round(programmed - begun),
    readMs: Math.round(read - programmed),
  });
}

main();
