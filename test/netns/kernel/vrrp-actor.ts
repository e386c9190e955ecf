// Holds one VRRP socket: says what it receives, and sends, stalls and drains as it is told.
import { readFileSync } from 'node:fs';
import {
  KernelError,
  now,
  type OutgoingPacket,
  type VrrpPacket,
  VrrpSocket,
  type VrrpSocketOptions,
} from '#kernel/index.js';
import { input, listen, stall, tell } from './actor-lines.js';

export interface VrrpActorInput extends Omit<VrrpSocketOptions, 'interface'> {
  readonly interface: string;
}

export type VrrpActorOrder =
  | {
      readonly send: readonly (Omit<OutgoingPacket, 'payload'> & {
        readonly payload: readonly number[];
        readonly identification?: number;
      })[];
    }
  | { readonly stallMs: number };

const tellPackets = (event: string, packets: readonly VrrpPacket[]): void => {
  for (const { payload, ipHeader, receivedAt, ...packet } of packets) {
    tell(event, {
      ...packet,
      payload: Array.from(payload),
      ipHeader: ipHeader ? Array.from(ipHeader) : null,
      receivedAt,
      ageUs: now() - receivedAt,
    });
  }
};

function run(): void {
  const { interface: name, ...options } = input() as VrrpActorInput;
  const index = Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));
  const socket = new VrrpSocket({ ...options, interface: { name, index } }, (packets) => {
    tellPackets('received', packets);
  });
  listen(
    (line) => {
      const order = line as VrrpActorOrder;
      if ('send' in order) {
        const packets = order.send.map(({ identification, payload, ...one }) => {
          const packet = socket.prepare({ ...one, payload: Uint8Array.from(payload) });
          if (identification !== undefined) packet.identify(identification);
          return packet;
        });
        const from = now();
        const results = socket.sendAll(packets).map((result) => (result.ok ? 'ok' : result.error.message));
        tell('sent', { results, from, to: now() });
      } else {
        tell('stalling');
        stall(order.stallMs);
        tellPackets('drained', socket.drain());
        tell('stalled');
      }
    },
    () => {
      tell('counters', { ...socket.counters });
      socket.close();
      const packet = {
        ...{ source: '0.0.0.0' as never, destination: '0.0.0.1' as never, ttl: 1 },
        payload: new Uint8Array(8),
      };
      const [late] = socket.sendAll([socket.prepare(packet)]);
      tell('closed', { late: late?.ok === false ? late.error.code : 'sent' });
    },
  );
  tell('open');
}

try {
  run();
} catch (error) {
  if (!(error instanceof KernelError)) throw error;
  tell('refused', { code: error.code, message: error.message });
}
