import { type ProblemCode } from './problem-codes.js';

/** Codes of routes, rules, tracking, BFD, links, and of the daemon's own settings. */
export const moreProblemCodes: readonly ProblemCode[] = [
  {
    code: 'family-skips-word',
    exit: 5,
    title: 'keepalived skips the word behind inet or inet6',
    explanation:
      'In routes and rules keepalived 2.4.3 takes the word behind inet or inet6 for part of it, and mostly leaves the line out then. Understudy reads it as meant. Leave inet and inet6 away where an address tells the family, and write default6 for the default route of IPv6, for both to agree.',
    example: 'virtual_routes {\n    inet6 default via fe80::1 dev eth0\n}',
  },
  {
    code: 'destination-missing',
    exit: 5,
    title: 'a route has no destination',
    explanation: 'The route is left out. The default route is written `default`.',
    example: 'virtual_routes {\n    via 192.0.2.254 dev eth0\n}',
  },
  {
    code: 'action-missing',
    exit: 5,
    title: 'a rule has no action',
    explanation: 'A rule needs table, goto, nop, blackhole, unreachable or prohibit; it is left out.',
    example: 'virtual_rules {\n    from 192.0.2.0/24\n}',
  },
  {
    code: 'priority-missing',
    exit: 5,
    title: 'a rule has no priority',
    explanation:
      'keepalived counts down from 16384, which puts the rule in a place that nobody chose. Give one.',
    example: 'virtual_rules {\n    from 192.0.2.0/24 table 100\n}',
  },
  {
    code: 'protocol-of-tracked',
    exit: 5,
    title: 'a tracked route or rule has another protocol',
    explanation:
      'keepalived recognises its own routes by protocol keepalived (18), and sets that unless no_track is given.',
    example: 'virtual_routes {\n    198.51.100.0/24 via 192.0.2.254 protocol static\n}',
  },
  {
    code: 'unknown-vrf',
    exit: 5,
    title: 'a VRF does not exist',
    explanation: 'The route names an interface that is missing or no VRF; it is left out.',
    example: 'virtual_routes {\n    default via 192.0.2.254 vrf blue\n}',
  },
  {
    code: 'unknown-track-group',
    exit: 5,
    title: 'a track_group does not exist',
    explanation: 'No track_group of that name stands further up in the file; it is ignored.',
    example: 'static_ipaddress {\n    192.0.2.5/24 dev eth0 track_group G9\n}',
  },
  {
    code: 'track-group-needs-interface',
    exit: 5,
    title: 'track_group needs an interface',
    explanation: 'Only what names its interface can put instances into FAULT; track_group is ignored.',
    example: 'static_routes {\n    198.51.100.0/24 via 192.0.2.254 track_group G1\n}',
  },
  {
    code: 'no-default-interface',
    exit: 4,
    title: 'a static address has no interface',
    explanation:
      'Neither dev nor an existing default_interface (eth0 unless told) says where it goes; it is left out.',
    example: 'static_ipaddress {\n    192.0.2.5/24\n}',
  },
  {
    code: 'unknown-beat-interface',
    exit: 4,
    title: 'an interface of linkbeat_interfaces or interface_up_down_delays does not exist',
    explanation: 'The line is ignored.',
    example: 'linkbeat_interfaces {\n    eth9\n}',
  },
  {
    code: 'delays-missing',
    exit: 0,
    title: 'interface_up_down_delays names no delays',
    explanation: 'The line changes nothing.',
    example: 'interface_up_down_delays {\n    eth0\n}',
  },
  {
    code: 'no-delays',
    exit: 5,
    title: 'a garp_group has no interval',
    explanation: 'It needs garp_interval or gna_interval; it is left out.',
    example: 'garp_group {\n    interface eth0\n}',
  },
  {
    code: 'empty-list',
    exit: 5,
    title: 'a list is empty',
    explanation: 'The block has no lines, so that it changes nothing.',
    example: 'notification_email {\n}',
  },
  {
    code: 'unknown-tracked',
    exit: 5,
    title: 'a tracked file, process or session does not exist',
    explanation: 'No block of that name stands further up in the file. The line is ignored.',
    example: 'track_file {\n    no_such_file\n}',
  },
  {
    code: 'file-missing',
    exit: 5,
    title: 'a track_file has no file, or a FILE_CHECK no track_file',
    explanation: 'The block is left out.',
    example: 'track_file maintenance {\n}',
  },
  {
    code: 'no-directory',
    exit: 5,
    title: 'a directory does not exist',
    explanation: 'What should be in it is left out.',
    example: 'track_file maintenance {\n    file /no/such/directory/file\n}',
  },
  {
    code: 'not-a-file',
    exit: 5,
    title: 'a track_file to be overwritten is no regular file',
    explanation: 'The block is left out.',
    example: 'init_file 0 overwrite',
  },
  {
    code: 'cannot-be-watched',
    exit: 5,
    title: 'changes of a track_file would not be heard of',
    explanation:
      'Its file system is read-only, or one without inotify (proc, NFS, FUSE ...). The block is left out.',
    example: 'track_file maintenance {\n    file /proc/loadavg\n}',
  },
  {
    code: 'process-missing',
    exit: 5,
    title: 'a vrrp_track_process has no process',
    explanation: 'The block is left out.',
    example: 'vrrp_track_process haproxy {\n}',
  },
  {
    code: 'no-process-events',
    exit: 5,
    title: 'the kernel cannot tell of processes',
    explanation: 'vrrp_track_process needs a kernel with CONFIG_PROC_EVENTS. The block is left out.',
    example: 'vrrp_track_process haproxy {\n    process haproxy\n}',
  },
  {
    code: 'neighbor-missing',
    exit: 5,
    title: 'a BFD session or check has no other end',
    explanation:
      'bfd_instance needs neighbor_ip, BFD_CHECK the name of a bfd_instance. The block is left out.',
    example: 'bfd_instance router1 {\n}',
  },
  {
    code: 'long-interval',
    exit: 0,
    title: 'a BFD interval is very long',
    explanation: 'Sessions with intervals of more than ten seconds notice failures very late.',
    example: 'min_rx 20000',
  },
  {
    code: 'invalid-mac',
    exit: 5,
    title: 'a MAC address cannot be used',
    explanation:
      'use_vmac takes six octets, or five that the virtual router id is added to; neither multicast nor those of the RFC. It is ignored.',
    example: 'use_vmac 01:00:5e:00:00:01',
  },
  {
    code: 'not-ethernet',
    exit: 5,
    title: 'a virtual MAC address needs Ethernet',
    explanation: 'The interface is of another kind; the instance stays in FAULT.',
    example: 'interface tun0\nuse_vmac',
  },
  {
    code: 'address-missing',
    exit: 5,
    title: 'use_ipvlan has no address',
    explanation: 'For IPv4 the new interface needs one; the instance stays in FAULT.',
    example: 'use_ipvlan',
  },
  {
    code: 'invalid-key',
    exit: 5,
    title: 'an auth_hmac key cannot be used',
    explanation: 'A key has 32 to 64 bytes, as text, hex:DIGITS or file:PATH. It is ignored.',
    example: 'key 1 short',
  },
  {
    code: 'open-key-file',
    exit: 6,
    title: 'a key file can be read by others',
    explanation: 'Whoever reads it can forge adverts. Take the permissions of group and others away.',
    example: 'key 1 file:/etc/keepalived/key',
  },
  {
    code: 'active-key-missing',
    exit: 5,
    title: 'auth_hmac has no active key',
    explanation:
      'active_key has to name one of the keys; the extension is not used, so that adverts are not signed.',
    example: 'auth_hmac {\n    active_key 9\n}',
  },
  {
    code: 'iptables-not-used',
    exit: 5,
    title: 'nftables may do the work of iptables',
    explanation:
      'As in keepalived, vrrp_iptables adds to the chains of iptables only if `iptables -V` does not say nf_tables; ' +
      'where it does, and where there is no iptables, the table keepalived of nftables does the work. Write nftables.',
    example: 'vrrp_iptables',
  },
  {
    code: 'no-igmp-setting',
    exit: 5,
    title: 'the kernel lacks a setting',
    explanation: 'disable_local_igmp needs net.ipv4.igmp_link_local_mcast_reports; the line is ignored.',
    example: 'disable_local_igmp',
  },
  {
    code: 'invalid-umask',
    exit: 5,
    title: 'a umask is no file mode',
    explanation: 'It is a number, or bits such as IRWXG | IRWXO. The line is ignored.',
    example: 'umask 0999',
  },
  {
    code: 'unknown-mail-server',
    exit: 5,
    title: 'the mail server is not known',
    explanation: 'The host cannot be resolved, or the port is no number. No mail can be sent.',
    example: 'smtp_server no.such.host',
  },
  {
    code: 'invalid-regex',
    exit: 5,
    title: 'a regex line cannot be read',
    explanation:
      'It takes a single word or quoted text, in which backslashes are doubled. The line is ignored.',
    example: 'regex one two',
  },
  {
    code: 'unusable-regex',
    exit: 5,
    title: 'a regular expression cannot be used',
    explanation:
      "PCRE2, with which it is matched, does not take it, or this host lacks PCRE2's library (libpcre2-8). " +
      'The expression is ignored; the url is still fetched.',
    example: 'regex "("',
  },
  {
    code: 'unusable-tls-files',
    exit: 5,
    title: 'a file of the SSL block cannot be used',
    explanation:
      'It cannot be read, is not what it should be, or the key does not fit. SSL_GET then shows no certificate.',
    example: 'SSL {\n    certificate /etc/keepalived/missing.pem\n}',
  },
  {
    code: 'regex-missing',
    exit: 0,
    title: 'settings of a regex without one',
    explanation: 'They change nothing.',
    example: 'regex_no_match',
  },
  {
    code: 'invalid-domain',
    exit: 5,
    title: 'a domain name is not possible',
    explanation: 'Labels cannot be empty. The line is ignored.',
    example: 'name a..example',
  },
  {
    code: 'tls-replaced',
    exit: 5,
    title: 'the SSL block is given twice',
    explanation: 'The last one counts as a whole.',
    example: 'SSL {\n}\nSSL {\n}',
  },
  {
    code: 'duplicate-group',
    exit: 0,
    title: 'a virtual_server_group is given twice',
    explanation: 'The first one counts; keepalived does not say so.',
    example: 'virtual_server_group web {\n    192.0.2.1 80\n}',
  },
  {
    code: 'unknown-server-group',
    exit: 0,
    title: 'the group of a virtual_server does not fit',
    explanation:
      'It does not exist, or its families differ. The service is left out; keepalived only logs this.',
    example: 'virtual_server group web {\n}',
  },
  {
    code: 'unknown-master',
    exit: 5,
    title: 'serve_when_master names an instance that is not there',
    explanation:
      'The virtual_server would serve always, on both directors at once. A reload with it is refused; a start serves as keepalived does.',
    example: 'virtual_server 192.0.2.1 80 {\n    #understudy serve_when_master VI_X\n}',
  },
  {
    code: 'range-too-large',
    exit: 0,
    title: 'a range of addresses is too large',
    explanation: 'Each address becomes a service of its own; no more than 65536 of a range do.',
    example: 'virtual_server_group web {\n    2001:db8::/64 80\n}',
  },
  {
    code: 'mail-file-missing',
    exit: 0,
    title: 'a file that mail needs is not there',
    explanation:
      'smtp_auth and smtp_tls name files that are read when a mail is sent. Until the file is there, mails wait.',
    example: 'global_defs {\n    #understudy smtp_auth /etc/keepalived/no-such-file\n}',
  },
  {
    code: 'login-file-open',
    exit: 0,
    title: 'others than its owner can use the file with the password for mail',
    explanation: 'It is used all the same. `chmod 600` keeps the password from other users of this machine.',
    example: 'global_defs {\n    #understudy smtp_auth /etc/keepalived/smtp.login    # mode 0644\n}',
  },
];
