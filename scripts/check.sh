#!/bin/sh
# All that must hold before a change goes in: what needs one processor each at the same time, and then the tests, alone.
#   sh scripts/check.sh [SCRIPT…]   does these npm scripts beside the others, before the tests
set -eu
cd "$(dirname "$0")/.."

scripts="$* types lint format:check unused build"
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT

printf 'check: %s, at the same time\n' "$scripts" >&2
for script in $scripts; do
  # Only what ended well leaves its mark: whatever else becomes of it is a failure.
  { npm run "$script" && touch "$said/$script.well"; } >"$said/$script" 2>&1 &
done
wait

failed=
for script in $scripts; do
  cat "$said/$script"
  [ -e "$said/$script.well" ] || failed="$failed $script"
done
if [ -n "$failed" ]; then
  printf 'check: failed:%s\n' "$failed" >&2
  exit 1
fi

# Most of what the tests wait for is trees that are made and removed. In memory that takes a fraction of the time; the trees
# of all tests at one time are some hundred megabytes.
memory=/dev/shm
if [ -z "${TMPDIR:-}" ] && [ -w "$memory" ] && [ "$(stat -f -c %T "$memory" 2>/dev/null)" = tmpfs ] &&
  [ "$(df -Pk "$memory" | awk 'NR == 2 { print $4 }')" -gt 4000000 ]; then
  TMPDIR=$(mktemp -d "$memory/regsweep-XXXXXX")
  # Some tests act as a user who is not root.
  chmod 755 "$TMPDIR"
  export TMPDIR
  trap 'rm -rf "$said" "$TMPDIR"' EXIT
fi
npm test
