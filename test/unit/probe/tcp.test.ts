import { readdirSync } from 'node:fs';
import { Prober } from '#probe/index.js';
import { closedPort, deafPort, endpoint, ip, probed, ScriptedServer } from './scripted-server.js';

const tcp = (...where: Parameters<typeof endpoint>) =>
  ({ kind: 'tcp', endpoint: endpoint(...where) }) as const;

describe('TCP_CHECK', () => {
  let prober: Prober;
  let server: ScriptedServer;
  beforeEach(async () => {
    prober = new Prober();
    server = await ScriptedServer.start(() => undefined);
  });
  afterEach(async () => {
    prober.close();
    await server.stop();
  });

  test('a server that accepts is up, hears nothing, and sees the connection closed', async () => {
    expect(await probed(prober, tcp(server.port))).toEqual({ ok: true, value: {} });
    while (server.closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.received).toEqual(['']);
  });

  test('IPv6', async () => {
    const six = await ScriptedServer.start(() => undefined, undefined, '::1');
    expect(await probed(prober, tcp(six.port, 500, ip('::1')))).toEqual({ ok: true, value: {} });
    await six.stop();
  });

  test('a refused connection fails at once, and not as a timeout', async () => {
    const result = await probed(prober, tcp(await closedPort(), 5000));
    expect(result).toMatchObject({ ok: false, error: { kind: 'failed', code: 'refused', text: 'failed' } });
  });

  test('silence fails after connect_timeout', async () => {
    const deaf = await deafPort();
    const begun = performance.now();
    const result = await probed(prober, tcp(deaf.port, 150));
    deaf.stop();
    expect(result).toMatchObject({ ok: false, error: { kind: 'failed', code: 'timeout', text: 'timeout' } });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(149);
  });

  test('an impatient check does not wait for a patient one', async () => {
    const deaf = await deafPort();
    let patientEnded = false;
    prober.start('patient', tcp(deaf.port, 60_000), 0, () => (patientEnded = true));
    expect(await probed(prober, tcp(deaf.port, 100))).toMatchObject({ error: { code: 'timeout' } });
    expect(patientEnded).toBe(false);
    deaf.stop();
  });

  test('a bindto that is not ours says nothing of the server', async () => {
    const probe = {
      kind: 'tcp',
      endpoint: { ...endpoint(server.port), bindAddress: ip('192.0.2.77') },
    } as const;
    expect(await probed(prober, probe)).toMatchObject({
      ok: false,
      error: { kind: 'not-run', code: 'not-run' },
    });
  });

  test('bindto and bind_port are where the server sees it come from', async () => {
    const seen: string[] = [];
    const other = await ScriptedServer.start(
      () => undefined,
      (socket) => seen.push(`${socket.remoteAddress}:${socket.remotePort}`),
    );
    const bindPort = await closedPort();
    const bound = { ...endpoint(other.port), bindAddress: ip('127.0.0.9'), bindPort };
    await probed(prober, { kind: 'tcp', endpoint: bound });
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([`127.0.0.9:${bindPort}`]);
    await other.stop();
  });

  test('the end never comes from within start', async () => {
    const ports = [server.port, await closedPort()];
    for (const port of ports) {
      let ended = false;
      const end = new Promise<void>((resolve) => {
        prober.start('one', tcp(port), 0, () => {
          ended = true;
          resolve();
        });
      });
      expect(ended).toBe(false);
      await end;
    }
  });

  test('a cancelled check has no end', async () => {
    const ends: string[] = [];
    for (const port of [server.port, await closedPort()]) {
      prober.start('cancelled', tcp(port), 0, () => ends.push('cancelled'));
      prober.cancel('cancelled');
    }
    const nowhere = { ...endpoint(server.port), bindAddress: ip('192.0.2.77') };
    prober.start('cancelled', { kind: 'tcp', endpoint: nowhere }, 0, () => ends.push('cancelled'));
    prober.cancel('cancelled');
    await probed(prober, tcp(server.port));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(ends).toEqual([]);
  });

  test('a crowd is told apart: each check gets its own end, no descriptor is left', async () => {
    const shut = await closedPort();
    const descriptors = countDescriptors();
    const checks = Array.from({ length: 300 }, (_, index) =>
      probed(prober, tcp(index % 3 === 0 ? shut : server.port)),
    );
    const results = await Promise.all(checks);
    expect(results.map(({ ok }) => ok)).toEqual(results.map((_, index) => index % 3 !== 0));
    while (server.closed < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(countDescriptors()).toBeLessThanOrEqual(descriptors + 2);
  });
});

const countDescriptors = (): number => readdirSync('/proc/self/fd').length;
