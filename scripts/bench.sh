#!/usr/bin/env bash
# npm run bench -- NAME [options]: sets up, builds, and runs bench/NAME.ts; without a name, lists what there is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

name=${1:-}
if [ -z "$name" ] || [ ! -e "bench/$name.ts" ]; then
  [ -z "$name" ] || echo "bench: no bench '$name'" >&2
  echo 'npm run bench -- NAME [options], where NAME is one of:' >&2
  for file in bench/*.ts; do
    printf '  %-12s %s\n' "$(basename "$file" .ts)" "$(sed -n '1s#^// ##p' "$file")" >&2
  done
  exit 2
fi
shift
scripts/setup.sh packages npm
exec node "build/bench/$name.js" "$@"
