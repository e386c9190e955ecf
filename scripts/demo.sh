#!/usr/bin/env bash
# npm run demo: sets up what is missing, builds, and plays the takeover. Arguments go to the demo:
# npm run demo -- --peer keepalived
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

needs_packages() {
  ! command -v ip >/dev/null || { [[ " $* " == *' keepalived '* ]] && ! [ -x /usr/sbin/keepalived ]; }
}

# Without the packages there may be no stage, but there is always the rehearsal on a virtual clock.
if needs_packages "$@"; then
  scripts/setup.sh packages || echo 'demo: going on without those packages' >&2
fi
scripts/setup.sh npm
exec node dist/cli/main.js demo "$@"
