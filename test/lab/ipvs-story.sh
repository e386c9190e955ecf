#!/bin/bash
# Played inside the lab: one daemon, three web servers, and what ipvsadm says after each thing that happens.
#   ipvs-story.sh DIRECTORY COMMAND [ARGUMENT …]     the daemon, to which the usual flags are added
# Prints "== NAME" before each table. What the daemon logs goes to standard error, at the end.
set -u
here=$1
shift
scratch=$(mktemp -d)
modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc veth bridge

table() {
  echo "== $1"
  ipvsadm -Sn | sort
}

# The last word that the FIFO's reader has on each server and quorum, where it is another one than when it was last asked:
# what happens together comes in no order that matters, and a slow guest may take a server for dead in between.
touch "$scratch/told" "$scratch/known"
told() {
  echo "== told: $1"
  awk '{ subject = $0; sub(/ [^ ]*$/, "", subject); last[subject] = $0 } END { for (subject in last) print last[subject] }' \
    "$scratch/told" | LC_ALL=C sort >"$scratch/now"
  LC_ALL=C comm -13 "$scratch/known" "$scratch/now"
  mv "$scratch/now" "$scratch/known"
}

# Waits until the table has (or, with !, has not) lines that match; says so and goes on when it never does.
until_table() {
  local want=0 tries=0
  [ "$1" != '!' ] || { want=1; shift; }
  until ipvsadm -Sn | grep -q -e "$1"; [ $? -eq $want ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "waited in vain: $*"; return; }
    sleep 0.2
  done
}

ip link add br0 type bridge
ip address add 10.0.0.1/24 dev br0
ip -6 address add 2001:db8::1/64 dev br0 nodad
ip link set br0 up
for number in 1 2 3; do
  ip netns add web$number
  ip link add veth$number type veth peer name eth0 netns web$number
  ip link set veth$number master br0 up
  ip -n web$number link set lo up
  ip -n web$number link set eth0 up
  ip -n web$number address add 10.0.0.1$number/24 dev eth0
  ip -n web$number -6 address add 2001:db8::1$number/64 dev eth0 nodad
  ip -n web$number route add default via 10.0.0.1
  mkdir "$scratch/web$number"
  echo "web$number" >"$scratch/web$number/index.html"
done
web() {
  ip netns exec "web$1" busybox httpd -f -p "[::]:${2:-80}" -h "$scratch/web$1" &
  server=$!
}
web 1
web 3
web 3 8080
web 2
second=$server

# A client behind the director, for the service by NAT.
ip netns add client
ip link add out type veth peer name eth0 netns client
ip address add 10.9.0.1/24 dev out
ip address add 10.9.0.100/32 dev out
ip link set out up
ip -n client link set eth0 up
ip -n client address add 10.9.0.2/24 dev eth0
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.vs.expire_nodest_conn=1
ask() {
  for _ in 1 2 3 4 5 6; do ip netns exec client curl -s -m 5 http://10.9.0.100/ || echo none; done | sort | uniq -c
}
sleep 1

# The FIFO is there before the daemon, and so outlives it. Opened for both directions, it never ends.
mkfifo -m 600 /run/lab.fifo
cat <>/run/lab.fifo >>"$scratch/told" &

cp "$here/ipvs.conf" "$scratch/keepalived.conf"
start() {
  "$@" -n -l -D -C -f "$scratch/keepalived.conf" -p "$scratch/main.pid" -c "$scratch/check.pid" >>"$scratch/log" 2>&1 &
  daemon=$!
}

start "$@"
until_table '10.9.0.104:443 -r 10.0.0.12:443'
until_table ! '-r 10.0.0.99:80'
sleep 3
table 'all are well'
told 'start'
echo '== asked through NAT'
ask

kill $second
until_table ! '-t 10.9.0.100:80 -r 10.0.0.12:80'
until_table ! '-t 10.9.0.101:80 -r 10.0.0.12:80'
until_table '-t 10.9.0.102:80 -r 10.0.0.13:80'
until_table '-t 10.9.0.103:80 -r 10.0.0.12:80 -m -w 0'
until_table ! '-r \[2001:db8::12\]:80'
sleep 1
table 'web2 is dead'
told 'death'
echo '== asked while web2 is dead'
ask

web 2
until_table '-t 10.9.0.100:80 -r 10.0.0.12:80'
until_table '-t 10.9.0.101:80 -r 10.0.0.12:80'
until_table '-t 10.9.0.102:80 -r 10.0.0.12:80'
until_table '-t 10.9.0.103:80 -r 10.0.0.12:80 -m -w 5'
until_table '-r \[2001:db8::12\]:80'
sleep 1
table 'web2 is back'
told 'return'

sed -i 's/weight 10$/weight 15/; s/lb_algo lc$/lb_algo wlc/; /^virtual_server 10.9.0.104/,/^}/d' "$scratch/keepalived.conf"
kill -HUP $daemon
until_table '10.0.0.11:80 -g -w 15'
until_table ! '10.9.0.104:443'
sleep 3
table 'a reload changes a weight and a scheduler, and takes a service away'
told 'reload'

kill $daemon
wait $daemon
echo "== stopped with status $?"
told 'stop'
table 'nothing is left'
cat "$scratch/log" >&2
