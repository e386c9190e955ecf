#!/bin/bash
# Played inside the lab: two directors, each a real server of the other by DR, and a client.
# Not a test yet, but a story that scripts/lab.sh plays by hand, to its end in two minutes. Two things in it are open: two
# requests are too few to show the loop for sure, because the backup may choose itself for the second; and the download is
# over before anybody looks, because curl's limit does not hold in the guest.
#   served-story.sh COMMAND [ARGUMENT …]     the daemon
# First both have rules, as keepalived would leave them: one request goes back and forth until its TTL has run out. Then
# serve_when_master. Then a server is drained under a long download that goes on over a reload and a killed worker.
# Prints "== NAME" before each thing that is found.
set -u
scratch=$(mktemp -d)
modprobe -a ip_vs ip_vs_rr veth bridge
VIP=192.0.2.100

ip link add br0 type bridge
ip link set br0 up
for name in a b client; do
  ip netns add $name
  ip link add name port-$name type veth peer name eth0 netns $name
  ip link set port-$name master br0 up
  ip -n $name link set lo up
  ip -n $name link set eth0 up
  mkdir "$scratch/$name"
done
ip -n client address add 192.0.2.9/24 dev eth0
number=1
for name in a b; do
  ip -n $name address add 192.0.2.$number/24 dev eth0
  number=$((number + 1))
  # A real server by DR answers for the VIP, and says nothing of it by ARP.
  ip netns exec $name sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.accept_local=1
  ip -n $name address add $VIP/32 dev lo
  echo $name >"$scratch/$name/index.html"
  head -c 3000000 /dev/zero >"$scratch/$name/large"
  ip netns exec $name busybox httpd -f -p 80 -h "$scratch/$name" &
done

config() { # PRIORITY LINE
  cat <<CONF
global_defs {
  vrrp_version 3
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority $1
  advert_int 1
  virtual_ipaddress {
    $VIP/32
  }
}
virtual_server $VIP 80 {
  delay_loop 2
  lb_algo rr
  lb_kind DR
  protocol TCP
  $2
  real_server 192.0.2.1 80 {
    weight 1
    TCP_CHECK {
      connect_timeout 10
      retry 3
    }
  }
  real_server 192.0.2.2 80 {
    weight 1
    TCP_CHECK {
      connect_timeout 10
      retry 3
    }
  }
}
CONF
}
start() { # NAME COMMAND…
  local name=$1
  shift
  ip netns exec $name "$@" -n -l -D -G -f "$scratch/$name.conf" -p "$scratch/$name/main.pid" \
    -r "$scratch/$name/vrrp.pid" -c "$scratch/$name/check.pid" >>"$scratch/$name.log" 2>&1 &
}
# Waits until the command that follows succeeds.
until_ok() {
  for _ in $(seq 600); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.3
  done
  echo "waited in vain: $*"
}
rules() { ip netns exec "$1" ipvsadm -Sn | grep -c -- '-a'; }
has_rules() { [ "$(rules "$1")" -eq "$2" ]; }
carried() { cat "/sys/class/net/$1/statistics/rx_packets"; }
ask() { ip netns exec client curl -s -m "$1" http://$VIP/ || echo none; }
# Two requests in turn: one is for each server.
ask_twice() {
  local before after
  before=$(carried port-a)
  for _ in 1 2; do ask 6; done | sort
  after=$(carried port-a)
  [ $((after - before)) -gt 60 ] && echo 'packets: a storm' || echo 'packets: few'
  echo "a sent $((after - before)) packets" >>"$scratch/notes"
}

config 150 '' >"$scratch/a.conf"
config 100 '' >"$scratch/b.conf"
start a "$@"
until_ok grep -q 'Entering MASTER STATE' "$scratch/a.log"
start b "$@"
until_ok has_rules a 2
until_ok has_rules b 2
sleep 5
echo '== rules on both'
ask_twice

for name in a b; do
  sed -i 's/^  protocol TCP/  protocol TCP\n  #understudy serve_when_master VI_1/' "$scratch/$name.conf"
  kill -HUP "$(cat "$scratch/$name/main.pid")"
done
until_ok has_rules b 0
echo '== rules on the master only'
echo "a $(rules a), b $(rules b)"
ask_twice

echo '== a server drained under a download'
ip netns exec client curl -s -m 600 --limit-rate 60k http://$VIP/large -o "$scratch/got" &
first=$!
ip netns exec client curl -s -m 600 --limit-rate 60k http://$VIP/large -o "$scratch/got2" &
second=$!
until_ok test -s "$scratch/got"
until_ok test -s "$scratch/got2"
order() { ip netns exec a "$@" --socket "$scratch/a/main.sock"; }
order "$@" drain $VIP 192.0.2.2 --wait 1
echo "status $?"
ip netns exec a ipvsadm -Sn | grep -e -a
for _ in 1 2; do ask 20; done
sed -i 's/weight 1$/weight 3/' "$scratch/a.conf"
kill -HUP "$(cat "$scratch/a/main.pid")"
until_ok sh -c 'ip netns exec a ipvsadm -Sn | grep -q "192.0.2.1:80 -g -w 3"'
worker=$(cat "$scratch/a/check.pid")
kill -KILL "$worker"
until_ok sh -c "[ \"\$(cat $scratch/a/check.pid)\" != $worker ]"
order "$@" drain $VIP 192.0.2.2 --wait 300
echo "status $?"
wait $first $second
wc -c <"$scratch/got"
wc -c <"$scratch/got2"
ip netns exec a ipvsadm -Sn | grep -e -a
order "$@" undrain $VIP 192.0.2.2
until_ok sh -c 'ip netns exec a ipvsadm -Sn | grep -q "192.0.2.2:80 -g -w 3"'

echo '== a takeover'
ip -n a link set eth0 down
until_ok has_rules b 2
until_ok has_rules a 0
echo "a $(rules a), b $(rules b)"
echo '== log'
cat "$scratch/notes" "$scratch/a.log" "$scratch/b.log"
