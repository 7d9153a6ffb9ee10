#!/bin/sh
# Every check of `make test`, or those named: lint types imports contracts unit integration e2e.
# Goes on after a failure and ends with one line per check.
set -u
cd "$(dirname "$0")/../.."
bin=.venv/bin
[ -x $bin/pytest ] || { echo "The tests' packages are not installed: « make install »." >&2; exit 1; }
ours="services gateway deploy tests"
sources=$(for each in services/*/src gateway/src deploy/local/src; do echo "$each"; done)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

lint() {
  $bin/ruff check -q --output-format concise $ours && $bin/ruff format -q --check $ours
}

types() {
  $bin/mypy $sources
}

imports() {
  $bin/lint-imports >"$scratch/imports" 2>&1 || { cat "$scratch/imports"; return 1; }
}

contracts() {
  buf=node_modules/.bin/buf
  $buf lint proto || return 1
  [ ! -e proto/image.binpb ] || $buf breaking proto --against proto/image.binpb || return 1
  mkdir -p "$scratch/gen"
  sh proto/generate.sh "$scratch/gen" || return 1
  diff -r -q -x __pycache__ "$scratch/gen/sejour" proto/gen/sejour ||
    { echo "The generated code is not up to date: « make proto », then commit proto/gen."; return 1; }
}

unit() {
  $bin/pytest -n 2 tests/unit tests/architecture tests/chart
}

integration() {
  folders=$(for each in tests/integration tests/component tests/contract; do [ -d $each ] && echo $each; done)
  $bin/pytest -n 2 --dist loadfile $folders
}

e2e() {
  [ -d tests/e2e ] || return 0
  $bin/pytest tests/e2e
}

failed=
report=
for each in ${*:-lint types imports contracts unit integration e2e}; do
  printf '== %s\n' "$each"
  began=$(date +%s)
  if $each; then said=passed; else said=FAILED; failed=1; fi
  report="$report$(printf '%-12s %s (%s s)' "$each" "$said" $(($(date +%s) - began)))
"
done
printf '\n%s' "$report"
[ -z "$failed" ]
