import { checker, checkerId, pool, realServer, rsId, settings, Table, VS } from './bench-table.js';

const bfd = (index: number, extra: Parameters<typeof checker>[1] = {}) =>
  realServer(index, {
    checkers: [checker(index, { kind: 'BFD_CHECK', identity: 'bfd r1', follows: 'r1', ...extra })],
  });
const following = (extra: Parameters<typeof checker>[1] = {}) =>
  settings(pool({ realServers: [bfd(1, extra), realServer(2)] }));

const tell = (table: Table, up: boolean, session = 'r1') =>
  table.send({ type: 'SessionChanged', session, up });

describe('BFD_CHECK (keepalived, bfd_check_handle_event)', () => {
  test('has no schedule of its own', () => {
    const table = new Table(following());
    expect([...table.deadlines.keys()]).toEqual([checkerId(2)]);
    expect(table.log.filter((line) => line.includes('Activating'))).toHaveLength(1);
  });

  test('the server serves while the session is up', () => {
    const table = new Table(following());
    expect(table.alive()).toBe('12');
    expect(tell(table, false)).toEqual([
      `BFD check of [r1] RS(${rsId(1)}) is DOWN`,
      `Removing service ${rsId(1)} from VS ${VS}`,
      '* kernel',
      `! RS ${rsId(1)} DOWN`,
    ]);
    expect(tell(table, true)).toEqual([
      `BFD check of [r1] RS(${rsId(1)}) is UP`,
      `Adding service ${rsId(1)} to VS ${VS}`,
      '* kernel',
      `! RS ${rsId(1)} UP`,
    ]);
  });

  test('what is known already changes nothing, and other sessions are none of its business', () => {
    const table = new Table(following());
    tell(table, false);
    expect(tell(table, false)).toEqual([]);
    expect(tell(table, true, 'r2')).toEqual([]);
    expect(table.alive()).toBe('-2');
  });

  test('alpha: it begins as failed', () => {
    const table = new Table(following({ alpha: true }));
    expect(table.alive()).toBe('-2');
    tell(table, true);
    expect(table.alive()).toBe('12');
  });

  test('every server that follows the session follows', () => {
    const table = new Table(settings(pool({ realServers: [bfd(1), bfd(2)] })));
    tell(table, false);
    expect(table.alive()).toBe('--');
  });

  test('a reload that adds one lets it have the state that was told before', () => {
    const table = new Table(settings(pool()));
    tell(table, false);
    expect(table.alive()).toBe('12');
    table.send({ type: 'Reconfigured', settings: following() });
    expect(table.alive()).toBe('-2');
  });

  test('a reload that leaves it as it is leaves it alone', () => {
    const table = new Table(following());
    tell(table, false);
    const words = table.send({ type: 'Reconfigured', settings: following() });
    expect(words.filter((line) => line.includes('BFD check'))).toEqual([]);
    expect(table.alive()).toBe('-2');
    expect([...table.deadlines.keys()]).toEqual([checkerId(2)]);
  });

  test('after a crash the kernel is believed until the session is told', () => {
    const resume = [{ id: VS, realServersUp: [rsId(2)], sorryServerInUse: false }];
    const table = new Table(following(), resume);
    expect(table.alive()).toBe('-2');
    tell(table, true);
    expect(table.alive()).toBe('12');
  });
});
