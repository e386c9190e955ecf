#!/bin/bash
# Played inside the lab: a daemon is killed and started again, and ipvsadm is asked all the while.
#   ipvs-adopt.sh COMMAND [ARGUMENT …]
# Prints the table before, then how many different tables were seen from the kill on, then the table after.
set -u
scratch=$(mktemp -d)
modprobe -a ip_vs ip_vs_rr ip_vs_wlc
cat >"$scratch/keepalived.conf" <<'CONF'
virtual_server 10.9.0.100 80 {
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 10.0.0.11 80 {
        weight 3
    }
    real_server 10.0.0.12 80 {
        weight 4
    }
}
virtual_server 10.9.0.101 443 {
    lb_algo wlc
    lb_kind NAT
    protocol TCP
    persistence_timeout 90
    real_server 10.0.0.11 443 {
        weight 1
    }
}
CONF
start() {
  "$@" -n -l -D -C -f "$scratch/keepalived.conf" -p "$scratch/main.pid" -c "$scratch/check.pid" >>"$scratch/log" 2>&1 &
  daemon=$!
  until_ready
}
# Waits until a worker has said, after all that was said before, that it is ready.
read_before=0
until_ready() {
  for _ in $(seq 300); do
    tail -n "+$((read_before + 1))" "$scratch/log" | grep -q 'Startup complete' && break
    sleep 0.2
  done
  worker=$(cat "$scratch/check.pid")
  read_before=$(wc -l <"$scratch/log")
}
table() { ipvsadm -Sn | sort; }

start "$@"
echo '== before'
table
table >"$scratch/seen"
( while sleep 0.2; do table | cmp -s - "$scratch/seen" || echo other >>"$scratch/others"; done ) &
watch=$!

kill -STOP "$daemon"
kill -KILL "$worker" "$daemon"
wait "$daemon" 2>/dev/null
sleep 1
start "$@"
sleep 2
killed=$worker
kill -KILL "$killed"
for _ in $(seq 100); do
  worker=$(cat "$scratch/check.pid" 2>/dev/null)
  [ "${worker:-$killed}" = "$killed" ] || break
  sleep 0.2
done
[ "$worker" = "$killed" ] || { echo '== workers'; echo another; }
# It has taken over when it can be told of a change; only that may change the table.
sed -i 's/weight 4$/weight 5/' "$scratch/keepalived.conf"
sleep 5
kill "$watch"
echo '== other tables seen'
cat "$scratch/others" 2>/dev/null
echo '== after'
table
kill -HUP "$daemon"
for _ in $(seq 300); do
  ipvsadm -Sn | grep -q 'w 5$' && break
  sleep 0.2
done
echo '== after a reload'
table
kill "$daemon"
wait "$daemon"
echo '== stopped'
table
echo '== log'
cat "$scratch/log"
