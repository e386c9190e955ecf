#!/bin/bash
# Played inside the lab: two directors, each a real server of the other by DR, and a client.
#   served-story.sh COMMAND [ARGUMENT …]     the daemon
# First both have rules, as keepalived would leave them: a request that the master hands to the backup, and the backup
# back, goes round until its TTL has run out. Then serve_when_master. Then a server is drained under a download that goes
# on over a reload and a killed worker. Then the other director takes over under a download.
# For a guest whose clock is its instructions: a takeover waits a tenth of a second for the services, and no longer.
# Prints "== NAME" before each thing that is found.
set -u
scratch=$(mktemp -d)
modprobe -a ip_vs ip_vs_rr veth bridge nf_tables
VIP=192.0.2.100

# A download that lasts for as long as the story wants: lines that count, and "end" once its server is told.
slow() { # NAME
  cat <<CGI
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
count=0
until [ -e $scratch/finish-$1 ]; do
  count=\$((count + 1))
  echo "$1 \$count"
  sleep 0.1
done
echo end
CGI
}

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
  # What a director that is no longer master still knows of connections must not keep them from its own server.
  ip netns exec $name sysctl -qw net.ipv4.vs.expire_nodest_conn=1
  ip -n $name address add $VIP/32 dev lo
  # Whoever hands a packet on by IPVS takes one from its TTL: what has less than a few left has gone round.
  ip netns exec $name nft -f - <<NFT
table ip story {
  counter around { }
  chain seen {
    type filter hook prerouting priority -300;
    ip daddr $VIP tcp dport 80 ip ttl < 60 counter name around
  }
}
NFT
  mkdir "$scratch/$name/cgi-bin"
  echo $name >"$scratch/$name/index.html"
  slow $name >"$scratch/$name/cgi-bin/slow"
  chmod +x "$scratch/$name/cgi-bin/slow"
  echo 0 >"$scratch/$name/load"
  ip netns exec $name busybox httpd -f -p 80 -h "$scratch/$name" &
done

config() { # NAME PRIORITY
  cat <<CONF
global_defs {
  vrrp_version 3
  lvs_sync_daemon eth0 VI_1
}
track_file load {
  file $scratch/$1/load
  weight 1
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority $2
  advert_int 1
  track_file {
    load
  }
  virtual_ipaddress {
    $VIP/32
  }
}
virtual_server $VIP 80 {
  delay_loop 2
  lb_algo rr
  lb_kind DR
  protocol TCP
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
  local last=$((SECONDS + 900))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $last ] || { echo "waited in vain: $*"; return; }
    sleep 0.5
  done
  echo "after $SECONDS s: $*" >>"$scratch/notes"
}
rules() { ip netns exec "$1" ipvsadm -Sn | grep -c -- '-a'; }
has_rules() { [ "$(rules "$1")" -eq "$2" ]; }
has_line() { ip netns exec "$1" ipvsadm -Sn | grep -q -- "$2"; }
around() { ip netns exec a nft list counter ip story around | sed -n 's/.*packets \([0-9]*\) .*/\1/p'; }
# Four requests in turn: two for each server of the master; a backup that has rules, too, hands one of its two back.
ask_all() {
  local before after
  before=$(around)
  for _ in 1 2 3 4; do
    ip netns exec client curl -s -m 20 http://$VIP/ || echo none
  done | sort | uniq -c | sed 's/^ *//'
  after=$(around)
  [ $((after - before)) -gt 20 ] && echo 'going round: many' || echo "going round: $((after - before))"
  echo "going round: $((after - before))" >>"$scratch/notes"
}
# Begins a download that the next server in turn has to carry.
declare -A download
begin() { # FILE
  ip netns exec client curl -sN -m 900 http://$VIP/cgi-bin/slow -o "$scratch/$1" &
  download[$1]=$!
  until_ok test -s "$scratch/$1"
}
goes_on() { # NAME: its download has more lines than before
  local before
  before=$(wc -l <"$scratch/got-$1")
  until_ok sh -c "[ \$(wc -l <$scratch/got-$1) -gt $((before + 3)) ]"
}
finish() { # NAME
  touch "$scratch/finish-$1"
  wait "${download[got-$1]}"
  echo "curl status $?"
  awk -v name=$1 '
    $0 == "end" { ended = NR }
    $0 != "end" && ($1 != name || $2 != NR) { broken = 1 }
    END { print (ended == NR && !broken ? "whole" : "broken") " from " name }' "$scratch/got-$1"
}

config a 150 >"$scratch/a.conf"
config b 100 >"$scratch/b.conf"
start a "$@"
until_ok grep -q 'Entering MASTER STATE' "$scratch/a.log"
start b "$@"
until_ok has_rules a 2
until_ok grep -q 'Entering BACKUP STATE' "$scratch/b.log"
# Two downloads, one from each server.
begin_both() {
  rm -f "$scratch"/finish-* "$scratch"/got-* "$scratch/first" "$scratch/second"
  begin first
  begin second
  for file in first second; do
    read -r name _ <"$scratch/$file"
    ln -s "$file" "$scratch/got-$name"
    download[got-$name]=${download[$file]}
  done
}
# A connection is synchronised with its third packet and each fiftieth after it, within two seconds; what the other
# director has not heard of by the takeover, it resets, whoever runs IPVS.
knows_both() {
  local port
  for port in $(ip netns exec client ss -tnH state established | awk '{ sub(/.*:/, "", $3); print $3 }'); do
    ip netns exec "$1" ipvsadm -Lnc | grep -q "ESTABLISHED.*:$port " || return 1
  done
}
takes_over() {
  until_ok knows_both b
  echo -100 >"$scratch/a/load"
  until_ok has_rules b 2
  until_ok has_rules a 0
  echo "a $(rules a), b $(rules b)"
}

until_ok has_rules b 2
sleep 3
echo '== rules on both'
ask_all

for name in a b; do
  sed -i 's/^  protocol TCP/  protocol TCP\n  #understudy serve_when_master VI_1/' "$scratch/$name.conf"
  kill -HUP "$(cat "$scratch/$name/main.pid")"
done
until_ok has_rules b 0
echo '== rules on the master only'
echo "a $(rules a), b $(rules b)"
ask_all

echo '== a server drained under a download'
begin_both
order() { ip netns exec a "$@" --socket "$scratch/a/main.sock"; }
order "$@" drain $VIP 192.0.2.2 --wait 1
echo "status $?"
ip netns exec a ipvsadm -Sn | grep -e -a
for _ in 1 2; do ip netns exec client curl -s -m 20 http://$VIP/ || echo none; done
goes_on b
sed -i 's/weight 1$/weight 3/' "$scratch/a.conf"
kill -HUP "$(cat "$scratch/a/main.pid")"
until_ok has_line a '192.0.2.1:80 -g -w 3'
goes_on b
worker=$(cat "$scratch/a/check.pid")
kill -KILL "$worker"
until_ok sh -c "[ \"\$(cat $scratch/a/check.pid)\" != $worker ]"
goes_on b
finish b
order "$@" drain $VIP 192.0.2.2 --wait 300
echo "status $?"
ip netns exec a ipvsadm -Sn | grep -e -a
order "$@" undrain $VIP 192.0.2.2
until_ok has_line a '192.0.2.2:80 -g -w 3'

finish a >/dev/null

echo '== a takeover under a download'
begin_both
goes_on a
takes_over
goes_on a
finish a
ask_all

echo '== log'
cat "$scratch/notes" "$scratch/a.log" "$scratch/b.log"
