import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { micros } from '#base/units.js';
import { decodeRecords, encodeLine, lineOfRecord, Recorder, type RecordingLine } from '#observe/index.js';
import { readCase, type Case } from './case-file.js';
import { readRecording, replay } from './replay.js';
import { play } from './story.js';

const cases = fileURLToPath(new URL('../../../test/conformance/cases/', import.meta.url));
const names = readdirSync(cases, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.txt'),
);
const caseOf = (name: string): Case => readCase(readFileSync(`${cases}${name}`, 'utf8'));

/** What `understudy record` would write of a story, had it happened to a daemon. */
function recordingOf(story: Case, complete = true): string {
  const recorder = new Recorder();
  const settings: unknown[] = [story.settings];
  play(story, (event, effects, now) => {
    if (event.type === 'Reconfigured') settings.push(event.settings);
    recorder.step(event, effects, now);
  });
  const { firstSegment, lastSegment } = recorder.journal.extent;
  const segments = Array.from({ length: lastSegment - firstSegment + 1 }, (_, index) =>
    recorder.journal.segment(firstSegment + index),
  );
  const lines: RecordingLine[] = [
    {
      ...{ recording: 1, program: 'a story', host: 'here', worker: 'vrrp', pid: 1, complete },
      clock: { monotonic: micros(0), wall: 0 },
    },
    ...settings.map((each, generation) => ({ generation, settings: each })),
    ...segments.flatMap(({ stream }) => decodeRecords(stream)).map(lineOfRecord),
    { end: true, missed: 0 },
  ];
  return `${lines.map(encodeLine).join('\n')}\n`;
}

test.each(names)('%s, recorded and played again, is the same', (name) => {
  const recording = readRecording(recordingOf(caseOf(name)));
  expect(recording.steps.length).toBeGreaterThan(0);
  expect(replay(recording)).toEqual([]);
});

/** Recordings of daemons that somebody has put here: UNDERSTUDY_RECORDING=FILE. */
const given = process.env['UNDERSTUDY_RECORDING'];
(given === undefined ? test.skip : test)('the recording that is asked for', () => {
  expect(replay(readRecording(readFileSync(given ?? '', 'utf8')))).toEqual([]);
});

describe('a recording that is not what happened', () => {
  const name = names.find((each) => recordingOf(caseOf(each)).includes('"AdvertReceived"')) ?? '';
  const some = recordingOf(caseOf(name));

  test('has an effect that differs', () => {
    const changed = some.replace('"code":"started"', '"code":"something-else"');
    expect(changed).not.toBe(some);
    expect(replay(readRecording(changed))).toHaveLength(1);
  });

  test('lacks an event', () => {
    const lines = some.split('\n');
    const started = lines.findIndex((line) => line.includes('"type":"Started"'));
    const without = [...lines.slice(0, started), ...lines.slice(started + 1)].join('\n');
    expect(replay(readRecording(without)).length).toBeGreaterThan(0);
  });

  test.each([
    ['not whole at its beginning', recordingOf(caseOf(name), false), /reach back/],
    ['not whole at its end', some.trimEnd().split('\n').slice(0, -1).join('\n'), /cut off/],
    ['of something else', '{"at":1}\n', /header/],
  ])('is %s, and refused', (_, text, why) => {
    expect(() => readRecording(text)).toThrow(why);
  });
});
