#!/usr/bin/env bash
# A library exports gt_ functions and nothing else, all that its header declares, under its SONAME.
set -euo pipefail
library=$1 header=$2
exported=$(nm -D --defined-only "$library" | awk '{print $3}' | sed 's/@.*//' | grep -v '^GRADTAPE_' | sort -u)
strange=$(grep -v '^gt_' <<<"$exported" || true)
[ -z "$strange" ] || { echo "exported beside gt_: $strange" >&2; exit 1; }
declared=$(grep -oE '^GT_(SOLVE_)?API [^(]*\bgt_[a-z_0-9]+\(' "$header" | grep -oE 'gt_[a-z_0-9]+\($' | tr -d '(' | sort -u)
diff <(echo "$declared") <(echo "$exported") || { echo "the header and the library disagree" >&2; exit 1; }
readelf -d "$library" | grep -q "SONAME.*$(basename "${library%%.so*}").so.0]" || { echo "wrong SONAME" >&2; exit 1; }
echo "$(wc -l <<<"$exported") functions exported, as declared"
