import { readdirSync } from 'node:fs';
import type net from 'node:net';
import { Prober, type ProbeResult } from '#probe/index.js';
import { closedPort, endpoint, ip, probed, ScriptedServer } from './scripted-server.js';

/** A mail server that says these, one after another: at first, then at each line that it hears. */
const mailServer = (...says: readonly string[]) =>
  ScriptedServer.start(
    () => undefined,
    (socket: net.Socket) => {
      const left = [...says];
      const next = () => {
        const text = left.shift();
        if (text === undefined) socket.destroy();
        else if (text !== '') socket.write(text);
      };
      socket.on('data', (bytes: Buffer) => {
        if (bytes.includes(10)) next();
      });
      next();
    },
  );

describe('SMTP_CHECK', () => {
  let prober: Prober;
  beforeEach(() => (prober = new Prober()));
  afterEach(() => prober.close());

  const check = (port: number, timeoutMs = 5000) =>
    probed(prober, { kind: 'smtp', endpoint: endpoint(port, timeoutMs), heloName: 'lvs1.example.net' });

  const against = async (says: readonly string[], timeoutMs?: number): Promise<[ProbeResult, string]> => {
    const server = await mailServer(...says);
    const result = await check(server.port, timeoutMs);
    const heard = server.received.join('|');
    await server.stop();
    return [result, heard.replaceAll('\r\n', '/')];
  };

  test('greeting, HELO, QUIT, and a last word', async () => {
    expect(await against(['220 hello\r\n', '250 you\r\n', '221 bye\r\n'])).toEqual([
      { ok: true, value: {} },
      'HELO lvs1.example.net/QUIT/',
    ]);
  });

  test('replies of several lines, which keepalived takes for bad ones', async () => {
    const says = ['220-hello\r\n220-and\r\n220 welcome\r\n', '250-you\r\n250 too\r\n', '221 bye\r\n'];
    expect(await against(says)).toMatchObject([{ ok: true }, 'HELO lvs1.example.net/QUIT/']);
  });

  test('what comes before we spoke is no answer', async () => {
    const says = ['220 hello\r\n554 go away\r\n', '250 you\r\n', '221 bye\r\n'];
    expect(await against(says)).toMatchObject([{ ok: true }, 'HELO lvs1.example.net/QUIT/']);
  });

  test('any last word will do', async () => {
    expect((await against(['220 a\r\n', '250 b\r\n', 'whatever\n']))[0]).toMatchObject({ ok: true });
  });

  test.each([
    ['a wrong greeting', ['554 no\r\n'], 'reply', 'Bad greeting banner from', ''],
    ['no greeting', ['hello\r\n'], 'reply', 'Bad greeting banner from', ''],
    ['a greeting without end', ['220 ' + 'x'.repeat(100_000)], 'reply', 'Bad greeting banner from', ''],
    [
      'a wrong answer',
      ['220 a\r\n', '500 what?\r\n'],
      'reply',
      'Bad HELO response from',
      'HELO lvs1.example.net/',
    ],
    [
      'no last word',
      ['220 a\r\n', '250 b\r\n'],
      'closed',
      'Read failure from',
      'HELO lvs1.example.net/QUIT/',
    ],
  ])('%s', async (_name, says, code, text, heard) => {
    const [result, said] = await against(says);
    expect(result).toMatchObject({ error: { kind: 'failed', code } });
    expect(result.ok ? '' : result.error.text).toMatch(new RegExp(`^${text} server \\[127.0.0.1\\]:\\d+$`));
    expect(said).toBe(heard);
  });

  test.each([
    ['before the greeting', []],
    ['after HELO', ['220 a\r\n']],
  ])('silence %s', async (_name, says) => {
    const [result] = await against([...says, '', '', ''], 300);
    expect(result).toMatchObject({ error: { code: 'timeout', text: /^Read timeout from server / } as never });
  });

  test('nobody listens', async () => {
    const port = await closedPort();
    expect(await check(port)).toMatchObject({
      error: { code: 'refused', text: `Could not connect to server [127.0.0.1]:${port}` },
    });
  });

  test('a server that trickles for ever is given up', async () => {
    const timers: NodeJS.Timeout[] = [];
    const server = await ScriptedServer.start(
      () => undefined,
      (socket) => void timers.push(setInterval(() => socket.write('2'), 20)),
    );
    const result = await check(server.port, 400);
    timers.forEach(clearInterval);
    await server.stop();
    expect(result).toMatchObject({ error: { code: 'timeout' } });
  });

  test('a bindto that is not ours says nothing of the server', async () => {
    const where = { ...endpoint(25), bindAddress: ip('192.0.2.77') };
    const result = await probed(prober, { kind: 'smtp', endpoint: where, heloName: 'a' });
    expect(result).toMatchObject({ error: { kind: 'not-run', text: 'SMTP_CHECK socket bind failed.' } });
  });

  test('a cancelled check ends nobody, and gives its descriptor back', async () => {
    const server = await mailServer('', '');
    const before = readdirSync('/proc/self/fd').length;
    let ended = false;
    const probe = { kind: 'smtp', endpoint: endpoint(server.port, 60_000), heloName: 'a' } as const;
    prober.start('one', probe, 0, () => (ended = true));
    while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    prober.cancel('one');
    while (server.closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ended).toBe(false);
    await server.stop();
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 2);
  });
});
