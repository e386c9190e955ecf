import { jest } from '@jest/globals';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Actor } from './actor.js';

const test = requires({ netns: true });
jest.setTimeout(30_000);

describe('connections with options before connect', () => {
  let network: Network;
  let actor: Actor;

  beforeAll(async () => {
    if (process.geteuid?.() !== 0) return;
    network = new Network();
    const namespace = network.namespace('a');
    namespace.run('ip', 'route', 'add', 'unreachable', '203.0.113.0/24');
    actor = Actor.start(namespace, 'connect-actor', {});
    await actor.hear('done');
  });

  afterAll(() => network.close());

  const said = (event: string) => actor.heard(event)[0];

  test('are handed on to Node', () => expect(said('plain')?.['saw']).toMatch(/^::ffff:127\.0\.0\.1 \d+$/));

  test('bindto and bind_port', () => {
    expect(said('bound')?.['saw']).toMatch(/^::ffff:127\.0\.0\.7 \d+$/);
    expect(said('bound-port')?.['saw']).toBe('::ffff:127.0.0.1 40123');
  });

  test('bind_if', () => expect(said('device')?.['saw']).toMatch(/^::ffff:127\.0\.0\.1 /));

  test('fwmark, all 32 bits', () => expect(said('marked')?.['mark']).toBe(0xfedcba98));

  test('IPv6', () => expect(said('ipv6')?.['saw']).toMatch(/^::1 \d+$/));

  for (const [event, message] of [
    ['refused', /^connect: ECONNREFUSED$/],
    ['unreachable', /^connect 203\.0\.113\.1 port \d+: E(HOST|NET)UNREACH$/],
    ['foreign-source', /^bind 203\.0\.113\.1 port 0: EADDRNOTAVAIL$/],
    ['no-device', /^setsockopt\(SO_BINDTODEVICE nosuch\): ENODEV$/],
    ['no-zone', /ENODEV/],
  ] as const) {
    test(`${event} is an error with its name`, () => expect(said(event)?.['error']).toMatch(message));
  }

  test('hundreds behind one epoll descriptor are told in few batches', () => {
    expect(said('crowd')?.['good']).toBe(300);
    expect(said('crowd')?.['batches']).toBeLessThan(20);
  });

  test('a descriptor that is closed and given away again within a batch gets no event of the old one', () => {
    expect(said('reused')).toMatchObject({ same: true });
    expect(said('events')).toMatchObject({ count: 1 });
  });

  test('an exception in a callback ends the process', async () => {
    expect(await actor.ended).not.toBe(0);
  });
});
