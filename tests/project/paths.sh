#!/usr/bin/env bash
# Each file and folder that a page names in backticks exists. Paths of rooms may leave out src/.
# usage: paths.sh SOURCE_FOLDER
set -euo pipefail
cd "$1"
rooms=$(ls src | grep -v '\.' | paste -sd'|')
bad=0
while IFS=: read -r page line name; do
  name=${name//\`/}
  [ -e "$name" ] || [ -e "src/$name" ] || { echo "$page:$line: there is no $name" >&2; bad=1; }
done < <(grep -noE "\`(src|capi|include|tests|bench|bindings|examples|docs|cmake|tools|$rooms)/[a-z0-9_./-]+\`" \
  README.md CONTRIBUTING.md docs/*.md docs/how-to/*.md)
exit $bad
