import { inBlock, word } from './entries.js';
import { type Keyword } from './types.js';

/** The interface that a vrrp_instance is on, the links made for it, and its source address. */
export const vrrpLinks: readonly Keyword[] = [
  ...inBlock('global_defs', {
    vmac_prefix: {
      arguments: word('prefix', { maxBytes: 11 }),
      repeat: 'first',
      default: 'vrrp',
      meaning: 'How the names of VMAC interfaces begin.',
      example: 'vmac_prefix vrrp',
    },
    vmac_addr_prefix: {
      arguments: word('prefix', { maxBytes: 11 }),
      repeat: 'first',
      default: 'as vmac_prefix',
      meaning: 'How the names of VMAC interfaces for single addresses begin.',
      example: 'vmac_addr_prefix vrrp',
    },
  }),
  ...inBlock('', {
    linkbeat_interfaces: {
      block: 'freeform',
      lines: 'INTERFACE [MII|ETHTOOL|IOCTL]',
      repeat: 'each',
      meaning: 'Interfaces that are asked for their link state instead of listening to netlink.',
      example: 'linkbeat_interfaces {\n    eth0 ETHTOOL\n}',
    },
    interface_up_down_delays: {
      block: 'freeform',
      lines: 'INTERFACE DOWN_SECONDS [UP_SECONDS]',
      repeat: 'each',
      meaning: 'How long an interface must be down or up before that counts; 0 to 255 s.',
      example: 'interface_up_down_delays {\n    eth0 0.5 1.5\n}',
    },
    linkbeat_use_polling: {
      meaning: 'Asks every interface for its link state by MII or ETHTOOL instead of listening to netlink.',
      default: 'netlink',
    },
  }),
  ...inBlock('vrrp_instance', {
    linkbeat_use_polling: {
      deprecated: { use: 'linkbeat_interfaces', reported: true },
      meaning: 'Asks the interface for its link state instead of listening to netlink.',
    },
    use_vmac: {
      arguments: [
        {
          kind: 'words',
          name: 'options',
          syntax: '[[name] INTERFACE] [MAC] [group GROUP] [netlink_notify_msg]',
          optional: true,
        },
      ],
      meaning: 'Sends adverts and holds addresses on a macvlan interface with the virtual MAC address.',
      example: 'use_vmac vrrp.51',
    },
    use_ipvlan: {
      arguments: [
        {
          kind: 'words',
          name: 'options',
          syntax: '[[name] INTERFACE] [ADDRESS] [bridge|private|vepa] [group GROUP]',
          optional: true,
        },
      ],
      repeat: 'first',
      meaning: 'Uses an ipvlan interface.',
      example: 'use_ipvlan ipvl0 192.0.2.1 bridge',
    },
    vrf: {
      arguments: [{ kind: 'interface', name: 'vrf' }],
      repeat: 'first',
      needs: 'unicast_peer, and no interface',
      meaning: 'The VRF that unicast adverts use.',
      example: 'vrf red',
    },
    use_vmac_addr: {
      meaning: 'Also puts addresses on other interfaces onto macvlans with the virtual MAC address.',
    },
    vmac_xmit_base: { needs: 'use_vmac', meaning: 'Sends adverts on the underlying interface.' },
    promote_secondaries: {
      meaning: 'Sets promote_secondaries on the interface, so that one VIP may go without its neighbours.',
    },
    track_src_ip: {
      needs: 'mcast_src_ip or unicast_src_ip',
      meaning: 'FAULT while the source address is not configured on the interface.',
    },
  }),
];
