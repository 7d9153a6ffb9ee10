#!/bin/sh
# Installs what checks chart and Dockerfile into .sejour/tools: helm and kubeconform (built by Go), schemas made from
# Kubernetes' own description of its interface, and hadolint. Called by `make chart`; quick when everything is there. Takes some minutes of two
# processors the first time, so `make test` never calls it: the tests that need these tools skip without them.
set -eu
cd "$(dirname "$0")/../.."
tools=$PWD/.sejour/tools/go/bin
kubernetes=v1.34.4
schemas=$PWD/.sejour/tools/kubernetes-$kubernetes
if ! cmp -s requirements/chart.txt "$tools/chart.stamp"; then
  mkdir -p "$tools"
  [ -x .sejour/tools/bin/python ] || { echo "Install the tests' packages first: « make install »." >&2; exit 1; }
  .sejour/tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/chart.txt
  cp requirements/chart.txt "$tools/chart.stamp"
fi
if [ -x "$tools/helm" ] && [ -x "$tools/kubeconform" ] && [ -e "$schemas/ready" ]; then exit 0; fi
command -v go >/dev/null || { echo "The chart's tools are built by Go 1.25 or newer, which is not here." >&2; exit 1; }

cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
export GOMODCACHE="$cache" GOFLAGS=-modcacherw GOBIN="$tools" GOTOOLCHAIN=local
[ -x "$tools/helm" ] || { echo "Building helm ..."; go install helm.sh/helm/v3/cmd/helm@v3.22.0 2>"$cache/log" || { tail -n 5 "$cache/log" >&2; exit 1; }; }
[ -x "$tools/kubeconform" ] || { echo "Building kubeconform ..."; go install github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0 2>"$cache/log" || { tail -n 5 "$cache/log" >&2; exit 1; }; }
if [ ! -e "$schemas/ready" ]; then
  echo "Fetching Kubernetes' schemas ..."
  (cd "$cache" && go mod download "k8s.io/kubernetes@$kubernetes" 2>"$cache/log") || { tail -n 5 "$cache/log" >&2; exit 1; }
  python=$([ -x .venv/bin/python ] && echo .venv/bin/python || echo python3)
  $python deploy/helm/schemas.py "$cache/k8s.io/kubernetes@$kubernetes/api/openapi-spec/swagger.json" "$schemas"
  touch "$schemas/ready"
fi
