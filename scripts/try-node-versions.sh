#!/bin/sh
# Tries the package as it is installed under other versions of Node:
#   npm run build && sh scripts/try-node-versions.sh NODE…   each the path of a `node`, as /opt/node-22/bin/node
# Each installs the packed package into an empty folder (where SQLite has no binary for it, it is compiled), and reports,
# sweeps, restores and serves a copy of the fixture with it, and uses the library. Prints a line for each; fails where one of
# them did.
set -u
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm=$(npm root -g)/npm/bin/npm-cli.js
tarball=$work/$(npm pack --silent --ignore-scripts --pack-destination "$work")

install() {
  mkdir -p "$1/app" && printf '{"private": true, "allowScripts": {"better-sqlite3": true}}' >"$1/app/package.json"
  headers=$(dirname "$(dirname "$2")")
  [ ! -f "$headers/include/node/node.h" ] || export npm_config_nodedir="$headers"
  (cd "$1/app" && PATH="$(dirname "$2"):$PATH" "$2" "$npm" install --omit=dev --prefer-offline --no-audit --no-fund "$tarball")
}

# The address has a token, for which there is a cookie.
cat >"$work/open.mjs" <<'JS'
const given = await fetch(process.argv[2], { redirect: 'manual' });
const page = await fetch(new URL('/', process.argv[2]), { headers: { cookie: given.headers.getSetCookie()[0].split(';')[0] } });
if (!page.ok || !/<script/.test(await page.text())) throw new Error(`the page is answered with ${page.status}`);
JS

# Only what is said when it fails is of interest.
step() {
  name=$1 && shift
  if "$@" >"$folder/said" 2>&1; then done="$done $name"; else failed="$failed $name($?)" && cat "$folder/said" >&2; fi
}

regsweep() { "$node" "$folder/app/node_modules/regsweep/dist/regsweep.cjs" "$@"; }

restored() {
  run=$(ls "$folder/registry/.regsweep/runs") && regsweep restore "$folder/registry" "$run" --registry-stopped --min-age 0 &&
    diff -r "$folder/registry/docker" fixtures/registry/docker
}

served() {
  "$node" "$folder/app/node_modules/regsweep/dist/regsweep.cjs" serve "$folder/registry" >"$folder/url" 2>"$folder/served" &
  server=$!
  tries=0
  until [ -s "$folder/url" ] || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
  "$node" "$work/open.mjs" "$(head -1 "$folder/url")"
  answered=$?
  # What a shell has started beside itself does not hear of an interrupt.
  kill -TERM "$server" && wait "$server" && return $answered
}

library() {
  cat >"$folder/app/library.mjs" <<'JS'
import { openRegistry, scan, mark, plan } from 'regsweep';
const inventory = await scan(await openRegistry(process.argv[2]), { minAgeSeconds: 0 });
if ([...plan(mark(inventory), { mode: 'untagged' }).lines()].length < 3) throw new Error('nothing is planned');
JS
  "$node" "$folder/app/library.mjs" "$folder/registry"
}

status=0
for node in "$@"; do
  folder=$(mktemp -d "$work/node-XXXXXX")
  export XDG_CACHE_HOME="$folder/cache"
  cp -R fixtures/registry "$folder/registry"
  done='' failed=''
  step install install "$folder" "$node"
  step report regsweep report "$folder/registry" --min-age 0
  step library library
  step sweep regsweep sweep "$folder/registry" --apply --registry-stopped --min-age 0 --max-delete-percent 100
  step restore restored
  step serve served
  printf '%s %s %s: done%s%s\n' "$("$node" --version)" "$(uname -s)" "$("$node" -p process.arch)" "${done:- nothing}" "${failed:+; failed$failed}"
  [ -z "$failed" ] || status=1
done
exit $status
