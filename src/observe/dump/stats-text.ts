import { type InstanceSnapshot } from '../../vrrp/index.js';
import { advertErrors } from './advert-errors.js';

/** keepalived.stats: the counters of every instance, line by line as keepalived has them. */
export const statsText = (instances: readonly InstanceSnapshot[]): string =>
  instances.map(instanceText).join('');

function instanceText({ name, counters }: InstanceSnapshot): string {
  const errors = advertErrors(counters);
  return `VRRP Instance: ${name}
  Advertisements:
    Received: ${counters.advertsReceived}
    Sent: ${counters.advertsSent}
  Became master: ${counters.becameMaster}
  Released master: ${counters.releasedMaster}
  Packet Errors:
    Length: ${errors.packet_len_err}
    TTL: ${errors.ip_ttl_err}
    Invalid Type: ${errors.invalid_type_rcvd}
    Advertisement Interval: ${errors.advert_interval_err}
    Address List: ${errors.addr_list_err}
  Authentication Errors:
    Invalid Type: ${errors.invalid_authtype}
    Type Mismatch: ${errors.authtype_mismatch}
    Failure: ${errors.auth_failure}
  Authentication Extension Errors:
    Missing: ${errors.auth_ext_missing}
    Malformed: ${errors.auth_ext_malformed}
    Unknown Key: ${errors.auth_ext_unknown_key}
    Invalid HMAC: ${errors.auth_ext_invalid_hmac}
    Stale: ${errors.auth_ext_stale}
    Replay: ${errors.auth_ext_replay}
  Priority Zero:
    Received: ${counters.priorityZeroReceived}
    Sent: ${counters.priorityZeroSent}
`;
}
