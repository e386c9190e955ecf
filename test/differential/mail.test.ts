// The same faults on keepalived and on Understudy, and the mails that a real server got from each.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MailServer, waitFor, type ReceivedMail } from '../mail/mail-server.js';
import { Network } from '../namespaces.js';
import { missing, requires } from '../requires.js';
import { Daemon, type Implementation } from './daemon.js';

/** keepalived 2.2.7 puts display names into the envelope, where no server takes them. */
const knowsNames = missing({ keepalivedSince: '2.4' }).length === 0;

const config = (more: { readonly global?: string; readonly instances?: string } = {}): string => `
global_defs {
  router_id lvs1
  notification_email {
    ops@example.com
    ${knowsNames ? '"Night, Shift <night@example.com>"' : 'night@example.com'}
  }
  notification_email_from ${knowsNames ? '"Director 1 <lvs1@example.com>"' : 'lvs1@example.com'}
  smtp_server 127.0.0.1 2525
  smtp_helo_name lvs1.example.com
  smtp_connect_timeout 5
  vrrp_startup_delay 0.1
  ${more.global ?? 'smtp_alert'}
}
vrrp_sync_group G1 {
  group { VI_1 }
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  version 3
  priority 100
  advert_int 0.1
  virtual_ipaddress { 192.0.2.100/24 }
}
${more.instances ?? instance(2, '')}
`;

const instance = (number: number, more: string): string => `
vrrp_instance VI_${number} {
  interface eth0
  virtual_router_id ${50 + number}
  version 3
  priority 100
  advert_int 0.1
  virtual_ipaddress { 192.0.2.${100 + number}/24 }
  ${more}
}`;

interface Play {
  readonly server: MailServer;
  readonly daemon: Daemon;
  /** Pulls the cable, or plugs it in. */
  readonly cable: (state: 'up' | 'down') => void;
  /** Waits until so many mails with that text in their subject have come. */
  readonly mail: (subject: string, count?: number) => Promise<void>;
}

async function play(
  who: Implementation,
  acts: (play: Play) => Promise<void>,
): Promise<readonly ReceivedMail[]> {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-mail-'));
  const network = new Network(directory);
  const namespace = network.namespace('a');
  const { port } = network.plug(namespace, 'eth0', network.segment(), ['192.0.2.7/24']);
  const server = new MailServer(namespace, { host: '127.0.0.1', port: 2525 });
  const daemon = new Daemon(who, namespace, directory);
  try {
    await server.start();
    await acts({
      server,
      daemon,
      cable: (state) => network.switch.ip('link', 'set', port, state),
      mail: (subject, count = 1) =>
        waitFor(
          () => server.mails.filter(({ headers }) => headers['Subject']?.includes(subject)).length >= count,
          `${count} mails about ${subject}`,
        ),
    });
    return server.mails;
  } catch (error) {
    throw new Error(`${String(error)}\n${server.said.join('\n')}\n${daemon.log}`, { cause: error });
  } finally {
    daemon.kill();
    await server.stop();
    await network.close();
  }
}

/** What is compared of a mail: all but its date, its id and the empty lines behind its body. */
const visible = ({ helo, sender, recipients, headers, headerNames, body }: ReceivedMail): string => {
  const names = headerNames.filter((name) => name !== 'Message-ID');
  const lines = names.map((name) => `${name}: ${name === 'Date' ? zoneOf(headers[name]) : headers[name]}`);
  return [`${helo} ${sender} ${recipients.join(' ')}`, ...lines, body.trimEnd()].join('\n');
};

/** A date is compared by its form and its time zone. */
const zoneOf = (date = ''): string =>
  date.replace(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d /, 'some time ');

/** keepalived sends all that happens at once side by side: what arrives first is chance. */
const sorted = (mails: readonly ReceivedMail[]): readonly string[] => mails.map(visible).sort();

const beside = requires({ root: true, netns: true, keepalived: true, aiosmtpd: true });

beside(
  'start, takeover, a cable pulled and plugged in: the same mails, word by word',
  async () => {
    const acts = async ({ daemon, cable, mail }: Play): Promise<void> => {
      daemon.start(config());
      for (const name of ['Instance VI_1', 'Instance VI_2', 'Group G1'])
        await mail(`${name} - Entering MASTER`);
      cable('down');
      for (const name of ['Instance VI_1', 'Instance VI_2', 'Group G1'])
        await mail(`${name} - Entering FAULT`);
      cable('up');
      for (const name of ['Instance VI_1', 'Instance VI_2', 'Group G1'])
        await mail(`${name} - Entering MASTER`, 2);
    };
    const theirs = await play('keepalived', acts);
    const ours = await play('understudy', acts);
    expect(sorted(ours)).toEqual(sorted(theirs));
    expect(ours.length).toBeGreaterThan(9);
  },
  180_000,
);

beside(
  'no_email_faults, smtp_alert of a single instance: the same mails',
  async () => {
    const text = config({
      global: 'no_email_faults',
      instances: `${instance(2, 'smtp_alert true')}\n${instance(3, 'smtp_alert off')}`,
    });
    const acts = async ({ daemon, cable, mail, server }: Play): Promise<void> => {
      daemon.start(text);
      await mail('VI_2 - Entering MASTER');
      cable('down');
      await waitFor(() => daemon.log.includes('VI_2) Entering FAULT'), 'the fault');
      cable('up');
      await mail('VI_2 - Entering MASTER', 2).catch((error: unknown) => {
        throw new Error(`${String(error)} ${server.mails.length}`);
      });
    };
    const theirs = await play('keepalived', acts);
    const ours = await play('understudy', acts);
    expect(sorted(ours)).toEqual(sorted(theirs));
    for (const { headers } of ours) expect(headers['Subject']).toContain('VRRP Instance VI_2 - ');
  },
  180_000,
);

beside(
  'smtp_alert at odds with smtp_alert_vrrp, and a reload that takes an instance and changes another: the same mails',
  async () => {
    const global = 'smtp_alert\n  smtp_alert_vrrp off';
    const before = config({ global, instances: instance(2, '') + instance(3, 'smtp_alert') });
    const after = config({ global, instances: instance(2, 'smtp_alert on') });
    const acts = async ({ daemon, cable, mail }: Play): Promise<void> => {
      daemon.start(before);
      await mail('VI_3 - Entering MASTER');
      await waitFor(() => daemon.log.includes('VI_2) Entering MASTER'), 'the other master');
      daemon.reload(after);
      await waitFor(() => /Reload complete|Reload finished/.test(daemon.log), 'the reload');
      cable('down');
      await mail('VI_2 - Entering FAULT');
      cable('up');
      await mail('VI_2 - Entering MASTER');
    };
    const theirs = await play('keepalived', acts);
    const ours = await play('understudy', acts);
    expect(sorted(ours)).toEqual(sorted(theirs));
    expect(ours.map(({ headers }) => headers['Subject']).join()).not.toContain('VI_1');
  },
  180_000,
);
