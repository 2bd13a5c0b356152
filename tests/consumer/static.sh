#!/usr/bin/env bash
# Builds the source tree given as $1 as a static library, and a stranger's programs against its installed copy. Each symbol
# of the archive is the C interface's or in a namespace of the library's own.
set -euo pipefail
source=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$source" -B "$work" -G Ninja -DBUILD_SHARED_LIBS=OFF -DGRADTAPE_EXAMPLES=OFF -DGRADTAPE_BENCH=OFF -DGRADTAPE_BASELINE_ONLY=ON \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 >/dev/null
cmake --build "$work" -- --quiet
strangers=$(nm -gC --defined-only "$work/libgradtape.a" "$work/libgradtape_solve.a" 2>/dev/null | grep ' [BDGRST] ' | cut -c20- |
  grep -vE '^(gt_|gradtape::core::|gradtape::solving::|fmt::gradtape::)|(^| )(gradtape::core|gradtape::solving|fmt::gradtape)::|^(typeinfo|vtable|guard variable|typeinfo name) ' || true)
[ -z "$strangers" ] || { echo "symbols that may clash with others: $strangers" >&2; exit 1; }
"$here/run.sh" "$work"
