export { agentxLength, decodeAgentx, type AgentxDecodeError, type AgentxErrorCode } from './decode.js';
export { encodeAgentx } from './encode.js';
export { compareOids, oidStartsWith, oidText } from './oid.js';
export * from './pdu.js';
