import { fifosFor, fifosOf } from '#daemon/fifo-choice.js';

const script = (name: string) => ({ argv: [name] });
const paths = (fifos: ReturnType<typeof fifosOf>) => fifos.map(({ path }) => path);

describe('which FIFOs there are', () => {
  const three = { all: { path: '/a' }, vrrp: { path: '/v' }, lvs: { path: '/l' } };

  test('each worker writes to the common one and to its own', () => {
    expect(paths(fifosOf('vrrp', three))).toEqual(['/a', '/v']);
    expect(paths(fifosOf('checkers', three))).toEqual(['/a', '/l']);
  });

  test('one that is both is written to once', () => {
    expect(paths(fifosOf('vrrp', { all: { path: '/a' }, vrrp: { path: '/a' } }))).toEqual(['/a']);
  });

  test('a script without a FIFO is none', () => {
    expect(fifosOf('vrrp', { all: { script: script('s') } })).toEqual([]);
  });

  test('there are only those that somebody writes to', () => {
    expect(fifosFor([], three)).toEqual([]);
    expect(paths(fifosFor(['checkers'], three))).toEqual(['/a', '/l']);
    expect(paths(fifosFor(['vrrp', 'checkers'], three))).toEqual(['/a', '/v', '/l']);
  });

  test('of two scripts for one FIFO that of notify_fifo reads, then that of VRRP', () => {
    const both = { vrrp: { path: '/x', script: script('v') }, lvs: { path: '/x', script: script('l') } };
    expect(fifosFor(['vrrp', 'checkers'], both)).toMatchObject([{ prefix: 'vrrp_', script: script('v') }]);
    const lvsOnly = { vrrp: { path: '/x' }, lvs: { path: '/x', script: script('l') } };
    expect(fifosFor(['vrrp', 'checkers'], lvsOnly)).toMatchObject([{ script: script('l') }]);
    // The scripts of a FIFO that is ignored because it is notify_fifo are ignored with it.
    expect(
      fifosFor(['vrrp'], { all: { path: '/x' }, vrrp: { path: '/x', script: script('v') } })[0],
    ).not.toHaveProperty('script');
  });
});
