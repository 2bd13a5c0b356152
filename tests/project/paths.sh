#!/usr/bin/env bash
# Each file and folder that a page names in backticks exists. Paths of rooms may leave out src/, and a file's name may
# stand alone.
# usage: paths.sh SOURCE_FOLDER
set -euo pipefail
cd "$1"
pages=(README.md CONTRIBUTING.md docs/*.md docs/how-to/*.md)
rooms=$(ls src | grep -v '\.' | paste -sd'|')
files=$(find . -path './build*' -prune -o -name .git -prune -o -type f -printf '%f\n')
bad=0

# Lines of PAGE:LINE:`NAME` of those names that fit an extended regular expression.
names() { grep -noE "\`$1\`" "${pages[@]}" || true; }
missing() { echo "$1: there is no $2" >&2; bad=1; }

while IFS=: read -r page line name; do
  name=${name//\`/}
  [ -e "$name" ] || [ -e "src/$name" ] || missing "$page:$line" "$name"
done < <(names "(src|capi|include|tests|bench|bindings|examples|docs|cmake|tools|$rooms)/[a-z0-9_./-]+")
while IFS=: read -r page line name; do
  name=${name//\`/}
  grep -qxF -- "$name" <<<"$files" || missing "$page:$line" "$name"
done < <(names '[a-z0-9_.-]+\.(c|cpp|h|hpp|inc|py|pyi|sh|md|json|txt|cmake|toml|yml|map|png|svg)')
exit $bad
