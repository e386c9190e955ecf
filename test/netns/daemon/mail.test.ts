// Mail to a real server (python3-aiosmtpd) that takes it, refuses it, is slow, is away, or wants TLS and a login.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MailServer, waitFor, type MailServerWish } from '../../mail/mail-server.js';
import { Network, run } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { Director } from './director.js';

const needs = requires({ netns: true, root: true, aiosmtpd: true });
const PORT = 2525;

/** A certificate for `mail.example.com` and 127.0.0.1, signed by itself. */
function certificate(directory: string): { cert: string; key: string } {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  run(
    ...(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'] as const),
    ...['-subj', '/CN=mail.example.com', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', key, '-out', cert],
  );
  return { cert, key };
}

class Scene {
  readonly directory = mkdtempSync(join(tmpdir(), 'understudy-mail-'));
  private readonly network = new Network(this.directory);
  private readonly namespace = this.network.namespace('a');
  readonly director = new Director(this.namespace, this.directory);
  private readonly servers: MailServer[] = [];

  constructor() {
    this.network.plug(this.namespace, 'eth0', this.network.segment(), ['192.0.2.7/24']);
  }

  async server(wish: Partial<MailServerWish> = {}): Promise<MailServer> {
    const server = new MailServer(this.namespace, { host: '127.0.0.1', port: PORT, ...wish });
    this.servers.push(server);
    await server.start();
    return server;
  }

  /** One instance a number, each alone on its segment, with mails about all of them. */
  config(more = '', instances = 1): string {
    const numbers = Array.from({ length: instances }, (_, index) => index + 1);
    return `
global_defs {
  router_id lvs1
  notification_email { ops@example.com night@example.com }
  notification_email_from lvs1@example.com
  smtp_server 127.0.0.1 ${PORT}
  smtp_connect_timeout 2
  smtp_alert
  ${more}
}
${numbers
  .map(
    (number) => `
vrrp_instance VI_${number} {
  interface eth0
  virtual_router_id ${number}
  version 3
  priority 100
  advert_int 0.1
  virtual_ipaddress { 192.0.2.${100 + number}/24 }
}`,
  )
  .join('\n')}`;
  }

  /** The subjects that arrived, without the router's name. */
  static subjects(server: MailServer): readonly string[] {
    return server.mails.map(({ headers }) => (headers['Subject'] ?? '').replace('[lvs1] ', ''));
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.network.close();
  }
}

const ENTERING_MASTER = 'VRRP Instance VI_1 - Entering MASTER state';

async function inScene(acts: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = new Scene();
  try {
    await acts(scene);
  } catch (error) {
    throw new Error(`${String(error)}\n${scene.director.log}`, { cause: error });
  } finally {
    await scene.close();
  }
}

/** Waits until the server has taken a mail of that subject. */
const arrival = (server: MailServer, subject: string): Promise<void> =>
  waitFor(() => Scene.subjects(server).includes(subject), `a mail '${subject}'`);

needs(
  'to a server that takes it, the farewell too; who is unknown there is named, and the others get it',
  () =>
    inScene(async (scene) => {
      const server = await scene.server({ unknown: ['night@example.com'] });
      scene.director.start(scene.config());
      await arrival(server, ENTERING_MASTER);
      scene.director.signal('SIGTERM');
      expect(await scene.director.ended()).toBe(0);
      expect(Scene.subjects(server)).toEqual([
        'VRRP Instance VI_1 - Entering BACKUP state',
        ENTERING_MASTER,
        'VRRP Instance VI_1 - Stopping',
      ]);
      for (const mail of server.mails) {
        expect(mail).toMatchObject({ sender: 'lvs1@example.com', recipients: ['ops@example.com'] });
        expect(mail.headers['To']).toBe('ops@example.com, night@example.com');
        expect(mail.headers['X-Mailer']).toBe('Keepalived');
      }
      expect(scene.director.log).toContain('SMTP server refuses night@example.com: 550 5.1.1 no such user');
    }),
  120_000,
);

needs(
  'to a server that refuses it: each mail is named, and adverts go on',
  () =>
    inScene(async (scene) => {
      const server = await scene.server({ manner: 'refuses' });
      scene.director.start(scene.config());
      await scene.director.says(
        `Mail not sent, the SMTP server refuses it: 550 5.7.1 not wanted: [lvs1] ${ENTERING_MASTER}`,
      );
      expect(server.mails).toEqual([]);
    }),
  120_000,
);

needs(
  'to a server that wants it later: it comes again',
  () =>
    inScene(async (scene) => {
      const server = await scene.server({ manner: 'defers' });
      scene.director.start(scene.config());
      await arrival(server, ENTERING_MASTER);
      expect(scene.director.log).toContain('SMTP server does not take a mail yet: 450 4.7.1 come back later');
    }),
  120_000,
);

needs(
  'to a server that is away: what waits arrives when it is back, a flood of it in one mail',
  () =>
    inScene(async (scene) => {
      scene.director.start(scene.config('', 15));
      await scene.director.says('SMTP server: [127.0.0.1]:2525: connect ECONNREFUSED 127.0.0.1:2525');
      await waitFor(
        () => scene.director.log.split('Entering MASTER STATE').length > 15,
        'all instances to be master',
      );
      const server = await scene.server();
      await waitFor(() => server.mails.length > 0, 'a mail');
      expect(Scene.subjects(server)).toEqual(['30 alerts']);
      for (let number = 1; number <= 15; number += 1) {
        expect(server.mails[0]?.body).toContain(`VRRP Instance VI_${number} - Entering MASTER state\r\n`);
      }
      await scene.director.says('The SMTP server takes mail again');
    }),
  120_000,
);

for (const manner of ['trickles', 'is silent'] as const) {
  needs(
    `to a server that ${manner}: the daemon lives and stops as ever`,
    () =>
      inScene(async (scene) => {
        await scene.server({ manner });
        scene.director.start(scene.config());
        await scene.director.says('next try in 5 seconds');
        await scene.director.says('Entering MASTER STATE');
        scene.director.signal('SIGTERM');
        expect(await scene.director.ended()).toBe(0);
        const farewell = 'Mail not sent, the daemon stops: [lvs1] VRRP Instance VI_1 - Stopping';
        expect(scene.director.log).toContain(farewell);
      }),
    120_000,
  );
}

needs(
  'over TLS with a login, by STARTTLS and from the first byte; a certificate that nobody vouches for gets nothing',
  () =>
    inScene(async (scene) => {
      const files = certificate(scene.directory);
      const login = join(scene.directory, 'login');
      writeFileSync(login, 'lvs1\nsecret word\n', { mode: 0o600 });
      const wish = { ...files, login: ['lvs1', 'secret word'] as const };
      const server = await scene.server({ ...wish, tls: 'starttls' });
      scene.director.start(scene.config(`#understudy smtp_auth ${login}\n  #understudy smtp_tls`));
      await scene.director.says('self-signed certificate');
      expect(server.mails).toEqual([]);
      scene.director.write(
        scene.config(`#understudy smtp_auth ${login}\n  #understudy smtp_tls starttls ${files.cert}`),
      );
      scene.director.signal('SIGHUP');
      await arrival(server, ENTERING_MASTER);
      expect(server.mails[0]).toMatchObject({ tls: true, login: true });
      await server.stop();
      const other = await scene.server({ ...wish, tls: 'connect' });
      scene.director.write(
        scene.config(`#understudy smtp_auth ${login}\n  #understudy smtp_tls connect ${files.cert}`, 2),
      );
      scene.director.signal('SIGHUP');
      await arrival(other, 'VRRP Instance VI_2 - Entering MASTER state');
      expect(other.mails[0]).toMatchObject({ tls: true, login: true });
      expect(scene.director.log).not.toContain('secret word');
    }),
  120_000,
);
