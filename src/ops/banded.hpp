// Systems of equations by the values of a sparse matrix, which is factored as a band.
#pragma once

#include "graph/recorder.hpp"
#include "sparse/narrow_order.hpp"

namespace gradtape::core {

// A square pattern, and the place of each row and column in the band.
struct BandedPattern : Payload {
  BandedPattern(Pattern given, bool reorders);
  int64_t size() const { return pattern.rows; }
  int64_t lead() const { return 2 * bands.below + bands.above + 1; }  // rows of the band, with room for pivots
  uint64_t hash() const override { return content; }
  std::size_t bytes() const override;

  Pattern pattern;
  std::vector<int64_t> place;
  Bands bands;
  std::vector<int64_t> at;  // of each entry in the band, whose columns follow each other
  uint64_t content;
};
using BandedPatternPtr = std::shared_ptr<const BandedPattern>;

// x [n] with A x = rhs, or A' x = rhs where adjoint, for the values [nonzeros] of A. It has derivatives by both. A
// matrix that is singular fails when x is computed.
Tensor banded_solve(const Tensor& values, const Tensor& rhs, BandedPatternPtr pattern, bool adjoint);

}  // namespace gradtape::core
