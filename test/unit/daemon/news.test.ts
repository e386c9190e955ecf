import { micros } from '#base/units.js';
import { HealthNewsDesk } from '#daemon/health-news.js';
import { type FromWorker } from '#daemon/messages.js';
import { NewsDesk } from '#daemon/news-desk.js';
import { VrrpNewsDesk } from '#daemon/vrrp-news.js';
import { type AdvertReceived } from '#vrrp/index.js';

const immediate = (): Promise<void> => new Promise(setImmediate);

describe('what a worker tells', () => {
  const cause = { code: 'master-down-interval-passed', text: '' };
  let told: FromWorker[];
  let desk: NewsDesk;
  beforeEach(() => {
    told = [];
    desk = new NewsDesk(
      (message) => void told.push(message),
      true,
      () => 1000,
    );
  });

  test('goes out in one message, once the event at hand has been dealt with', async () => {
    const vrrp = new VrrpNewsDesk(desk, () => 150);
    vrrp.stateChanged({ type: 'StateChanged', instance: 'VI_1', from: 'BACKUP', to: 'MASTER', cause });
    vrrp.notified({
      ...{ type: 'RunNotify', subject: 'INSTANCE', name: 'VI_1', state: 'MASTER', priority: 150 },
    });
    expect(told).toEqual([]);
    await immediate();
    expect(told).toEqual([
      {
        type: 'News',
        news: [
          {
            ...{ type: 'InstanceChanged', instance: 'VI_1', from: 'BACKUP', to: 'MASTER' },
            ...{ priority: 150, cause, at: 1000 },
          },
          { type: 'Notified', subject: 'INSTANCE', name: 'VI_1', state: 'MASTER', priority: 150, at: 1000 },
        ],
      },
    ]);
  });

  test('is nothing if nobody wants to hear it', async () => {
    desk.wanted = false;
    new VrrpNewsDesk(desk, () => 1).stateChanged({
      ...{ type: 'StateChanged', instance: 'VI_1', from: 'BACKUP', to: 'MASTER', cause },
    });
    await immediate();
    expect(told).toEqual([]);
  });

  test('of refused adverts it is ten in a second, whoever floods us', () => {
    const vrrp = new VrrpNewsDesk(desk, () => 150);
    const advert = { type: 'AdvertReceived', interface: 'eth0', source: '192.0.2.9' } as AdvertReceived;
    const verdict = { instance: 'VI_1', code: 'advert-bad-ttl' };
    for (let at = 5_000_000; at < 5_900_000; at += 1000) vrrp.refused(advert, verdict, micros(at));
    vrrp.refused(advert, verdict, micros(6_000_000));
    desk.flush();
    const news = told.flatMap((message) => (message.type === 'News' ? message.news : []));
    expect(news).toHaveLength(11);
    expect(news[0]).toEqual({
      ...{ type: 'AdvertRefused', instance: 'VI_1', interface: 'eth0', source: '192.0.2.9' },
      ...{ code: 'advert-bad-ttl', at: 1000 },
    });
  });

  test('of a pool it says how it stands, and why', () => {
    const health = new HealthNewsDesk(desk);
    const standing = { alive: 1, total: 2, aliveWeight: 1, quorum: 2, hysteresis: 0 };
    const about = { type: 'RunNotify', pool: 'p', state: 'DOWN', standing } as const;
    const server = { ...about, subject: 'RS', realServer: 'r', weight: 1 } as const;
    health.notified({ ...server, stopping: false, removed: false });
    health.notified({ ...server, stopping: false, removed: true });
    health.notified({ ...server, stopping: true, removed: true });
    health.notified({ ...about, subject: 'VS', stopping: false, initially: false });
    health.notified({ ...about, subject: 'VS', stopping: false, initially: true });
    desk.flush();
    const news = told.flatMap((message) => (message.type === 'News' ? message.news : []));
    expect(news.map((each) => 'because' in each && each.because)).toEqual([
      ...['checked', 'removed', 'stopping', 'checked', 'starting'],
    ]);
    expect(news[0]).toMatchObject({ type: 'RealServerChanged', up: false, weight: 1, standing });
  });
});
