import { jest } from '@jest/globals';
import { FifoOutlet } from '#notify/index.js';

/** A FIFO with room for so many bytes. */
class FakeEnd {
  readonly path = '/run/fake';
  room = Infinity;
  text = '';
  failure: Error | undefined;
  closed = false;
  write(bytes: Uint8Array): number {
    if (this.failure) throw this.failure;
    // As the kernel does it: up to 4096 bytes whole or not at all.
    const count = bytes.length <= this.room ? bytes.length : bytes.length > 4096 ? this.room : 0;
    this.room -= count;
    this.text += Buffer.from(bytes.subarray(0, count)).toString();
    return count;
  }
  close(): void {
    this.closed = true;
  }
}

describe('the outlet to a FIFO', () => {
  let end: FakeEnd;
  let said: string[];
  let outlet: FifoOutlet;
  beforeEach(() => {
    jest.useFakeTimers();
    end = new FakeEnd();
    said = [];
    outlet = new FifoOutlet(end, (text) => said.push(text));
  });
  afterEach(() => void jest.useRealTimers());

  test('writes each line at once while there is room', () => {
    outlet.tell('a');
    outlet.tell('b');
    expect(end.text).toBe('a\nb\n');
    expect(outlet.tally).toEqual({ path: '/run/fake', written: 2, waiting: 0, missed: 0 });
    expect(jest.getTimerCount()).toBe(0);
  });

  test('keeps what finds no room, in order, and writes it when there is', () => {
    end.room = 2;
    for (const line of ['a', 'b', 'c']) outlet.tell(line);
    expect(end.text).toBe('a\n');
    expect(outlet.tally).toMatchObject({ written: 1, waiting: 2, missed: 0 });
    end.room = Infinity;
    jest.advanceTimersByTime(1000);
    expect(end.text).toBe('a\nb\nc\n');
    expect(jest.getTimerCount()).toBe(0);
    expect(said).toEqual([]);
  });

  test('gives up the oldest beyond a thousand, counts it, and says so once and at the end', () => {
    end.room = 0;
    for (let line = 0; line < 1500; line++) outlet.tell(String(line));
    expect(outlet.tally).toMatchObject({ written: 0, waiting: 1000, missed: 500 });
    expect(said).toEqual([expect.stringContaining('lines are being lost')]);
    end.room = Infinity;
    jest.advanceTimersByTime(1000);
    expect(end.text.split('\n')[0]).toBe('500');
    expect(said).toEqual([expect.anything(), 'notify FIFO /run/fake: 500 lines were lost']);
  });

  test('a line whose beginning is out is never given up', () => {
    end.room = 5000;
    outlet.tell('x'.repeat(6000));
    for (let line = 0; line < 1500; line++) outlet.tell(String(line));
    end.room = Infinity;
    jest.advanceTimersByTime(1000);
    expect(end.text.startsWith(`${'x'.repeat(6000)}\n`)).toBe(true);
  });

  test('a FIFO that fails is said once until it works again', () => {
    end.failure = new Error('EIO');
    outlet.tell('a');
    jest.advanceTimersByTime(2000);
    expect(said).toEqual(['notify FIFO /run/fake: write error: Error: EIO']);
    end.failure = undefined;
    jest.advanceTimersByTime(1000);
    expect(end.text).toBe('a\n');
  });

  test('closing loses what waits, and says so', () => {
    end.room = 0;
    outlet.tell('a');
    outlet.close();
    expect(end.closed).toBe(true);
    expect(said).toEqual(['notify FIFO /run/fake: 1 lines were lost']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
