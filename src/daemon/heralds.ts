import { MailHerald } from '../notify/index.js';
import { DbusHerald } from '../observe/dbus-herald.js';
import { type MakeHeralds } from './alerts-service.js';
import { IpvsLoad } from './ipvs-load.js';
import { MetricsHerald } from './metrics-herald.js';
import { dbusSurroundings } from './dbus-surroundings.js';
import { SnmpHerald } from './snmp-herald.js';

/**
 * All of them, in the order in which they hear of things. Each is made whatever the configuration says, because a
 * reload may give it something to do.
 */
export const makeHeralds: MakeHeralds = (configuration, around) => {
  const load = new IpvsLoad();
  return [
    new MailHerald(configuration, around.context.log),
    new DbusHerald(configuration, dbusSurroundings(around)),
    new SnmpHerald(configuration, around, load),
    new MetricsHerald(configuration, around, () => ({ alerts: around.report() }), load),
  ];
};
