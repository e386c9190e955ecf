// The checking side of health-tcp: a driver as the daemon's, without IPVS, that measures itself.
import { DeadlineQueue } from '#base/deadline-queue.js';
import { formatIpAddress } from '#base/address.js';
import { makePrng } from '#base/prng.js';
import { micros, plus, secondsToMicros, type Micros } from '#base/units.js';
import type { CheckerProbe } from '#config/index.js';
import {
  HealthMonitor,
  type HealthEvent,
  type PoolSettings,
  type RealServerSettings,
} from '#health/index.js';
import { DeadlineTimer, now, setOpenFilesLimit } from '#kernel/index.js';
import { Prober } from '#probe/index.js';

const [servers = 1000, seconds = 20, delay = 5, gatherMs = 0] = process.argv.slice(2, 6).map(Number);
const isHttp = process.argv[6] === 'http';
const PREFIX = 'check ';

function realServer(index: number): RealServerSettings {
  const address = formatIpAddress(Uint8Array.of(127, 1 + (index >> 16), (index >> 8) & 0xff, index & 0xff));
  const delayLoop = secondsToMicros(delay);
  return {
    id: `[${address}]:tcp:80`,
    address,
    port: 80,
    weight: 1,
    inhibitOnFailure: false,
    checkers: [
      {
        id: String(index),
        kind: isHttp ? 'HTTP_GET' : 'TCP_CHECK',
        identity: address,
        steps: 1,
        fastRecovery: false,
        delayLoop,
        retry: 0,
        delayBeforeRetry: delayLoop,
        warmup: delayLoop,
        alpha: false,
        logAllFailures: true,
      },
    ],
  };
}

function probeOf({ address, port }: RealServerSettings): CheckerProbe {
  const endpoint = { address, port, timeout: secondsToMicros(5) };
  if (!isHttp) return { kind: 'tcp', endpoint };
  return { kind: 'http', endpoint, tls: false, httpVersion: '1.0', urls: [{ path: '/', statusCodes: [] }] };
}

/** As daemon/health-driver, with lateness noted. */
class Driver {
  readonly latenessUs: number[] = [];
  readonly failures: string[] = [];
  checks = 0;
  private readonly deadlines = new DeadlineQueue();
  private readonly timer = new DeadlineTimer(() => this.wake());

  constructor(
    private readonly monitor: HealthMonitor,
    private readonly prober: Prober,
    private readonly probes: readonly CheckerProbe[],
  ) {}

  handle(event: HealthEvent): void {
    for (const effect of this.monitor.step(event, now())) {
      if (effect.type === 'SetDeadline') this.deadlines.set(effect.name, effect.at);
      else if (effect.type === 'StartCheck') this.startCheck(effect.checker, effect.step);
      else if (effect.type === 'Record' && effect.code.startsWith('check-attempt'))
        this.failures.push(effect.text);
    }
    this.arm();
  }

  private startCheck(checker: string, step: number): void {
    const probe = this.probes[Number(checker)];
    if (!probe) return;
    this.prober.start(checker, probe, step, (result) => {
      this.checks += 1;
      if (result.ok) this.handle({ type: 'CheckSucceeded', checker });
      else this.handle({ type: 'CheckFailed', checker, code: result.error.code, text: result.error.text });
    });
  }

  private wake(): void {
    const at = now();
    for (let due = this.deadlines.takeDue(at); due; due = this.deadlines.takeDue(at)) {
      this.latenessUs.push(at - due.at);
      this.handle({ type: 'DeadlinePassed', name: PREFIX + due.name.slice(PREFIX.length) });
    }
    this.arm();
  }

  private arm(): void {
    const next = this.deadlines.next();
    this.timer.arm(next === undefined ? undefined : gathered(next));
  }
}

/** The next moment of a grid of `gatherMs`. */
const gathered = (at: Micros): Micros =>
  gatherMs === 0 ? at : plus(at, micros(gatherMs * 1000 - (at % (gatherMs * 1000))));

const quantile = (values: number[], q: number): string =>
  ((values.sort((a, b) => a - b)[Math.floor(values.length * q)] ?? 0) / 1000).toFixed(1);

setOpenFilesLimit(servers + 100);
const realServers = Array.from({ length: servers }, (_, index) => realServer(index));
const pool: PoolSettings = { id: 'FWM 1', omega: false, quorum: 1, hysteresis: 0, realServers };
const monitor = new HealthMonitor({ rsInitNotifies: false, pools: [pool] }, makePrng(1));
const driver = new Driver(monitor, new Prober(), realServers.map(probeOf));
driver.handle({ type: 'Started' });

// The first round warms up: one second of bootstrap, then everything within delay.
setTimeout(
  () => {
    const before = { cpu: process.cpuUsage(), checks: driver.checks };
    driver.latenessUs.length = 0;
    setTimeout(() => {
      const cpu = process.cpuUsage(before.cpu);
      const checks = driver.checks - before.checks;
      const perThousand = (us: number) => (us / checks).toFixed(1).padStart(6);
      const rssMb = Math.round(process.memoryUsage.rss() / 1048576);
      console.log(
        `${String(servers).padStart(6)} servers: ${checks} checks, CPU per 1,000: ${perThousand(cpu.user + cpu.system)} ms` +
          ` (user ${perThousand(cpu.user)}, system ${perThousand(cpu.system)}), RSS ${rssMb} MB,` +
          ` late p50 ${quantile(driver.latenessUs, 0.5)} ms, p99 ${quantile(driver.latenessUs, 0.99)} ms,` +
          ` spurious failures ${driver.failures.length}`,
      );
      process.exit(0);
    }, seconds * 1000);
  },
  (1 + delay) * 1000,
);
