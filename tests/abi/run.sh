#!/usr/bin/env bash
# Today's headers and library keep to the interface of each release that tests/abi has: run.sh LIBRARY INCLUDE COMPILER.
set -euo pipefail
library=$1 include=$2 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)
exported=$(nm -D --defined-only "$library" | awk '{print $3}' | sed 's/@.*//' | sort)
for release in "$here"/[0-9]*.c; do
  version=$(basename "$release" .c)
  "$compiler" -std=c11 -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only -I "$include" "$release" ||
    { echo "the headers break the interface of $version: docs/versioning.md" >&2; exit 1; }
  functions=$(sed -nE 's/^EXPORTED\(.*, (gt_\w+), \(.*/\1/p' "$release" | sort)
  gone=$(comm -23 <(echo "$functions") <(echo "$exported"))
  [ -z "$gone" ] || { echo "the library lacks functions of $version:" $gone >&2; exit 1; }
  echo "$version: $(wc -l <<<"$functions") functions of the library, $(grep -c '^INLINE' "$release") of ops.h, $(grep -c '^NUMBER' "$release") numbers"
done
