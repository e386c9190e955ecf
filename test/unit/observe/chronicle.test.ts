import { micros } from '#base/units.js';
import { Chronicle } from '#observe/index.js';
import { type VrrpEvent } from '#vrrp/index.js';
import { eth0, heard, ip, Play, s, settingsOf, vi1 } from '../vrrp/play.js';

/** A router whose steps a chronicle follows. */
class Followed extends Play {
  declare private told: Chronicle | undefined;

  get chronicle(): Chronicle {
    return (this.told ??= new Chronicle());
  }

  override step(event: VrrpEvent): ReturnType<Play['step']> {
    const effects = super.step(event);
    this.chronicle.step(event, effects, this.now, this.router.verdict);
    return effects;
  }

  transitions(instance = 'VI_1') {
    return this.chronicle.tell([instance])[0]?.transitions ?? [];
  }
}

const backup = (): Followed => {
  const play = new Followed(settingsOf([vi1]));
  play.start();
  return play;
};

test('a takeover names the last advert, and how late the deadline was met', () => {
  const play = backup();
  play.step(heard({ priority: 150 }));
  const heardAt = play.now;
  const due = play.router.snapshot().instances[0]?.masterDownInterval ?? 0;
  play.now = micros(heardAt + due + 500);
  play.step({ type: 'DeadlinePassed', name: 'master-down VI_1', at: micros(heardAt + due) });
  expect(play.transitions().at(-1)).toMatchObject({
    from: 'BACKUP',
    to: 'MASTER',
    at: play.now,
    trigger: 'DeadlinePassed',
    late: 500,
    lastAdvert: { at: heardAt, source: ip('192.0.2.2'), priority: 150 },
  });
});

test('an advert that was dropped is not the last one', () => {
  const play = backup();
  play.step(heard({ ttl: 1 }));
  play.step({ type: 'InterfaceChanged', state: { ...eth0, up: false } });
  expect(play.transitions().at(-1)).not.toHaveProperty('lastAdvert');
});

test('what happened since the transition before is told, and nothing older', () => {
  const play = backup();
  play.now = micros(play.now + 1000);
  play.step({ type: 'InterfaceChanged', state: { ...eth0, up: false } });
  play.now = micros(play.now + 1000);
  play.step({ type: 'InterfaceChanged', state: eth0 });
  const [, fault, recovered] = play.transitions();
  expect(fault?.circumstances.map(({ text }) => text)).toContain('interface eth0 went down');
  expect(recovered?.circumstances.map(({ text }) => text)).toContain('interface eth0 is up');
  expect(recovered?.circumstances.map(({ text }) => text)).not.toContain('interface eth0 went down');
});

test('it remembers the latest ones only, and nobody whom a reload removed', () => {
  const play = backup();
  for (let turn = 0; turn < 20; turn += 1) {
    play.now = micros(play.now + 1000);
    play.step({ type: 'InterfaceChanged', state: { ...eth0, up: turn % 2 === 1 } });
  }
  expect(play.transitions()).toHaveLength(8);
  play.step({ type: 'Reconfigured', settings: settingsOf([{ ...vi1, name: 'OTHER', vrid: 9 }]) });
  expect(play.transitions()).toEqual([]);
});

test('that this host stood still before is told', () => {
  const play = backup();
  play.step(heard({ priority: 150 }));
  const due = micros(play.now + s(1));
  play.now = micros(due + s(0.25));
  play.step({ type: 'DeadlinePassed', name: 'nothing', at: due });
  play.step({ type: 'InterfaceChanged', state: { ...eth0, up: false } });
  const texts = play
    .transitions()
    .at(-1)
    ?.circumstances.map(({ text }) => text);
  expect(texts).toContain('this host was busy or stood still: something was done 250 ms late');
});
