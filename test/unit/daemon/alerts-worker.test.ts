import { type Configuration } from '#config/index.js';
import { type News } from '#observe/index.js';
import { configuration, fine, World, type FakeWorker } from './supervisor-world.js';

describe('the alerts worker', () => {
  const TO = ['ops@example.com'];
  const withMail = (...pools: string[]): Configuration => configuration(['VI_1'], pools, [], TO);
  const turned: News = {
    ...{ type: 'InstanceChanged', instance: 'VI_1', from: 'BACKUP', to: 'MASTER', priority: 100 },
    ...{ cause: { code: 'master-down-interval-passed', text: '' }, at: 5 },
  };
  const newsOf = (worker: FakeWorker): readonly News[] =>
    worker.sent.flatMap((message) => (message.type === 'News' ? message.news : []));

  test('runs if there is somebody to write to, without a pid file, and nobody waits for it', () => {
    const world = new World(withMail());
    expect(world.workers.map(({ kind }) => kind)).toEqual(['vrrp', 'alerts']);
    expect([...world.pidFiles.keys()]).toEqual(['vrrp']);
    world.worker(0).says({ type: 'Ready' });
    expect(world.started).toBe(true);
    expect(world.said()).toContain('Startup complete');
  });

  test('is handed its share, at start and by a reload', () => {
    const world = new World(withMail('p'));
    for (const worker of world.workers) worker.says({ type: 'Ready' });
    world.next = { configuration: withMail('p', 'q'), ...fine };
    world.supervisor.reload();
    const alerts = world.workers.find(({ kind }) => kind === 'alerts');
    const shares = alerts?.sent.flatMap((message) => ('share' in message ? [message.share] : []));
    expect(shares?.map((share) => Object.keys(share as object).includes('probes'))).toEqual([false, false]);
  });

  test('alone it is no configuration to run', () => {
    const world = new World(configuration([], [], [], TO));
    expect(world.workers.map(({ kind }) => kind)).toEqual(['alerts']);
    expect(world.started).toBe(true);
    world.supervisor.stop();
    expect(world.worker(0).signals).toEqual(['SIGTERM']);
    world.worker(0).ends({ code: 0 });
    expect(world.exitCode).toBe(0);
  });

  test('hears what the others tell, once it listens and as fast as it takes it', () => {
    const world = new World(withMail());
    const [vrrp, alerts] = [world.worker(0), world.worker(1)];
    vrrp.says({ type: 'News', news: [turned] });
    expect(newsOf(alerts)).toEqual([]);
    alerts.says({ type: 'Ready' });
    expect(newsOf(alerts)).toEqual([turned]);
    vrrp.says({ type: 'News', news: [{ ...turned, at: 6 }] });
    expect(newsOf(alerts)).toHaveLength(1);
    alerts.says({ type: 'NewsTaken' });
    expect(newsOf(alerts)[1]).toEqual({ ...turned, at: 6 });
  });

  test('while it is away the latest thousand events are kept, and what was dropped is said', () => {
    const world = new World(withMail());
    const [vrrp, alerts] = [world.worker(0), world.worker(1)];
    for (let at = 1; at <= 1500; at += 1) vrrp.says({ type: 'News', news: [{ ...turned, at }] });
    alerts.says({ type: 'Ready' });
    for (let i = 0; i < 20; i += 1) alerts.says({ type: 'NewsTaken' });
    const heard = newsOf(alerts);
    expect(heard[0]).toEqual({ type: 'NewsLost', count: 500, at: 501 });
    expect(heard.slice(1).map(({ at }) => at)).toEqual(Array.from({ length: 1000 }, (_, i) => 501 + i));
    expect(world.said()).toContain('Alerts: 500 events were dropped');
  });

  test('is started again when it dies, and then hears what came meanwhile, but nothing twice', () => {
    const world = new World(withMail());
    const [vrrp, alerts] = [world.worker(0), world.worker(1)];
    alerts.says({ type: 'Ready' });
    vrrp.says({ type: 'News', news: [turned] });
    alerts.ends({ signal: 'SIGKILL' });
    expect(world.workers.map(({ kind }) => kind)).toEqual(['vrrp', 'alerts', 'alerts']);
    vrrp.says({ type: 'News', news: [{ ...turned, at: 6 }] });
    world.worker(2).says({ type: 'Ready' });
    expect(newsOf(world.worker(2))).toEqual([{ ...turned, at: 6 }]);
    expect(world.said()).toContain('Alerts: 1 events may not have been told of');
  });

  test('takes nobody with it, whatever it dies of, and a reload starts it again', () => {
    const world = new World(withMail());
    world.worker(0).says({ type: 'Ready' });
    world.worker(1).ends({ code: 1 });
    expect(world.worker(0).signals).toEqual([]);
    expect(world.exitCode).toBeUndefined();
    world.next = { ...fine, configuration: withMail() };
    world.supervisor.reload();
    expect(world.workers.map(({ kind }) => kind)).toEqual(['vrrp', 'alerts', 'alerts']);
  });

  test('is started by a reload that wants it', () => {
    const world = new World(configuration(['VI_1']));
    world.worker(0).says({ type: 'Ready' });
    world.next = { ...fine, configuration: withMail() };
    world.supervisor.reload();
    expect(world.workers.map(({ kind }) => kind)).toEqual(['vrrp', 'alerts']);
    expect(world.worker(0).sent[1]).toMatchObject({ type: 'Reconfigure', share: { news: true } });
  });

  test('asks the others, by way of the supervisor', async () => {
    const world = new World(withMail());
    const [vrrp, alerts] = [world.worker(0), world.worker(1)];
    alerts.says({ type: 'Ask', id: 7, worker: 'vrrp', query: { type: 'State', from: 0 } });
    expect(vrrp.sent[1]).toEqual({ type: 'Query', id: 1, query: { type: 'State', from: 0 } });
    vrrp.says({ type: 'Answer', id: 1, answer: 'fine' });
    alerts.says({ type: 'Ask', id: 8, worker: 'checkers', query: { type: 'State', from: 0 } });
    await new Promise(setImmediate);
    const answers = alerts.sent.filter(({ type }) => type === 'Answered');
    expect(answers).toContainEqual({ type: 'Answered', id: 7, answer: { ok: true, value: 'fine' } });
    expect(answers).toContainEqual(
      expect.objectContaining({ id: 8, answer: expect.objectContaining({ ok: false }) as unknown }),
    );
  });

  test('may have the configuration read again', () => {
    const world = new World(withMail());
    world.worker(0).says({ type: 'Ready' });
    world.next = { ...fine, configuration: withMail('p') };
    world.worker(1).says({ type: 'Order', id: 7, order: 'reload' });
    expect(world.workers.map(({ kind }) => kind)).toEqual(['vrrp', 'alerts', 'checkers']);
    expect(world.worker(1).sent[1]).toMatchObject({ type: 'Reconfigure' });
  });

  test('may have a dump written, and hears when it is there', async () => {
    const world = new World(withMail());
    const alerts = world.worker(1);
    alerts.says({ type: 'Ready' });
    alerts.says({ type: 'Order', id: 9, order: 'stats' });
    expect(world.dumped).toEqual(['stats']);
    await Promise.resolve();
    expect(alerts.sent.at(-1)).toEqual({ type: 'Answered', id: 9, answer: { ok: true, value: null } });
  });

  test('goes last, when it has heard how the others went', () => {
    const world = new World(withMail());
    const [vrrp, alerts] = [world.worker(0), world.worker(1)];
    alerts.says({ type: 'Ready' });
    world.supervisor.stop();
    expect([vrrp.signals, alerts.signals]).toEqual([['SIGTERM'], []]);
    vrrp.says({ type: 'News', news: [{ ...turned, from: 'MASTER', to: 'INIT' }] });
    vrrp.ends({ code: 0 });
    expect(alerts.signals).toEqual([]);
    alerts.says({ type: 'NewsTaken' });
    alerts.says({ type: 'NewsTaken' });
    expect(alerts.signals).toEqual(['SIGTERM']);
    expect(world.exitCode).toBeUndefined();
    alerts.ends({ code: 0 });
    expect(world.exitCode).toBe(0);
  });

  test('that does not go is killed', () => {
    const world = new World(withMail());
    world.supervisor.stop();
    world.worker(0).ends({ code: 0 });
    world.pass(5000);
    expect(world.worker(1).signals).toEqual(['SIGTERM', 'SIGKILL']);
  });
});
