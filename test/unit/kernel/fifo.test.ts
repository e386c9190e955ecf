import { execFileSync } from 'node:child_process';
import {
  chownSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fifo } from '#kernel/fifo.js';
import { requires } from '../../requires.js';

const NOBODY = { uid: 65534, gid: 65534 };
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fifo-'));
  path = join(folder, 'fifo');
});
afterEach(() => rmSync(folder, { recursive: true }));

const made = (owner?: typeof NOBODY): Fifo => {
  const fifo = Fifo.make(path, owner);
  if (!fifo.ok) throw new Error(fifo.error);
  return fifo.value;
};

describe('a FIFO', () => {
  test('is made, written to without a reader, and read later', () => {
    const fifo = made();
    expect(fifo.made).toBe(true);
    expect(fifo.write(Buffer.from('hello\n'))).toBe(6);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(16);
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('hello\n');
    fifo.close();
  });

  test('takes no more than the kernel keeps, and never waits', () => {
    const fifo = made();
    const line = Buffer.alloc(1000, 'x');
    let lines = 0;
    while (fifo.write(line) === 1000) lines += 1;
    expect(lines).toBeGreaterThan(60);
    expect(lines).toBeLessThan(70);
    expect(fifo.write(line)).toBe(0);
    fifo.close();
  });

  test('one that is there is used, and is somebody else’s to remove', () => {
    execFileSync('mkfifo', [path]);
    const fifo = made();
    expect(fifo.made).toBe(false);
    fifo.close();
    expect(existsSync(path)).toBe(true);
  });

  test.each([
    ['a file', () => writeFileSync(path, 'precious'), 'it is not a FIFO'],
    ['a symbolic link', () => symlinkSync('/nonexistent', path), 'it cannot be opened: ELOOP'],
  ])('%s in its place is left alone', (_name, plant, error) => {
    plant();
    expect(Fifo.make(path, undefined)).toEqual({ ok: false, error });
    expect(() => statSync(path, { throwIfNoEntry: false })).not.toThrow();
  });

  test('a directory that is not there is said', () => {
    expect(Fifo.make(join(folder, 'no', 'fifo'), undefined)).toEqual({
      ok: false,
      error: 'it cannot be made: ENOENT',
    });
  });

  test('knows when something else has taken its place, and removes only itself', () => {
    const fifo = made();
    expect(fifo.isInPlace).toBe(true);
    rmSync(path);
    expect(fifo.isInPlace).toBe(false);
    execFileSync('mkfifo', [path]);
    fifo.remove();
    expect(existsSync(path)).toBe(true);
    fifo.close();
  });

  requires({ root: true })('is given to its owner, and another one’s is not trusted', () => {
    const fifo = made(NOBODY);
    expect(statSync(path)).toMatchObject(NOBODY);
    fifo.close();
    expect(Fifo.make(path, NOBODY)).toMatchObject({ ok: true });
    chownSync(path, 1234, 1234);
    expect(Fifo.make(path, NOBODY)).toEqual({ ok: false, error: 'it belongs to somebody else' });
  });
});
