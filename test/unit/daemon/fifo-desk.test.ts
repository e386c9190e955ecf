import { constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GlobalSettings } from '#config/index.js';
import { FifoDesk } from '#daemon/fifo-desk.js';
import { Log } from '#daemon/log.js';
import { Fifo } from '#kernel/fifo.js';

const global = {} as GlobalSettings;
let folder: string;
let made: Fifo;
let said: string[];
let log: Log;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fifo-desk-'));
  const fifo = Fifo.make(join(folder, 'fifo'), undefined);
  if (!fifo.ok) throw new Error(fifo.error);
  made = fifo.value;
  said = [];
  log = new Log([{ write: (_at, _level, text) => said.push(text) }], 0);
});
afterEach(() => {
  made.close();
  rmSync(folder, { recursive: true });
});

/** Everything that is in the FIFO at this moment. */
function readOut(reader: number): string {
  const buffer = Buffer.alloc(1 << 20);
  let text = '';
  try {
    for (;;) text += buffer.toString('utf8', 0, readSync(reader, buffer));
  } catch {
    return text;
  }
}

test('a FIFO that nobody reads costs a thousand lines and no time; who reads at last hears of the latest', async () => {
  const settings = { global, fifos: { all: { path: made.path } } };
  const desk = new FifoDesk('vrrp', settings, log);
  for (let line = 0; line < 20_000; line++) desk.tell(`INSTANCE "VI_${line}" MASTER 100`);
  const [tally] = desk.tallies;
  expect(tally).toMatchObject({ path: made.path, waiting: 1000 });
  expect(tally!.written + tally!.missed).toBe(19_000);
  log.flush();
  expect(said).toEqual([expect.stringContaining('lines are being lost')]);

  const reader = openSync(made.path, constants.O_RDWR | constants.O_NONBLOCK);
  let text = readOut(reader);
  while (!text.includes('"VI_19999"')) {
    await sleep(50);
    text += readOut(reader);
  }
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(tally!.written + 1000);
  expect(lines.every((line) => /^INSTANCE "VI_\d+" MASTER 100$/.test(line))).toBe(true);
  expect(desk.tallies[0]).toMatchObject({ waiting: 0, missed: tally!.missed });
  desk.close();
}, 60_000);

test('a reload keeps an open FIFO with what waits for its reader, and opens one that took its place', () => {
  const settings = { global, fifos: { vrrp: { path: made.path } } };
  const desk = new FifoDesk('vrrp', settings, log);
  desk.tell('before');
  desk.reconfigure(settings);
  expect(desk.tallies).toMatchObject([{ written: 1 }]);

  made.remove();
  const other = Fifo.make(made.path, undefined);
  if (!other.ok) throw new Error(other.error);
  desk.reconfigure(settings);
  desk.tell('after');
  expect(desk.tallies).toMatchObject([{ written: 1 }]);
  const reader = openSync(made.path, constants.O_RDWR | constants.O_NONBLOCK);
  expect(readOut(reader)).toBe('after\n');
  desk.reconfigure({ global, fifos: {} });
  expect(desk.tallies).toEqual([]);
  other.value.close();
});

test('a FIFO that is not there is said, and the worker goes on without', () => {
  const desk = new FifoDesk('checkers', { global, fifos: { lvs: { path: join(folder, 'no') } } }, log);
  desk.tell('nothing');
  log.flush();
  expect(said).toEqual([`Unable to open lvs_notify fifo ${folder}/no - it cannot be opened: ENOENT`]);
});
