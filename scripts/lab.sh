#!/usr/bin/env bash
# Runs one shell command in the lab: a guest with Debian's kernel (ip_vs, macvlan, vrf, netem and every other module),
# whose root directory is this machine's, with all writes kept in the guest's memory. Prints what the command prints
# and exits as it exits; 124 when time ran out, 125 when the guest did not come up or died.
#
#   scripts/lab.sh 'modprobe ip_vs && ipvsadm -Sn'
#
#   LAB_TIMEOUT_S (120), LAB_MEMORY_MB (768), LAB_ACCELERATOR (tcg or kvm; what scripts/setup.sh found)
#   LAB_CLOCK=instructions: the emulated guest takes two nanoseconds for each of its instructions, however long this
#   machine takes for it, so that what is measured inside does not depend on what else runs here
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lab=$(readlink -f "$project/.cache/lab/current" || true)
timeout_s=${LAB_TIMEOUT_S:-120}

[ $# -eq 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ -e "${lab:-/nowhere}/ready" ] || { echo 'lab: not set up; run scripts/setup.sh lab' >&2; exit 125; }
accelerator=${LAB_ACCELERATOR:-$(cat "$project/.cache/lab/accelerator" 2>/dev/null || echo tcg)}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/understudy-lab.XXXXXX")
qemu=
finish() {
  [ -z "$qemu" ] || kill -KILL "$qemu" 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

printf '%s\n' "$1" >"$scratch/command"
# Emulated, the wide vector instructions of later processors cost more than they save.
[ "$accelerator" = kvm ] && cpu=host || cpu=Nehalem
clock=()
[ "${LAB_CLOCK:-}" != instructions ] || [ "$accelerator" = kvm ] || clock=(-icount shift=1)
[ ! -t 2 ] || echo "lab: booting Linux ${lab##*/} ($accelerator)" >&2

# The guest's output port closes when qemu's input ends: an input that never says anything and never ends.
mkfifo "$scratch/input"
exec 9<>"$scratch/input"

qemu-system-x86_64 \
  -M pc,accel="$accelerator" -cpu "$cpu" -smp 1 -m "${LAB_MEMORY_MB:-768}" "${clock[@]}" \
  -nodefaults -no-user-config -no-reboot -display none -monitor none \
  -kernel "$lab/vmlinuz" -initrd "$lab/initramfs.gz" \
  -append "console=ttyS0 loglevel=4 panic=-1 mitigations=off no_timer_check random.trust_cpu=on rdinit=/init \
lab.command=$scratch/command lab.home=$lab lab.cwd=$PWD" \
  -serial "file:$scratch/console" \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  -device virtio-rng-pci -device virtio-serial-pci \
  -chardev stdio,id=out,signal=off -device virtserialport,chardev=out,name=lab.out \
  -chardev "file,id=status,path=$scratch/status" -device virtserialport,chardev=status,name=lab.status \
  <&9 &
qemu=$!

( sleep "$timeout_s" && touch "$scratch/late" && kill -KILL "$qemu" ) 2>/dev/null &
watchdog=$!
wait "$qemu" 2>/dev/null || true
qemu=
pkill -P "$watchdog" 2>/dev/null || true
kill "$watchdog" 2>/dev/null || true

if [ ! -s "$scratch/status" ]; then
  status=125 reason='the guest did not come to an end'
  [ ! -e "$scratch/late" ] || { status=124 reason="no end after $timeout_s s"; }
  { echo "lab: $reason; its console said last:"; tail -n 25 "$scratch/console"; } >&2 || true
  exit "$status"
fi
exit "$(cat "$scratch/status")"
