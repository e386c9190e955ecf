import { eth0, heard, Play, settingsOf, vi1 } from './play.js';

describe('what became of an advert', () => {
  const play = (): Play => new Play(settingsOf([vi1]));

  test('it was accepted, dropped for a reason, or for nobody', () => {
    const router = play().start();
    const verdictOn = (event: ReturnType<typeof heard>) => {
      router.step(event);
      return router.router.verdict;
    };
    expect(verdictOn(heard())).toEqual({ instance: 'VI_1', code: 'accepted' });
    expect(verdictOn(heard({ ttl: 1 }))).toEqual({ instance: 'VI_1', code: 'advert-bad-ttl' });
    expect(verdictOn(heard({ vrid: 200 }))).toEqual({ code: 'advert-unknown-vrid' });
    expect(verdictOn({ ...heard(), payload: new Uint8Array(1) })).toEqual({ code: 'advert-truncated' });
  });

  test('nobody listens in FAULT', () => {
    const router = new Play(settingsOf([vi1]), [{ ...eth0, up: false }]).start();
    router.step(heard());
    expect(router.router.verdict).toEqual({ instance: 'VI_1', code: 'not-listening' });
  });

  test('a part of a snapshot holds so many instances from that one on', () => {
    const names = ['A', 'B', 'C'];
    const settings = settingsOf(names.map((name, index) => ({ ...vi1, name, vrid: index + 1 })));
    const { router } = new Play(settings).start();
    expect(router.snapshot(1, 1).instances.map(({ name }) => name)).toEqual(['B']);
    expect(router.snapshot().instances.map(({ name }) => name)).toEqual(names);
  });
});
