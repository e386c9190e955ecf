import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MibView, tableSeries } from '#observe/snmp/mib-view.js';
import { orderIf, type MibOrder } from '#observe/snmp/set.js';
import { Subagent, type SubagentTiming } from '#observe/snmp/subagent.js';
import { integer } from '#observe/snmp/values.js';
import {
  AGENTX_ERROR,
  agentxLength,
  decodeAgentx,
  encodeAgentx,
  type AgentxPdu,
} from '#wire/agentx/index.js';

/** Generous: a loaded machine may take its time. */
const LIMIT_MS = 20_000;
const QUICK: Partial<SubagentTiming> = { patience: 300, firstRetry: 20, longestRetry: 40, ping: 50 };
/** Nobody is late for this one. */
const PATIENT: Partial<SubagentTiming> = { ...QUICK, patience: LIMIT_MS, ping: LIMIT_MS };

const view = new MibView(
  tableSeries({
    entry: [1, 3, 6],
    columns: [
      [
        1,
        'only',
        integer,
        (row, value) =>
          orderIf(value < 100, { type: 'SetWeight', pool: 'P', realServer: `${row}`, weight: value }),
      ],
      [2, 'readOnly', integer],
    ],
    rows: [10, 20, 30],
    index: (_, position) => [position],
  }),
);
const OK = { type: 'Response', sysUpTime: 100, error: 0, index: 0, varBinds: [] } as const;
const trap = (number: number) => [{ oid: [1, number], value: { type: 'integer', value: number } as const }];

/** A master agent as the test wants it. */
class Master {
  readonly seen: AgentxPdu[] = [];
  readonly sockets: Socket[] = [];
  private readonly server: Server;

  constructor(
    path: string,
    private readonly behave: (master: Master, socket: Socket, pdu: AgentxPdu) => void,
    greet: (socket: Socket) => void = () => undefined,
  ) {
    this.server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      let bytes = Buffer.alloc(0);
      socket.on('data', (more) => {
        bytes = Buffer.concat([bytes, more]);
        for (;;) {
          const length = agentxLength(bytes, 1 << 24);
          if (!length.ok || length.value === undefined || bytes.length < length.value) return;
          const pdu = decodeAgentx(bytes.subarray(0, length.value));
          bytes = bytes.subarray(length.value);
          if (!pdu.ok) continue;
          this.seen.push(pdu.value);
          this.behave(this, socket, pdu.value);
        }
      });
      greet(socket);
    }).listen(path);
  }

  types(): string[] {
    return this.seen.map(({ body }) => body.type);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** As a master should. */
function polite(_: Master, socket: Socket, pdu: AgentxPdu): void {
  if (pdu.body.type === 'Response') return;
  socket.write(encodeAgentx({ ...pdu, session: 7, body: OK }));
}

let directory: string;
let path: string;
let log: string[];
let subagent: Subagent;
let masters: Master[];
/** What SETs had done. */
let orders: MibOrder[];
/** How many of them are carried out before one is not. */
let patience: number;

const carryOut = (order: MibOrder): Promise<boolean> => {
  orders.push(order);
  return Promise.resolve(orders.length <= patience);
};

const begin = (
  timing: Partial<SubagentTiming> = PATIENT,
  look = () => Promise.resolve<MibView | undefined>(view),
) => {
  const say = (text: string) => void log.push(text);
  subagent = new Subagent(
    { path },
    [{ subtree: [1, 3, 6], name: 'KEEPALIVED-VRRP' }],
    { view: look, carryOut, agentUpTime: () => undefined, log: { info: say, warning: say } },
    timing,
  );
  subagent.start();
};

const master = (...how: [Master['behave'], ((socket: Socket) => void)?]): Master => {
  const made = new Master(path, ...how);
  masters.push(made);
  return made;
};

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${LIMIT_MS} ms; log: ${log.join(' | ')}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-agentx-'));
  path = join(directory, 'master');
  log = [];
  masters = [];
  orders = [];
  patience = Infinity;
});

afterEach(async () => {
  await subagent.stop();
  for (const each of masters) await each.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('with a master as it should be', () => {
  test('RFC 2741, 7.1: opens a session, registers, and says what it is', async () => {
    const agent = master(polite);
    begin();
    await until(() => log.some((line) => line.startsWith('AgentX subagent connected')));
    expect(agent.types()).toEqual(['Open', 'Register', 'AddAgentCaps']);
    expect(agent.seen[1]).toMatchObject({ session: 7, body: { subtree: [1, 3, 6] } });
  });

  test('answers two requests that come in one packet, and one that comes in two', async () => {
    const agent = master(polite);
    begin();
    await until(() => agent.types().includes('AddAgentCaps'));
    const next = (packet: number, start: readonly number[]) =>
      encodeAgentx({
        ...{ session: 7, transaction: 1, packet },
        body: { type: 'GetNext', ranges: [{ start, include: false, end: [1, 3, 7] }] },
      });
    const [socket] = agent.sockets;
    socket?.write(
      Buffer.concat([next(1, [1, 3, 6]), next(2, [1, 3, 6, 1, 2]), next(3, [1, 3, 6, 2, 3]).subarray(0, 30)]),
    );
    await until(() => agent.types().filter((type) => type === 'Response').length === 2);
    socket?.write(next(3, [1, 3, 6, 2, 3]).subarray(30));
    await until(() => agent.types().filter((type) => type === 'Response').length === 3);
    expect(
      agent.seen.slice(-3).map(({ packet, body }) => [packet, 'varBinds' in body && body.varBinds[0]]),
    ).toEqual([
      [1, { oid: [1, 3, 6, 1, 1], value: { type: 'integer', value: 10 } }],
      [2, { oid: [1, 3, 6, 1, 3], value: { type: 'integer', value: 30 } }],
      [3, { oid: [1, 3, 6, 2, 3], value: { type: 'endOfMibView' } }],
    ]);
  });

  test('what cannot be looked at is an error, not silence', async () => {
    const agent = master(polite);
    begin(PATIENT, () => Promise.resolve(undefined));
    await until(() => agent.types().includes('AddAgentCaps'));
    agent.sockets[0]?.write(
      encodeAgentx({
        ...{ session: 7, transaction: 1, packet: 9 },
        body: { type: 'Get', ranges: [{ start: [1, 3, 6, 1, 1], include: false, end: [] }] },
      }),
    );
    await until(() => agent.types().includes('Response'));
    expect(agent.seen.at(-1)).toMatchObject({ packet: 9, body: { error: 5, index: 1 } });
  });

  test('what it cannot read it says so, and goes on', async () => {
    const agent = master(polite);
    begin();
    await until(() => agent.types().includes('AddAgentCaps'));
    agent.sockets[0]?.write(Buffer.from('0105100000000007000000010000000900000004ff040000', 'hex'));
    await until(() => agent.types().includes('Response'));
    expect(agent.seen.at(-1)).toMatchObject({ packet: 9, body: { error: 266 } });
  });

  test('a refused registration is said, and the session goes on', async () => {
    master((_, socket, pdu) => {
      if (pdu.body.type === 'Response') return;
      const error = pdu.body.type === 'Register' ? 263 : 0;
      socket.write(encodeAgentx({ ...pdu, session: 7, body: { ...OK, error } }));
    });
    begin();
    await until(() => log.some((line) => line.startsWith('AgentX subagent connected')));
    expect(log).toContain('Unable to register KEEPALIVED-VRRP MIB (error 263)');
  });
});

describe('a SET (RFC 2741, 7.2.4)', () => {
  const weight = (row: number, value: number) => ({
    oid: [1, 3, 6, 1, row],
    value: { type: 'integer', value } as const,
  });

  /** Sends one step of a SET, and returns error and index of the answer to the last one that has one. */
  async function step(
    agent: Master,
    body: AgentxPdu['body'],
    transaction = 1,
  ): Promise<readonly [number, number]> {
    const before = agent.types().filter((type) => type === 'Response').length;
    agent.sockets[0]?.write(encodeAgentx({ session: 7, transaction, packet: 9, body }));
    if (body.type === 'CleanupSet') return [0, 0];
    await until(() => agent.types().filter((type) => type === 'Response').length > before);
    const answer = agent.seen.at(-1)?.body;
    return answer?.type === 'Response' ? [answer.error, answer.index] : [-1, -1];
  }

  const connected = async (): Promise<Master> => {
    const agent = master(polite);
    begin();
    await until(() => agent.types().includes('AddAgentCaps'));
    return agent;
  };

  test('is tested first, and done when it is committed', async () => {
    const agent = await connected();
    expect(await step(agent, { type: 'TestSet', varBinds: [weight(1, 5), weight(2, 6)] })).toEqual([0, 0]);
    expect(orders).toEqual([]);
    expect(await step(agent, { type: 'CommitSet' })).toEqual([0, 0]);
    await step(agent, { type: 'CleanupSet' });
    expect(orders.map((order) => 'weight' in order && [order.realServer, order.weight])).toEqual([
      ['10', 5],
      ['20', 6],
    ]);
    expect(await step(agent, { type: 'CommitSet' })).toEqual([AGENTX_ERROR.commitFailed, 0]);
  });

  test.each([
    ['of a column that cannot be set', { ...weight(1, 5), oid: [1, 3, 6, 2, 1] }, AGENTX_ERROR.notWritable],
    ['of what is not served', { ...weight(1, 5), oid: [1, 3, 7, 1] }, AGENTX_ERROR.notWritable],
    [
      'of another type',
      { oid: [1, 3, 6, 1, 1], value: { type: 'gauge32', value: 5 } as const },
      AGENTX_ERROR.wrongType,
    ],
    ['to what it cannot be', weight(1, 100), AGENTX_ERROR.wrongValue],
    ['of a row that there is not', weight(4, 5), AGENTX_ERROR.noCreation],
  ])('%s is refused as RFC 3416, 4.2.5 has it, and all with it', async (_, wrong, error) => {
    const agent = await connected();
    expect(await step(agent, { type: 'TestSet', varBinds: [weight(1, 5), wrong] })).toEqual([error, 2]);
    expect((await step(agent, { type: 'CommitSet' }))[0]).toBe(AGENTX_ERROR.commitFailed);
    expect(orders).toEqual([]);
  });

  test('that cannot be done is undone, the last first, as far as it was tried', async () => {
    const agent = await connected();
    patience = 1;
    await step(agent, { type: 'TestSet', varBinds: [weight(1, 5), weight(2, 6), weight(3, 7)] });
    expect(await step(agent, { type: 'CommitSet' })).toEqual([AGENTX_ERROR.commitFailed, 2]);
    patience = Infinity;
    expect(await step(agent, { type: 'UndoSet' })).toEqual([0, 0]);
    expect(orders.map((order) => 'weight' in order && [order.realServer, order.weight])).toEqual([
      ['10', 5],
      ['20', 6],
      ['20', 20],
      ['10', 10],
    ]);
  });

  test('of a master that never comes to an end with any: so many are remembered, and no more', async () => {
    const agent = await connected();
    const results: number[] = [];
    for (let transaction = 1; transaction <= 17; transaction += 1) {
      results.push((await step(agent, { type: 'TestSet', varBinds: [weight(1, 5)] }, transaction))[0]);
    }
    expect(results).toEqual([...Array.from({ length: 16 }, () => 0), AGENTX_ERROR.resourceUnavailable]);
  });
});

describe('notifications', () => {
  test('wait for a master, the oldest giving way, and what was lost is said', async () => {
    begin(QUICK);
    for (let number = 0; number < 300; number++) subagent.notify(trap(number));
    const agent = master(polite);
    await until(() => agent.types().filter((type) => type === 'Notify').length === 256);
    const first = agent.seen.find(({ body }) => body.type === 'Notify');
    expect(first?.body).toEqual({ type: 'Notify', varBinds: trap(44) });
    expect(log).toContain('44 SNMP notifications were lost while there was no master');
  });

  test('one that does not acknowledge them gets so many, and no more', async () => {
    const agent = master((_, socket, pdu) => {
      if (pdu.body.type !== 'Notify') polite(_, socket, pdu);
    });
    begin();
    await until(() => log.some((line) => line.startsWith('AgentX subagent connected')));
    for (let number = 0; number < 100; number++) subagent.notify(trap(number));
    await until(() => agent.types().filter((type) => type === 'Notify').length === 32);
    subagent.notify(trap(100));
    agent.sockets[0]?.write(
      encodeAgentx({
        ...{ session: 7, transaction: 1, packet: 9 },
        body: { type: 'Get', ranges: [{ start: [1, 3, 6, 1, 1], include: false, end: [] }] },
      }),
    );
    await until(() => agent.types().includes('Response'));
    expect(agent.types().filter((type) => type === 'Notify')).toHaveLength(32);
  });
});

describe('a broken master', () => {
  test('that is not there: it is tried again, and said once', async () => {
    begin(QUICK);
    await until(() => log.length === 2);
    const agent = master(polite);
    await until(() => agent.types().includes('AddAgentCaps'));
    expect(log.filter((line) => line.startsWith('Failed to connect'))).toHaveLength(1);
  });

  test('that goes away: a new session is opened with the next one', async () => {
    const first = master(polite);
    begin(QUICK);
    await until(() => log.some((line) => line.startsWith('AgentX subagent connected')));
    await first.close();
    masters.pop();
    await until(() => log.some((line) => line.includes('reconnecting')));
    const second = master(polite);
    await until(() => second.types().includes('AddAgentCaps'));
    expect(second.types().slice(0, 3)).toEqual(['Open', 'Register', 'AddAgentCaps']);
  });

  test.each([
    ['accepts and is silent', () => undefined, undefined, 'no answer'],
    [
      'speaks something else',
      () => undefined,
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n'),
      'does not speak AgentX',
    ],
    [
      'announces more than anybody needs',
      () => undefined,
      (socket: Socket) => void socket.write(Buffer.from('0105100000000000000000000000000040000000', 'hex')),
      'does not speak AgentX',
    ],
    [
      'refuses the session',
      (_: Master, socket: Socket, pdu: AgentxPdu) =>
        void socket.write(encodeAgentx({ ...pdu, body: { ...OK, error: 5 } })),
      undefined,
      'refuses a session',
    ],
    ['hangs up at once', () => undefined, (socket: Socket) => void socket.end(), 'closed'],
  ])('that %s: it is left, and tried again', async (_, behave, greet, reason) => {
    const agent = master(behave, greet);
    begin(QUICK);
    await until(() => agent.sockets.length >= 2);
    expect(log.find((line) => line.startsWith('Failed to connect'))).toContain(reason);
    expect(log.filter((line) => line.startsWith('Failed to connect'))).toHaveLength(1);
  });

  test('that falls silent in the midst of a session is noticed by a ping', async () => {
    let silent = false;
    const agent = master((_, socket, pdu) => {
      if (!silent) polite(_, socket, pdu);
    });
    begin(QUICK);
    await until(() => agent.types().includes('Ping'));
    silent = true;
    await until(() => log.some((line) => line.includes('reconnecting')));
  });

  test('that asks without end and reads nothing is not listened to: memory stays as it is', async () => {
    const agent = master(polite);
    begin();
    await until(() => agent.types().includes('AddAgentCaps'));
    const [socket] = agent.sockets;
    socket?.pause();
    const range = { start: [1, 3, 6], include: false, end: [] };
    const ask = encodeAgentx({
      ...{ session: 7, transaction: 1, packet: 9 },
      body: { type: 'GetNext', ranges: Array.from({ length: 500 }, () => range) },
    });
    // Until the pipe to the subagent is full: it has stopped reading, because nobody reads its answers.
    let written = 0;
    const flood = (): void => {
      while (written < 1 << 28 && socket?.write(ask) === true) written += ask.length;
    };
    socket?.on('drain', flood);
    flood();
    let before = -1;
    await until(() => {
      const stuck = written === before;
      before = written;
      return stuck && (socket?.writableLength ?? 0) > 0;
    });
    expect(written).toBeLessThan(1 << 25);
    socket?.off('drain', flood);
  });
});
