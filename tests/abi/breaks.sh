#!/usr/bin/env bash
# Changes that break an interface are refused by run.sh: one of each kind, made in a copy of the headers.
set -euo pipefail
library=$1 include=$2 compiler=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# refused NAME MESSAGE SED-EXPRESSION [FILE…]: the expression is for all files.
refused() {
  local name=$1 message=$2 expression=$3 file
  local files=("${@:4}")
  [ ${#files[@]} -gt 0 ] || files=(gradtape.h)
  rm -rf "$work/include"
  cp -r "$include" "$work/include"
  for file in "${files[@]}"; do
    sed -i -E "$expression" "$work/include/gradtape/$file"
    cmp -s "$work/include/gradtape/$file" "$include/gradtape/$file" && { echo "$name: $file has no such line" >&2; exit 1; }
  done
  if "$here/run.sh" "$library" "$work/include" "$compiler" >"$work/said" 2>&1; then
    echo "$name: is not refused" >&2
    exit 1
  fi
  grep -q "$message" "$work/said" || { echo "$name: refused for another reason:" >&2; cat "$work/said" >&2; exit 1; }
}
refused "a number" 'GT_BUSY has another value' 's/\bGT_BUSY *= *7\b/GT_BUSY = 17/'
refused "a number that is gone" GT_CANCELLED 's/\bGT_CANCELLED *= *12/GT_STOPPED = 12/'
refused "a type" gt_status 's/typedef +int32_t +gt_status;/typedef int64_t gt_status;/'
refused "a type of a callback" gt_progress_fn 's/(\(\*gt_progress_fn\)\(void\* user_data, )uint64_t/\1uint32_t/'
refused "a field between others" 'count has moved' 's/\bsize_t +count;/size_t flags; size_t count;/'
refused "a field of another type" 'live has moved, or has another type' 's/\buint64_t +live;/int64_t live;/'
refused "a prototype" gt_random_seed 's/(gt_random_seed\(gt_context ctx, )uint64_t/\1uint32_t/'
refused "a function that is gone" gt_version 's/\bgt_version\b/gt_version_text/'
refused "a typed function" gt_sin 's/\bgt_sin\(gt_context ctx, gt_tensor x\)/gt_sin(gt_context ctx, gt_tensor x, double scale)/' ops.h ops_inline.h
refused "a typed function that is gone" gt_sin 's/\bgt_sin\(gt_context ctx/gt_sine(gt_context ctx/' ops.h ops_inline.h
"$compiler" -shared -x c /dev/null -o "$work/empty.so"
if "$here/run.sh" "$work/empty.so" "$include" "$compiler" >"$work/said" 2>&1 || ! grep -q 'lacks functions' "$work/said"; then
  echo "a library without functions is not refused" >&2
  exit 1
fi
echo "all are refused"
