import { type Configuration } from '#config/index.js';
import { MailTexts } from '#notify/mail-text.js';
import { type NewsBody } from '#observe/index.js';

/** The words expected here are those of keepalived 2.4.3 (core/smtp.c, vrrp_notify.c, ipwrapper.c, check_*.c). */
const POOL = '[192.0.2.1]:tcp:80';
const SERVER = '[192.0.2.10]:tcp:80';

interface Options {
  readonly noFaults?: boolean;
  readonly noCheckerMails?: boolean;
  readonly smtpAlert?: boolean;
  readonly tellsDeleted?: boolean;
  readonly kind?: string;
}

function configuration(options: Options = {}): Configuration {
  const { noFaults = false, noCheckerMails = false, smtpAlert = true, tellsDeleted = false } = options;
  const checkers = [{ id: 'c', kind: options.kind ?? 'TCP_CHECK', follows: 'router1' }];
  return {
    global: { routerId: 'lvs1' },
    health: { pools: [{ id: POOL, realServers: [{ id: SERVER, checkers }] }] },
    notify: { instances: { VI_1: { tellsDeleted, priorityChanges: false } } },
    details: {
      daemon: { mail: { noFaults, noCheckerMails } },
      instances: { VI_1: { smtpAlert } },
      groups: { G1: { smtpAlert } },
      pools: { [POOL]: { smtpAlert, realServers: [{ smtpAlert }] } },
    },
  } as unknown as Configuration;
}

const mail = (news: NewsBody, texts = new MailTexts(configuration())): string | undefined => {
  const alert = texts.alertFor({ ...news, at: 7 });
  return alert && `${alert.subject} | ${alert.body}`;
};

const state = (name: string, to: string, subject: 'INSTANCE' | 'GROUP' = 'INSTANCE'): NewsBody =>
  ({ type: 'Notified', subject, name, state: to, priority: 100 }) as NewsBody;

describe('a mail about VRRP', () => {
  test.each([
    ['INSTANCE', 'MASTER', 'Entering MASTER state | => VRRP Instance is now owning VRRP VIPs <='],
    ['INSTANCE', 'BACKUP', 'Entering BACKUP state | => VRRP Instance is no longer owning VRRP VIPs <='],
    ['INSTANCE', 'FAULT', 'Entering FAULT state | => VRRP Instance is no longer owning VRRP VIPs <='],
    ['INSTANCE', 'STOP', 'Stopping | => VRRP Instance stopping <='],
    ['GROUP', 'MASTER', 'Entering MASTER state | => All VRRP group instances are now in MASTER state <='],
    ['GROUP', 'BACKUP', 'Entering BACKUP state | => All VRRP group instances are now in BACKUP state <='],
    ['GROUP', 'FAULT', 'Entering FAULT state | => All VRRP group instances are now in FAULT state <='],
    ['GROUP', 'STOP', 'Stopping | => All VRRP group instances are now stopping <='],
  ] as const)('%s %s', (subject, to, expected) => {
    const name = subject === 'GROUP' ? 'G1' : 'VI_1';
    const title = subject === 'GROUP' ? 'VRRP Group G1' : 'VRRP Instance VI_1';
    expect(mail(state(name, to, subject))).toBe(`[lvs1] ${title} - ${expected}`);
  });

  test.each(['MASTER_RX_LOWER_PRI', 'MASTER_PRIORITY', 'BACKUP_PRIORITY'])('%s is none', (to) => {
    expect(mail(state('VI_1', to))).toBeUndefined();
  });

  test('is not sent without smtp_alert, nor about somebody unknown', () => {
    const texts = new MailTexts(configuration({ smtpAlert: false }));
    expect(mail(state('VI_1', 'MASTER'), texts)).toBeUndefined();
    expect(mail(state('G1', 'MASTER', 'GROUP'), texts)).toBeUndefined();
    expect(mail(state('VI_9', 'MASTER'))).toBeUndefined();
  });

  test('is not sent twice for the same state; a fault that no_email_faults hides is as if it had not been', () => {
    const texts = new MailTexts(configuration({ noFaults: true }));
    const told = ['BACKUP', 'FAULT', 'BACKUP', 'MASTER', 'MASTER'].map((to) =>
      Boolean(mail(state('VI_1', to), texts)),
    );
    expect(told).toEqual([true, false, false, true, false]);
  });

  test('of an instance that a reload removed speaks of FAULT, or with notify_deleted of its deletion', () => {
    for (const [tellsDeleted, expected] of [
      [false, 'Entering FAULT state | => VRRP Instance is no longer owning VRRP VIPs <='],
      [true, 'Deleted | => VRRP Deleted at reload <='],
    ] as const) {
      const texts = new MailTexts(configuration({ tellsDeleted }));
      const without = configuration();
      texts.reconfigure({
        ...without,
        notify: { ...without.notify, instances: {} },
        details: { ...without.details, instances: {} },
      });
      expect(mail(state('VI_1', 'DELETED'), texts)).toBe(`[lvs1] VRRP Instance VI_1 - ${expected}`);
    }
  });
});

describe('a mail about a virtual server', () => {
  const standing = { alive: 1, total: 3, aliveWeight: 1, quorum: 2, hysteresis: 1 };
  test.each([
    [true, 'checked', 3, 'UP | => Gained quorum 2+1=3 <= 3 <='],
    [false, 'checked', 0, 'DOWN | => Lost quorum 2+1=1 <= 0 <='],
    [true, 'starting', 3, 'UP | => Starting with quorum up 2+1=3 <= 3 <='],
    [false, 'starting', 1, 'DOWN | => Starting with quorum down 2+1=3 <= 1 <='],
    [false, 'stopping', 0, 'DOWN | => Shutting down <='],
  ] as const)('up %s, %s', (up, because, aliveWeight, expected) => {
    const news = { type: 'QuorumChanged', pool: POOL, up, because, standing: { ...standing, aliveWeight } };
    expect(mail(news as NewsBody)).toBe(`[lvs1] Virtualserver ${POOL} - ${expected}`);
    expect(mail(news as NewsBody, new MailTexts(configuration({ smtpAlert: false })))).toBeUndefined();
  });
});

describe('a mail about a real server', () => {
  const turned = (
    up: boolean,
    realServerTurned: boolean,
    failure?: { code: string; text: string },
  ): NewsBody => ({
    ...{ type: 'CheckerTurned', pool: POOL, realServer: SERVER, checker: 'c', up, realServerTurned },
    ...(failure && { failure }),
  });
  const subject = `[lvs1] Realserver ${SERVER} of virtual server ${POOL}`;

  test.each([
    ['TCP_CHECK', '=> TCP CHECK succeed on service <=', '=> TCP CHECK failed on service <='],
    ['UDP_CHECK', '=> UDP CHECK succeed on service <=', '=> UDP CHECK failed on service <='],
    ['PING_CHECK', '=> ICMP CHECK succeed on service <=', '=> ICMP CHECK failed on service <='],
    ['DNS_CHECK', '=> DNS_CHECK: succeed on service <=', '=> DNS_CHECK: failed on service <='],
    ['HTTP_GET', '=> CHECK succeed on service <=', '=> CHECK failed on service : HTTP/SSL request failed <='],
    ['SSL_GET', '=> CHECK succeed on service <=', '=> CHECK failed on service : HTTP/SSL request failed <='],
    ['SMTP_CHECK', '=> CHECK succeed on service <=', '=> CHECK failed on service : Bad HELO <='],
    ['MISC_CHECK', '=> MISC CHECK succeeded on service <=', '=> MISC CHECK failed on service <='],
    [
      'BFD_CHECK',
      '=> BFD CHECK router1 succeeded on service <=',
      '=> BFD CHECK router1 failed on service <=',
    ],
    ['FILE_CHECK', '=> FILE CHECK succeed on service <=', '=> FILE CHECK failed on service <='],
  ])('by its %s', (kind, up, down) => {
    const texts = new MailTexts(configuration({ kind }));
    expect(mail(turned(true, true), texts)).toBe(`${subject} - UP | ${up}`);
    expect(mail(turned(false, true, { code: 'helo', text: 'Bad HELO' }), texts)).toBe(
      `${subject} - DOWN | ${down}`,
    );
  });

  test('says DOWN while another checker holds it down, unless no_checker_emails', () => {
    expect(mail(turned(true, false))).toBe(`${subject} - DOWN | => TCP CHECK succeed on service <=`);
    const quiet = new MailTexts(configuration({ noCheckerMails: true }));
    expect(mail(turned(true, false), quiet)).toBeUndefined();
    expect(mail(turned(true, true), quiet)).toBe(`${subject} - UP | => TCP CHECK succeed on service <=`);
  });

  test.each([
    ['removed', '=> Removing <='],
    ['stopping', '=> Shutting down <='],
  ] as const)('that is %s', (because, body) => {
    const news = {
      ...({ type: 'RealServerChanged', pool: POOL, realServer: SERVER } as const),
      ...{ up: false, because, weight: 1 },
      standing: { alive: 0, total: 1, aliveWeight: 0, quorum: 1, hysteresis: 0 },
    } as const;
    expect(mail(news)).toBe(`${subject} - DOWN | ${body}`);
    const texts = new MailTexts(configuration());
    const { health, details, ...rest } = configuration();
    texts.reconfigure({ ...rest, health: { ...health, pools: [] }, details: { ...details, pools: {} } });
    expect(mail(news, texts)).toBe(`${subject} - DOWN | ${body}`);
    expect(mail({ ...news, because: 'checked' })).toBeUndefined();
  });
});
