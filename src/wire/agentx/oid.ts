import { type Oid } from './pdu.js';

/** The order of a walk: <0, 0 or >0. A prefix comes before what it begins. */
export function compareOids(a: Oid, b: Oid): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export const oidStartsWith = (oid: Oid, prefix: Oid): boolean =>
  oid.length >= prefix.length && prefix.every((number, index) => oid[index] === number);

/** `.1.3.6.1`, as the tools of net-snmp print it. */
export const oidText = (oid: Oid): string => oid.map((number) => `.${number}`).join('');
