#!/bin/sh
# Installs what is missing, then leaves a ready .venv: `bootstrap.sh run` for `make up`, `bootstrap.sh test` for
# `make test`. Called by the Makefile from the repository's root. Quick when nothing is missing.
# Settings: SEJOUR_PYTHON (a Python 3.11 or newer), SEJOUR_KAFKA_BOOTSTRAP (no Java needed then).
set -eu
umask 022
kind=${1:-run}
cd "$(dirname "$0")/../.."
tools=.sejour/tools

stop() {
  printf 'sejour: %s\n' "$1" >&2
  exit 1
}

# --- System packages -------------------------------------------------------------------------------------------
has_library() { /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }

missing_packages() {
  for python in "${SEJOUR_PYTHON:-}" /usr/bin/python3 python3; do
    [ -n "$python" ] && "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
    python=
  done
  [ -n "$python" ] || echo python3 python3-venv
  [ -r /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
  if [ -z "${SEJOUR_KAFKA_BOOTSTRAP:-}" ]; then
    command -v java >/dev/null || echo openjdk-17-jre-headless
    [ -e "$tools/kafka-4.4.0/ready" ] || command -v mvn >/dev/null || echo maven
  fi
  has_library libpango-1.0.so.0 || echo libpango-1.0-0
  has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
  has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
  [ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || echo fonts-dejavu-core
  if [ "$kind" = test ]; then
    command -v git >/dev/null || echo git
    [ -x /usr/bin/chromium ] || echo chromium
    has_library libatomic.so.1 || echo libatomic1 # Playwright's driver is linked with it.
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
  fi
}

wanted=$(missing_packages | tr '\n' ' ')
if [ -n "$wanted" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    stop "These system packages are missing: $wanted
Install them as root (Debian 12: « apt-get install --no-install-recommends $wanted»), then try again."
  fi
  echo "Installing system packages: $wanted..."
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $wanted; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    grep -q 'No space left' "$log" && stop "The disk is full: make room, then try again."
    stop "apt-get could not install $wanted(its last words are above). Is this machine connected to the network?"
  fi
  rm -f "$log"
fi

for python in "${SEJOUR_PYTHON:-}" /usr/bin/python3 python3; do
  [ -n "$python" ] && "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
  python=
done
[ -n "$python" ] || stop "No Python 3.11 or newer with venv was found: name one with SEJOUR_PYTHON."

# --- Python packages -------------------------------------------------------------------------------------------
explain() {
  grep -v 'Retrying' "$1" | tail -n 5 >&2
  grep -qi 'No space left' "$1" && stop "The disk is full: make room, then try again."
  stop "$2 (the last words are above). Is this machine connected to the network?"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
mkdir -p "$tools"
if ! cmp -s requirements/tools.txt "$tools/tools.stamp"; then
  echo "Installing uv ..."
  { [ -x "$tools/bin/python" ] && "$tools/bin/python" -c '' 2>/dev/null; } || "$python" -m venv "$tools" >"$log" 2>&1 ||
    explain "$log" "Python could not make a virtual environment"
  "$tools/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/tools.txt >"$log" 2>&1 ||
    explain "$log" "uv could not be installed"
  cp requirements/tools.txt "$tools/tools.stamp"
fi
uv=$tools/bin/uv

projects="proto services/values services/tariff services/chassis services/catalog services/pricing services/availability
  services/booking services/documents gateway deploy/local"
stamp=.venv/sejour.stamp
[ "$kind" = test ] && list=requirements/dev.txt || list=requirements/run.txt
fingerprint() {
  { cat "$1"; for project in $projects; do cat "$project/pyproject.toml"; done; pwd; } | sha256sum | cut -d ' ' -f 1
}
# What is installed for the tests is enough for running, too.
if ! grep -qs "$(fingerprint "$list")" "$stamp" && ! grep -qs "$(fingerprint requirements/dev.txt)" "$stamp"; then
  echo "Installing Python packages ($list) ..."
  { [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; } || "$uv" venv -q --clear --no-project --python "$python" .venv >"$log" 2>&1 ||
    explain "$log" "The virtual environment .venv could not be made"
  "$uv" pip install -q --python .venv/bin/python --require-hashes --compile-bytecode -r "$list" >"$log" 2>&1 ||
    explain "$log" "The Python packages could not be installed"
  editable=
  for project in $projects; do editable="$editable -e $project"; done
  # shellcheck disable=SC2086
  "$uv" pip install -q --python .venv/bin/python --no-deps --no-build-isolation $editable >"$log" 2>&1 ||
    explain "$log" "Our own packages could not be installed"
  fingerprint "$list" >"$stamp"
fi

# --- Front-end tools and Kafka ---------------------------------------------------------------------------------
if [ "$kind" = test ] && ! cmp -s package-lock.json node_modules/.sejour-stamp; then
  echo "Installing npm packages ..."
  npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 || explain "$log" "The npm packages could not be installed"
  cp package-lock.json node_modules/.sejour-stamp
fi
if [ -z "${SEJOUR_KAFKA_BOOTSTRAP:-}" ] && [ ! -e "$tools/kafka-4.4.0/ready" ]; then
  echo "Fetching Kafka ..."
  .venv/bin/python -m sejour_local.kafka
fi
