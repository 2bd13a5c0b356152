// Sparse values against one product of the derivative with a vector.
#include "autodiff/sparse_check.hpp"

#include <cmath>

#include "autodiff/hessian.hpp"
#include "autodiff/sparse_links.hpp"
#include "autodiff/values.hpp"

namespace gradtape::core {

namespace {
// Numbers in [0.5, 1.5) by SplitMix64: G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators",
// 2014.
std::vector<double> numbers(int64_t n) {
  std::vector<double> v(static_cast<std::size_t>(n));
  uint64_t state = 0x9E3779B97F4A7C15ull;
  for (double& x : v) {
    state += 0x9E3779B97F4A7C15ull;
    uint64_t z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    x = 0.5 + static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  return v;
}

// The product of the sparse matrix with v, and that of its entries' magnitudes.
struct Product {
  std::vector<double> value, magnitude;
};
Product product_of(const Sparsity& s, const std::vector<double>& values, const std::vector<double>& v) {
  const Pattern& p = s.pattern;
  Product y{std::vector<double>(static_cast<std::size_t>(p.rows)),
            std::vector<double>(static_cast<std::size_t>(p.rows))};
  const auto add = [&](int64_t row, int64_t column, double entry) {
    y.value[row] += entry * v[column];
    y.magnitude[row] += std::abs(entry * v[column]);
  };
  const bool is_triangle = s.symmetric && s.options.triangle != Triangle::full;
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) {
      add(i, p.indices[at], values[at]);
      if (is_triangle && p.indices[at] != i) add(p.indices[at], i, values[at]);
    }
  return y;
}

// The derivative's own product, element by element of the target, or of the sources.
std::vector<double> product_by_tape(Tape& tape, const Tensor& target, std::span<const Source> sources, bool hessian,
                                    const Tensors& vectors) {
  const Tensors products =
      hessian ? hvp(tape, target, sources, vectors, true) : tape.push_forward(Tensors{target}, sources, vectors);
  std::vector<double> all;
  for (std::size_t k = 0; k < products.size(); ++k) {
    const int64_t n = hessian ? sources[k].tensor.shape().elements() : target.shape().elements();
    const std::vector<double> own =
        products[k] ? values_of(products[k]) : std::vector<double>(static_cast<std::size_t>(n), 0.0);
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}
}  // namespace

void check_sparse_values(Tape& tape, const Tensor& target, std::span<const Source> sources, const Sparsity& s,
                         const Tensor& values, const char* function) {
  Recorder& r = tape.recorder();
  if (values.node()->symbolic || !is_floating(target.dtype())) return;
  if (!s.symmetric && has_reverse_only_rule(tape.path(Tensors{target}, tape.tensors_of(sources)))) return;
  const std::vector<double> v = numbers(s.pattern.columns);
  Tensors vectors;
  std::size_t first = 0;
  for (const Source& source : sources) {
    const auto n = static_cast<std::size_t>(source.tensor.shape().elements());
    const std::vector<double> part(v.begin() + static_cast<std::ptrdiff_t>(first),
                                   v.begin() + static_cast<std::ptrdiff_t>(first + n));
    vectors.push_back(tensor_of(r, source.tensor.spec(), part));
    first += n;
  }
  const Product found = product_of(s, values_of(values), v);
  const std::vector<double> wanted = product_by_tape(tape, target, sources, s.symmetric, vectors);
  const double tolerance = values.dtype() == Dtype::float32 ? 1e-3 : 1e-8;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double error = std::abs(found.value[i] - wanted[i]);
    if (!(error > tolerance * (found.magnitude[i] + std::abs(wanted[i])))) continue;
    fail(
        Status::failed_precondition,
        "{}: row {} of the sparse matrix times a vector is {}, and the derivative's product is {}: the pattern lacks an "
        "entry of the row, or an op's rules are wrong",
        function, i, found.value[i], wanted[i]);
  }
}

}  // namespace gradtape::core
