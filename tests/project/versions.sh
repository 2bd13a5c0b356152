#!/usr/bin/env bash
# The header, the Python package and the newest entry of the CHANGELOG have the version that CMake names: versions.sh VERSION SOURCES.
set -euo pipefail
version=$1 sources=$2
header=$(sed -nE 's/^#define GT_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' "$sources/include/gradtape/gradtape.h" | paste -sd.)
package=$(sed -nE 's/^version = "(.*)"$/\1/p' "$sources/bindings/python/pyproject.toml")
changes=$(sed -nE 's/^## \[?([0-9.]+).*/\1/p' "$sources/CHANGELOG.md" | head -1)
for found in "gradtape.h:$header" "pyproject.toml:$package" "CHANGELOG.md:$changes"; do
  [ "${found#*:}" = "$version" ] || { echo "${found%%:*} has version ${found#*:}, CMakeLists.txt $version" >&2; exit 1; }
done
echo "$version everywhere"
