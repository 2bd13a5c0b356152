#!/usr/bin/env bash
# versions.sh VERSION ABI SOURCES: the header, the Python package and the newest entry of the CHANGELOG have the version that CMake
# names. The header and the list of symbols have its ABI number.
set -euo pipefail
version=$1 abi=$2 sources=$3
header=$(sed -nE 's/^#define GT_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' "$sources/include/gradtape/gradtape.h" | paste -sd.)
package=$(sed -nE 's/^version = "(.*)"$/\1/p' "$sources/bindings/python/pyproject.toml")
changes=$(sed -nE 's/^## \[?([0-9.]+).*/\1/p' "$sources/CHANGELOG.md" | head -1)
for found in "gradtape.h:$header" "pyproject.toml:$package" "CHANGELOG.md:$changes"; do
  [ "${found#*:}" = "$version" ] || { echo "${found%%:*} has version ${found#*:}, CMakeLists.txt $version" >&2; exit 1; }
done
macro=$(sed -nE 's/^#define GT_ABI_VERSION ([0-9]+)$/\1/p' "$sources/include/gradtape/gradtape.h")
node=$(sed -nE 's/^GRADTAPE_([0-9]+) \{$/\1/p' "$sources/capi/gradtape.map" | tail -1)
for found in "gradtape.h:$macro" "gradtape.map:$node"; do
  [ "${found#*:}" = "$abi" ] || { echo "${found%%:*} has ABI number ${found#*:}, CMakeLists.txt $abi" >&2; exit 1; }
done
echo "$version and ABI number $abi everywhere"
