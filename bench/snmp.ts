// What a walk of the virtual and real servers costs the alerts worker: 10,000 real servers unless --servers says otherwise.
import { micros } from '#base/units.js';
import { loadConfiguration } from '#config/index.js';
import { type PoolState } from '#health/index.js';
import { answer } from '#observe/snmp/answer.js';
import { mibView, type MibView, type SnmpFacts } from '#observe/snmp/index.js';
import { encodeAgentx, type Oid } from '#wire/agentx/index.js';
import { fakeHost } from '../test/unit/config/host.js';

const PATH = '/etc/keepalived/keepalived.conf';
const SERVERS_A_POOL = 100;
const CHECK: Oid = [1, 3, 6, 1, 4, 1, 9586, 100, 5, 3];
const AFTER_CHECK: Oid = [1, 3, 6, 1, 4, 1, 9586, 100, 5, 4];

const [option, value] = process.argv.slice(2);
const servers = option === '--servers' ? Number(value) : 10_000;

function text(): string {
  const pools = Array.from({ length: Math.ceil(servers / SERVERS_A_POOL) }, (_, pool) => {
    const real = Array.from(
      { length: SERVERS_A_POOL },
      (_unused, at) => `real_server 10.${pool >> 8}.${pool & 255}.${at + 1} 80 {\nTCP_CHECK {\n}\n}`,
    );
    return `virtual_server 192.0.${pool >> 8}.${pool & 255} 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n${real.join('\n')}\n}`;
  });
  return `global_defs {\nenable_snmp_checker\n}\n${pools.join('\n')}\n`;
}

function facts(): SnmpFacts {
  const { configuration } = loadConfiguration(PATH, fakeHost({ files: { [PATH]: text() } }), {
    ...{ instance: 'bench', seed: 1 },
  });
  if (!configuration) throw new Error('the configuration is not taken');
  const load = {
    connections: { active: 1, inactive: 2, persistent: 0 },
    stats: {
      ...{ connections: 1n, inPackets: 2n, outPackets: 3n, inBytes: 4n, outBytes: 5n },
      ...{ connectionsPerSecond: 1n, inPacketsPerSecond: 2n, outPacketsPerSecond: 3n },
      ...{ inBytesPerSecond: 4n, outBytesPerSecond: 5n },
    },
  };
  const states = configuration.health.pools.map((pool): PoolState => ({
    ...{ id: pool.id, quorumUp: true, sorryServerInUse: false, sorryServerInhibit: false, suspended: false },
    realServers: pool.realServers.map(({ id, weight, inhibitOnFailure }) => ({
      ...{ id, weight, inhibitOnFailure, alive: true, checkers: [] },
    })),
  }));
  return {
    ...{ configuration, version: 'bench', now: micros(0), agentStart: micros(0) },
    pools: new Map(states.map((state) => [state.id, state])),
    interfaces: new Map(),
    ipvs: { pool: () => load, realServer: () => load },
  };
}

/** Every object, as a master asks for it: so many at once, answered and encoded. */
function walk(view: MibView, maxRepetitions: number): { readonly objects: number; readonly bytes: number } {
  let [start, objects, bytes]: [Oid, number, number] = [CHECK, 0, 0];
  for (;;) {
    const ranges = [{ start, include: false, end: AFTER_CHECK }];
    const body = answer({ type: 'GetBulk', nonRepeaters: 0, maxRepetitions, ranges }, view);
    bytes += encodeAgentx({ session: 1, transaction: 1, packet: 1, body }).length;
    const found = body.varBinds.filter(({ value: { type } }) => type !== 'endOfMibView');
    objects += found.length;
    const last = found.at(-1);
    if (!last || found.length < body.varBinds.length) return { objects, bytes };
    start = last.oid;
  }
}

const elapsedMs = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e6;

const all = facts();
let from = process.hrtime.bigint();
const view = mibView(all);
console.log(`${servers} real servers: a view in ${elapsedMs(from).toFixed(1)} ms`);
for (const repetitions of [1, 10, 100]) {
  from = process.hrtime.bigint();
  const { objects, bytes } = walk(view, repetitions);
  const ms = elapsedMs(from);
  console.log(
    `${repetitions} at once: ${objects} objects, ${(bytes / 1e6).toFixed(1)} MB of AgentX in ${ms.toFixed(0)} ms, ` +
      `${((ms * 1000) / objects).toFixed(2)} us an object`,
  );
}
