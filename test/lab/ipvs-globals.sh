#!/bin/bash
# Played inside the lab: daemons one after another, each in a network namespace of its own, with everything of global_defs
# that concerns IPVS, and an instance that becomes master, fails and comes back.
#   ipvs-globals.sh FILE NAME=COMMAND …     to the commands the usual flags are added
# Prints "== NAME STAGE" before each picture, and what a daemon logged behind "== NAME log".
set -u
file=$1
shift
scratch=$(mktemp -d)
modprobe -a ip_vs dummy nf_tables veth

in_ns() { ip netns exec "$name" "$@"; }

picture() {
  echo "== $name $1"
  in_ns ipvsadm -Sn | sort
  in_ns ipvsadm -L --timeout
  in_ns ipvsadm -L --daemon
  in_ns nft list ruleset
}

# Waits until a command's output has a line that matches; says so and goes on when that never comes.
until_seen() {
  local wanted=$1 tries=0
  shift
  until in_ns "$@" | grep -q -e "$wanted"; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "waited in vain for $wanted"; return; }
    sleep 1
  done
  sleep 2
}

play() {
  ip netns add "$name"
  in_ns sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  in_ns ip link set lo up
  for link in sync lan; do
    in_ns ip link add $link type veth peer name $link-peer
    in_ns ip link set $link-peer up
    in_ns ip link set $link up
  done
  in_ns ip address add 10.6.0.1/24 dev sync
  in_ns ip address add 10.7.0.1/24 dev lan
  # Somebody else's service, and one that a predecessor has left.
  in_ns ipvsadm -A -t 198.51.100.1:80 -s rr
  in_ns ipvsadm -A -t 10.9.0.1:80 -s rr
  picture 'before'
  cp "$file" "$scratch/$name.conf"
  ip netns exec "$name" $command -n -l -D -f "$scratch/$name.conf" -p "$scratch/$name.pid" -r "$scratch/$name.vrrp" -c "$scratch/$name.check" >"$scratch/$name.log" 2>&1 &
  daemon=$!
  until_seen 'inet 10.7.0.100' ip address
  until_seen 'master sync daemon' ipvsadm -L --daemon
  until_seen 'f 2002' ipvsadm -Sn
  picture 'master'
  in_ns ip link set lan down
  until_seen 'backup sync daemon' ipvsadm -L --daemon
  picture 'in fault'
  in_ns ip link set lan up
  until_seen 'master sync daemon' ipvsadm -L --daemon
  sed -i '/lvs_timeouts/s/tcp 7200/tcpfin 33/; s/10.8.1.1-9 80/10.8.1.1-19 80/; s/weight 3/weight 4/' "$scratch/$name.conf"
  kill -HUP $daemon
  until_seen 'w 4' ipvsadm -Sn
  picture 'reloaded'
  in_ns ipvsadm -A -t 198.51.100.1:80 -s rr
  kill $daemon
  wait $daemon
  echo "== $name status $?"
  picture 'stopped'
  echo "== $name log"
  cat "$scratch/$name.log"
}

for each in "$@"; do
  name=${each%%=*}
  command=${each#*=}
  play
done
