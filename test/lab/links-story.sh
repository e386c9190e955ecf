#!/bin/bash
# Played inside the lab: one daemon on interfaces in a VRF and on ipvlans, and what `ip` says after each thing that
# happens to them.
#   links-story.sh DIRECTORY COMMAND [ARGUMENT …]     the daemon, to which the usual flags are added
# Prints "== NAME" before each picture. What the daemon logs goes to standard error, at the end.
set -u
here=$1
shift
scratch=$(mktemp -d)
modprobe -a veth macvlan ipvlan vrf dummy nf_tables 2>/dev/null

# Links with what we set of them, and addresses, indices left out: they depend on what was made before.
picture() {
  echo "== $1"
  ip -d -j link | tr -d '\n' | sed 's/},{"ifindex"/}\n{"ifindex"/g' |
    grep -E '"ifname":"(vrrp|ipv|eth)' |
    sed -E 's/.*"ifname":"([^"]*)".*"flags":\[([^]]*)\].*/\1 \2 &/; s/^([^ ]*) ([^ ]*) .*("master":"[^"]*")?.*"linkinfo":(.*)$/\1 \2 \4/; s/,"num_tx_queues.*//'
  ip -o link | sed -nE 's/^[0-9]+: ((vrrp|ipv|eth)[^:@]*).* (master [a-z]+) .*/\1 \3/p'
  ip -o address | sed -nE 's/^[0-9]+: +(vrrp|ipv|eth)([^ ]*) +(.*)/\1\2 \3/p' | sed 's/\\.*//' | sort
  for name in $(ls /proc/sys/net/ipv4/conf | grep -E '^(vrrp|ipv)'); do
    echo "$name disable_ipv6 $(cat /proc/sys/net/ipv6/conf/$name/disable_ipv6)"
  done
}

# Waits until every address of the story is held (or, with 0, none).
until_held() {
  local tries=0
  until [ "$(ip -o address | grep -cE '192.0.2.5[14]/|198.51.100.52/|fe80::5[13]/')" = "$1" ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "waited in vain for $1 addresses"; return; }
    sleep 0.2
  done
}

ip link add red type vrf table 100
ip link set red up
ip netns add peer
for number in 0 1; do
  ip link add eth$number address 02:00:00:00:00:0$number type veth peer name eth$number netns peer
  ip -n peer link set eth$number up
done
ip -n peer address add 192.0.2.2/24 dev eth0
ip link set eth0 master red
ip link set eth0 up
ip link set eth1 up
ip address add 192.0.2.1/24 dev eth0
ip address add 198.51.100.1/24 dev eth1
sleep 3 # duplicate address detection

"$@" -f "$here/links.conf" -n -l -D -P -p "$scratch/main.pid" -r "$scratch/vrrp.pid" >"$scratch/log" 2>&1 &
daemon=$!
until_held 5
picture 'master of everything, in the VRF'
ip netns exec peer timeout 5 tcpdump -c 1 -nn -i eth0 'proto 112 and dst 192.0.2.2' 2>/dev/null | sed -E 's/^[^ ]+ //; s/, length.*//'
ip link set eth0 nomaster
sleep 2
until_held 5
picture 'eth0 has left the VRF'
ip link set eth0 master red
sleep 2
until_held 5
picture 'eth0 is back in the VRF'
kill $daemon
wait $daemon
echo "== stopped with status $?"
picture 'nothing is left'
cat "$scratch/log" >&2
