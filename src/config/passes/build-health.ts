import { type Micros, secondsToMicros } from '../../base/units.js';
import {
  type CheckerKind,
  type CheckerSettings,
  type PoolSettings,
  type RealServerSettings,
  type SorryServerSettings,
} from '../../health/index.js';
import { type ServiceTemplate } from '../../lvs/index.js';
import { type Configuration, type ScriptCommand } from '../model.js';
import { type CheckerProbe } from '../model-probe.js';
import { type CheckerDraft } from './checker.js';
import { type CheckerHome, type ProbeWork, worksOf } from './checker-probe.js';
import { type CheckerDefaults, type PoolDetails, type RealServerDetails } from '../model-lvs.js';
import { servicesOf } from './build-services.js';
import { GroupMarks } from './group-marks.js';
import { type CompletedPool, type CompletedServer } from './complete-pool.js';
import { type PassContext } from './context.js';
import { type Globals } from './globals.js';
import { type Section } from './section.js';
import { type Span } from '../tree.js';

/** The LVS and health share of the model. */
export type HealthShare = Pick<Configuration, 'health' | 'probes' | 'services' | 'ipvsMarks'> & {
  readonly notify: Pick<Configuration['notify'], 'realServers' | 'pools'>;
  readonly details: Pick<Configuration['details'], 'pools'>;
};

/** Where schedule settings come from, the nearest first. */
interface Inheritance {
  readonly pool: Section;
  readonly server: Section;
}

/** When a checker runs, and how many results make a verdict. */
type Schedule = Pick<
  CheckerSettings,
  'delayLoop' | 'retry' | 'delayBeforeRetry' | 'warmup' | 'alpha' | 'logAllFailures'
>;

/** Turns completed pools into what health/, lvs/ and probe/ take. */
export class HealthBuilder {
  private readonly pools: PoolSettings[] = [];
  private readonly probes: Record<string, CheckerProbe> = {};
  private readonly services: Record<string, readonly ServiceTemplate[]> = {};
  /** serve_when_master, by pool. */
  private readonly masters = new Map<string, { readonly instance: string; readonly span: Span }>();
  private readonly poolDetails: Record<string, PoolDetails> = {};
  private readonly poolNotify: Record<string, Configuration['notify']['pools'][string]> = {};
  private readonly serverNotify: Record<string, Configuration['notify']['realServers'][string]> = {};

  private readonly marks: GroupMarks;

  constructor(
    private readonly context: PassContext,
    private readonly globals: Globals,
  ) {
    this.marks = new GroupMarks(context, globals.daemon.firewall);
  }

  add(pool: CompletedPool): void {
    const { draft, id, sorryServer } = pool;
    const { section } = draft;
    this.pools.push({
      id,
      omega: section.has('omega'),
      quorum: pool.quorum,
      hysteresis: pool.hysteresis,
      realServers: pool.realServers.map((server) => this.realServer(pool, server)),
      ...(sorryServer && { sorryServer: sorrySettings(pool, sorryServer) }),
    });
    this.services[id] = servicesOf(this.context, pool, this.marks.markOf(pool));
    this.poolDetails[id] = this.detailsOf(pool);
    const instance = section.text('serve_when_master');
    if (instance !== undefined)
      this.masters.set(id, { instance, span: section.spanOf('serve_when_master') ?? draft.at.span });
    this.tell(pool);
  }

  /** @param instances names of the vrrp_instances that there are. */
  finish(instances: ReadonlySet<string>): HealthShare {
    this.settleMasters(instances);
    const ipvsMarks = this.marks.finish();
    return {
      health: { rsInitNotifies: this.globals.section.flag('rs_init_notifies') ?? false, pools: this.pools },
      probes: this.probes,
      services: this.services,
      ...(ipvsMarks && { ipvsMarks }),
      notify: { realServers: this.serverNotify, pools: this.poolNotify },
      details: { pools: this.poolDetails },
    };
  }

  /** An instance may stand below the pool that waits for it. Without one the pool serves always, as in keepalived. */
  private settleMasters(instances: ReadonlySet<string>): void {
    for (const [pool, { instance, span }] of this.masters) {
      if (instances.has(instance)) continue;
      const text = `there is no vrrp_instance '${instance}'; the virtual_server would serve always`;
      this.context.error('unknown-master', text, span);
      const details = this.poolDetails[pool];
      if (details) this.poolDetails[pool] = withoutMaster(details);
    }
  }

  private realServer(pool: CompletedPool, server: CompletedServer): RealServerSettings {
    const { draft } = server;
    const { section } = pool.draft;
    const alpha = draft.section.flag('alpha') ?? section.has('alpha');
    const from: Inheritance = { pool: section, server: draft.section };
    const home: CheckerHome = {
      address: draft.address,
      port: draft.port,
      scriptTimeout: section.number('delay_loop') ?? secondsToMicros(60),
      connectTimeout: inherited(from, 'connect_timeout') ?? secondsToMicros(5),
      virtualHost: draft.section.text('virtualhost') ?? section.text('virtualhost'),
    };
    const checkers: CheckerSettings[] = [];
    let count = 0;
    for (const checker of draft.checkers) {
      const schedule = this.schedule(checker, from, alpha);
      for (const work of worksOf(this.context, checker, home)) {
        count += 1;
        const id = `${pool.id} ${server.id} ${checker.kind} ${count}`;
        if ('follows' in work)
          checkers.push(follower(id, 'BFD_CHECK', { follows: work.follows }, schedule.alpha));
        else if ('file' in work) checkers.push(follower(id, 'FILE_CHECK', { file: work.file }, false));
        else {
          const own = work.host ? this.schedule(checker, from, alpha, work.host) : schedule;
          checkers.push(this.keep(id, checker, work, own));
        }
      }
    }
    return {
      id: server.id,
      address: draft.address,
      port: draft.port,
      weight: server.weight,
      inhibitOnFailure: server.inhibit,
      checkers,
    };
  }

  private keep(
    id: string,
    { kind, section }: CheckerDraft,
    { probe }: ProbeWork,
    schedule: Schedule,
  ): CheckerSettings {
    this.probes[id] = probe;
    // Field by field: with a spread, an object takes twice the time and memory.
    return {
      id,
      kind: kind as CheckerKind,
      identity: identityOf(probe),
      ...(probe.kind === 'misc' && { script: probe.command.argv[0] ?? '' }),
      steps: probe.kind === 'http' ? probe.urls.length : 1,
      fastRecovery: section.flag('fast_recovery') ?? false,
      delayLoop: schedule.delayLoop,
      retry: schedule.retry,
      delayBeforeRetry: schedule.delayBeforeRetry,
      warmup: schedule.warmup,
      alpha: schedule.alpha,
      logAllFailures: schedule.logAllFailures,
    };
  }

  /** @param host of SMTP_CHECK: what it says counts before what its checker says. */
  private schedule(
    { section, kind }: CheckerDraft,
    from: Inheritance,
    alpha: boolean,
    host: Section = section,
  ): Schedule {
    const defaults = scheduleDefaults[kind] ?? usualDefaults;
    const number = (name: string): number | undefined => host.number(name) ?? section.number(name);
    const flag = (name: string): boolean | undefined => host.flag(name) ?? section.flag(name);
    const delayLoop = number('delay_loop') ?? inherited(from, 'delay_loop') ?? secondsToMicros(60);
    const delayBeforeRetry =
      number('delay_before_retry') ?? inherited(from, 'delay_before_retry') ?? defaults.delayBeforeRetry;
    return {
      delayLoop: delayLoop as Micros,
      retry: number('retry') ?? number('nb_get_retry') ?? inherited(from, 'retry') ?? defaults.retry,
      delayBeforeRetry: (delayBeforeRetry ?? delayLoop) as Micros,
      warmup: (number('warmup') ?? inherited(from, 'warmup') ?? delayLoop) as Micros,
      alpha: flag('alpha') ?? alpha,
      logAllFailures: flag('log_all_failures') ?? this.globals.logAllFailures,
    };
  }

  private detailsOf({ draft, haSuspend, protocol, realServers }: CompletedPool): PoolDetails {
    const { section, target } = draft;
    const { alertChecker, alert } = this.globals.daemon.mail;
    const [snmpName, virtualHost] = [section.text('snmp_name'), section.text('virtualhost')];
    const master = section.text('serve_when_master');
    return {
      haSuspend,
      ...(protocol && { protocol }),
      ...(master !== undefined && { serveWhenMaster: master }),
      smtpAlert: section.flag('smtp_alert') ?? alertChecker ?? alert ?? false,
      ...(snmpName !== undefined && { snmpName }),
      ...(virtualHost !== undefined && { virtualHost }),
      ...(target.kind === 'group' && { group: target.name }),
      usual: {
        ...checkerDefaults(section),
        weight: section.number('weight') ?? 1,
        inhibitOnFailure: section.has('inhibit_on_failure'),
        forwarding: draft.forwarding ?? { kind: 'masq' },
      },
      realServers: this.serverDetails(realServers),
    };
  }

  private serverDetails(servers: readonly CompletedServer[]): readonly RealServerDetails[] {
    const { alertChecker, alert } = this.globals.daemon.mail;
    const usual: RealServerDetails = { smtpAlert: alertChecker ?? alert ?? true };
    return servers.map(({ draft: { section } }) => {
      const [snmpName, virtualHost] = [section.text('snmp_name'), section.text('virtualhost')];
      const smtpAlert = section.flag('smtp_alert') ?? usual.smtpAlert;
      // Nearly all are alike, and share what they say.
      const says = checkerDefaults(section);
      const ownDefaults = Object.keys(says).length > 0;
      if (
        !ownDefaults &&
        snmpName === undefined &&
        virtualHost === undefined &&
        smtpAlert === usual.smtpAlert
      )
        return usual;
      return {
        smtpAlert,
        ...(ownDefaults && { usual: says }),
        ...(snmpName !== undefined && { snmpName }),
        ...(virtualHost !== undefined && { virtualHost }),
      };
    });
  }

  private tell(pool: CompletedPool): void {
    const { quorum_up: up, quorum_down: down } = pool.draft.notify;
    if (up ?? down)
      this.poolNotify[pool.id] = { ...named('quorumUp', up?.command), ...named('quorumDown', down?.command) };
    for (const { id, draft } of pool.realServers) {
      const { notify_up: rises, notify_down: falls } = draft.notify ?? {};
      if (rises ?? falls)
        this.serverNotify[`${pool.id} ${id}`] = {
          ...named('up', rises?.command),
          ...named('down', falls?.command),
        };
    }
  }
}

function withoutMaster(details: PoolDetails): PoolDetails {
  const { serveWhenMaster, ...rest } = details;
  return serveWhenMaster === undefined ? details : rest;
}

/** Written out for the checker that large files are full of: it takes half as long. */
function identityOf(probe: CheckerProbe): string {
  if (probe.kind === 'misc') return JSON.stringify([probe.command, probe.dynamic]);
  if (probe.kind !== 'tcp') return JSON.stringify(probe);
  const {
    address,
    port,
    timeout,
    bindAddress = '',
    bindPort = 0,
    bindInterface = '',
    fwmark = 0,
  } = probe.endpoint;
  return `tcp ${address} ${port} ${timeout} ${bindAddress} ${bindPort} ${bindInterface} ${fwmark}`;
}

/** What a block says of the checkers in it. */
function checkerDefaults(section: Section): CheckerDefaults {
  const alpha = section.flag('alpha');
  const [delayLoop, retry] = [section.number('delay_loop'), section.number('retry')];
  const [delayBeforeRetry, warmup] = [section.number('delay_before_retry'), section.number('warmup')];
  const connectTimeout = section.number('connect_timeout');
  return {
    ...(alpha !== undefined && { alpha }),
    ...(delayLoop !== undefined && { delayLoop: delayLoop as Micros }),
    ...(retry !== undefined && { retry }),
    ...(delayBeforeRetry !== undefined && { delayBeforeRetry: delayBeforeRetry as Micros }),
    ...(warmup !== undefined && { warmup: warmup as Micros }),
    ...(connectTimeout !== undefined && { connectTimeout: connectTimeout as Micros }),
  };
}

/** It is told, and has no schedule. */
const NEVER = 0 as Micros;

/** BFD_CHECK and FILE_CHECK. */
const follower = (
  id: string,
  kind: CheckerKind,
  followed: Pick<CheckerSettings, 'follows' | 'file'>,
  alpha: boolean,
): CheckerSettings => ({
  id,
  kind,
  identity: JSON.stringify(followed),
  ...followed,
  steps: 1,
  fastRecovery: false,
  delayLoop: NEVER,
  retry: 0,
  delayBeforeRetry: NEVER,
  warmup: NEVER,
  alpha,
  logAllFailures: false,
});

const named = <Name extends string>(
  name: Name,
  command: ScriptCommand | undefined,
): Partial<Record<Name, ScriptCommand>> =>
  (command ? { [name]: command } : {}) as Partial<Record<Name, ScriptCommand>>;

const usualDefaults: { retry: number; delayBeforeRetry: number | undefined } = {
  retry: 1,
  delayBeforeRetry: secondsToMicros(1),
};
const httpDefaults = { retry: 1, delayBeforeRetry: secondsToMicros(3) };
/** Kinds of checkers whose tries differ from the usual; without a delay_before_retry they use delay_loop. */
const scheduleDefaults: Readonly<Record<string, typeof usualDefaults>> = {
  HTTP_GET: httpDefaults,
  SSL_GET: httpDefaults,
  MISC_CHECK: { retry: 0, delayBeforeRetry: secondsToMicros(1) },
  DNS_CHECK: { retry: 3, delayBeforeRetry: undefined },
};

const inherited = ({ server, pool }: Inheritance, name: string): number | undefined =>
  server.number(name) ?? pool.number(name);

type Sorry = NonNullable<CompletedPool['sorryServer']>;

const sorrySettings = (
  { protocol }: CompletedPool,
  { address, port, inhibit }: Sorry,
): SorryServerSettings => ({
  id: `[${address}]:${protocol?.toLowerCase() ?? 'none'}:${port}`,
  address,
  port,
  inhibit,
});
