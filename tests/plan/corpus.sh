#!/usr/bin/env bash
# The corpus of plans: decisions for every op's samples, the benchmark's workloads, the guide, and programs
# with bands, halos and products that feed loops. corpus.sh BUILD compares it with the files beside this script;
# with --write it writes them (./run plans).
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GRADTAPE_DUMP=program,memory GRADTAPE_THREADS=1
unset GRADTAPE_SKIP GRADTAPE_ISA

plans() { "$build/$2" "${@:3}" 2>"$work/$1.txt" >/dev/null || { echo "$2 failed" >&2; exit 1; }; }
plans ops tests/gradtape_ops_corpus
plans workloads tests/gradtape_workloads_corpus
plans guide examples/guide_c
plans bands tests/gradtape_bands_test --gtest_filter='Bands.HessiansOfLocalTerms:Bands.ProductsWithDiagonals'
plans fusion tests/gradtape_fusion_test
plans halo tests/gradtape_halo_test --gtest_filter='Halo.OfSecondDerivativesOfDifferences'
plans orient tests/gradtape_orient_test --gtest_filter='Orient.DerivativesHaveNoLargeTemporaries'
plans rematerialise tests/gradtape_rematerialise_test
plans row_feeding tests/gradtape_row_feeding_test --gtest_filter='-*EverySize'
plans signs tests/gradtape_signs_test
for text in "$work"/*.txt; do
  name=$(basename "$text" .txt)
  if [ "${2:-}" = --write ]; then
    cp "$text" "$here/corpus/$name.txt"
  elif ! diff -u "$here/corpus/$name.txt" "$text" >"$work/diff"; then
    echo "plans of $name differ from the corpus; where that is meant, ./run plans writes it anew:" >&2
    head -60 "$work/diff" >&2
    exit 1
  fi
done
