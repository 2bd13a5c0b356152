#!/usr/bin/env bash
# Installs the build given as $1 into an empty prefix and builds the first examples against it, by find_package and by pkg-config.
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
want='dy/dx = 1.38177 0.0770037 -2.82886'

cmake --install "$build" --prefix "$work/prefix" >/dev/null
for text in LICENSE NOTICE; do
  cmp -s "$here/../../$text" "$work/prefix/share/doc/gradtape/$text" || { echo "$text is not installed" >&2; exit 1; }
done
diff -r "$here/../../include/gradtape" "$work/prefix/include/gradtape" || { echo "the installed headers are others" >&2; exit 1; }
cmake -S "$here" -B "$work/cmake" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/cmake" >/dev/null
for program in consumer_c consumer_cpp; do
  [ "$("$work/cmake/$program")" = "$want" ] || { echo "$program by find_package prints something else" >&2; exit 1; }
done
"$work/cmake/consumer_solve" >/dev/null || { echo "consumer_solve by find_package fails" >&2; exit 1; }
"$work/cmake/consumer_attributes" >/dev/null || { echo "consumer_attributes by find_package fails" >&2; exit 1; }

export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name gradtape.pc)")
libdir=$(pkg-config --variable=libdir gradtape)
# shellcheck disable=SC2046
cc -std=c99 -Wall -Wextra -pedantic -Werror "$here/../../examples/first.c" $(pkg-config --cflags --libs gradtape) -Wl,-rpath,"$libdir" -o "$work/first_c"
# shellcheck disable=SC2046
c++ -std=c++17 -Wall -Wextra -pedantic -Werror "$here/../../examples/first.cpp" $(pkg-config --cflags --libs gradtape) -Wl,-rpath,"$libdir" -o "$work/first_cpp"
for program in first_c first_cpp; do
  [ "$("$work/$program")" = "$want" ] || { echo "$program by pkg-config prints something else" >&2; exit 1; }
done
# shellcheck disable=SC2046
cc -std=c99 -Wall -Wextra -pedantic -Werror "$here/../../examples/minimum.c" $(pkg-config --cflags --libs gradtape_solve) -Wl,-rpath,"$libdir" -o "$work/minimum"
"$work/minimum" >/dev/null || { echo "minimum by pkg-config fails" >&2; exit 1; }
echo "both ways of finding the installed library work"
