import { micros, plus, type Micros } from '#base/units.js';
import { type InstanceSettings } from '#vrrp/index.js';
import { eth0, ip, Play, s, settingsOf, vi1, vi1v3 } from './play.js';

/** Two routers on one segment, on one clock; what one sends the other hears at once, unless the cable is cut. */
class Segment {
  readonly a: Play;
  readonly b: Play;
  connected = true;
  private heardUpTo = { a: 0, b: 0 };

  constructor(a: Partial<InstanceSettings>, b: Partial<InstanceSettings>, base = vi1) {
    this.a = new Play(settingsOf([{ ...base, ...a }]), [{ ...eth0, addresses: [ip('192.0.2.1')] }]);
    this.b = new Play(settingsOf([{ ...base, ...b }]), [{ ...eth0, addresses: [ip('192.0.2.2')] }]);
  }

  start(): this {
    this.a.start();
    this.b.start();
    return this;
  }

  /** Lets time pass in steps of a millisecond. */
  wait(duration: Micros): this {
    for (const end = plus(this.a.now, duration); this.a.now < end;) {
      this.a.wait(micros(1000));
      this.b.wait(micros(1000));
      this.deliver();
    }
    return this;
  }

  get roles(): string {
    return `${this.a.state()} ${this.b.state()}`;
  }

  deliver(): void {
    for (let busy = true; busy;) {
      busy = this.carry('a', this.a, this.b);
      busy = this.carry('b', this.b, this.a) || busy;
    }
  }

  private carry(key: 'a' | 'b', from: Play, to: Play): boolean {
    const sent = from.all('SendAdvert');
    const fresh = sent.slice(this.heardUpTo[key]);
    this.heardUpTo[key] = sent.length;
    if (!this.connected) return false;
    for (const { source, destinations, ttl, payloads } of fresh) {
      const [destination, payload] = [destinations[0]!, payloads[0]!];
      to.step({ type: 'AdvertReceived', interface: 'eth0', source, destination, ttl, payload });
    }
    return fresh.length > 0;
  }
}

describe('two routers on a segment', () => {
  test('the higher priority is master, and the other one follows it', () => {
    const segment = new Segment({ priority: 150 }, { priority: 100 }).start().wait(s(10));
    expect(segment.roles).toBe('MASTER BACKUP');
    expect(segment.b.instance().master).toEqual({ address: '192.0.2.1', priority: 150 });
  });

  test('of equal priorities the greater address wins', () => {
    expect(new Segment({}, {}).start().wait(s(10)).roles).toBe('BACKUP MASTER');
  });

  test('a silent death is noticed within the master-down interval', () => {
    const segment = new Segment({ priority: 150 }, { priority: 100 }).start().wait(s(10));
    segment.connected = false;
    segment.wait(s(3.61));
    expect(segment.b.state()).toBe('MASTER');
  });

  test('a graceful stop hands over within the skew', () => {
    const segment = new Segment({ priority: 150 }, { priority: 100 }).start().wait(s(10));
    segment.a.step({ type: 'StopRequested' });
    segment.deliver();
    segment.wait(s(0.61));
    expect(segment.b.state()).toBe('MASTER');
  });

  test('version 3 at 10 ms', () => {
    const fast = { ...vi1v3, advertInterval: s(0.01) };
    const segment = new Segment({ priority: 150 }, { priority: 100 }, fast).start().wait(s(1));
    segment.connected = false;
    segment.wait(micros(37_000));
    expect(segment.b.state()).toBe('MASTER');
  });

  test('after a partition the better one prevails at once, and the worse one steps back', () => {
    const segment = new Segment({ priority: 150 }, { priority: 100 }).start().wait(s(10));
    segment.connected = false;
    segment.wait(s(10));
    expect(segment.roles).toBe('MASTER MASTER');
    segment.connected = true;
    segment.wait(s(1));
    expect(segment.roles).toBe('MASTER BACKUP');
  });

  test('nopreempt: who comes back stays backup', () => {
    const segment = new Segment({ priority: 150, preempt: false }, { priority: 100, preempt: false });
    segment.start().wait(s(10));
    segment.a.link('eth0', false);
    segment.wait(s(10));
    expect(segment.roles).toBe('FAULT MASTER');
    segment.a.link('eth0', true);
    segment.wait(s(10));
    expect(segment.roles).toBe('BACKUP MASTER');
  });

  test('preempt: who comes back takes over', () => {
    const segment = new Segment({ priority: 150 }, { priority: 100 }).start().wait(s(10));
    segment.a.link('eth0', false);
    segment.wait(s(10));
    segment.a.link('eth0', true);
    segment.wait(s(4));
    expect(segment.roles).toBe('MASTER BACKUP');
  });

  test('preempt_delay: who comes back takes over later', () => {
    const segment = new Segment({ priority: 150, preemptDelay: s(20) }, { priority: 100 }).start();
    segment.wait(s(10));
    segment.a.link('eth0', false);
    segment.wait(s(10));
    segment.a.link('eth0', true);
    segment.wait(s(20));
    expect(segment.roles).toBe('BACKUP MASTER');
    segment.wait(s(5));
    expect(segment.roles).toBe('MASTER BACKUP');
  });
});
