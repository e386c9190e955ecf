#!/bin/bash
# Played inside the lab: daemons one after another, each in a network namespace of its own, with every form of
# virtual_server at once; what ipvsadm says at each stage.
#   ipvs-forms.sh FIRST_FILE SECOND_FILE NAME=COMMAND …     to the commands the usual flags are added
# Prints "== NAME STAGE" before each table, and what a daemon logged behind "== NAME log".
set -u
first=$1
second=$2
shift 2
scratch=$(mktemp -d)
modprobe -a ip_vs dummy
mkdir "$scratch/empty"

in_ns() { ip netns exec "$name" "$@"; }

stage() {
  echo "== $name $1"
  in_ns ipvsadm -Sn | sort
  # Thresholds are not part of what -S saves.
  in_ns ipvsadm -Ln --thresholds | awk '
    $1 ~ /^(TCP|UDP|SCTP|FWM)$/ { service = $1 " " $2 }
    $1 == "->" && ($3 > 0 || $4 > 0) { print service, $2, "thresholds", $3, $4 }' | sort
}

# Waits until as many lines of the log match as are wanted; says so and goes on when that never comes.
until_logged() {
  local tries=0
  until [ "$(grep -cE "$1" "$scratch/$name.log")" -ge "$2" ]; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "waited in vain for $2 of $1"; return; }
    sleep 1
  done
  sleep 2
}
until_table() {
  local tries=0
  until in_ns ipvsadm -Sn | grep -q -e "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "waited in vain for $1"; return; }
    sleep 1
  done
  sleep 2
}

serve() { # LAST
  ip netns exec "$name" busybox httpd -f -p "10.0.0.$1:7000" -h "$scratch/empty" &
  four=$!
  ip netns exec "$name" busybox httpd -f -p "[2001:db8::$1]:7000" -h "$scratch/empty" &
  six=$!
}

play() {
  ip netns add "$name"
  in_ns sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  in_ns ip link set lo up
  in_ns ip link add real type dummy
  in_ns ip link set real up
  for last in 11 12 13 19; do
    in_ns ip address add "10.0.0.$last/24" dev real
    in_ns ip address add "2001:db8::$last/64" dev real nodad
  done
  serve 12
  failing="$four $six"
  cp "$first" "$scratch/$name.conf"
  # A server that fails, in as many services as it is checked for.
  local checks alphas
  checks=$(awk '/^real_server .*(0\.12|::12) /{ours=1} /^TCP_CHECK/{if (ours) n++; ours=0} /^real_server/{if ($0 !~ /(0\.12|::12) /) ours=0} END{print n}' "$first")
  alphas=$(grep -cx alpha "$first")

  ip netns exec "$name" $command -n -l -D -C -f "$scratch/$name.conf" -p "$scratch/$name.pid" -c "$scratch/$name.check" >"$scratch/$name.log" 2>&1 &
  daemon=$!
  until_logged 'Startup complete' 1
  until_logged '(Adding|Enabling) service' $alphas
  stage started
  local before
  kill $failing
  until_logged '(Removing|Disabling) service' "$checks"
  stage failed
  before=$(grep -cE '(Adding|Enabling) service' "$scratch/$name.log")
  serve 12
  failing="$four $six"
  until_logged '(Adding|Enabling) service' $((before + checks))
  stage recovered
  cp "$second" "$scratch/$name.conf"
  kill -HUP $daemon
  until_table '10.9.9.9:9 .* -w 77'
  stage reloaded
  kill $daemon
  wait $daemon
  echo "== $name status $?"
  stage stopped
  kill $failing
  echo "== $name log"
  cat "$scratch/$name.log"
}

for each in "$@"; do
  name=${each%%=*}
  command=${each#*=}
  play
done
