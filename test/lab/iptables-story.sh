#!/bin/bash
# Played inside the lab: one daemon that blocks its addresses by the old iptables, without ipsets and with them, and
# what iptables-save and ipset say while it is master and when it has ended.
#   iptables-story.sh DIRECTORY COMMAND [ARGUMENT …]     the daemon, to which the usual flags are added
# Prints "== NAME" before each picture. What the daemon logs goes to standard error, at the end.
set -u
here=$1
shift
scratch=$(mktemp -d)
modprobe -a veth macvlan ip_tables iptable_filter ip6_tables ip6table_filter xt_set ip_set_hash_ip ip_set_hash_netiface 2>/dev/null

# The host's iptables may be a front end of nftables; the one that is meant has another name.
mkdir "$scratch/bin"
for tool in iptables ip6tables; do
  for part in '' -save -restore; do ln -s "$(command -v $tool-legacy$part)" "$scratch/bin/$tool$part"; done
done
export PATH=$scratch/bin:$PATH

picture() {
  echo "== $1"
  for tool in iptables ip6tables; do
    echo "$tool"
    $tool-save -t filter | grep -E '^-A' | sort | uniq -c | sed -E 's/^ +//'
  done
  ipset save | sed -E 's/ (bucketsize|initval|hashsize|maxelem) [^ ]+//g' | sort
}

# Waits until what iptables-save and ipset say matches an expression.
until_told() {
  local tries=0
  until { iptables-save; ip6tables-save; ipset save; } 2>/dev/null | grep -qE -- "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "waited in vain for $1"; return; }
    sleep 0.2
  done
}

ip link add eth0 address 02:00:00:00:00:01 type veth peer name peer0
ip link set peer0 up
ip link set eth0 up
ip address add 192.0.2.1/24 dev eth0
ip address add fe80::1/64 dev eth0 nodad
for tool in iptables ip6tables; do
  $tool -N in
  $tool -N out
  $tool -A INPUT -j in
  $tool -A OUTPUT -j out
  $tool -A in -p tcp --dport 22 -j ACCEPT
done
sleep 3 # duplicate address detection

play() {
  sed "s/\$SETS/$2/" "$here/iptables.conf" >"$scratch/keepalived.conf"
  "${daemon[@]}" -f "$scratch/keepalived.conf" -n -l -D -P -p "$scratch/main.pid" -r "$scratch/vrrp.pid" >>"$scratch/log" 2>&1 &
  local pid=$!
  until_told '192.0.2.101'
  until_told '2001:db8::100'
  sleep 2
  picture "master, $1"
  kill "$pid"
  wait "$pid"
  picture "ended, $1"
}
daemon=("$@")
play 'a rule for each address' 'vrrp_ipsets'
play 'sets' 'vrrp_ipsets vips'
cat "$scratch/log" >&2
