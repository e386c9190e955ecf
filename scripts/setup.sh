#!/usr/bin/env bash
# Prepares this machine for the demo, the tests and the lab; says what it does, and skips what is there.
#
#   scripts/setup.sh [packages] [npm] [lab]     the steps named; all three when none is
#
#   packages  Debian packages that the tests run beside Understudy (needs root, for what is missing only)
#   npm       node_modules exactly as package-lock.json says, then the build
#   lab       a Debian kernel with its network modules in .cache/lab: a guest's, never booted by this machine
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly NODE_MAJOR=20
# keepalived is the oracle of the differential tests, frr (bfdd) the peer of BFD sessions, snmpd the agent that SNMP goes
# by; the rest makes, watches and emulates networks.
readonly PACKAGES=(
  keepalived frr tcpdump iproute2 nftables iptables ipset ipvsadm iputils-ping iputils-arping procps curl
  busybox-static qemu-system-x86 cpio time python3-aiosmtpd openssl
  dbus-daemon systemd libglib2.0-bin snmpd snmp snmptrapd
)
readonly LAB=.cache/lab
# The part of the kernel package that a guest with virtual devices needs.
readonly LAB_FILES=(
  './boot/vmlinuz-*' './lib/modules/*/modules.*'
  './lib/modules/*/kernel/'{arch,crypto,lib,net,fs/9p,fs/netfs,fs/fscache,fs/overlayfs,drivers/virtio}
  './lib/modules/*/kernel/drivers/char/virtio_console.ko*'
  './lib/modules/*/kernel/drivers/net/'{'*.ko*',bonding,ipvlan,vxlan}
)

say() { printf 'setup: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

# --- apt ------------------------------------------------------------------------------------------------

need_apt() {
  command -v apt-get >/dev/null || refuse "no apt-get here: $1"
}

# Package lists are fetched only when a package that we want cannot be found in those at hand.
updated=no
update_lists() {
  [ "$updated" = no ] || return 0
  say 'fetching the package lists (apt-get update)'
  apt-get update -qq >&2
  updated=yes
}

candidate_known() { apt-cache show "$@" >/dev/null 2>&1; }

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# Debian starts a daemon that it installs; on a director that must never happen behind the operator's back.
# policy-rc.d is how Debian is asked not to; one that is there already is somebody else's and stays.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d ours=no status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    ours=yes
  fi
  "$@" || status=$?
  [ "$ours" = no ] || rm -f "$policy"
  return "$status"
}

setup_packages() {
  need_apt "install these yourself: ${PACKAGES[*]}"
  local missing
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then
    say "packages: all ${#PACKAGES[@]} are installed, skipped"
    return
  fi
  [ "$(id -u)" -eq 0 ] ||
    refuse "packages: only root can install ${missing[*]}; run: sudo scripts/setup.sh packages"
  candidate_known "${missing[@]}" || update_lists
  say "packages: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  install_missing() { apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2; }
  # Lists can be there and name versions that the archive has already replaced.
  without_starting_services install_missing || { update_lists; without_starting_services install_missing; }
  case " ${missing[*]} " in
    *' keepalived '*)
      if [ -d /run/systemd/system ]; then
        say 'packages: keepalived.service is disabled; the tests start their own'
        systemctl disable --quiet keepalived.service || true
      fi
      ;;
  esac
}

# --- npm ------------------------------------------------------------------------------------------------

setup_npm() {
  command -v node >/dev/null || refuse "no node here: Node.js $NODE_MAJOR or newer is needed"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge "$NODE_MAJOR" ] || refuse "Node.js $NODE_MAJOR or newer is needed, this one is $(node --version)"
  if node scripts/node-modules-current.mjs; then
    say 'npm: node_modules is as package-lock.json says, skipped'
  else
    say 'npm: installing node_modules (npm ci)'
    npm ci --no-audit --no-fund >&2
  fi
  say 'npm: building'
  node scripts/build.mjs
}

# --- lab ------------------------------------------------------------------------------------------------

lab_kernel_package() {
  apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1
}

# As root, apt would complain that its unprivileged user cannot write here.
download() { apt-get download -qq -o APT::Sandbox::User=root "$1"; }

# The initramfs loads what it takes to reach the host's root directory, and nothing else.
build_initramfs() {
  local into=$1 release=$2 root=$1/initramfs busybox
  busybox=$(command -v busybox) || refuse 'lab: busybox is missing; run scripts/setup.sh packages'
  rm -rf "$root" && mkdir -p "$root"/{bin,proc,sys,dev,host,rw,new} "$root/lib/modules/$release"
  cp "$busybox" "$root/bin/busybox"
  install -m 755 scripts/lab-init.sh "$root/init"
  local tree=$into/lib/modules/$release path
  for path in $(sed -nE 's#^(kernel/.*/(virtio_pci|virtio_console|9pnet_virtio|9p|overlay)\.ko[^:]*):#\1#p' "$tree/modules.dep"); do
    install -D -m 644 "$tree/$path" "$root/lib/modules/$release/$path"
  done
  cp "$tree"/modules.{dep,builtin} "$root/lib/modules/$release/"
  (cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$into/initramfs.gz"
  rm -r "$root"
}

setup_lab() {
  [ "$(uname -m)" = x86_64 ] || refuse "lab: needs an x86_64 host, this is $(uname -m)"
  if [ -e "$LAB/current/ready" ] && [ "$LAB/current/initramfs.gz" -nt scripts/lab-init.sh ]; then
    say "lab: Linux $(readlink "$LAB/current") is in $LAB, skipped"
    return
  fi
  need_apt 'lab: the kernel comes from a Debian archive'
  [ -n "$(lab_kernel_package)" ] || update_lists
  local package release into
  package=$(lab_kernel_package)
  [ -n "$package" ] || refuse 'lab: this archive has no linux-image-amd64'
  release=${package#linux-image-}
  into=$LAB/$release
  [ -e "$into/ready" ] || unpack_kernel "$package" "$into"
  say 'lab: building its initramfs'
  build_initramfs "$into" "$release"
  touch "$into/ready"
  ln -sfn "$release" "$LAB/current"
  [ -e "$LAB/accelerator" ] || choose_accelerator
}

# Kernel and modules of $1 to $2, which comes into being whole or not at all.
unpack_kernel() {
  local package=$1 into=$2 new=$2.new release=${1#linux-image-}
  rm -rf "$new" "$into" && mkdir -p "$new"
  say "lab: downloading $package (about 70 MB)"
  (cd "$new" && { download "$package" || { update_lists && download "$package"; }; }) >&2
  say 'lab: unpacking its kernel and network modules'
  dpkg-deb --fsys-tarfile "$new"/*.deb | tar -x -C "$new" --wildcards --no-wildcards-match-slash "${LAB_FILES[@]}"
  rm "$new"/*.deb
  mv "$new/boot/vmlinuz-$release" "$new/vmlinuz" && rmdir "$new/boot"
  busybox depmod -b "$new" "$release"
  mv "$new" "$into"
}

# Hardware virtualisation is taken when a guest really comes up with it, which an openable /dev/kvm does not prove.
choose_accelerator() {
  echo tcg >"$LAB/accelerator"
  if [ -w /dev/kvm ]; then
    say 'lab: trying /dev/kvm'
    if LAB_ACCELERATOR=kvm LAB_TIMEOUT_S=10 scripts/lab.sh true >/dev/null 2>&1; then
      echo kvm >"$LAB/accelerator"
    fi
  fi
  say "lab: guests will run by $(cat "$LAB/accelerator")"
}

# --------------------------------------------------------------------------------------------------------

[ $# -gt 0 ] || set -- packages npm lab
for step in "$@"; do
  case $step in
    packages | npm | lab) "setup_$step" ;;
    *) refuse "unknown step '$step': packages, npm or lab" ;;
  esac
done
