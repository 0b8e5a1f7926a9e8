#!/bin/sh
# Compiles the packages that come as sources: where there is no binary for this Node, SQLite, for a minute or two.
set -eu
cd "$(dirname "$0")/.."

# The headers that came with this very Node, where they did: npm then need not download them.
prefix=$(node -p 'require("node:path").resolve(process.execPath, "../..")')
if [ -z "$(npm config get nodedir 2>/dev/null | grep -v '^undefined$')" ] && [ -f "$prefix/include/node/node.h" ]; then
  export npm_config_nodedir="$prefix"
fi
npm rebuild better-sqlite3 esbuild
