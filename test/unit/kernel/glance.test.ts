import { closeSync, openSync, writeSync } from 'node:fs';
import { Glance, makeMessagePair } from '#kernel/index.js';

const open: number[] = [];
afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd);
});

/** Two connected descriptors. */
function pair(): readonly [number, number] {
  const made = makeMessagePair();
  open.push(...made);
  return made;
}

test('one look tells of each descriptor what it was asked, and waits for none', () => {
  const glance = new Glance();
  const [quiet] = pair();
  const [heard, speaker] = pair();
  const [abandoned, gone] = pair();
  writeSync(speaker, 'x');
  closeSync(open.splice(open.indexOf(gone), 1)[0] ?? -1);
  const numbers = [
    glance.add(quiet, 'readable'),
    glance.add(quiet, 'writable'),
    glance.add(heard, 'readable'),
    glance.add(abandoned, 'readable'),
  ];
  glance.look();
  expect(numbers.map((number) => glance.found(number))).toEqual(['nothing', 'ready', 'ready', 'failed']);
});

test('there may be hundreds, and after clear() none', () => {
  const glance = new Glance();
  const fd = openSync('/dev/null', 'w');
  open.push(fd);
  const [quiet] = pair();
  for (let count = 0; count < 300; count += 1) glance.add(count === 299 ? quiet : fd, 'readable');
  glance.look();
  expect([0, 63, 64, 298, 299].map((number) => glance.found(number))).toEqual([
    ...['ready', 'ready', 'ready', 'ready'],
    'nothing',
  ]);
  glance.clear();
  expect(glance.add(quiet, 'writable')).toBe(0);
  glance.look();
  expect(glance.found(0)).toBe('ready');
});
