import { type ProblemCode } from './problem-codes.js';

/** Codes of `understudy check`: keepalived says nothing of these, so they never count for the exit status of -t. */
export const lintProblemCodes: readonly ProblemCode[] = [
  {
    code: 'vip-in-two-places',
    exit: 0,
    title: 'an address belongs to two instances',
    explanation:
      'When the two are master on different directors, both hold the address; when one lets go of it, the other loses it. ' +
      'Each address belongs into one vrrp_instance (or into static_ipaddress).',
    example:
      'vrrp_instance A {\n    virtual_ipaddress { 192.0.2.1 }\n}\nvrrp_instance B {\n    virtual_ipaddress { 192.0.2.1 }\n}',
  },
  {
    code: 'vip-outside-subnets',
    exit: 0,
    title: 'an address lies in no subnet of its interface',
    explanation:
      'Hosts on that segment send packets for it to their gateway instead of asking for it by ARP. That is right only if ' +
      'a route leads to the directors.',
    example: 'virtual_ipaddress {\n    203.0.113.1/32 dev eth0    # eth0 is 192.0.2.11/24\n}',
  },
  {
    code: 'checker-slower-than-loop',
    exit: 0,
    title: 'a check may take longer than its delay_loop',
    explanation:
      'Against a server that does not answer, one try lasts connect_timeout. If that is more than delay_loop, a dead server ' +
      'is found later than the file makes believe.',
    example:
      'delay_loop 2\nreal_server 192.0.2.21 80 {\n    TCP_CHECK {\n        connect_timeout 5\n    }\n}',
  },
  {
    code: 'fwmark-never-set',
    exit: 0,
    title: 'no rule sets the firewall mark of a virtual server',
    explanation:
      'Packets come to `virtual_server fwmark N` only if nftables or iptables on this machine marks them with N.',
    example: 'virtual_server fwmark 5 {',
  },
  {
    code: 'script-writable-by-others',
    exit: 0,
    title: 'others than root can exchange a script',
    explanation:
      'Whoever may write to the script, or to a folder on the way to it, runs commands as the user of the script. ' +
      'The message names the component: take the permission away, or give it to root.',
    example: 'script "/tmp/check.sh"',
  },
  {
    code: 'pair-instance-alone',
    exit: 0,
    title: 'an instance has no partner on the other director',
    explanation: 'Partners share virtual_router_id and family. Alone, nobody takes over its addresses.',
    example: 'virtual_router_id 51    # 52 on the other director',
  },
  {
    code: 'pair-differs',
    exit: 0,
    title: 'partners differ in what they must agree on',
    explanation:
      'Adverts with another virtual_router_id, version, authentication or (in version 2) interval are dropped: both ' +
      'directors become master.',
    example: 'advert_int 1    # 2 on the other director',
  },
  {
    code: 'pair-addresses-differ',
    exit: 0,
    title: 'partners hold different addresses',
    explanation:
      'An address that only one director knows does not move to the other. keepalived also drops adverts with other addresses.',
    example: 'virtual_ipaddress {\n    192.0.2.1    # missing on the other director\n}',
  },
  {
    code: 'pair-same-priority',
    exit: 0,
    title: 'partners have the same priority',
    explanation: 'The one with the higher address wins, which few would guess from the files.',
    example: 'priority 100',
  },
  {
    code: 'pair-tracking-too-weak',
    exit: 0,
    title: 'tracking can never make the partner win',
    explanation:
      'Even if everything tracked with a weight fails, the higher priority stays above (or level with) the lower one. ' +
      'Make the weights larger than the distance between the priorities.',
    example: 'priority 150    # 100 on the other director\ntrack_script {\n    check weight -20\n}',
  },
  {
    code: 'pair-peer-missing',
    exit: 0,
    title: 'the partner is no unicast_peer',
    explanation: 'No advert is sent to it, so it becomes master as well.',
    example: 'unicast_peer {\n    192.0.2.13    # the partner sends from 192.0.2.12\n}',
  },
  {
    code: 'pair-groups-differ',
    exit: 0,
    title: 'sync groups of the partners hold different instances',
    explanation:
      'On one director the instances move together, on the other they do not: they can end up apart.',
    example: 'vrrp_sync_group G {\n    group {\n        VI_1\n    }\n}',
  },
  {
    code: 'pair-pools-differ',
    exit: 0,
    title: 'the directors balance over different real servers',
    explanation:
      'After a takeover the same address leads to other servers, or to the same ones in other shares.',
    example: 'real_server 192.0.2.21 80 {\n    weight 1    # 2 on the other director\n}',
  },
];
