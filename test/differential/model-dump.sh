#!/usr/bin/env bash
# Has keepalived dump what it understands of each case: CASES holds a directory for each, with `links` (one name a line)
# and, in `files`, what belongs into /etc/keepalived; its main file is named in `main`.
#
#   model-dump.sh vrrp CASES        in a network and mount namespace of its own, where nothing else can be executed
#   model-dump.sh checkers CASES    in the lab's guest, whose kernel has ip_vs
#
# What keepalived prints stands behind "=== CASE", without its time.
set -eu
process=$1 cases=$2
readonly keepalived=/usr/sbin/keepalived

# The files of the cases name scripts by paths that may exist on this machine: nothing may be executed but keepalived,
# and what `dump` needs.
forbid_scripts() {
  local folder program
  for program in "$keepalived" mount ip; do
    program=$(realpath "$(command -v "$program")")
    mount --bind "$program" "$program"
  done
  for folder in $(ldd "$keepalived" | grep -o '/[^ ]*' | xargs -n1 dirname | xargs -n1 realpath | sort -u); do
    mount --bind "$folder" "$folder"
  done
  mount -o remount,bind,noexec /
}

case $process in
vrrp)
  [ -n "${MODEL_DUMP_ALONE:-}" ] ||
    exec env MODEL_DUMP_ALONE=1 unshare --net --mount --propagation private bash "$0" "$@"
  flag=-P kind='veth peer name'
  ;;
checkers)
  modprobe -a ip_vs dummy
  flag=-C kind=dummy
  ;;
esac
work=$(mktemp -d)
mount -t tmpfs tmpfs "$work"
ip link set lo up

mkdir -p /etc/keepalived
cp -r "$cases/." "$work"
[ "$process" = checkers ] || forbid_scripts

# shellcheck disable=SC2086 # `kind` is several words
add_links() {
  local link number=0
  while read -r link; do
    number=$((number + 1))
    case $kind in
    veth*)
      ip link add "$link" type $kind "peer$number"
      ip link set "peer$number" up
      ;;
    *) ip link add "$link" type $kind ;;
    esac
    ip link set "$link" up
  done <"$work/$1/links"
}

remove_links() {
  local link
  while read -r link; do ip link del "$link"; done <"$work/$1/links"
}

# BFD stays out (-B): its process would tell of itself in the midst of others.
# Prints what keepalived says until its model is told. The interfaces come behind the instances: who tells of them has
# nothing to add. The checkers' part has no such end, but once begun it is written to its own before a signal is seen.
dump() {
  local line daemon
  mount --bind "$work/$1/files" /etc/keepalived
  exec 3< <(exec "$keepalived" -n -l -d -R -B "$flag" -i director1 -p "$work/$1/all" -r "$work/$1/vrrp" \
    -c "$work/$1/checkers" -b "$work/$1/bfd" -f "/etc/keepalived/$(<"$work/$1/main")" 2>&1)
  daemon=$!
  while IFS= read -r -t 10 -u 3 line; do
    line=${line#*20[0-9][0-9]: }
    printf '%s\n' "$line"
    case $line in
    *'LVS Topology >'*) kill -TERM "$daemon" ;;
    *'< Interfaces >'*) break ;;
    esac
  done
  kill -KILL "$daemon" 2>/dev/null || true
  exec 3<&-
}

for directory in "$cases"/*/; do
  name=${directory%/}
  name=${name##*/}
  printf '=== %s\n' "$name"
  add_links "$name"
  dump "$name"
  remove_links "$name"
done
echo '=== end'
