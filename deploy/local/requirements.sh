#!/bin/sh
# Writes requirements/*.txt, with hashes and without any registry's address; called by `make requirements`.
set -eu
cd "$(dirname "$0")/../.."
uv=.sejour/tools/bin/uv
UV_PYTHON=$(readlink -f .venv/bin/python)
export UV_PYTHON
$uv lock -q
$uv export -q --frozen --no-header --no-annotate --no-emit-workspace --no-dev --group build -o requirements/run.txt
$uv export -q --frozen --no-header --no-annotate --no-emit-workspace --group dev --group build -o requirements/dev.txt
# One list per image: what that service needs, and nothing of the others.
for each in catalog pricing availability booking documents gateway; do
  $uv export -q --frozen --no-header --no-annotate --no-emit-workspace --no-dev --package "$each" -o "requirements/$each.txt"
done
$uv pip compile -q --generate-hashes --no-header --no-annotate requirements/tools.in -o requirements/tools.txt
$uv pip compile -q --generate-hashes --no-header --no-annotate requirements/chart.in -o requirements/chart.txt
