// The checking side of health-kinds: begins checks at a steady rate and measures itself.
import { createSocket } from 'node:dgram';
import { parseIpAddress } from '#base/address.js';
import { secondsToMicros } from '#base/units.js';
import type { CheckerProbe, GlobalSettings } from '#config/index.js';
import { CheckScripts } from '#daemon/check-scripts.js';
import { setOpenFilesLimit } from '#kernel/index.js';
import { Prober } from '#probe/index.js';

const [, , kind = 'tcp', checksText = '2000', rateText = '1000'] = process.argv;
const [checks, rate] = [Number(checksText), Number(rateText)];
const TICK_MS = 10;

const address = parseIpAddress('127.0.0.1')!;
const at = (port: number) => ({ address, port, timeout: secondsToMicros(5) });
const probes: Readonly<Record<string, CheckerProbe>> = {
  tcp: { kind: 'tcp', endpoint: at(25) },
  udp: { kind: 'udp', endpoint: at(53), requireReply: true, minReplyLength: 0, maxReplyLength: 512 },
  dns: { kind: 'dns', endpoint: at(53), type: 'A', name: 'example.net' },
  ping: { kind: 'ping', endpoint: at(0) },
  smtp: { kind: 'smtp', endpoint: at(25), heloName: 'lvs1.example.net' },
  misc: { kind: 'misc', command: { argv: ['/bin/true'] }, timeout: secondsToMicros(10), dynamic: false },
};

setOpenFilesLimit(4096);
const prober = new Prober(new CheckScripts({} as GlobalSettings));
let begun = 0;
let ended = 0;
let failed = 0;

function end(ok: boolean): void {
  ended += 1;
  if (!ok) failed += 1;
  if (ended === checks) tell();
}

/** What the library that DESIGN names would do underneath: a socket of Node's, one datagram, one answer. */
function withNodesSocket(): void {
  const socket = createSocket('udp4');
  socket.on('error', () => end(false));
  socket.once('message', () => {
    socket.close();
    end(true);
  });
  socket.connect(53, '127.0.0.1', () => socket.send(Buffer.alloc(32)));
}

function begin(): void {
  const probe = probes[kind];
  begun += 1;
  if (probe) prober.start(String(begun), probe, 0, (result) => end(result.ok));
  else withNodesSocket();
}

const before = process.cpuUsage();
const started = performance.now();
const timer = setInterval(() => {
  const due = Math.min(checks, Math.floor(((performance.now() - started) * rate) / 1000));
  while (begun < due) begin();
  if (begun === checks) clearInterval(timer);
}, TICK_MS);

function tell(): void {
  const { user, system } = process.cpuUsage(before);
  const each = (us: number): string => (us / checks).toFixed(1).padStart(7);
  console.log(
    `${kind.padEnd(5)} ${checks} checks at ${rate}/s: CPU per 1,000 ${each(user + system)} ms ` +
      `(user ${each(user)}, system ${each(system)}), failed ${failed}`,
  );
  process.exit(0);
}
