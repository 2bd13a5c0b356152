#!/usr/bin/env bash
# The generator makes the files that are committed. It computes the examples in the docs anew.
set -euo pipefail
generator=$1 sources=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$generator" "$sources" "$work"
for file in include/gradtape/ops.h include/gradtape/ops_inline.h include/gradtape/ops.hpp tests/cpp/typed_calls.hpp docs/ops.md docs/ops.json; do
  cmp "$work/$file" "$sources/$file" || { echo "$file is stale: run ./run generate" >&2; exit 1; }
done
