import { Inquiries } from '#daemon/control-inquiries.js';
import { type WorkerQuery } from '#daemon/control-queries.js';

const query = (from: number): WorkerQuery => ({ type: 'State', from });

test('the worker has one question before it at a time, in the order in which they were asked', async () => {
  const sent: number[] = [];
  const inquiries = new Inquiries((id) => sent.push(id) > 0);
  const answers = [0, 1, 2].map((from) => inquiries.ask(query(from)));
  expect(sent).toEqual([1]);
  inquiries.answered(1, 'first');
  inquiries.answered(2, 'second');
  inquiries.answered(3, 'third');
  const values = (await Promise.all(answers)).map((answer) => answer.ok && answer.value);
  expect(values).toEqual(['first', 'second', 'third']);
});

test('an answer to a question that nobody waits for is dropped', async () => {
  const inquiries = new Inquiries(() => true);
  const answer = inquiries.ask(query(0));
  inquiries.answered(99, 'stray');
  inquiries.answered(1, 'right');
  expect(await answer).toEqual({ ok: true, value: 'right' });
});

test('too many questions at once are refused', async () => {
  const inquiries = new Inquiries(() => true);
  const answers = Array.from({ length: 100 }, (_, from) => inquiries.ask(query(from)));
  expect(await answers[99]).toMatchObject({ ok: false, error: { kind: 'overloaded' } });
  inquiries.abandon();
  await Promise.all(answers);
});

test('a worker that does not run, or dies, leaves nobody waiting', async () => {
  const absent = new Inquiries(() => false);
  expect(await absent.ask(query(0))).toMatchObject({ ok: false, error: { kind: 'not-running' } });
  const dying = new Inquiries(() => true);
  const answers = [dying.ask(query(0)), dying.ask(query(50))];
  dying.abandon();
  for (const answer of answers) expect(await answer).toMatchObject({ error: { kind: 'not-running' } });
});

test('a worker that is stuck is not waited for', async () => {
  const inquiries = new Inquiries(() => true, 10);
  const stuck = inquiries.ask(query(0));
  const next = inquiries.ask(query(50));
  expect(await stuck).toMatchObject({ error: { kind: 'timeout' } });
  inquiries.answered(1, 'too late');
  inquiries.answered(2, 'awake');
  expect(await next).toEqual({ ok: true, value: 'awake' });
});
