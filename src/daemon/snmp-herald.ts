import { type HeraldConfiguration } from '../config/index.js';
import { type Herald, type News } from '../observe/index.js';
import {
  DEFAULT_PLACE,
  quorumTrap,
  readPlace,
  realServerTrap,
  refusalTraps,
  registrations,
  stateTraps,
  Subagent,
  type AgentxPlace,
  type MibOrder,
} from '../observe/snmp/index.js';
import { sameData } from '../vrrp/index.js';
import { type VarBind } from '../wire/agentx/index.js';
import { type AlertsSurroundings } from './alerts-service.js';
import { type IpvsLoad } from './ipvs-load.js';
import { SnmpSource } from './snmp-facts.js';

/** SNMP: the MIBs, and the traps. */
export class SnmpHerald implements Herald {
  private source: SnmpSource | undefined;
  private subagent: Subagent | undefined;
  /** Of the configuration before the last reload: those who are gone with it have yet to be told of. */
  private former: HeraldConfiguration;
  /** What last made an instance master, by its name. */
  private readonly causes = new Map<string, string>();

  constructor(
    private configuration: HeraldConfiguration,
    private readonly around: AlertsSurroundings,
    private readonly load: Pick<IpvsLoad, 'read'>,
  ) {
    this.former = configuration;
    this.begin();
  }

  news(news: News): void {
    this.source?.stale();
    if (news.type === 'InstanceChanged' && news.to === 'MASTER')
      this.causes.set(news.instance, news.cause.code);
    if (!this.subagent || !this.configuration.details.daemon.snmp.traps) return;
    for (const trap of this.traps(news)) this.subagent.notify(trap);
  }

  reconfigure(configuration: HeraldConfiguration): void {
    const before = this.configuration;
    this.former = before;
    this.configuration = configuration;
    if (sameData(agentOf(before), agentOf(configuration))) {
      this.source?.reconfigure(configuration);
      return;
    }
    void this.subagent?.stop();
    this.source?.close();
    this.begin();
  }

  async stop(): Promise<void> {
    await this.subagent?.stop();
  }

  private begin(): void {
    this.subagent = undefined;
    this.source = undefined;
    const { snmp } = this.configuration.details.daemon;
    const wanted = registrations(this.configuration);
    const place = this.place(snmp.socket);
    if (wanted.length === 0 || !place) return;
    const ask: AlertsSurroundings['ask'] = (worker, query) => this.around.ask(worker, query);
    const source = new SnmpSource(this.configuration, ask, this.load);
    this.source = source;
    this.subagent = new Subagent(place, wanted, {
      view: () => source.current().catch((error: unknown) => this.blind(error)),
      carryOut: (order) => this.carryOut(order),
      agentUpTime: (centis) => source.agentUpTime(centis),
      log: this.around.context.log,
    });
    this.subagent.start();
  }

  /** Resolves when it is done, so that who asks next is told the new value. */
  private async carryOut(order: MibOrder): Promise<boolean> {
    const answer = await this.around.ask(order.type === 'SetWeight' ? 'checkers' : 'vrrp', order);
    this.source?.forget();
    return answer.ok && answer.value.carriedOut;
  }

  /** The asker is told of an error, and the others go on. */
  private blind(error: unknown): undefined {
    this.around.context.log.warning(`SNMP cannot be answered: ${String(error)}`);
    return undefined;
  }

  private place(socket: string | undefined): AgentxPlace | undefined {
    if (socket === undefined) return DEFAULT_PLACE;
    const place = readPlace(socket);
    if (place.ok) return place.value;
    this.around.context.log.warning(`snmp_socket ${place.error}; there is no SNMP`);
    return undefined;
  }

  private traps(news: News): readonly (readonly VarBind[])[] {
    const { snmp } = this.configuration.details.daemon;
    switch (news.type) {
      case 'Notified':
        return stateTraps(this.factsOf(news.name), news, this.causes.get(news.name));
      case 'AdvertRefused':
        return snmp.rfc2 || snmp.rfc3 ? refusalTraps(this.factsOf(news.instance), news) : [];
      case 'RealServerChanged':
        return known(snmp.checker ? realServerTrap(this.poolFacts(news.pool), news) : undefined);
      case 'QuorumChanged':
        return known(snmp.checker ? quorumTrap(this.poolFacts(news.pool), news) : undefined);
      default:
        return [];
    }
  }

  /** Who went with the last reload is only in the configuration before it. */
  private factsOf(instance: string | undefined) {
    const isOld =
      instance !== undefined &&
      !(instance in this.configuration.notify.instances) &&
      instance in this.former.notify.instances;
    const configuration = isOld ? this.former : this.configuration;
    return { configuration, interfaces: this.source?.interfaces() ?? new Map<string, never>() };
  }

  private poolFacts(pool: string) {
    const isOld = !(pool in this.configuration.services) && pool in this.former.services;
    return { configuration: isOld ? this.former : this.configuration };
  }
}

const known = (trap: readonly VarBind[] | undefined): readonly (readonly VarBind[])[] => (trap ? [trap] : []);

/** What it takes a new session to change. */
const agentOf = (configuration: HeraldConfiguration) => ({
  socket: configuration.details.daemon.snmp.socket,
  registrations: registrations(configuration),
});
