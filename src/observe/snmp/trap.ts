import { type MibValue, type Oid, type VarBind } from '../../wire/agentx/index.js';
import { type Maybe } from './values.js';

/** snmpTrapOID.0 (RFC 3418): which notification it is. sysUpTime.0, which comes before it, the master agent adds. */
const SNMP_TRAP_OID = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];

/** A notification of that kind, with those objects that have a value. */
export const trap = (kind: Oid, objects: readonly (VarBind | undefined)[]): readonly VarBind[] => [
  { oid: SNMP_TRAP_OID, value: { type: 'oid', value: kind } },
  ...objects.filter((object) => object !== undefined),
];

export const varBind = (oid: Oid, value: Maybe<MibValue>): VarBind | undefined => value && { oid, value };
