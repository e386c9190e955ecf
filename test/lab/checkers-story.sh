#!/bin/bash
# Played inside the lab: each daemon in its turn checks servers that misbehave.
#   checkers-story.sh NAME COMMAND [-- NAME COMMAND …]
# Prints "== NAME" and then, for each daemon, its log, what was told to scripts and ipvs's last table.
set -u
guest=build/test/lab/checkers-guest.js
modprobe -a ip_vs ip_vs_wrr veth

ip netns add servers
ip link add inside type veth peer name eth0 netns servers
ip link set inside up
ip address add 10.0.0.1/24 dev inside
ip -6 address add 2001:db8::1/64 dev inside nodad
ip -n servers link set lo up
ip -n servers link set eth0 up
ip -n servers address add 10.0.0.10/24 dev eth0
ip -n servers -6 address add 2001:db8::10/64 dev eth0 nodad
# However many answers that nobody is there a case needs, none is held back.
ip netns exec servers sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
sysctl -qw net.ipv4.ping_group_range='1 0'

# Waits until a command succeeds; says so and goes on when it never does.
until_true() {
  local tries=0
  until eval "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "waited in vain: $1"; return; }
    sleep 1
  done
}

number() { echo "$2" >"$scratch/$1.new"; mv "$scratch/$1.new" "$scratch/$1"; }
echoes() { ip netns exec servers sysctl -qw net.ipv4.icmp_echo_ignore_all=$1 net.ipv6.icmp.echo_ignore_all=$1; }

play() {
  local name=$1
  shift
  scratch=$(mktemp -d)
  node "$guest" write "$scratch"
  number load 3
  number flag 0
  ip netns exec servers node "$guest" serve >"$scratch/servers" &
  local servers=$!
  until_true 'grep -q there "$scratch/servers"'
  "$@" -n -l -D -C -f "$scratch/keepalived.conf" -p "$scratch/main.pid" -c "$scratch/check.pid" >"$scratch/log" 2>&1 &
  local daemon=$!
  local ping=$(sed -n 's/^an echo \([0-9]*\)$/\1/p' "$scratch/ports")
  local log="$scratch/log"
  # Whatever changes at last, in the order in which it may: then nothing is left to come.
  until_true 'grep -q "all have done" "$scratch/servers"'
  until_true "[ \"\$(cat $scratch/acts.* | wc -w)\" -eq \$(ls $scratch/acts.* | wc -l) ]"
  until_true "grep -q 'ICMP connection to \[10.0.0.10\]:tcp:$ping success' $log"
  number load 5
  until_true "ipvsadm -Sn | grep -q 'w 20'"
  number flag 1
  until_true "[ \$(grep -c 'service \[10.0.0.10\]:tcp:$(sed -n 's/^a file that says no //p' "$scratch/ports") from' $log) -ge 1 ]"
  number load -2
  number flag 0
  echoes 1
  until_true "grep -q 'Removing service \[10.0.0.10\]:tcp:$ping ' $log"
  echoes 0
  until_true "[ \$(grep -c 'ICMP connection to \[10.0.0.10\]:tcp:$ping success' $log) -ge 2 ]"
  until_true "[ \$(grep -c 'Removing service' $log) -eq \"\$removed\" ] || { removed=\$(grep -c 'Removing service' $log); sleep 8; false; }"
  echo "== $name"
  ipvsadm -Sn | sed -n 's/^-a /table: /p' | sort
  kill $daemon
  wait $daemon
  (cd "$scratch" && for file in told.[0-9]*; do echo "told: ${file#told.} $(tr '\n' ' ' <"$file")"; done)
  sed 's/^/log: /' "$log"
  kill $servers
  wait $servers 2>/dev/null
  echo "range: $(cat /proc/sys/net/ipv4/ping_group_range)"
  ps -eo args | sed -n 's/^\(sleep 600\)$/left: \1/p'
  ipvsadm -C
}

removed=-1
while [ $# -gt 0 ]; do
  name=$1
  shift
  command=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do command+=("$1"); shift; done
  shift
  play "$name" "${command[@]}"
done
echo '== end'
