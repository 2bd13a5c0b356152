#!/usr/bin/env bash
# Files in which a product and a sum may be one instruction have such instructions, most products among them.
# usage: contracted.sh OBJECT…
set -euo pipefail
[ $# -gt 0 ] || { echo "no objects" >&2; exit 1; }
bad=0
for object in "$@"; do
  read -r fused apart < <(objdump -d --no-show-raw-insn "$object" |
    awk '$2 ~ /^vfn?m(add|sub)/ { fused++ } $2 ~ /^vmul[ps][sd]/ { apart++ } END { print fused + 0, apart + 0 }')
  [ "$fused" -gt "$apart" ] || { echo "$object: $fused products are fused with a sum, $apart are not: -ffp-contract=fast has no effect" >&2; bad=1; }
done
exit $bad
