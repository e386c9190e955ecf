export type { DestinationKey, IpvsCommand } from '../wire/netlink/ipvs-types.js';
