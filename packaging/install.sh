#!/bin/sh
# Installs Understudy on a director, from a checkout: the program to /usr/lib/understudy, its command, the unit and
# understudy-switch. Touches neither keepalived nor its file, and starts nothing.
set -eu
cd "$(dirname "$0")/.."
prefix=${DESTDIR:-}
home="$prefix/usr/lib/understudy"

if [ -z "$prefix" ] && [ "$(id -u)" -ne 0 ]; then
  echo "install.sh: needs root (or DESTDIR for a staged install)" >&2
  exit 1
fi
[ -f dist/cli/main.js ] || { echo "install.sh: build it first: npm ci && npm run build" >&2; exit 1; }

rm -rf "$home.new"
install -d "$home.new" "$prefix/usr/sbin" "$prefix/etc/systemd/system" "$prefix/usr/share/doc/understudy"
cp -R package.json package-lock.json dist grammar "$home.new"
(cd "$home.new" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund >/dev/null)
# A running daemon keeps its old files open until it is restarted.
rm -rf "$home.old"
[ ! -d "$home" ] || mv "$home" "$home.old"
mv "$home.new" "$home"
rm -rf "$home.old"

ln -sf /usr/lib/understudy/dist/cli/main.js "$prefix/usr/sbin/understudy"
install -m 0755 packaging/understudy-switch "$prefix/usr/sbin/understudy-switch"
install -m 0644 packaging/understudy.service "$prefix/etc/systemd/system/understudy.service"
cp -R README.md CHANGELOG.md docs examples "$prefix/usr/share/doc/understudy"
[ -n "$prefix" ] || systemctl daemon-reload 2>/dev/null || true
echo "Installed. Check the file with 'understudy check', hand over with 'understudy-switch understudy'."
