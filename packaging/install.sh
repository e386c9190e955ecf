#!/bin/sh
# Installs Understudy on a director, from a checkout: the program below /usr/lib/understudy, its command, the unit and
# understudy-switch. Touches neither keepalived nor its file, and starts nothing. Each run installs beside what is there,
# so that a daemon that runs goes on with its own files until it is restarted; the version before stays, older ones go.
set -eu
cd "$(dirname "$0")/.."
prefix=${DESTDIR:-}
versions=/usr/lib/understudy

if [ -z "$prefix" ] && [ "$(id -u)" -ne 0 ]; then
  echo "install.sh: needs root (or DESTDIR for a staged install)" >&2
  exit 1
fi
[ -f dist/cli/main.js ] || { echo "install.sh: build it first: npm ci && npm run build" >&2; exit 1; }
# Services have a short PATH, which may lack the node that built this, or hold an older one: name it.
node=$(readlink -f "$(command -v node)")

name="$(node -p 'require("./package.json").version')-$(date -u +%Y%m%d%H%M%S)"
home="$prefix$versions/$name"
install -d "$home" "$prefix/usr/sbin" "$prefix/etc/systemd/system" "$prefix/usr/share/doc/understudy"
cp -R package.json package-lock.json dist grammar examples "$home"
(cd "$home" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund >/dev/null)
ln -sfn "$name" "$prefix$versions/current"
(cd "$prefix$versions" && ls -1dt -- */ | grep -v '^current/$' | tail -n +3 | xargs -r rm -rf --)

cat >"$prefix/usr/sbin/understudy" <<END
#!/bin/sh
exec $node $versions/current/dist/cli/main.js "\$@"
END
chmod 0755 "$prefix/usr/sbin/understudy"
install -m 0755 packaging/understudy-switch "$prefix/usr/sbin/understudy-switch"
install -m 0644 packaging/understudy.service "$prefix/etc/systemd/system/understudy.service"
# For enable_dbus: who may own org.keepalived.Vrrp1, and who may call it. keepalived's own package brings the same rules.
install -D -m 0644 packaging/understudy-dbus.conf "$prefix/usr/share/dbus-1/system.d/understudy.conf"
cp -R README.md CHANGELOG.md docs examples "$prefix/usr/share/doc/understudy"
[ -n "$prefix" ] || systemctl daemon-reload 2>/dev/null || true
echo "Installed. Check the file with 'understudy check', hand over with 'understudy-switch understudy'."
echo "Where it runs already: 'systemctl restart understudy' when it suits you."
