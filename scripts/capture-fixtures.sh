#!/usr/bin/env bash
# Records what a real keepalived puts on the wire, one annotated text file a packet, into test/fixtures/wire/.
# Needs root, keepalived, tcpdump and tshark. Works in two namespaces of its own, which it removes again.
# The fields in each file come from tshark: they are the independent opinion that our codecs are tested against.
#
#   scripts/capture-fixtures.sh [DIRECTORY]      default: test/fixtures/wire
#
# KEEPALIVED names another binary than the keepalived in PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-test/fixtures/wire}")
daemon=${KEEPALIVED:-keepalived}

for tool in "$daemon" tcpdump tshark ip; do
  command -v "$tool" >/dev/null || { echo "capture-fixtures: $tool is missing" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "capture-fixtures: needs root for network namespaces" >&2; exit 1; }

speaker=us-fixture-$$-a
listener=us-fixture-$$-b
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  ip netns del "$speaker" 2>/dev/null || true
  ip netns del "$listener" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

ip netns add "$speaker"
ip netns add "$listener"
ip -n "$speaker" link add eth0 address 02:00:00:00:00:0a type veth peer name eth0 address 02:00:00:00:00:0b netns "$listener"
for ns in "$speaker" "$listener"; do
  ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.eth0.accept_dad=0
  ip -n "$ns" link set lo up
  ip -n "$ns" link set eth0 up
done
ip -n "$speaker" addr add 192.0.2.1/24 dev eth0
ip -n "$listener" addr add 192.0.2.2/24 dev eth0
ip -n "$speaker" addr add 2001:db8::1/64 dev eth0 nodad
ip -n "$listener" addr add 2001:db8::2/64 dev eth0 nodad

version=$("$daemon" --version 2>&1 | sed -n '1s/ *$//p')
decoder=$(tshark --version 2>/dev/null | sed -n '1s/ (Git.*//p')

# record NAME SECONDS: runs keepalived on the configuration on standard input for so long, then stops it politely.
record() {
  local name=$1 seconds=$2 capture keepalived
  cat >"$work/$name.conf"
  ip netns exec "$listener" tcpdump -q -i eth0 -U -w "$work/$name.pcap" \
    'proto 112 or proto 51 or arp or ip6 proto 112 or icmp6' 2>/dev/null &
  capture=$!
  pids+=("$capture")
  sleep 0.5
  ip netns exec "$speaker" "$daemon" -n -l -P -f "$work/$name.conf" -p "$work/$name.pid" -r "$work/$name.vrrp.pid" \
    >"$work/$name.log" 2>&1 &
  keepalived=$!
  pids+=("$keepalived")
  sleep "$seconds"
  kill "$keepalived"
  wait "$keepalived" || true
  sleep 0.5
  kill "$capture"
  wait "$capture" || true
}

fields=(eth.dst eth.src eth.type
  ip.version ip.hdr_len ip.dsfield ip.len ip.id ip.flags ip.ttl ip.proto ip.checksum ip.checksum.status ip.src ip.dst
  ipv6.tclass ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim ipv6.src ipv6.dst
  ah.next_header ah.length ah.spi ah.sequence ah.icv
  vrrp.version vrrp.type vrrp.virt_rtr_id vrrp.prio vrrp.addr_count vrrp.auth_type vrrp.adver_int vrrp.short_adver_int
  vrrp.checksum vrrp.checksum.status vrrp.ip_addr vrrp.ipv6_addr vrrp.auth_string
  arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode arp.isgratuitous
  arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4
  icmpv6.type icmpv6.code icmpv6.checksum icmpv6.checksum.status icmpv6.nd.na.flag.r icmpv6.nd.na.flag.s icmpv6.nd.na.flag.o
  icmpv6.nd.na.target_address icmpv6.opt.type icmpv6.opt.length icmpv6.opt.linkaddr
  udp.srcport udp.dstport bfd.version bfd.diag bfd.sta bfd.flags bfd.detect_time_multiplier bfd.message_length
  bfd.my_discriminator bfd.your_discriminator bfd.desired_min_tx_interval bfd.required_min_rx_interval
  bfd.required_min_echo_interval)
wanted=()
for field in "${fields[@]}"; do wanted+=(-e "$field"); done

# keep RUN FILE FILTER TITLE: stores the first packet of the run that the filter matches.
keep() {
  local run=$1 file=$2 filter=$3 title=$4 frame pcap=$work/$1.pcap
  local check=(-o ip.check_checksum:TRUE)
  frame=$(tshark -r "$pcap" -Y "$filter" -T fields -e frame.number 2>/dev/null | head -n 1)
  [ -n "$frame" ] || { echo "capture-fixtures: $run has no packet for $file" >&2; cat "$work/$run.log" >&2; exit 1; }
  {
    echo "# $title"
    echo "# Sent by $version, decoded by $decoder; made by scripts/capture-fixtures.sh."
    echo
    echo "[keepalived.conf]"
    cat "$work/$run.conf"
    echo
    echo "[frame]"
    tshark -r "$pcap" -Y "frame.number==$frame" -x 2>/dev/null | sed -nE 's/^([0-9a-f]{4}  ([0-9a-f]{2} )+).*/\1/p' | sed 's/ *$//'
    echo
    echo "[tshark]"
    tshark -r "$pcap" "${check[@]}" -Y "frame.number==$frame" -T fields -E separator='|' -E aggregator=' ' \
      "${wanted[@]}" 2>/dev/null | tr '|' '\n' | paste -d'|' <(printf '%s\n' "${fields[@]}") - | sed -nE 's/^([^|]+)\|(.+)$/\1: \2/p'
  } >"$out/$file.txt"
  echo "$file"
}

mkdir -p "$out"

record v2-plain 5 <<'CONF'
global_defs {
  router_id fixture
}
vrrp_instance plain {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 150
  advert_int 1
  garp_master_delay 1
  virtual_ipaddress {
    192.0.2.100/24
    192.0.2.101/24
    198.51.100.7/32
  }
}
CONF
keep v2-plain v2-plain 'vrrp.prio == 150' 'VRRPv2 without authentication, three addresses'
keep v2-plain v2-resign 'vrrp.prio == 0' 'VRRPv2 with priority 0: keepalived was stopped'
keep v2-plain garp 'arp.isgratuitous && arp.src.proto_ipv4 == 192.0.2.100' 'Gratuitous ARP of a new master'

record v2-pass 5 <<'CONF'
vrrp_instance pass {
  state MASTER
  interface eth0
  virtual_router_id 255
  priority 254
  advert_int 1
  authentication {
    auth_type PASS
    auth_pass secret
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep v2-pass v2-pass 'vrrp.prio == 254' 'VRRPv2 with a clear-text password'

record v2-ah 5 <<'CONF'
vrrp_instance ah {
  state MASTER
  interface eth0
  virtual_router_id 7
  priority 100
  advert_int 1
  authentication {
    auth_type AH
    auth_pass secret
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep v2-ah v2-ah 'ah && vrrp.prio == 100' 'VRRPv2 behind an IPsec Authentication Header'

record v2-unicast 9 <<'CONF'
vrrp_instance unicast {
  state MASTER
  interface eth0
  virtual_router_id 52
  priority 200
  advert_int 2
  unicast_src_ip 192.0.2.1
  unicast_peer {
    192.0.2.2
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep v2-unicast v2-unicast 'vrrp.prio == 200' 'VRRPv2 to a unicast peer'

record v3-ipv4 3 <<'CONF'
vrrp_instance v3 {
  state MASTER
  interface eth0
  virtual_router_id 53
  priority 255
  version 3
  advert_int 0.1
  virtual_ipaddress {
    192.0.2.100
    192.0.2.101
  }
}
CONF
keep v3-ipv4 v3-ipv4 'vrrp.prio == 255' 'VRRPv3 on IPv4 from the address owner, ten adverts a second'
keep v3-ipv4 v3-ipv4-resign 'vrrp.prio == 0' 'VRRPv3 on IPv4 with priority 0: keepalived was stopped'

record v3-slowest 3 <<'CONF'
global_defs {
  vrrp_version 3
}
vrrp_instance v3 {
  state MASTER
  interface eth0
  virtual_router_id 54
  priority 255
  advert_int 40.95
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep v3-slowest v3-ipv4-slowest 'vrrp.prio == 255' 'VRRPv3 on IPv4 with the longest interval that its field can hold'

record v3-as-v2 3 <<'CONF'
vrrp_instance v3 {
  state MASTER
  interface eth0
  virtual_router_id 54
  priority 255
  version 3
  advert_int 1
  v3_checksum_as_v2
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
if grep -q "Unknown keyword 'v3_checksum_as_v2'" "$work/v3-as-v2.log"; then
  echo "v3-ipv4-checksum-as-v2 left as it is: $version does not know v3_checksum_as_v2" >&2
else
  keep v3-as-v2 v3-ipv4-checksum-as-v2 'vrrp.prio == 255' 'VRRPv3 on IPv4 with a checksum over the message alone'
fi

record v3-unicast 3 <<'CONF'
vrrp_instance v3 {
  state MASTER
  interface eth0
  virtual_router_id 55
  priority 1
  version 3
  advert_int 0.5
  unicast_src_ip 192.0.2.1
  unicast_peer {
    192.0.2.2
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep v3-unicast v3-ipv4-unicast 'vrrp.prio == 1' 'VRRPv3 on IPv4 to a unicast peer'

record v3-ipv6 5 <<'CONF'
vrrp_instance v6 {
  state MASTER
  interface eth0
  virtual_router_id 56
  priority 130
  advert_int 1
  virtual_ipaddress {
    fe80::5:6/64
    2001:db8::100/64
    2001:db8::101/64
  }
}
CONF
keep v3-ipv6 v3-ipv6 'vrrp.prio == 130' 'VRRPv3 on IPv6, a link-local and two global addresses'
keep v3-ipv6 v3-ipv6-resign 'vrrp.prio == 0' 'VRRPv3 on IPv6 with priority 0: keepalived was stopped'
keep v3-ipv6 na 'icmpv6.type == 136 && ipv6.src == 2001:db8::100' 'Unsolicited neighbour advertisement of a new master'

ip netns exec "$speaker" sysctl -qw net.ipv6.conf.eth0.forwarding=1
record v3-ipv6-unicast 3 <<'CONF'
vrrp_instance v6 {
  state MASTER
  interface eth0
  virtual_router_id 57
  priority 131
  advert_int 0.2
  unicast_src_ip 2001:db8::1
  unicast_peer {
    2001:db8::2
  }
  virtual_ipaddress {
    2001:db8::100/64
  }
}
CONF
keep v3-ipv6-unicast v3-ipv6-unicast 'vrrp.prio == 131' 'VRRPv3 on IPv6 to a unicast peer'
keep v3-ipv6-unicast na-router 'icmpv6.type == 136 && ipv6.src == 2001:db8::100' 'Unsolicited neighbour advertisement of a new master that forwards'

# keep_signed RUN FILE FILTER TITLE: as keep, unless this keepalived does not know auth_hmac (2.4 does).
keep_signed() {
  if grep -q "Unknown keyword 'auth_hmac'" "$work/$1.log"; then
    echo "$2 left as it is: $version does not know auth_hmac" >&2
  else
    keep "$@"
  fi
}

record v2-hmac 6 <<'CONF'
vrrp_instance hmac {
  state MASTER
  interface eth0
  virtual_router_id 61
  priority 100
  advert_int 1
  auth_hmac {
    key 7 0123456789abcdef0123456789abcdef
    active_key 7
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep_signed v2-hmac v2-hmac 'vrrp.prio == 100' 'VRRPv2 with an auth_hmac trailer'

record v3-hmac 4 <<'CONF'
vrrp_instance hmac {
  state MASTER
  interface eth0
  virtual_router_id 62
  priority 255
  version 3
  advert_int 0.5
  auth_hmac {
    key 1 "hex:00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeff 0f"
    key 2 fedcba9876543210fedcba9876543210
    active_key 1
  }
  virtual_ipaddress {
    192.0.2.100
    192.0.2.101
  }
}
CONF
keep_signed v3-hmac v3-ipv4-hmac 'vrrp.prio == 255' 'VRRPv3 on IPv4 with an auth_hmac trailer'
keep_signed v3-hmac v3-ipv4-hmac-resign 'vrrp.prio == 0' 'VRRPv3 on IPv4 with priority 0 and an auth_hmac trailer'

record v3-unicast-hmac 4 <<'CONF'
vrrp_instance hmac {
  state MASTER
  interface eth0
  virtual_router_id 63
  priority 200
  version 3
  advert_int 0.5
  unicast_src_ip 192.0.2.1
  unicast_peer {
    192.0.2.2
  }
  auth_hmac {
    key 1 0123456789abcdef0123456789abcdef
    active_key 1
    mode permissive
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
CONF
keep_signed v3-unicast-hmac v3-ipv4-unicast-hmac 'vrrp.prio == 200' 'VRRPv3 on IPv4 to a unicast peer with an auth_hmac trailer'

record v3-ipv6-hmac 4 <<'CONF'
vrrp_instance hmac {
  state MASTER
  interface eth0
  virtual_router_id 64
  priority 255
  advert_int 0.5
  auth_hmac {
    key 3 0123456789abcdef0123456789abcdef
    active_key 3
    anti_replay monotonic
  }
  virtual_ipaddress {
    fe80::6:4/64
    2001:db8::100/64
  }
}
CONF
keep_signed v3-ipv6-hmac v3-ipv6-hmac 'vrrp.prio == 255' 'VRRPv3 on IPv6 with an auth_hmac trailer'

# A session needs two: the other keepalived is the listener's, and its file is the speaker's with the ends exchanged.
record_session() {
  local name=$1 capture peer speaker_daemon
  cat >"$work/$name.conf"
  sed -E 's/(neighbor_ip .*)2$/\1X/; s/(source_ip .*)1$/\12/; s/X$/1/' "$work/$name.conf" >"$work/$name.peer.conf"
  ip netns exec "$listener" tcpdump -q -i eth0 -U -w "$work/$name.pcap" 'udp port 3784' 2>/dev/null &
  capture=$!
  sleep 0.5
  for ns in "$speaker" "$listener"; do
    local conf=$work/$name.conf
    [ "$ns" = "$speaker" ] || conf=$work/$name.peer.conf
    ip netns exec "$ns" "$daemon" -n -l -P -f "$conf" -p "$work/$ns.pid" -r "$work/$ns.vrrp.pid" \
      -b "$work/$ns.bfd.pid" >"$work/$name.log" 2>&1 &
    [ "$ns" = "$speaker" ] && speaker_daemon=$! || peer=$!
  done
  pids+=("$capture" "$speaker_daemon" "$peer")
  sleep 4
  kill "$speaker_daemon" "$peer"
  wait "$speaker_daemon" "$peer" || true
  kill "$capture"
  wait "$capture" || true
}

record_session bfd-ipv4 <<'CONF'
bfd_instance router {
  source_ip 192.0.2.1
  neighbor_ip 192.0.2.2
}
CONF
keep bfd-ipv4 bfd-down 'ip.src == 192.0.2.1 && bfd.sta == 1' 'BFD: a session that nobody has answered yet'
keep bfd-ipv4 bfd-poll 'ip.src == 192.0.2.1 && bfd.flags.p == 1' 'BFD: Up, with the Poll bit and the interval that is to come'
keep bfd-ipv4 bfd-final 'ip.src == 192.0.2.1 && bfd.flags.f == 1' 'BFD: the answer to a Poll'
record_session bfd-ipv6 <<'CONF'
bfd_instance router {
  source_ip 2001:db8::1
  neighbor_ip 2001:db8::2
  multiplier 3
  min_tx 50
}
CONF
keep bfd-ipv6 bfd-ipv6 'ipv6.src == 2001:db8::1 && bfd.sta == 3' 'BFD on IPv6: keepalived sends hop limit 64'
