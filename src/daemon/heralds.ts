import { DbusHerald } from '../observe/dbus-herald.js';
import { type MakeHeralds } from './alerts-service.js';
import { dbusSurroundings } from './dbus-surroundings.js';

/** All of them, in the order in which they hear of things. */
export const makeHeralds: MakeHeralds = (configuration, around) => [
  new DbusHerald(configuration, dbusSurroundings(around)),
];
