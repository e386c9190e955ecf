#!/bin/bash
# Played inside the lab: the servers of web-cases.ts, and one daemon after another that checks them. Prints "== NAME"
# before what each of them logs.
#   web-checkers.sh SERVERS DIRECTORY [NAME COMMAND] …
# SERVERS starts the servers, DIRECTORY holds keepalived.conf and `until`: an extended regular expression a line, all of
# which the log has to match before the daemon is stopped.
set -u
servers=$1
directory=$2
shift 2
modprobe -a ip_vs ip_vs_rr
scratch=$(mktemp -d)

is_told() {
  while read -r line; do grep -Eq -e "$line" "$1" || return 1; done <"$directory/until"
}

while [ $# -gt 0 ]; do
  name=$1
  $servers >"$scratch/servers" 2>&1 &
  serving=$!
  until grep -q ready "$scratch/servers"; do sleep 0.2; done
  $2 -n -l -D -C -f "$directory/keepalived.conf" -p "$scratch/main.pid" -c "$scratch/check.pid" >"$scratch/log" 2>&1 &
  daemon=$!
  for _ in $(seq 400); do
    ! is_told "$scratch/log" || break
    sleep 1
  done
  kill $daemon $serving
  wait
  echo "== $name"
  cat "$scratch/log"
  rm -f "$scratch/servers"
  shift 2
done
