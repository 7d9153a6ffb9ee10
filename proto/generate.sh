#!/bin/sh
# Generates proto/gen from the contracts; called by `make proto` from the repository's root.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
out=${1:-proto/gen}
mkdir -p "$out"
find "$out/sejour" -name '*_pb2*' -delete 2>/dev/null || true
PATH="$PWD/$bin:$PATH" $bin/python -m grpc_tools.protoc -I proto \
  --python_out="$out" --grpc_python_out="$out" --mypy_out="quiet:$out" --mypy_grpc_out="quiet:$out" \
  $(find proto/sejour -name '*.proto' | LC_ALL=C sort)
find "$out/sejour" -type d -exec touch {}/__init__.py \;
touch "$out/sejour/py.typed"
cp proto/topics.toml "$out/sejour/topics.toml"
