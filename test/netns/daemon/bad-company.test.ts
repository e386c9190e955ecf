// A master whose every neighbour misbehaves at once: its adverts go out, it answers those who behave, and it grows no
// larger.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StatusDocument } from '#observe/index.js';
import { decodeAgentx, encodeAgentx } from '#wire/agentx/index.js';
import { MailServer } from '../../mail/mail-server.js';
import { Network } from '../../namespaces.js';
import { requires } from '../../requires.js';
import { processTree } from '../../differential/daemon.js';
import { Director, until } from './director.js';

const needs = requires({ netns: true, root: true, aiosmtpd: true });

/** Megabytes that no process has any business to exceed. */
const MOST_MB = 160;

/** A long one, so that few lines fill a FIFO. */
const NAME = `VI_${'1'.repeat(150)}`;

const config = (directory: string, priority: number, more: string, tracked: string): string => `
global_defs {
  vrrp_version 3
  ${more}
}
vrrp_track_file number {
  file ${join(directory, 'number')}
}
vrrp_instance ${NAME} {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  ${tracked}
  virtual_ipaddress { 192.0.2.100/24 }
}
`;

const company = (directory: string): string => `
  notify_fifo ${join(directory, 'fifo')}
  vrrp_notify_priority_changes
  notification_email { ops@example.com }
  smtp_server 127.0.0.1 2525
  smtp_alert
  enable_snmp_vrrp
  enable_traps
  snmp_socket unix:${join(directory, 'agentx')}
  #understudy metrics_listen 127.0.0.1:9650
`;

/** At /metrics: some who read nothing, some who ask for nothing, some who speak nonsense; until they are killed. */
const CROWD = `
const net = require('node:net');
const says = ['GET /metrics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n', '', 'GET /metrics', 'x'.repeat(1_000_000)];
const visit = (turn) => {
  const socket = net.connect(9650, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(() => visit(turn), 100));
  socket.pause();
  socket.write(says[turn % says.length]);
};
for (let turn = 0; turn < 200; turn += 1) visit(turn);
`;

/** A master agent that takes the session, asks without end, and reads none of the answers. */
function brokenAgent(path: string): Promise<Server> {
  const range = { start: [1, 3, 6, 1, 4, 1, 9586], include: false, end: [] };
  const body = { type: 'GetNext', ranges: Array.from({ length: 500 }, () => range) } as const;
  const ask = encodeAgentx({ session: 7, transaction: 1, packet: 9, body });
  const nothing = { type: 'Response', sysUpTime: 1, error: 0, index: 0, varBinds: [] } as const;
  const serve = (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      // One PDU at a time: each is answered before the next one comes.
      const pdu = decodeAgentx(bytes);
      if (!pdu.ok) return;
      socket.write(encodeAgentx({ ...pdu.value, session: 7, body: nothing }));
      if (pdu.value.body.type !== 'AddAgentCaps') return;
      const flood = (): void => {
        while (socket.write(ask)) {
          // More.
        }
      };
      socket.on('drain', flood);
      setTimeout(() => {
        socket.pause();
        flood();
      }, 500);
    });
  };
  return new Promise((resolve) => {
    const server = createServer(serve).listen(path, () => resolve(server));
  });
}

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

needs(
  'an unread FIFO, a silent mail server, a master agent that only asks, and a crowd at /metrics take nothing from anybody',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'understudy-company-'));
    const network = new Network(directory);
    const segment = network.segment();
    const [a, b] = ['a', 'b'].map((label, index) => {
      const namespace = network.namespace(label);
      network.plug(namespace, 'eth0', segment, [`192.0.2.${index + 1}/24`]);
      return new Director(namespace, directory);
    }) as [Director, Director];
    const number = (value: number): void => writeFileSync(join(directory, 'number'), `${value}\n`);
    number(0);
    const mail = new MailServer(a.namespace, { host: '127.0.0.1', port: 2525, manner: 'is silent' });
    const agent = await brokenAgent(join(directory, 'agentx'));
    try {
      await mail.start();
      a.start(config(directory, 150, company(directory), 'track_file { number weight 1 }'));
      await a.says('Entering MASTER STATE');
      await a.says('AgentX subagent connected');
      b.start(config(directory, 100, '', ''));
      await b.says('Startup complete');
      const status = (director: Director): StatusDocument =>
        JSON.parse(
          director.namespace.run(
            ...(['curl', '-sS', '--max-time', '30', '--unix-socket'] as const),
            ...[director.pidFiles.main.replace(/\.pid$/, '.sock'), 'http://localhost/status'],
          ),
        ) as StatusDocument;
      a.namespace.spawn(process.execPath, ['-e', CROWD], { stdio: 'ignore' });
      const heard = (): number => status(b).instances[0]?.counters.advertsReceived ?? 0;
      await until(() => heard() > 0, 'the first advert');
      const before = status(b).instances[0];
      // Each change is a line for the FIFO and news for the alerts; one that is not seen before the next is none.
      let change = 0;
      await until(
        () => {
          number((change += 1) % 50);
          return a.log.includes('its reader is too slow, or there is none');
        },
        'the FIFO to be full',
        120_000,
      );
      const from = heard();
      await until(() => heard() >= from + 5, 'five adverts more', 60_000);
      const after = status(b).instances[0];
      expect(after?.state).toBe('BACKUP');
      expect(after?.counters.becameMaster).toBe(before?.counters.becameMaster);
      const sizes = processTree(a.process.pid ?? 0).map(residentMb);
      expect(sizes.filter((mb) => mb > MOST_MB)).toEqual([]);
      const [fifo] = status(a).workers.flatMap(({ fifos = [] }) => fifos);
      expect(fifo?.waiting).toBeLessThanOrEqual(1000);
      expect(fifo?.missed).toBeGreaterThan(0);
      a.signal('SIGTERM');
      expect(await a.ended()).toBe(0);
    } catch (error) {
      throw new Error(`${String(error)}\n${a.log.slice(-3000)}\n${b.log.slice(-3000)}`, { cause: error });
    } finally {
      agent.close();
      await mail.stop();
      await network.close();
    }
  },
  180_000,
);
