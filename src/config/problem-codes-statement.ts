import { type ProblemCode } from './problem-codes.js';

/** Codes of single statements: keywords, words, numbers, names, scripts. */
export const statementProblemCodes: readonly ProblemCode[] = [
  {
    code: 'unknown-keyword',
    exit: 5,
    title: 'a keyword is not known here',
    explanation:
      'No block of this kind has such a keyword. keepalived ignores the line and goes on, so that the setting is silently missing later. A block behind it is left out as a whole.',
    example: 'vrrp_instance VI_1 {\n    virual_router_id 51\n}',
  },
  {
    code: 'unknown-setting',
    exit: 0,
    title: "a setting of Understudy's own is not known",
    explanation:
      'Settings in #understudy comments are read by this daemon alone; this release has no such setting. It is ignored.',
    example: '#understudy no_such_setting',
  },
  {
    code: 'missing-parameter',
    exit: 2,
    title: 'a keyword lacks the word that it needs',
    explanation:
      'keepalived stops reading the file at such a line and does not start. Nothing of the configuration is used.',
    example: 'vrrp_instance VI_1 {\n    interface\n}',
  },
  {
    code: 'missing-argument',
    exit: 5,
    title: 'a keyword or option lacks a word',
    explanation: 'The line is ignored, and keepalived goes on with the next one.',
    example: 'global_defs {\n    router_id\n}',
  },
  {
    code: 'extra-words',
    exit: 5,
    title: 'a line has more words than its keyword takes',
    explanation: 'Some keywords ignore the whole line then, others only the words that are too many.',
    example: 'virtual_ipaddress extra {\n}',
  },
  {
    code: 'ignored-words',
    exit: 0,
    title: 'words at the end of a line have no effect',
    explanation:
      'keepalived never looks at them. Perhaps a comment lacks its #, or two settings stand on one line.',
    example: 'nopreempt true',
  },
  {
    code: 'missing-block',
    exit: 5,
    title: 'a keyword needs a block in braces',
    explanation: 'The keyword stands alone, but all it says is in its block.',
    example: 'vrrp_sync_group G1',
  },
  {
    code: 'unexpected-block',
    exit: 5,
    title: 'a keyword takes no block',
    explanation:
      'A brace follows a keyword (or a line of a list) that has no block. keepalived takes the closing brace for that of the enclosing block; here the inner block is left out.',
    example: 'router_id LVS {\n}',
  },
  {
    code: 'unmatched-quote',
    exit: 5,
    title: 'a quote is not closed',
    explanation: 'A string in quotes ends on its line. keepalived uses the words before the quote.',
    example: 'router_id "LVS',
  },
  {
    code: 'deprecated',
    exit: 5,
    title: 'a keyword is deprecated, and keepalived complains',
    explanation:
      'The keyword still works, but keepalived reports it as a configuration error. Use the new one.',
    example: 'vrrp_instance VI_1 {\n    linkbeat_use_polling\n}',
  },
  {
    code: 'deprecated-quietly',
    exit: 0,
    title: 'a keyword is deprecated',
    explanation: 'The keyword still works. Use the new one where both directors know it.',
    example: 'global_defs {\n    lvs_process_name lvs\n}',
  },
  {
    code: 'already-given',
    exit: 5,
    title: 'something is given twice',
    explanation: 'The first one counts and this one is ignored.',
    example: 'vrrp_instance VI_1 {\n    notify "/a.sh"\n    notify "/b.sh"\n}',
  },
  {
    code: 'replaced',
    exit: 0,
    title: 'a setting replaces an earlier one',
    explanation: 'Of two lines with this keyword, keepalived uses the last without saying so.',
    example: 'priority 100\npriority 200',
  },
  {
    code: 'conflict',
    exit: 5,
    title: 'two settings contradict each other',
    explanation: 'One of them is ignored or changed, as the message says.',
    example: 'state MASTER\nnopreempt',
  },
  {
    code: 'invalid-number',
    exit: 5,
    title: 'a word is not a number',
    explanation:
      'A number was expected. Where keepalived uses the digits in front of other characters ("3s"), so does Understudy; otherwise the line is ignored.',
    example: 'priority high',
  },
  {
    code: 'out-of-range',
    exit: 5,
    title: 'a number is outside its range',
    explanation:
      'The line is ignored, or the number is changed, as the message says; `understudy explain KEYWORD` shows the range.',
    example: 'virtual_router_id 256',
  },
  {
    code: 'impossible-range',
    exit: 5,
    title: 'a range holds nothing',
    explanation: 'Its lower end is above its upper end.',
    example: 'unicast_peer {\n    192.0.2.1 min_ttl 255 max_ttl 254\n}',
  },
  {
    code: 'too-many-decimals',
    exit: 5,
    title: 'a number has too many decimals',
    explanation: 'It is rounded to what the keyword can hold.',
    example: 'advert_int 0.1234567',
  },
  {
    code: 'invalid-switch',
    exit: 5,
    title: 'a word is neither true nor false',
    explanation: 'Such keywords take true, on, yes, false, off, no, or nothing (true). The line is ignored.',
    example: 'vrrp_strict maybe',
  },
  {
    code: 'unknown-choice',
    exit: 5,
    title: 'a word is none of those known here',
    explanation:
      'The keyword takes one of a few words, in this spelling. The line is ignored unless the message says otherwise.',
    example: 'lb_kind nat',
  },
  {
    code: 'unknown-option',
    exit: 5,
    title: 'an option is not known here',
    explanation:
      'A line of options (an address, a tracked object, a tunnel) has a word that is none of them.',
    example: 'virtual_ipaddress {\n    192.0.2.1/24 device eth0\n}',
  },
  {
    code: 'invalid-address',
    exit: 5,
    title: 'a word is not an IP address',
    explanation:
      'An address was expected: four decimal numbers without leading zeros, or IPv6 notation. What it stands for is left out.',
    example: 'unicast_peer {\n    192.0.2.300\n}',
  },
  {
    code: 'invalid-prefix',
    exit: 5,
    title: 'a prefix length is not possible',
    explanation: 'IPv4 has prefixes of 0 to 32 bits, IPv6 of 0 to 128. The host length is used.',
    example: 'virtual_ipaddress {\n    192.0.2.1/33\n}',
  },
  {
    code: 'wrong-family',
    exit: 5,
    title: 'IPv4 and IPv6 are mixed where they cannot be',
    explanation: 'The first address decides the family of an instance or service; others are left out.',
    example: 'virtual_ipaddress {\n    192.0.2.1\n    2001:db8::1\n}',
  },
  {
    code: 'not-multicast',
    exit: 5,
    title: 'an address is no multicast address',
    explanation: 'Adverts go to a group: 224.0.0.0/4, or link-local ff02::/16. The line is ignored.',
    example: 'vrrp_mcast_group4 192.0.2.1',
  },
  {
    code: 'invalid-hex',
    exit: 5,
    title: 'a word is not hexadecimal',
    explanation: 'Octets are written with the digits 0-9 and a-f. The line is ignored.',
    example: 'payload 0g',
  },
  {
    code: 'too-long',
    exit: 5,
    title: 'a word is too long',
    explanation: 'Linux or the protocol limits it. It is cut or ignored, as the message says.',
    example: 'auth_pass 123456789',
  },
  {
    code: 'unknown-interface',
    exit: 5,
    title: 'an interface does not exist',
    explanation:
      'keepalived does not start VRRP if any interface in the file is missing, unless global_defs has dynamic_interfaces.',
    example: 'interface eth9',
  },
  {
    code: 'unknown-user',
    exit: 5,
    title: 'a user or group does not exist',
    explanation: 'What it would run does not run.',
    example: 'script_user nosuchuser',
  },
  {
    code: 'unknown-script-user',
    exit: 0,
    title: 'the user or group of a notify script does not exist',
    explanation: 'The script does not run. keepalived only logs this.',
    example: 'notify "/etc/keepalived/n.sh" nosuchuser',
  },
  {
    code: 'no-script-user',
    exit: 0,
    title: 'a script has nobody to run it',
    explanation: 'It names no user, and script_user is not usable. The script does not run.',
    example: 'script_user nosuchuser',
  },
  {
    code: 'empty-command',
    exit: 0,
    title: 'a command has no words',
    explanation: 'There is nothing to run.',
    example: 'notify ""',
  },
  {
    code: 'script-missing',
    exit: 5,
    title: 'a vrrp_script has no script',
    explanation: 'The block is left out, and tracking it is an error.',
    example: 'vrrp_script chk {\n    interval 2\n}',
  },
  {
    code: 'script-not-found',
    exit: 0,
    title: "a script's file is missing",
    explanation: 'The script does not run when it is due. keepalived only logs this.',
    example: 'notify "/no/such/file"',
  },
  {
    code: 'tracked-script-not-found',
    exit: 5,
    title: 'the file of a tracked script is missing',
    explanation:
      'keepalived disables the script: instances behave as if they did not track it, so its failure is never noticed.',
    example: 'vrrp_script chk {\n    script "/no/such/file"\n}',
  },
  {
    code: 'script-not-executable',
    exit: 0,
    title: 'a script cannot be executed by its user',
    explanation: 'The file lacks execute permission for the user that would run it. It is disabled.',
    example: 'script "/etc/hostname"',
  },
  {
    code: 'default-user-missing',
    exit: 5,
    title: 'there is no user to run scripts',
    explanation:
      'With enable_script_security, scripts that name no user run as script_user or as the user keepalived_script. Neither is there, so these scripts do not run.',
    example: 'global_defs {\n    enable_script_security\n}',
  },
  {
    code: 'script-through-link',
    exit: 5,
    title: 'the path of a tracked script leads through a symbolic link',
    explanation:
      'keepalived 2.4.3 disables scripts that root runs if a directory in their path is a symbolic link, such as /bin on most systems today. Understudy runs them. Write the real path (/usr/bin/...) for both to agree.',
    example: 'script "/bin/true"',
  },
  {
    code: 'notify-through-link',
    exit: 0,
    title: 'the path of a notify script leads through a symbolic link',
    explanation:
      'keepalived 2.4.3 silently does not run scripts as root if a directory in their path is a symbolic link, such as /bin on most systems today. Understudy runs them. Write the real path (/usr/bin/...) for both to agree.',
    example: 'notify "/bin/true"',
  },
  {
    code: 'insecure-script',
    exit: 5,
    title: 'somebody other than root could change a tracked script',
    explanation:
      'With enable_script_security, a script that root runs is disabled if any part of its path can be written by others.',
    example: 'script "/tmp/check.sh"',
  },
  {
    code: 'insecure-notify',
    exit: 0,
    title: 'somebody other than root could change a notify script',
    explanation:
      'With enable_script_security, a script that root runs is disabled if any part of its path can be written by others.',
    example: 'notify "/tmp/notify.sh"',
  },
  {
    code: 'script-security',
    exit: 6,
    title: 'scripts run without enable_script_security',
    explanation:
      'keepalived ends its test with status 6 if any script would run and enable_script_security is not set. Set it, and keep scripts where only root can write.',
    example: 'global_defs {\n    enable_script_security\n}',
  },
  {
    code: 'unused-script',
    exit: 0,
    title: 'nothing tracks a vrrp_script',
    explanation: 'It does not run. keepalived says so when it starts, and not in its test.',
    example: 'vrrp_script chk {\n    script "/bin/true"\n}',
  },
];
