import { parseIpAddress } from '#base/address.js';
import { connections, operate } from '#daemon/control-operate.js';
import { MarkMemory } from '#daemon/mark-memory.js';
import { type HealthSettings } from '#health/index.js';

const [VS, RS] = ['[192.0.2.1]:tcp:80', '[192.0.2.21]:tcp:80'];
const health: HealthSettings = {
  rsInitNotifies: false,
  pools: [
    {
      ...{ id: VS, omega: false, quorum: 1, hysteresis: 0 },
      realServers: [
        {
          ...{ id: RS, address: parseIpAddress('192.0.2.21')!, port: 80, weight: 1 },
          ...{ inhibitOnFailure: false, checkers: [] },
        },
      ],
    },
  ],
};

type Subject = Parameters<typeof operate>[0];

/** A supervisor whose health worker answers, or says nothing, or is not there. */
function rig(worker: 'answers' | 'silent' | 'absent') {
  const asked: unknown[] = [];
  const ask = (query: unknown) => {
    asked.push(query);
    return Promise.resolve(
      worker === 'answers'
        ? { ok: true, value: { active: 3, inactive: 1, persistent: 0 } }
        : { ok: false, error: { kind: 'timeout', text: 'the worker did not answer in 2000 ms' } },
    );
  };
  const marks = new MarkMemory();
  const supervisor = {
    current: { health },
    serverMarks: marks,
    worker: () => (worker === 'absent' ? undefined : { ask }),
  };
  const subject = { supervisor } as unknown as Subject;
  const order = (operation: Parameters<typeof operate>[1], realServer = '192.0.2.21:80') =>
    operate(subject, operation, JSON.stringify({ virtualServer: '192.0.2.1:80', realServer }));
  return { asked, marks, subject, order };
}

test('an order is remembered, handed to the worker whole, and answered when that has carried it out', async () => {
  const { asked, marks, order } = rig('answers');
  expect(await order('drain')).toEqual({
    status: 200,
    json: { pool: VS, realServer: RS, mark: 'drained', inForce: true },
  });
  const drained = [{ pool: VS, realServer: RS, mark: 'drained' }];
  expect(asked).toEqual([{ type: 'Mark', marks: drained }]);
  expect(marks.marks).toEqual(drained);
  expect(await order('undrain')).toMatchObject({ json: { mark: null } });
  expect(marks.marks).toEqual([]);
});

test.each(['silent', 'absent'] as const)('with a worker that is %s it waits for one', async (worker) => {
  const { marks, order } = rig(worker);
  expect(await order('disable')).toMatchObject({ status: 200, json: { mark: 'disabled', inForce: false } });
  expect(marks.marks).toHaveLength(1);
});

test('only what stands is taken back', async () => {
  const { order } = rig('answers');
  expect(await order('enable')).toMatchObject({
    status: 409,
    json: { error: `${RS} of ${VS} is neither drained nor disabled` },
  });
  await order('drain');
  expect(await order('enable')).toMatchObject({ status: 409, json: { error: `${RS} of ${VS} is drained` } });
  expect(await order('disable')).toMatchObject({ json: { mark: 'disabled' } });
});

test('nonsense changes nothing', async () => {
  const { asked, marks, order, subject } = rig('answers');
  expect(await order('drain', '192.0.2.99:80')).toMatchObject({ status: 404 });
  for (const body of ['', '[]', 'null', '{"virtualServer": 1}', '{"virtualServer": "x"}'])
    expect(await operate(subject, 'drain', body)).toMatchObject({ status: 400 });
  expect([asked, marks.marks]).toEqual([[], []]);
});

test('connections are asked of the worker', async () => {
  const query = new URLSearchParams({ virtualServer: '192.0.2.1:80', realServer: '192.0.2.21:80' });
  expect(await connections(rig('answers').subject, query)).toMatchObject({
    status: 200,
    json: { active: 3 },
  });
  expect(await connections(rig('silent').subject, query)).toMatchObject({ status: 503 });
  expect(await connections(rig('absent').subject, query)).toMatchObject({ status: 404 });
});

test('a reload forgets servers that are gone from the file', () => {
  const { marks } = rig('answers');
  marks.set(VS, RS, 'drained');
  expect(marks.keepOnly(health)).toEqual([]);
  expect(marks.keepOnly({ ...health, pools: [] })).toHaveLength(1);
  expect(marks.marks).toEqual([]);
});
