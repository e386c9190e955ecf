export { DEFAULT_PLACE, placeText, readPlace, type AgentxPlace } from './agentx-place.js';
export { quorumTrap, realServerTrap } from './checker-traps.js';
export type * from './facts.js';
export { mibView, registrations } from './mibs.js';
export { MibView } from './mib-view.js';
export { type MibOrder } from './set.js';
export { Subagent, type SubagentSurroundings, type SubagentTiming } from './subagent.js';
export { refusalTraps, stateTraps } from './vrrp-traps.js';
