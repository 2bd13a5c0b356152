#!/usr/bin/env bash
# Builds the extension into the package's folder, for work: dev.sh [BUILD FOLDER OF THE LIBRARY]; PYTHON names the interpreter.
set -euo pipefail
cd "$(dirname "$0")"
library=$(realpath "${1:-../../build}")
python=${PYTHON:-python3}
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DGRADTAPE_BUILD="$library" -DPython_EXECUTABLE="$(command -v "$python")" >/dev/null
cmake --build build -- --quiet
cp build/_core.*.so gradtape/
cp -L "$library/libgradtape.so.0" gradtape/
