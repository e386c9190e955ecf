import { parseIpAddress } from '#base/address.js';
import { findServer } from '#daemon/find-server.js';
import { type HealthSettings } from '#health/index.js';

const server = (id: string) => ({
  id,
  address: parseIpAddress('192.0.2.21')!,
  port: 80,
  weight: 1,
  inhibitOnFailure: false,
  checkers: [],
});
const SERVERS = ['[192.0.2.21]:tcp:80', '[192.0.2.21]:tcp:81', '[2001:db8::21]:tcp:80'].map(server);
const pool = (id: string) => ({ id, omega: false, quorum: 1, hysteresis: 0, realServers: SERVERS });
const settings: HealthSettings = {
  rsInitNotifies: false,
  pools: ['[192.0.2.1]:tcp:80', '[192.0.2.1]:udp:80', '[2001:db8::1]:tcp:443', 'FWM 5', '[web]:0'].map(pool),
};

const find = (virtualServer: string, realServer = '192.0.2.21:80') => {
  const found = findServer(settings, virtualServer, realServer);
  return found.ok ? `${found.value.pool.id} ${found.value.realServer.id}` : found.error;
};

test.each([
  ['[192.0.2.1]:tcp:80', '[192.0.2.1]:tcp:80'],
  ['tcp/192.0.2.1:80', '[192.0.2.1]:tcp:80'],
  ['UDP/192.0.2.1:80', '[192.0.2.1]:udp:80'],
  ['[2001:db8::1]:443', '[2001:db8::1]:tcp:443'],
  ['tcp/[2001:DB8::1]:443', '[2001:db8::1]:tcp:443'],
  ['2001:db8::1', '[2001:db8::1]:tcp:443'],
  ['fwmark 5', 'FWM 5'],
  ['FWM  5', 'FWM 5'],
  ['web', '[web]:0'],
  ['group web', '[web]:0'],
])('%s is the virtual server %s', (text, id) => {
  expect(find(text)).toBe(`${id} [192.0.2.21]:tcp:80`);
});

test.each([
  ['192.0.2.21 81', '[192.0.2.21]:tcp:81'],
  ['2001:db8::21', '[2001:db8::21]:tcp:80'],
])('%s is the real server %s', (text, id) => {
  expect(find('web', text)).toBe(`[web]:0 ${id}`);
});

test('what may be several is refused with those that it may be', () => {
  expect(find('192.0.2.1:80')).toBe("'192.0.2.1:80' may be [192.0.2.1]:tcp:80, [192.0.2.1]:udp:80");
  expect(find('web', '192.0.2.21')).toBe("'192.0.2.21' may be [192.0.2.21]:tcp:80, [192.0.2.21]:tcp:81");
});

test('what is not there is refused with what is', () => {
  expect(find('fwmark 6')).toBe(
    "there is no virtual_server 'fwmark 6'; there is [192.0.2.1]:tcp:80, [192.0.2.1]:udp:80, [2001:db8::1]:tcp:443, FWM 5, [web]:0",
  );
  expect(find('web', '192.0.2.99')).toBe(
    "there is no real_server of [web]:0 '192.0.2.99'; there is [192.0.2.21]:tcp:80, [192.0.2.21]:tcp:81, [2001:db8::21]:tcp:80",
  );
  expect(findServer({ rsInitNotifies: false, pools: [] }, 'x', 'y')).toEqual({
    ok: false,
    error: "there is no virtual_server 'x'; there is none",
  });
});
