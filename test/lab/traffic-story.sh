#!/bin/bash
# Played inside the lab: real traffic through every way of handing it on. A client, a director and two servers share one
# segment, but the client has addresses of its own network: what NAT carries goes back through the director, anything
# else straight from the server.
#   traffic-story.sh COMMAND [ARGUMENT …]     the daemon
# Each service is asked in turn, then carries a download that is to outlive a reload and a killed worker. Prints "== NAME" before each thing that is found.
set -u
scratch=$(mktemp -d)
modprobe -a ip_vs ip_vs_rr veth bridge nf_tables ipip ip_gre ip6_tunnel sit fou
# name, virtual address, how, real servers of IPv4 or IPv6
services='
nat4 203.0.113.1 NAT 4
dr4 203.0.113.2 DR 4
ipip4 203.0.113.3 TUN 4
gue4 203.0.113.4 TUN,type,gue,port,5555 4
gre4 203.0.113.5 TUN,type,gre 4
nat6 2001:db8:9::1 NAT 6
dr6 2001:db8:9::2 DR 6
ipip6 2001:db8:9::3 TUN 6
sit6 2001:db8:9::4 TUN 4
'
each() { # COMMAND: with name, address, how and family of each service
  while read -r name address how family; do
    [ -z "$name" ] || "$@" "$name" "$address" "$how" "$family"
  done <<<"$services"
}

ip link add br0 type bridge
ip link set br0 up
ip address add 192.0.2.1/24 dev br0
ip -6 address add 2001:db8::1/64 dev br0 nodad
ip route add 198.51.100.0/24 dev br0
ip -6 route add 2001:db8:1::/64 dev br0
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.send_redirects=0 \
  net.ipv4.conf.br0.send_redirects=0
joins() { # NAME
  ip netns add $1
  ip link add name port-$1 type veth peer name eth0 netns $1
  ip link set port-$1 master br0 up
  ip -n $1 link set lo up
  ip -n $1 link set eth0 up
}
joins client
ip -n client address add 198.51.100.9/24 dev eth0
ip -n client -6 address add 2001:db8:1::9/64 dev eth0 nodad
ip -n client route add 192.0.2.0/24 dev eth0
ip -n client -6 route add 2001:db8::/64 dev eth0
ip -n client route add 203.0.113.0/24 via 192.0.2.1
ip -n client -6 route add 2001:db8:9::/64 via 2001:db8::1

holds() { ip address add "$2" dev br0 nodad 2>/dev/null || ip address add "$2" dev br0; }
answers() { [ $3 = NAT ] || ip -n $server address add "$2" dev lo; }
for number in 1 2; do
  server=r$number
  joins $server
  ip netns exec $server sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
    net.ipv6.conf.all.accept_redirects=0 net.ipv6.conf.eth0.accept_redirects=0
  ip -n $server address add 192.0.2.1$number/24 dev eth0
  ip -n $server -6 address add 2001:db8::1$number/64 dev eth0 nodad
  ip -n $server route add 198.51.100.0/24 dev eth0
  ip -n $server -6 route add 2001:db8:1::/64 dev eth0
  for family in -4 -6; do ip -n $server $family rule add ipproto tcp sport 8001 table 100; done
  ip -n $server route add default via 192.0.2.1 table 100
  ip -n $server -6 route add default via 2001:db8::1 table 100
  each answers
  # Ends of tunnels, whoever is at the other one.
  ip -n $server link add ipip1 type ipip local 192.0.2.1$number remote any
  ip -n $server link add gre1 type gre local 192.0.2.1$number remote any
  ip -n $server link add sit1 type sit local 192.0.2.1$number remote any
  ip -n $server link add ip61 type ip6tnl local 2001:db8::1$number remote any mode any
  ip netns exec $server ip fou add port 5555 gue
  for tunnel in ipip1 gre1 sit1 ip61; do ip -n $server link set $tunnel up; done
  ip netns exec $server sysctl -qw net.ipv4.conf.ipip1.rp_filter=0 net.ipv4.conf.gre1.rp_filter=0
  # What came in which wrapping.
  ip netns exec $server nft -f - <<NFT
table inet story {
  counter ipip { }
  counter gue { }
  counter gre { }
  counter sit { }
  counter ip6ip6 { }
  chain seen {
    type filter hook prerouting priority -300;
    ip protocol 4 counter name ipip
    udp dport 5555 counter name gue
    ip protocol 47 counter name gre
    ip protocol 41 counter name sit
    ip6 nexthdr 41 counter name ip6ip6
  }
}
NFT
  mkdir -p "$scratch/$server/cgi-bin"
  echo $server >"$scratch/$server/index.html"
  # A download that lasts for as long as the story wants.
  cat >"$scratch/$server/cgi-bin/slow" <<CGI
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
count=0
until [ -e $scratch/finish ]; do
  count=\$((count + 1))
  echo "$server \$count"
  sleep 1
done
echo end
CGI
  chmod +x "$scratch/$server/cgi-bin/slow"
  for port in 80 8001; do
    ip netns exec $server busybox httpd -f -p "[::]:$port" -h "$scratch/$server" &
  done
done

real_servers() { # PORT FAMILY
  for number in 1 2; do
    [ $2 = 4 ] && address=192.0.2.1$number || address=2001:db8::1$number
    cat <<CONF
  real_server $address $1 {
    weight 1
    TCP_CHECK {
      connect_timeout 20
      retry 3
    }
  }
CONF
  done
}
virtual_server() { # NAME ADDRESS HOW FAMILY
  holds "$1" "$2"
  [ $3 = NAT ] && port=8001 || port=80
  cat >>"$scratch/keepalived.conf" <<CONF
virtual_server $2 80 {
  delay_loop 10
  lb_algo rr
  lb_kind ${3//,/ }
  protocol TCP
$(real_servers $port $4)
}
CONF
}
each virtual_server

# Waits until the command that follows succeeds.
until_ok() {
  local last=$((SECONDS + 900))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $last ] || { echo "waited in vain: $*"; return; }
    sleep 0.5
  done
}
has_lines() { [ "$(ipvsadm -Sn | grep -c -e "$1")" -eq "$2" ]; }
read_before=0
start() {
  read_before=$(cat "$scratch/log" 2>/dev/null | wc -l)
  "$@" -n -l -D -C -f "$scratch/keepalived.conf" -p "$scratch/main.pid" -c "$scratch/check.pid" >>"$scratch/log" 2>&1 &
  daemon=$!
  until_ok sh -c "tail -n +$((read_before + 1)) $scratch/log | grep -q 'Startup complete'"
}
url() { case $1 in *:*) echo "http://[$1]" ;; *) echo "http://$1" ;; esac; }
in_client() { ip netns exec client "$@"; }
ask() { # NAME ADDRESS
  echo "$1 $(for _ in 1 2; do in_client curl -s -m 60 "$(url $2)/" || echo none; done | sort | tr '\n' ' ')"
}
declare -A download
begin() { # NAME ADDRESS
  in_client curl -sN "$(url $2)/cgi-bin/slow" -o "$scratch/got-$1" &
  download[$1]=$!
}
# All downloads get lines that they have not had.
declare -A had
note() { had[$1]=$(cat "$scratch/got-$1" 2>/dev/null | wc -l); }
goes_on() { until_ok sh -c "[ \$(wc -l <$scratch/got-$1) -gt $((had[$1] + 2)) ]"; }
all_go_on() { # WHEN
  each note
  each goes_on
  echo "$1: $(ipvsadm -Sn | grep -c -e -a) real servers"
}
end() { # NAME
  wait "${download[$1]}"
  local status=$?
  echo "$1 $status $(awk '
    NR == 1 { name = $1 }
    $0 == "end" { ended = NR }
    $0 != "end" && ($1 != name || $2 != NR) { broken = 1 }
    END { print ended == NR && !broken ? "whole" : "broken" }' "$scratch/got-$1")"
}
wrapped() { ip netns exec r1 nft list counter inet story $1 | grep -q 'packets [1-9]' && echo "$1 came"; }

start "$@"
until_ok has_lines -a 18
echo '== asked'
each ask
echo '== wrapped'
for wrapping in ipip gue gre sit ip6ip6; do wrapped $wrapping; done

echo '== downloads go on'
each begin
all_go_on 'at the start'
sed -i 's/weight 1$/weight 2/' "$scratch/keepalived.conf"
kill -HUP $daemon
until_ok has_lines ' -w 2\b' 18
all_go_on 'after a reload'
worker=$(cat "$scratch/check.pid")
kill -KILL "$worker"
until_ok sh -c "[ \"\$(cat $scratch/check.pid)\" != $worker ]"
# It has taken over when it can be told of a change.
sed -i 's/weight 2$/weight 3/' "$scratch/keepalived.conf"
kill -HUP $daemon
until_ok has_lines ' -w 3\b' 18
all_go_on 'after a respawn'
touch "$scratch/finish"
each end
kill $daemon
wait $daemon
echo '== log'
cat "$scratch/log"
