// The servers that misbehave, and the file that has them checked: one virtual server a case, each with one real server
// whose port names the case. What a server does depends on how often it was asked, so that two daemons that ask in
// their own time are treated alike.

/** What a server does when it is asked: once each, the last for ever. */
export type Behaviour =
  // Mail servers.
  | 'mail'
  | 'banner'
  | 'garbage'
  | 'overlong'
  | 'helo'
  | 'mute'
  | 'reset'
  | 'trickle'
  | 'hang-up'
  // Name servers.
  | 'answer'
  | 'truncated'
  | 'servfail'
  | 'nxdomain'
  | 'wrong-id'
  | 'question'
  | 'short'
  // Anything that takes datagrams.
  | 'match'
  | 'mismatch'
  | 'too-short'
  | 'too-long'
  | 'silent';

export interface Case {
  readonly name: string;
  /** The checker block. */
  readonly checker: string;
  /** Who answers on the case's port; nobody, if absent. */
  readonly server?: { readonly kind: 'tcp' | 'udp'; readonly acts: readonly Behaviour[] };
  /** What the script comes to, run after run: an exit status, or a way to end. */
  readonly script?: readonly (number | 'hang' | 'hang-on' | 'kill')[];
  /** inhibit_on_failure and the like. */
  readonly more?: string;
}

// The guest is emulated, and may be slow: what is to come in time has much of it.
const timing = 'connect_timeout 10\nretry 1\ndelay_before_retry 1\ndelay_loop 3\nwarmup 2\nlog_all_failures';
const scriptTiming = 'delay_before_retry 1\ndelay_loop 3\nwarmup 2\nlog_all_failures';

const mail = (...acts: readonly Behaviour[]) => ({
  checker: `SMTP_CHECK {\n${timing}\n}`,
  server: { kind: 'tcp' as const, acts },
});
const name = (...acts: readonly Behaviour[]) => ({
  checker: `DNS_CHECK {\ntype A\nname example.net\n${timing}\n}`,
  server: { kind: 'udp' as const, acts },
});
const datagram = (lines: string, ...acts: readonly Behaviour[]) => ({
  checker: `UDP_CHECK {\npayload 0102\n${lines}\n${timing}\n}`,
  server: { kind: 'udp' as const, acts },
});
const reply = 'require_reply 01 x2 03\nmin_reply_length 3\nmax_reply_length 5';

/** The script's place in the guest stands for MISC in the text. */
const misc = (lines: string, ...script: NonNullable<Case['script']>) => ({
  checker: `MISC_CHECK {\nmisc_path "MISC"\nmisc_timeout 10\n${lines}\n${scriptTiming}\n}`,
  script,
});

export const cases: readonly Case[] = [
  { name: 'a mail server that is well', ...mail('mail') },
  { name: 'a wrong banner, twice', ...mail('mail', 'banner', 'banner', 'mail') },
  { name: 'a wrong banner, once', ...mail('mail', 'banner', 'mail') },
  { name: 'a wrong banner from the start', ...mail('banner', 'banner', 'banner', 'mail') },
  { name: 'a mail server that talks nonsense', ...mail('mail', 'garbage', 'garbage', 'mail') },
  { name: 'a banner without end', ...mail('mail', 'overlong', 'overlong', 'mail') },
  { name: 'HELO refused', ...mail('mail', 'helo', 'helo', 'mail') },
  { name: 'a mail server that says nothing', ...mail('mail', 'mute', 'mute', 'mail') },
  { name: 'a mail server that resets', ...mail('mail', 'reset', 'reset', 'mail') },
  { name: 'a mail server that trickles', ...mail('trickle', 'mail') },
  { name: 'a mail server that hangs up on QUIT', ...mail('mail', 'hang-up', 'hang-up', 'mail') },
  { name: 'no mail server', checker: `SMTP_CHECK {\n${timing}\n}` },
  { name: 'no mail server, alpha', checker: `SMTP_CHECK {\n${timing}\nalpha\n}` },

  { name: 'a name server that is well', ...name('answer') },
  { name: 'SERVFAIL, twice', ...name('answer', 'servfail', 'servfail', 'answer') },
  { name: 'NXDOMAIN from the start', ...name('nxdomain', 'nxdomain', 'answer') },
  { name: 'answers to other questions', ...name('answer', 'wrong-id', 'wrong-id', 'answer') },
  { name: 'a question back', ...name('answer', 'question', 'question', 'answer') },
  { name: 'half a header', ...name('answer', 'short', 'short', 'answer') },
  { name: 'a truncated answer', ...name('truncated') },
  { name: 'a silent name server', ...name('answer', 'silent', 'silent', 'answer') },
  { name: 'no name server', checker: `DNS_CHECK {\n${timing}\n}` },

  { name: 'datagrams that nobody answers', ...datagram('', 'silent') },
  { name: 'a reply as required', ...datagram(reply, 'match') },
  { name: 'another reply', ...datagram(reply, 'match', 'mismatch', 'mismatch', 'match') },
  { name: 'too short a reply', ...datagram(reply, 'match', 'too-short', 'too-short', 'match') },
  { name: 'too long a reply', ...datagram(reply, 'match', 'too-long', 'too-long', 'match') },
  { name: 'no reply', ...datagram('require_reply', 'match', 'silent', 'silent', 'match') },
  { name: 'nobody takes datagrams', checker: `UDP_CHECK {\n${timing}\n}` },
  {
    name: 'nobody is there',
    checker: `UDP_CHECK {\nconnect_ip 10.0.0.99\n${timing}\n}`,
  },

  { name: 'an echo', checker: `PING_CHECK {\n${timing}\n}` },
  { name: 'an echo over IPv6', checker: `PING_CHECK {\nconnect_ip 2001:db8::10\n${timing}\n}` },
  { name: 'no echo', checker: `PING_CHECK {\nconnect_ip 10.0.0.98\n${timing}\n}` },
  { name: 'no echo over IPv6', checker: `PING_CHECK {\nconnect_ip 2001:db8::98\n${timing}\nalpha\n}` },

  { name: 'exit statuses', ...misc('', 0, 1, 0, 2, 0, 255, 0) },
  { name: 'exit statuses with retries', ...misc('retry 2', 0, 1, 0, 3, 3, 3, 0, 1, 1, 0) },
  { name: 'weights', ...misc('misc_dynamic', 0, 12, 12, 2, 255, 0) },
  { name: 'weights and a failure', ...misc('misc_dynamic', 7, 1, 9, 9, 0) },
  { name: 'weights, inhibited', ...misc('misc_dynamic', 7, 1, 9), more: 'inhibit_on_failure' },
  { name: 'a script that hangs', ...misc('', 0, 'hang', 0) },
  { name: 'a script that hangs on', ...misc('', 0, 'hang-on', 0) },
  { name: 'a script that is killed', ...misc('', 0, 'kill', 0) },

  { name: 'a file with a weight', checker: 'FILE_CHECK {\ntrack_file load\nweight 2\n}' },
  { name: 'a file, reversed', checker: 'FILE_CHECK {\ntrack_file load\nweight 1 reverse\n}' },
  { name: 'a file that says no', checker: 'FILE_CHECK {\ntrack_file flag\nweight 0\n}' },
  { name: 'a file that must say yes', checker: 'FILE_CHECK {\ntrack_file flag\nweight 0 reverse\n}' },
];

/** Where the case's server listens, and what its log lines name. */
export const portOf = (index: number): number => 20_001 + index;

/** keepalived.conf for all cases; files and scripts are in `folder`. */
export function configurationIn(folder: string): string {
  const services = cases.map(
    ({ checker, more = '' }, index) => `
virtual_server 10.9.0.200 ${portOf(index)} {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  delay_loop 3
  real_server 10.0.0.10 ${portOf(index)} {
    weight 10
    ${more}
    notify_up "${folder}/told.sh ${index} UP"
    notify_down "${folder}/told.sh ${index} DOWN"
    ${checker.replace('"MISC"', `"${folder}/misc.sh ${index}"`)}
  }
}`,
  );
  const file = (label: string) => `track_file ${label} {\n  file ${folder}/${label}\n}\n`;
  return `global_defs {\n  script_user root\n}\n${file('load')}${file('flag')}${services.join('\n')}\n`;
}
