// Compression of sparse Jacobians and Hessians: few products with vectors, from which each entry is read directly.
#pragma once

#include "sparse/lattice.hpp"
#include "sparse/pattern.hpp"

namespace gradtape::core {

// Forward product k is the matrix times a vector: 1 for the columns of colour k, and 0 for all others. Reverse product k
// is the transposed matrix times such a vector for the rows of colour k. An entry is read where it stands alone.
struct Compression {
  std::vector<int32_t> column_colours, row_colours;  // -1: in no product
  int32_t forward = 0, reverse = 0;                  // numbers of products
  int64_t peeled = 0;                                // columns or rows taken out before the others were coloured
  // By entry, in row-major order: its place in the products, laid out as [forward, rows], then [reverse, columns].
  std::vector<int64_t> read_at;
};

// The products that may be used: of one direction, or of both even where one would do; automatic: the least cost.
enum class Sweeps : int32_t { automatic = 0, forward = 1, reverse = 2, both = 3 };

// Facts about a Jacobian beside its pattern.
struct JacobianTraits {
  Sweeps allowed = Sweeps::automatic;
  double reverse_cost = 2;                            // of a reverse product, where a forward product costs 1
  const Lattice *columns = nullptr, *rows = nullptr;  // of the entries in each row; of those in each column
};
Compression compress_jacobian(const Pattern& p, const JacobianTraits& traits);

// For a symmetric pattern: all products are forward, row_colours are -1, and entries (i, j) and (j, i) have one place.
Compression compress_hessian(const Pattern& p, const Lattice* lattice = nullptr);

}  // namespace gradtape::core
