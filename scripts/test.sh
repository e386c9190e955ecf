#!/usr/bin/env bash
# npm test: sets this machine up, builds, and runs every kind of test; what the machine cannot do is skipped by name.
# Arguments go to jest: npm test -- -t checksum
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Packages and the lab widen what can be tested; without them the rest is still worth running.
scripts/setup.sh packages || echo 'test: going on without those packages' >&2
scripts/setup.sh npm
scripts/setup.sh lab || echo 'test: going on without the lab' >&2

# Who is not root may still be root of a namespace of one's own, which is enough for networks of one's own.
if [ "$(id -u)" -ne 0 ] && unshare -Urnm true 2>/dev/null; then
  echo 'test: not root, so networks are made in a user namespace' >&2
  exec unshare -Urnm sh -c 'mount -t tmpfs tmpfs /run && exec node scripts/run-tests.mjs "$@"' test "$@"
fi
exec node scripts/run-tests.mjs "$@"
