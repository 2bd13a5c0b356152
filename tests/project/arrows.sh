#!/usr/bin/env bash
# Every include between the rooms of src is allowed by the table of docs/architecture.md, whose rooms use rooms above them alone.
# A room with a file in parentheses may be used through that file alone.
# usage: arrows.sh SOURCE_FOLDER
set -euo pipefail
cd "$1"
bad=0
say() { echo "$1: docs/architecture.md has the table of rooms" >&2; bad=1; }

above=" "
while read -r room may; do
  for used in $may; do
    [[ $above == *" ${used%%/*} "* ]] || say "src/$room may use $used, which does not stand above it"
  done
  while IFS=: read -r file line text; do
    path=${text#*\"}
    path=${path%%\"*}
    [[ " $room $may " == *" ${path%%/*} "* || " $may " == *" $path "* ]] || say "$file:$line: src/$room may not use $path"
  done < <(grep -rnE '^#(include|define GRADTAPE_PARTS) "' "src/$room")
  above+="$room "
done < <(sed -n 's/^| `src\/\([a-z]*\)` | .* | \(.*\) |$/\1 \2/p' docs/architecture.md | sed 's/ (`\([^`]*\)`)/\/\1/g; s/[,–]/ /g')

for room in src/*/; do
  room=$(basename "$room")
  [[ $above == *" $room "* ]] || say "src/$room has no line"
done
exit $bad
