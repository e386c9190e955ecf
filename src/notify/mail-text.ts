import { type HeraldConfiguration } from '../config/index.js';
import { type PoolStanding } from '../health/index.js';
import { type HealthNews, type News } from '../observe/index.js';
import { toldState } from './state-scripts.js';

/** What one mail says. */
export interface Alert {
  readonly subject: string;
  readonly body: string;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly at: number;
}

type NewsOf<Type extends News['type']> = Extract<News, { type: Type }>;
type State = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED';

/** keepalived's words, which mail filters look for. */
const INSTANCE_TEXTS: Readonly<Record<State, readonly [subject: string, body: string]>> = {
  MASTER: ['Entering MASTER state', '=> VRRP Instance is now owning VRRP VIPs <='],
  BACKUP: ['Entering BACKUP state', '=> VRRP Instance is no longer owning VRRP VIPs <='],
  FAULT: ['Entering FAULT state', '=> VRRP Instance is no longer owning VRRP VIPs <='],
  STOP: ['Stopping', '=> VRRP Instance stopping <='],
  DELETED: ['Deleted', '=> VRRP Deleted at reload <='],
};
const GROUP_TEXTS: typeof INSTANCE_TEXTS = {
  MASTER: ['Entering MASTER state', '=> All VRRP group instances are now in MASTER state <='],
  BACKUP: ['Entering BACKUP state', '=> All VRRP group instances are now in BACKUP state <='],
  FAULT: ['Entering FAULT state', '=> All VRRP group instances are now in FAULT state <='],
  STOP: ['Stopping', '=> All VRRP group instances are now stopping <='],
  DELETED: ['Deleted', '=> VRRP Deleted at reload <='],
};

/** What is written when a checker turns, by its keyword. */
const CHECKER_TEXTS: Readonly<Record<string, (turned: NewsOf<'CheckerTurned'>, follows: string) => string>> =
  {
    TCP_CHECK: ({ up }) => `TCP CHECK ${up ? 'succeed' : 'failed'} on service`,
    UDP_CHECK: ({ up }) => `UDP CHECK ${up ? 'succeed' : 'failed'} on service`,
    PING_CHECK: ({ up }) => `ICMP CHECK ${up ? 'succeed' : 'failed'} on service`,
    DNS_CHECK: ({ up }) => `DNS_CHECK: ${up ? 'succeed' : 'failed'} on service`,
    HTTP_GET: ({ up }) => web(up),
    SSL_GET: ({ up }) => web(up),
    SMTP_CHECK: ({ up, failure }) =>
      up ? 'CHECK succeed on service' : `CHECK failed on service${failure ? ` : ${failure.text}` : ''}`,
    MISC_CHECK: ({ up, failure }) =>
      `MISC CHECK ${up ? 'succeeded' : failure?.code === 'timeout' ? 'timed out' : 'failed'} on service`,
    BFD_CHECK: ({ up }, session) => `BFD CHECK ${session} ${up ? 'succeeded' : 'failed'} on service`,
    // keepalived sends none for this one, and so lets a server go without a word.
    FILE_CHECK: ({ up }) => `FILE CHECK ${up ? 'succeed' : 'failed'} on service`,
  };
const web = (up: boolean): string =>
  up ? 'CHECK succeed on service' : 'CHECK failed on service : HTTP/SSL request failed';

/**
 * Which mail is due for what happens, in keepalived's words. It remembers what each instance and group was last
 * written about: the same state is not told twice in a row.
 */
export class MailTexts {
  private readonly told = new Map<string, State>();
  /** What a reload has just taken away is only there. */
  private former: HeraldConfiguration | undefined;
  private checkers: ReadonlyMap<string, { kind: string; follows: string }> | undefined;

  constructor(private configuration: HeraldConfiguration) {}

  reconfigure(configuration: HeraldConfiguration): void {
    this.former = this.configuration;
    this.configuration = configuration;
    this.checkers = undefined;
    this.told.clear();
  }

  /** The mail to be sent; undefined if nobody wants one. */
  alertFor(news: News): Alert | undefined {
    switch (news.type) {
      case 'Notified':
        return this.ofVrrp(news);
      case 'QuorumChanged':
        return this.ofQuorum(news);
      case 'RealServerChanged':
        return this.ofRealServer(news);
      case 'CheckerTurned':
        return this.ofChecker(news);
      case 'NewsLost':
        return this.alert(news, `${news.count} alerts lost`, `=> Too much happened to tell all of it <=`);
      default:
        return undefined;
    }
  }

  private ofVrrp(news: NewsOf<'Notified'>): Alert | undefined {
    const { subject, name } = news;
    const state = this.stateOf(news);
    if (state === undefined || !this.wantsVrrp(subject, name)) return undefined;
    const key = `${subject} ${name}`;
    if (state === 'FAULT' && this.configuration.details.daemon.mail.noFaults) return undefined;
    if (this.told.get(key) === state) return undefined;
    this.told.set(key, state);
    const [title, body] = (subject === 'GROUP' ? GROUP_TEXTS : INSTANCE_TEXTS)[state];
    return this.alert(news, `VRRP ${subject === 'GROUP' ? 'Group' : 'Instance'} ${name} - ${title}`, body);
  }

  /** An instance that is deleted is in FAULT to all who did not ask for that word. */
  private stateOf(news: NewsOf<'Notified'>): State | undefined {
    const { subject, name } = news;
    if (subject === 'GROUP') return stateOf(news.state);
    const notify = this.configuration.notify.instances[name] ?? this.former?.notify.instances[name];
    const quiet = { tellsDeleted: false, priorityChanges: false };
    return stateOf(toldState(notify ?? quiet, { ...news, type: 'RunNotify' }));
  }

  private wantsVrrp(subject: 'GROUP' | 'INSTANCE', name: string): boolean {
    const kind = subject === 'GROUP' ? 'groups' : 'instances';
    const details = this.configuration.details[kind][name] ?? this.former?.details[kind][name];
    return details?.smtpAlert ?? false;
  }

  private ofQuorum(news: NewsOf<'QuorumChanged'>): Alert | undefined {
    if (!this.poolDetails(news.pool)?.smtpAlert) return undefined;
    const text = news.because === 'stopping' ? 'Shutting down' : quorumText(news, news.standing);
    return this.alert(news, `Virtualserver ${news.pool} - ${upDown(news.up)}`, `=> ${text} <=`);
  }

  /** Only of those that a reload or the stop takes away: of others their checker tells. */
  private ofRealServer(news: NewsOf<'RealServerChanged'>): Alert | undefined {
    if (news.because === 'checked' || !this.wantsRealServer(news)) return undefined;
    const text = news.because === 'stopping' ? 'Shutting down' : 'Removing';
    return this.alert(news, realServerSubject(news, false), `=> ${text} <=`);
  }

  private ofChecker(news: NewsOf<'CheckerTurned'>): Alert | undefined {
    if (!this.wantsRealServer(news)) return undefined;
    if (!news.realServerTurned && this.configuration.details.daemon.mail.noCheckerMails) return undefined;
    const { kind, follows } = this.checker(news.checker);
    const text = CHECKER_TEXTS[kind]?.(news, follows) ?? web(news.up);
    // A server that did not come up with its checker is held down by another one.
    const alive = news.up && news.realServerTurned;
    return this.alert(news, realServerSubject(news, alive), `=> ${text} <=`);
  }

  private poolDetails(pool: string): HeraldConfiguration['details']['pools'][string] | undefined {
    return this.configuration.details.pools[pool] ?? this.former?.details.pools[pool];
  }

  private wantsRealServer({ pool, realServer }: { pool: string; realServer: string }): boolean {
    for (const configuration of [this.configuration, this.former]) {
      const settings = configuration?.health.pools.find(({ id }) => id === pool);
      const index = settings?.realServers.findIndex(({ id }) => id === realServer) ?? -1;
      const details = configuration?.details.pools[pool]?.realServers[index];
      if (details) return details.smtpAlert;
    }
    return false;
  }

  private checker(id: string): { kind: string; follows: string } {
    this.checkers ??= new Map(
      this.configuration.health.pools
        .flatMap(({ realServers }) => realServers)
        .flatMap(({ checkers }) => checkers)
        .map(({ id: known, kind, follows = '' }) => [known, { kind, follows }]),
    );
    return this.checkers.get(id) ?? { kind: '', follows: '' };
  }

  private alert({ at }: News, subject: string, body: string): Alert {
    return { at, subject: `[${this.configuration.global.routerId}] ${subject}`, body };
  }
}

const STATES: readonly string[] = ['MASTER', 'BACKUP', 'FAULT', 'STOP', 'DELETED'] satisfies State[];

/** Other things that scripts are told are no states. */
const stateOf = (state: string | undefined): State | undefined =>
  STATES.includes(state ?? '') ? (state as State) : undefined;

const upDown = (up: boolean): string => (up ? 'UP' : 'DOWN');

const realServerSubject = (
  { pool, realServer }: Pick<NewsOf<'CheckerTurned'>, 'pool' | 'realServer'>,
  alive: boolean,
): string => `Realserver ${realServer} of virtual server ${pool} - ${upDown(alive)}`;

/** keepalived writes `+` and `<=` also where quorum is lost. */
function quorumText(
  { up, because }: Extract<HealthNews, { type: 'QuorumChanged' }>,
  standing: PoolStanding,
): string {
  const { quorum, hysteresis, aliveWeight } = standing;
  const starting = because === 'starting';
  const word = starting ? `Starting with quorum ${up ? 'up' : 'down'}` : up ? 'Gained quorum' : 'Lost quorum';
  const threshold = up || starting ? quorum + hysteresis : quorum - hysteresis;
  return `${word} ${quorum}+${hysteresis}=${threshold} <= ${aliveWeight}`;
}
