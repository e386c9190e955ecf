// The checking side of bench health: the daemon's driver and probes, without IPVS, that measures itself.
import { formatIpAddress, type IpAddress } from '#base/address.js';
import { makePrng } from '#base/prng.js';
import { micros, secondsToMicros, type Micros } from '#base/units.js';
import type { CheckerProbe } from '#config/index.js';
import { HealthDriver, type HealthOutside } from '#daemon/health-driver.js';
import {
  HealthMonitor,
  type HealthEffect,
  type HealthEvent,
  type PoolSettings,
  type RealServerSettings,
} from '#health/index.js';
import { beginConnect, closeDescriptor, DeadlineTimer, now, setOpenFilesLimit } from '#kernel/index.js';
import { Recorder } from '#observe/index.js';
import { Prober } from '#probe/index.js';

const [servers = 1000, seconds = 10, delay = 5] = process.argv.slice(2, 5).map(Number);
const kind = process.argv[5] ?? 'tcp';
/** What keepalived 2.4.3 took for 1,000 checks that are spread over time, in ms, on the machine where this was written. */
const KEEPALIVED_MS: Readonly<Record<string, number>> = { tcp: 47, http: 80 };
const KINDS = { tcp: 'TCP_CHECK', http: 'HTTP_GET', https: 'SSL_GET' } as const;

function realServer(index: number, delayS: number): RealServerSettings {
  const address = formatIpAddress(Uint8Array.of(127, 1 + (index >> 16), (index >> 8) & 0xff, index & 0xff));
  const delayLoop = secondsToMicros(delayS);
  const checker = {
    id: String(index),
    kind: KINDS[kind as keyof typeof KINDS],
    identity: address,
    steps: 1,
    fastRecovery: false,
    delayLoop,
    retry: 0,
    delayBeforeRetry: delayLoop,
    warmup: delayLoop,
    alpha: false,
    logAllFailures: true,
  };
  const id = `[${address}]:tcp:80`;
  return { id, address, port: 80, weight: 1, inhibitOnFailure: false, checkers: [checker] };
}

function probeOf({ address, port }: RealServerSettings): CheckerProbe & { kind: 'tcp' | 'http' } {
  const endpoint = { address, port, timeout: secondsToMicros(5) };
  if (kind === 'tcp') return { kind: 'tcp', endpoint };
  const urls = [{ path: '/', statusCodes: [] }];
  return { kind: 'http', endpoint, tls: kind === 'https', httpVersion: '1.0', urls };
}

const serversEvery = (delayS: number): readonly RealServerSettings[] =>
  Array.from({ length: servers }, (_, index) => realServer(index, delayS));

const probes = serversEvery(delay).map(probeOf);

/** Policy that says when each check is due. */
class ObservedMonitor extends HealthMonitor {
  readonly due = new Float64Array(servers);

  override step(event: HealthEvent, at: Micros): readonly HealthEffect[] {
    const effects = super.step(event, at);
    for (const effect of effects)
      if (effect.type === 'SetDeadline') this.due[Number(effect.name)] = effect.at;
    return effects;
  }
}

/** The daemon's outside, with what it sees noted. */
class Bench implements HealthOutside {
  checks = 0;
  failures = 0;
  /** From when a check was due to its start, and (for those that failed) to its verdict. */
  readonly lateUs: number[] = [];
  readonly seenUs: number[] = [];
  readonly now = now;
  private readonly prober = new Prober();
  private readonly timer = new DeadlineTimer(() => this.driver.wake());
  private readonly monitor: ObservedMonitor;
  readonly driver: HealthDriver;

  constructor(delayS: number) {
    const realServers = serversEvery(delayS);
    const pool = {
      ...{ id: 'FWM 1', omega: false, quorum: 1, hysteresis: 0, realServers },
    } as unknown as PoolSettings;
    this.monitor = new ObservedMonitor({ rsInitNotifies: false, pools: [pool] }, makePrng(1));
    this.driver = new HealthDriver(this.monitor, this, new Recorder());
  }

  arm(at: Micros | undefined): void {
    this.timer.arm(at);
  }

  startCheck({ checker, step }: { checker: string; step: number }): void {
    const due = micros(this.monitor.due[Number(checker)] ?? 0);
    this.lateUs.push(Math.max(0, now() - due));
    const probe = probes[Number(checker)];
    if (!probe) return;
    this.prober.start(checker, probe, step, (result) => {
      this.checks += 1;
      if (result.ok) this.driver.handle({ type: 'CheckSucceeded', checker, ...result.value } as never);
      else {
        this.failures += 1;
        this.seenUs.push(Math.max(0, now() - due));
        const { code, text } = result.error;
        this.driver.handle({ type: 'CheckFailed', checker, code, text } as never);
      }
    });
  }

  soon(then: () => void): void {
    setImmediate(then);
  }
  afterTurn(settle: () => void): void {
    setImmediate(settle);
  }
  cancelCheck(checker: string): void {
    this.prober.cancel(checker);
  }
  poolsChanged(): void {
    // without IPVS
  }
  notify(): void {
    // nobody is told
  }
  record(): void {
    // nothing is logged
  }
  stopped(): void {
    this.prober.close();
    this.timer.close();
  }
}

const quantile = (sorted: readonly number[], q: number): string =>
  ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0) / 1000).toFixed(1);
const spread = (values: number[]): string => {
  const sorted = values.sort((a, b) => a - b);
  return `p50 ${quantile(sorted, 0.5)} p99 ${quantile(sorted, 0.99)} max ${quantile(sorted, 1)} ms`;
};
const after = (s: number) => new Promise((resolve) => setTimeout(resolve, s * 1000));

/** What this machine takes for no more than to connect and close, now and under its present load: a measure for the rest. */
function bareConnectionsMs(): number {
  const once = (): void => {
    for (let index = 0; index < 1000; index += 1) {
      const { address, port } = probes[index % servers]?.endpoint as { address: IpAddress; port: number };
      closeDescriptor(beginConnect('tcp', { address, port }).fd);
    }
  };
  once();
  const before = process.cpuUsage();
  once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

setOpenFilesLimit(servers + 100);
// What runs for years has been compiled and optimised long ago. So many a second are no burden to the server.
const rehearsal = new Bench(servers / { tcp: 4000, http: 1000, https: 200 }[kind as keyof typeof KINDS]);
rehearsal.driver.handle({ type: 'Started' } as never);
await after(5);
rehearsal.driver.handle({ type: 'StopRequested', releaseServices: false } as never);
const bareMs = bareConnectionsMs();
const bench = new Bench(delay);
const began = now();
bench.driver.handle({ type: 'Started' } as never);
// The first round warms up: one second of bootstrap, then everything within delay.
while (bench.checks < servers) await after(0.005);
const firstRoundS = (now() - began) / 1e6;
bench.lateUs.length = 0;
const before = { cpu: process.cpuUsage(), checks: bench.checks };
await after(seconds);
const cpu = process.cpuUsage(before.cpu);
const checks = bench.checks - before.checks;
const perThousand = (us: number) => (us / checks).toFixed(1);
const timesBare = ((cpu.user + cpu.system) / checks / bareMs).toFixed(1);
const keepalivedMs = KEEPALIVED_MS[kind];
const ratio =
  keepalivedMs === undefined
    ? ''
    : ` = ${((cpu.user + cpu.system) / checks / keepalivedMs).toFixed(2)} of keepalived's on a quiet machine`;
const rssMb = Math.round(process.memoryUsage.rss() / 1048576);
const spurious = bench.failures;
console.log(
  `  ${String(servers).padStart(6)}: CPU per 1,000 ${perThousand(cpu.user + cpu.system)} ms` +
    ratio +
    ` (user ${perThousand(cpu.user)}, system ${perThousand(cpu.system)}; ${timesBare} times a bare connection's), RSS ${rssMb} MB,` +
    ` late ${spread(bench.lateUs)}, all had run after ${firstRoundS.toFixed(1)} s, spurious failures ${spurious}`,
);
bench.seenUs.length = 0;
process.send?.('kill them');
await after(delay + 1);
console.log(
  `          killed: ${bench.seenUs.length} seen after their check was due: ${spread(bench.seenUs)}`,
);
process.exit(0);
