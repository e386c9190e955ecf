import { systemBusAddress } from '../observe/dbus-bus.js';
import { type DbusSurroundings } from '../observe/dbus-herald.js';
import { type DbusOrder } from '../observe/dbus-objects.js';
import { type VrrpState } from '../vrrp/index.js';
import { type AlertsSurroundings } from './alerts-service.js';
import { PAGE } from './control-queries.js';

/** Lets the D-Bus herald reach the rest of the daemon. */
export const dbusSurroundings = (around: AlertsSurroundings): DbusSurroundings => ({
  address: systemBusAddress(process.env),
  say: (level, text) => around.context.log.say(level, text),
  readStates: (count) => readStates(around, count),
  carryOut: (order) => carryOut(around, order),
  later: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
});

async function readStates(
  around: AlertsSurroundings,
  count: number,
): Promise<ReadonlyMap<string, VrrpState> | undefined> {
  const states = new Map<string, VrrpState>();
  for (let from = 0; from < count; from += PAGE) {
    const answer = await around.ask('vrrp', { type: 'State', from });
    if (!answer.ok) return undefined;
    for (const { name, state } of answer.value.vrrp?.instances ?? []) states.set(name, state);
  }
  return states;
}

async function carryOut(around: AlertsSurroundings, wanted: DbusOrder): Promise<boolean> {
  switch (wanted.type) {
    case 'SendGarp':
      return (await around.ask('vrrp', { type: 'Announce', instance: wanted.instance })).ok;
    case 'ReloadConfig':
    case 'PrintData':
    case 'PrintStats':
    case 'PrintStatsClear':
      await around.order(ORDERS[wanted.type]);
      return true;
  }
}

const ORDERS = {
  ReloadConfig: 'reload',
  PrintData: 'data',
  PrintStats: 'stats',
  PrintStatsClear: 'stats-clear',
} as const;
