/*
 * IPVS over generic netlink: a pure codec. Its shapes are the ones that lvs/ plans with.
 */
export {
  decodeIpvsDestination,
  decodeIpvsInfo,
  decodeIpvsService,
  type IpvsErrorCode,
  type IpvsInfo,
} from './ipvs-decode.js';
export {
  decodeIpvsTimeouts,
  decodeSyncDaemon,
  encodeIpvsTimeouts,
  encodeSyncRole,
  encodeSyncStart,
} from './ipvs-control.js';
export { encodeIpvsCommand, encodeServiceKey, type EncodedCommand } from './ipvs-encode.js';
export { IPVS_CMD, IPVS_GENL_NAME, IPVS_GENL_VERSION } from './ipvs-numbers.js';
export type * from './ipvs-types.js';
