import { IpvsDoor } from '../kernel/ipvs.js';
import { KernelError } from '../kernel/kernel-error.js';
import { inNetworkNamespace } from '../kernel/net-namespace.js';
import { desiredSync, type KernelService, type ServiceKey } from '../lvs/index.js';
import { IpvsKeeper } from './ipvs-keeper.js';
import { WatchedTables } from './kernel-firewall.js';
import { type Log } from './log.js';
import { MarkKeeper } from './mark-keeper.js';
import { type WorkerShares } from './messages.js';
import { type Wishes } from './pool-wishes.js';
import { SyncKeeper } from './sync-keeper.js';
import { TimeoutKeeper } from './timeout-keeper.js';

type Settings = WorkerShares['checkers']['ipvs'];

/**
 * Everything that the health worker keeps in IPVS and around it: services, timeouts, the firewall marks of groups, and
 * the sync daemons that follow no vrrp_instance.
 */
export class IpvsHouse {
  private readonly timeouts: TimeoutKeeper;
  private readonly marks: MarkKeeper;
  private readonly sync: SyncKeeper;

  private constructor(
    private readonly door: IpvsDoor,
    private readonly keeper: IpvsKeeper,
    private settings: Settings,
    private readonly log: Log,
  ) {
    const failed = (text: string): void => log.error(`IPVS: ${text}`);
    this.timeouts = new TimeoutKeeper(door, failed);
    this.marks = new MarkKeeper({
      open: () => openTables(settings, () => this.marks.tablesDeleted()),
      say: (level, text) => log.say(level, text),
    });
    this.sync = new SyncKeeper({
      open: () => IpvsDoor.open(settings.place),
      say: (level, text) => (level === 'detail' ? log.detail(text) : log.error(text)),
    });
  }

  /** Undefined (and an error in the log) where there is no IPVS. */
  static open(settings: Settings, log: Log): IpvsHouse | undefined {
    const door = IpvsDoor.open(settings.place);
    if (!door.ok) {
      log.error(`IPVS: Can't initialize ipvs: ${door.error.text}. Checks run, but nothing is balanced.`);
      return undefined;
    }
    const keeper = new IpvsKeeper(door.value, (text) => log.error(`IPVS: ${text}`));
    return new IpvsHouse(door.value, keeper, settings, log);
  }

  /** The services that stand, as they are known to be. */
  services(): readonly KernelService[] {
    return this.keeper.services();
  }

  /** One service with its counters, as the kernel has it at this moment; undefined if it is not there. */
  read(key: ServiceKey): KernelService | undefined {
    try {
      return this.door.service(key);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.log.error(`IPVS: ${error.message}`);
      return undefined;
    }
  }

  /**
   * Before the first pool is brought: lvs_flush takes away all that no pool could want. What one may want is adopted with
   * its connections.
   * @param wanted every service of the configuration.
   */
  clear(wanted: readonly ServiceKey[]): void {
    if (this.settings.flush) this.keeper.keepOnly(wanted);
  }

  bring({ wishes, small, adopted }: Wishes): void {
    for (const adoption of adopted) this.keeper.adopt(adoption);
    this.keeper.bring(wishes, small);
  }

  /** After the pools were brought: everything else as these settings have it. */
  apply(settings: Settings): void {
    this.settings = settings;
    this.timeouts.apply(settings.timeouts);
    this.marks.keep(settings.marks);
    this.sync.keep(desiredSync(settings.sync, []));
  }

  /** lvs_flush_on_stop: all services go at once, those of others too. */
  flush(): void {
    if (this.settings.flushOnStop !== 'all') return;
    try {
      this.keeper.flush();
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.log.error(`IPVS: ${error.message}`);
    }
  }

  /** @param release false if services and their marks are to serve on without us. */
  close(release: boolean): void {
    this.marks.close(release);
    this.sync.close();
    this.timeouts.restore();
    this.door.close();
  }
}

/** nf_tables of the namespace that has the IPVS tables. @throws KernelError */
function openTables({ place, monitorBuffer }: Settings, onLoss: () => void): WatchedTables {
  const { namespace, receiveBuffer: command } = place;
  const make = (): WatchedTables =>
    new WatchedTables(onLoss, {
      ...(command && { command }),
      ...(monitorBuffer && { monitor: monitorBuffer }),
    });
  if (namespace === undefined) return make();
  const made = inNetworkNamespace(namespace, make);
  if (!made.ok) throw made.error;
  return made.value;
}
