#!/bin/sh
# Installs what this project needs, in a fresh clone. Needs Node with npm; the rest it fetches where it can.
#   sh scripts/set-up.sh           npm packages, and a compiler where SQLite has to be compiled
#   sh scripts/set-up.sh --tests   what the tests need, too: the real registry, skopeo, openssl, a browser, zsh, fish, mandoc,
#                                  and a C compiler
#   … --uncompiled                 leaves what is compiled to scripts/compile.sh, for whoever has work to do beside it
set -eu
cd "$(dirname "$0")/.."

say() { printf 'set-up: %s\n' "$*" >&2; }
missing() { for tool in "$@"; do command -v "$tool" >/dev/null 2>&1 || printf '%s ' "$tool"; done; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_apt() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

apt_install() {
  say "apt-get install $*"
  as_root apt-get update -q >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}

# better-sqlite3 has no ready-made binary for Node 20: there npm compiles it, which takes a minute or two.
compiler() {
  [ "$(node -p 'process.versions.modules')" = 115 ] || return 0
  absent=$(missing cc c++ make python3)
  [ -n "$absent" ] || return 0
  if can_apt && apt_install build-essential python3; then return 0; fi
  say "on Node 20 SQLite is compiled, and this is missing: ${absent}(install a C++ compiler, make and Python, or use Node 22)"
  exit 1
}

# The tests kill and fail the program at chosen system calls: a library that they compile does it. It needs no more than
# the compiler and the headers of the C library, and a compiler without those headers counts as missing.
test_compiler() {
  if printf '#include <stdio.h>\n' | cc -x c -fsyntax-only - 2>/dev/null; then return 0; fi
  if can_apt && apt_install gcc libc6-dev; then return 0; fi
  say 'not installed: cc and the headers of the C library (Debian packages gcc and libc6-dev): tests of faults will fail'
  if [ -n "${CI:-}" ]; then exit 1; fi
}

test_tools() {
  absent=$(missing docker-registry skopeo openssl curl chromium zsh fish mandoc)
  # It looks units over; none is started.
  command -v systemd-analyze >/dev/null 2>&1 || absent="${absent}systemd "
  [ -n "$absent" ] || return 0
  # A browser without any font shows no text, and measures it as nothing.
  case $absent in *chromium*) absent="${absent}fonts-dejavu-core " ;; esac
  # The tests start registries of their own: the package's service must not start one beside them.
  if [ -d /run/systemd/system ] && can_apt; then
    as_root systemctl mask docker-registry.service >&2 || true
    say 'docker-registry.service is masked (systemctl unmask docker-registry brings it back)'
  fi
  # shellcheck disable=SC2086 # one word for each package
  if can_apt && apt_install $absent; then return 0; fi
  say "not installed: ${absent}(Debian packages of these names)"
  if [ -n "${CI:-}" ]; then
    say 'in CI no test may be left out'
    exit 1
  fi
  say 'the tests that need them are left out'
}

compiler
npm ci --ignore-scripts
for option in "$@"; do
  case $option in
    --tests)
      test_compiler
      test_tools
      ;;
    --uncompiled) exit 0 ;;
    *) say "no option is called $option" && exit 2 ;;
  esac
done
sh scripts/compile.sh
