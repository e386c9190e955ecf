import { addressBytes, familyOf } from '../../base/address.js';
import { type StateNotify } from '../../config/index.js';
import { type VarBind } from '../../wire/agentx/index.js';
import { type News } from '../news.js';
import { type SnmpFacts } from './facts.js';
import { ROUTER_ID } from './keepalived-global.js';
import { KEEPALIVED_VRRP } from './keepalived-instances.js';
import {
  ifIndex,
  masterAddress,
  masterReason,
  protocolErrorReason,
  routerRows,
  DROPS,
  type RouterRow,
} from './rfc-rows.js';
import { trap, varBind } from './trap.js';
import { address, integer, ipAddress, text } from './values.js';
import { inVrrpMib, VRRP_MIB } from './vrrp-mib.js';
import { VRRPV3_MIB, vrrpv3Index } from './vrrpv3-mib.js';

/** What the traps of VRRP are made of. */
export type TrapFacts = Pick<SnmpFacts, 'configuration' | 'interfaces'>;

type Notified = Extract<News, { type: 'Notified' }>;
type Refused = Extract<News, { type: 'AdvertRefused' }>;

/** VrrpState of KEEPALIVED-MIB, as far as there is a trap for it. */
const STATES: Partial<Record<Notified['state'], number>> = { BACKUP: 1, MASTER: 2, FAULT: 3, STOP: 5 };
const FAULT = 3;
const DELETED = 6;

/**
 * The traps for a state that scripts are told of.
 * @param causeCode of what made the instance master.
 */
export function stateTraps(
  facts: TrapFacts,
  news: Notified,
  causeCode: string | undefined,
): readonly (readonly VarBind[])[] {
  const { snmp } = facts.configuration.details.daemon;
  const state = stateNumber(news, facts.configuration.notify.instances[news.name]);
  if (state === undefined) return [];
  const traps = snmp.vrrp
    ? [news.subject === 'GROUP' ? groupTrap(facts, news, state) : instanceTrap(facts, news, state)]
    : [];
  if (news.subject === 'GROUP' || news.state !== 'MASTER') return traps;
  return [...traps, ...newMasterTraps(facts, news.name, causeCode)];
}

function stateNumber({ state, wasFault }: Notified, notify: StateNotify | undefined): number | undefined {
  if (state !== 'DELETED') return STATES[state];
  if (notify?.tellsDeleted === true) return DELETED;
  // Who did not ask to hear of it being deleted is told of a fault, if that is news.
  return wasFault === true ? undefined : FAULT;
}

/** vrrpInstanceStateChange. Its objects come without an index, as keepalived sends them. */
function instanceTrap({ configuration }: TrapFacts, { name }: Notified, state: number): readonly VarBind[] {
  const configured = configuration.details.instances[name]?.configuredState;
  const column = (number: number) => [...KEEPALIVED_VRRP, 3, 1, number];
  return trap(
    [...KEEPALIVED_VRRP, 10, 0, 2],
    [
      varBind(column(2), text(name)),
      varBind(column(4), integer(state)),
      varBind(column(5), integer(configured === 'MASTER' ? 2 : 1)),
      varBind([...ROUTER_ID, 0], text(configuration.global.routerId)),
    ],
  );
}

/** vrrpSyncGroupStateChange. */
const groupTrap = ({ configuration }: TrapFacts, { name }: Notified, state: number): readonly VarBind[] =>
  trap(
    [...KEEPALIVED_VRRP, 10, 0, 1],
    [
      varBind([...KEEPALIVED_VRRP, 1, 1, 2], text(name)),
      varBind([...KEEPALIVED_VRRP, 1, 1, 3], integer(state)),
      varBind([...ROUTER_ID, 0], text(configuration.global.routerId)),
    ],
  );

/** vrrpTrapNewMaster of RFC 2787, vrrpv3NewMaster of RFC 6527. */
function newMasterTraps(
  facts: TrapFacts,
  instance: string,
  causeCode: string | undefined,
): readonly (readonly VarBind[])[] {
  const { snmp } = facts.configuration.details.daemon;
  const row = rowOf(facts, instance);
  if (!row) return [];
  const master = masterAddress(row, 'MASTER');
  const traps: (readonly VarBind[])[] = [];
  if (snmp.rfc2 && inVrrpMib(row)) {
    const at = [...VRRP_MIB, 1, 3, 1, 7, ifIndex(row), row.settings.vrid];
    traps.push(trap([...VRRP_MIB, 0, 1], [varBind(at, ipAddress(master))]));
  }
  if (snmp.rfc3 && master !== undefined) {
    traps.push(
      trap(
        [...VRRPV3_MIB, 0, 1],
        [
          varBind([...VRRPV3_MIB, 1, 1, 1, 1, 3, ...vrrpv3Index(row)], address(master)),
          varBind([...VRRPV3_MIB, 1, 2, 5, 1, 2, ...vrrpv3Index(row)], integer(masterReason(causeCode))),
        ],
      ),
    );
  }
  return traps;
}

/** The traps for an advert that was not believed: vrrpTrapAuthFailure, or vrrpv3ProtoError. */
export function refusalTraps(
  facts: TrapFacts,
  { instance, source, code }: Refused,
): readonly (readonly VarBind[])[] {
  const { snmp } = facts.configuration.details.daemon;
  const row = instance === undefined ? undefined : rowOf(facts, instance);
  if (!row) return [];
  const authError = authErrorType(code);
  if (authError > 0) {
    if (!snmp.rfc2 || !inVrrpMib(row) || familyOf(source) !== 'inet') return [];
    const index = [ifIndex(row), row.settings.vrid];
    return [
      trap(
        [...VRRP_MIB, 0, 2],
        [
          varBind([...VRRP_MIB, 1, 5, ...index], { type: 'ipAddress', value: addressBytes(source) }),
          varBind([...VRRP_MIB, 1, 6, ...index], integer(authError)),
        ],
      ),
    ];
  }
  const reason = protocolErrorReason(code);
  if (reason === 0 || !snmp.rfc3) return [];
  return [
    trap(
      [...VRRPV3_MIB, 0, 2],
      [varBind([...VRRPV3_MIB, 1, 2, 5, 1, 6, ...vrrpv3Index(row)], integer(reason))],
    ),
  ];
}

const has = (codes: readonly string[], code: string): boolean => codes.includes(code);

/** invalidAuthType(1), authTypeMismatch(2), authFailure(3); 0 for something else. */
function authErrorType(code: string): number {
  if (has(DROPS.authType, code)) return 1;
  if (has(DROPS.authTypeMismatch, code)) return 2;
  return has(DROPS.authentication, code) ? 3 : 0;
}

const rowOf = (facts: TrapFacts, instance: string): RouterRow | undefined =>
  routerRows(facts).find(({ settings }) => settings.name === instance);
