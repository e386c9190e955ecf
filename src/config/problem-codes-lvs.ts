import { type ProblemCode } from './problem-codes.js';

/** Codes of virtual and real servers and their checkers. */
export const lvsProblemCodes: readonly ProblemCode[] = [
  {
    code: 'no-real-servers',
    exit: 5,
    title: 'a virtual_server has no real_server',
    explanation: 'The service is left out.',
    example: 'virtual_server 192.0.2.1 80 {\n}',
  },
  {
    code: 'duplicate-real-server',
    exit: 5,
    title: 'a real server is given twice in one service',
    explanation: 'The first one counts.',
    example: 'real_server 198.51.100.1 80 {\n}\nreal_server 198.51.100.1 80 {\n}',
  },
  {
    code: 'duplicate-service',
    exit: 0,
    title: 'a virtual_server is given twice',
    explanation:
      'The kernel has one service for an address, port and protocol. keepalived lets both fight over it; here the second is left out.',
    example: 'virtual_server 192.0.2.1 80 {\n}',
  },
  {
    code: 'overlapping-range',
    exit: 0,
    title: 'two virtual_server_groups have addresses in common',
    explanation:
      'With nftables_ipvs a packet gets one firewall mark: that of the group which is served first in the file. The range of the other is left out.',
    example: 'virtual_server_group a {\n    192.0.2.1-9 80\n}\nvirtual_server_group b {\n    192.0.2.5 80\n}',
  },
  {
    code: 'protocol-missing',
    exit: 5,
    title: 'a service has no protocol',
    explanation: 'keepalived takes UDP, which is hardly ever meant.',
    example: 'virtual_server 192.0.2.1 80 {\n}',
  },
  {
    code: 'scheduler-missing',
    exit: 5,
    title: 'a service has no lb_algo',
    explanation: 'The scheduler wlc is used.',
    example: 'virtual_server 192.0.2.1 80 {\n}',
  },
  {
    code: 'forwarding-missing',
    exit: 5,
    title: 'a service has no lb_kind',
    explanation: 'NAT is used.',
    example: 'virtual_server 192.0.2.1 80 {\n}',
  },
  {
    code: 'persistence-missing',
    exit: 5,
    title: 'a service for all ports has no persistence',
    explanation: 'The kernel wants persistence with port 0; persistence_timeout 360 is used.',
    example: 'virtual_server 192.0.2.1 0 {\n}',
  },
  {
    code: 'port-mismatch',
    exit: 5,
    title: 'a real server has another port than its service',
    explanation:
      'Only NAT can change the port. For DR and TUN that of the service is used; behind a firewall mark it is ignored.',
    example: 'lb_kind DR\nreal_server 198.51.100.1 8080 {\n}',
  },
  {
    code: 'quorum-too-high',
    exit: 5,
    title: 'quorum is more than all real servers together',
    explanation: 'It could never be reached; the total weight is used.',
    example: 'quorum 10',
  },
  {
    code: 'hysteresis-too-high',
    exit: 5,
    title: 'hysteresis is not below quorum',
    explanation: 'Quorum could never be lost; quorum - 1 is used.',
    example: 'quorum 1\nhysteresis 1',
  },
  {
    code: 'hashed-is-usual',
    exit: 5,
    title: 'hashed changes nothing',
    explanation:
      'The kernel keeps every service in its hash table. keepalived complains about this keyword, except behind lb_algo sh or mh.',
    example: 'hashed',
  },
  {
    code: 'flag-needs-scheduler',
    exit: 5,
    title: 'a scheduler flag is for another scheduler',
    explanation:
      'sh-port and sh-fallback need lb_algo sh above them, mh-port and mh-fallback need lb_algo mh. The flag is ignored.',
    example: 'lb_algo rr\nsh-port',
  },
  {
    code: 'ignored-flag',
    exit: 0,
    title: 'a scheduler flag is for another scheduler',
    explanation: 'keepalived ignores it without a word.',
    example: 'lb_algo sh\nmh-port',
  },
  {
    code: 'sorry-server-missing',
    exit: 5,
    title: 'a setting of the sorry server comes before it',
    explanation: 'sorry_server has to stand above it. The line is ignored.',
    example: 'sorry_server_inhibit',
  },
  {
    code: 'url-missing',
    exit: 5,
    title: 'a checker has no url',
    explanation:
      'HTTP_GET and SSL_GET need at least one url with a path. The checker is left out, so that it checks nothing.',
    example: 'HTTP_GET {\n}',
  },
  {
    code: 'path-missing',
    exit: 5,
    title: 'a url has no path',
    explanation: 'The url is left out.',
    example: 'url {\n    status_code 200\n}',
  },
  {
    code: 'invalid-digest',
    exit: 5,
    title: 'a digest is not MD5 in hexadecimal',
    explanation:
      'It has 32 digits, as genhash prints them. The line is ignored, so that the body is not compared.',
    example: 'digest 1234',
  },
  {
    code: 'bind-if-missing',
    exit: 5,
    title: 'a link-local address needs an interface',
    explanation: 'The checker has to name it with bind_if; it is left out.',
    example: 'connect_ip fe80::1',
  },
];
