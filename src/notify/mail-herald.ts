import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { type HeraldConfiguration } from '../config/index.js';
import { type Herald, type News } from '../observe/index.js';
import { digestOf } from './mail-digest.js';
import { composeMail } from './mail-message.js';
import { MailQueue, type MailCounts, type MailSurroundings } from './mail-queue.js';
import { sendMail, type MailServer } from './mail-sender.js';
import { MailTexts, type Alert } from './mail-text.js';

type MailSettings = HeraldConfiguration['details']['daemon']['mail'];

/** How long the stop of the daemon may wait for mails. */
const STOP_MS = 3000;

/** Writes mails about what happens to those who are to get them. */
export class MailHerald implements Herald {
  private settings: MailSettings;
  private readonly texts: MailTexts;
  private readonly queue: MailQueue;
  private routerId: string;

  constructor(configuration: HeraldConfiguration, log: MailSurroundings['log']) {
    this.settings = configuration.details.daemon.mail;
    this.routerId = configuration.global.routerId;
    this.texts = new MailTexts(configuration);
    this.queue = new MailQueue({
      send: (alert, only) => this.send(alert, only),
      now: () => performance.now(),
      later: (delayMs, action) => void setTimeout(action, delayMs),
      digest: (alerts) => digestOf(alerts, this.routerId),
      log,
    });
  }

  report(): { mail: MailCounts } {
    return { mail: this.queue.state };
  }

  news(news: News): void {
    const { to, server } = this.settings;
    const alert = this.texts.alertFor(news);
    if (alert && to.length > 0 && server) this.queue.add(alert);
  }

  reconfigure(configuration: HeraldConfiguration): void {
    this.settings = configuration.details.daemon.mail;
    this.routerId = configuration.global.routerId;
    this.texts.reconfigure(configuration);
    this.queue.serverChanged();
  }

  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)));
    await Promise.race([this.queue.drained(), late]);
    clearTimeout(timer);
    this.queue.close();
  }

  private send(alert: Alert, only: readonly string[] | undefined): ReturnType<typeof sendMail> {
    const { to, from = `${userInfo().username}@${hostname()}`, server } = this.settings;
    if (!server || to.length === 0) {
      const text = 'the configuration names nobody to write to any more';
      return Promise.resolve({ kind: 'refused', forGood: true, text });
    }
    const mail = composeMail(alert, { from, to }, `${randomUUID()}@${hostname()}`, only);
    return sendMail(mail, this.serverOf(server));
  }

  private serverOf({ host, port }: { host: string; port: number }): MailServer {
    const { heloName = hostname(), timeout, tls, loginFile } = this.settings;
    return {
      ...{ host, port, heloName, timeoutMs: timeout / 1000 },
      ...(tls && { tls }),
      ...(loginFile !== undefined && { loginFile }),
    };
  }
}
