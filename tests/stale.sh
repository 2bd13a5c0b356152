#!/usr/bin/env bash
# What is generated from the registry is what is committed.
set -euo pipefail
generator=$1 headers=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$generator" "$work"
for file in ops.h ops.hpp; do
  cmp "$work/$file" "$headers/$file" || { echo "$file is stale: run ./run generate" >&2; exit 1; }
done
