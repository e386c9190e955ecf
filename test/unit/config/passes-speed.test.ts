import { readTree } from '#config/index.js';
import { evaluate } from '#config/passes/index.js';
import { fakeHost } from './host.js';
import { mainFile } from './passes-parts.js';

const checker = 'TCP_CHECK {\nconnect_timeout 3\nretry 2\ndelay_before_retry 1\n}\n';
const realServer = (index: number): string =>
  `real_server 172.${16 + (index >> 16)}.${(index >> 8) & 255}.${index & 255} 80 {\nweight 1\n${checker}}\n`;

/** Pools with so many real servers each. */
function pools(count: number, size: number): string {
  const range = (length: number, make: (index: number) => string): string =>
    Array.from({ length }, (_, index) => make(index)).join('');
  return range(
    count,
    (pool) =>
      `virtual_server 10.0.${pool >> 8}.${pool & 255} 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n${range(size, (index) => realServer(pool * size + index))}}\n`,
  );
}

/** What the passes find in a text, and how long that keeps the processor busy, in milliseconds. */
function timed(text: string): {
  readonly realServers: number;
  readonly problems: number;
  readonly ms: number;
} {
  const host = fakeHost({ files: { [mainFile]: text } });
  const tree = readTree(host, mainFile, { instance: 'i', seed: 1 });
  const start = process.cpuUsage();
  const { configuration, problems } = evaluate(tree, host);
  const { user, system } = process.cpuUsage(start);
  const realServers = configuration?.health.pools.flatMap((pool) => pool.realServers).length ?? 0;
  return { realServers, problems: problems.length, ms: (user + system) / 1000 };
}

describe('50,000 real servers', () => {
  test.each([
    ['in pools of ten', 10],
    ['in a single pool', 50_000],
  ])('%s take about ten times as much as 5,000, and not a hundred times', (_, size) => {
    const small = Math.min(size, 5000);
    timed(pools(5000 / small, small));
    const few = timed(pools(5000 / small, small));
    const many = timed(pools(50_000 / size, size));
    process.stdout.write(`50,000 real servers, ${size} a pool: ${Math.round(many.ms)} ms of passes\n`);
    expect(many).toMatchObject({ realServers: 50_000, problems: 0 });
    // The square would be a hundred; what else keeps the processor busy makes no fourfold.
    expect(many.ms).toBeLessThan(Math.max(few.ms, 50) * 40);
  });
});
