import { placeText, readPlace } from '#observe/snmp/agentx-place.js';

test.each([
  ['unix:/var/agentx/master', 'unix:/var/agentx/master'],
  ['/run/agentx', 'unix:/run/agentx'],
  ['tcp:localhost:705', 'tcp:localhost:705'],
  ['tcp:1705', 'tcp:localhost:1705'],
  ['tcp6:[::1]:705', 'tcp:::1:705'],
  ['192.0.2.1', 'tcp:192.0.2.1:705'],
  ['192.0.2.1:1705', 'tcp:192.0.2.1:1705'],
  ['705', 'tcp:localhost:705'],
])('snmp_socket %s', (text, place) => {
  const read = readPlace(text);
  expect(read.ok && placeText(read.value)).toBe(place);
});

test.each([
  ['udp:localhost:705', 'udp:localhost:705: AgentX is spoken over unix and tcp here'],
  ['unix:', 'unix:: no path is given'],
  ['tcp:host:70500', 'tcp:host:70500: 70500 is no port'],
  ['tcp:a:b:c', 'tcp:a:b:c: neither HOST:PORT nor a port'],
])('snmp_socket %s is refused', (text, error) => {
  expect(readPlace(text)).toEqual({ ok: false, error });
});
