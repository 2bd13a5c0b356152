// Sparse derivatives beside dense ones: patterns and values of matrices that a tape has, as lists of numbers.
#pragma once

#include <algorithm>
#include <set>
#include <stdexcept>

#include "support.hpp"

namespace test {

using Handles = std::vector<gt_tensor>;

// A matrix [rows, columns], row by row.
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> at;
  double operator()(std::size_t i, std::size_t j) const { return at[i * columns + j]; }
};
// Compressed rows.
struct Csr {
  std::vector<int64_t> offsets, columns;
  bool operator==(const Csr&) const = default;
  std::size_t rows() const { return offsets.size() - 1; }
  bool has(std::size_t i, std::size_t j) const {
    return std::binary_search(columns.begin() + offsets[i], columns.begin() + offsets[i + 1], static_cast<int64_t>(j));
  }
  // f(row, column, place)
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < rows(); ++i)
      for (int64_t k = offsets[i]; k < offsets[i + 1]; ++k)
        f(i, static_cast<std::size_t>(columns[static_cast<std::size_t>(k)]), static_cast<std::size_t>(k));
  }
};

// The sparse derivatives of one target by its sources. Throws std::runtime_error with the message where a call fails.
class SparseView {
 public:
  SparseView(gt_context ctx, gt_tape tape, gt_tensor target, Handles sources)
      : c(ctx), tape_(tape), target_(target), sources_(std::move(sources)) {}

  static gt_sparse_options with(int32_t mode, int32_t triangle = GT_TRIANGLE_FULL,
                                int32_t dependence = GT_DEPENDENCE_EXACT, int32_t method = GT_SPARSE_AUTO) {
    gt_sparse_options o{};
    o.struct_size = sizeof o;
    o.mode = mode;
    o.triangle = triangle;
    o.dependence = dependence;
    o.method = method;
    return o;
  }
  gt_sparsity jacobian_sparsity(const gt_sparse_options& o = with(GT_MODE_AUTO)) const {
    return made(gt_tape_jacobian_sparsity(c, tape_, target_, sources_.data(), sources_.size(), &o));
  }
  // NULL: an op ends the links along which values are accumulated.
  gt_sparsity accumulating(bool hessian) const {
    const gt_sparse_options o = with(GT_MODE_AUTO, GT_TRIANGLE_FULL, GT_DEPENDENCE_EXACT, GT_SPARSE_ACCUMULATE);
    auto* find = hessian ? gt_tape_hessian_sparsity : gt_tape_jacobian_sparsity;
    gt_sparsity s = find(c, tape_, target_, sources_.data(), sources_.size(), &o);
    if (!s && gt_take_error(c, nullptr, 0, nullptr) != GT_UNSUPPORTED) throw std::runtime_error("another error");
    return s;
  }
  gt_sparsity hessian_sparsity(const gt_sparse_options& o = with(GT_MODE_AUTO)) const {
    return made(gt_tape_hessian_sparsity(c, tape_, target_, sources_.data(), sources_.size(), &o));
  }
  Csr pattern(gt_sparsity s) const {
    gt_tensor offsets = nullptr, columns = nullptr;
    must(gt_sparsity_pattern(c, s, GT_CSR, &offsets, &columns));
    return {read<int64_t>(c, offsets), read<int64_t>(c, columns)};
  }
  gt_tensor values_tensor(gt_sparsity s) const {
    gt_tensor v = nullptr;
    must(gt_tape_sparse_values(c, tape_, target_, sources_.data(), sources_.size(), s, &v));
    return v;
  }
  std::vector<double> values(gt_sparsity s) const { return numbers(c, values_tensor(s)); }

  std::size_t columns() const {
    std::size_t n = 0;
    for (gt_tensor s : sources_) n += size(s);
    return n;
  }
  Matrix jacobian(int32_t mode = GT_MODE_AUTO) const {
    const gt_jacobian_options o = with_zeros(mode);
    Handles j(sources_.size());
    must(gt_tape_jacobian(c, tape_, target_, sources_.data(), sources_.size(), &o, j.data()));
    Matrix m{size(target_), columns(), std::vector<double>(size(target_) * columns())};
    for (std::size_t i = 0, first = 0; i < j.size(); first += size(sources_[i++]))
      place(numbers(c, j[i]), size(sources_[i]), 0, first, m);
    return m;
  }
  Matrix hessian() const {
    const gt_jacobian_options o = with_zeros(GT_MODE_AUTO);
    const std::size_t n = sources_.size();
    Handles h(n * n);
    must(gt_tape_hessian(c, tape_, target_, sources_.data(), n, &o, h.data()));
    Matrix m{columns(), columns(), std::vector<double>(columns() * columns())};
    for (std::size_t i = 0, row = 0; i < n; row += size(sources_[i++]))
      for (std::size_t j = 0, column = 0; j < n; column += size(sources_[j++]))
        place(numbers(c, h[i * n + j]), size(sources_[j]), row, column, m);
    return m;
  }

 private:
  static gt_jacobian_options with_zeros(int32_t mode) {
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.mode = mode;
    o.unconnected = GT_UNCONNECTED_ZERO;
    return o;
  }
  std::size_t size(gt_tensor t) const { return count(shape_of(c, t)); }
  static void place(const std::vector<double>& block, std::size_t width, std::size_t row, std::size_t column,
                    Matrix& m) {
    for (std::size_t k = 0; k < block.size(); ++k) m.at[(row + k / width) * m.columns + column + k % width] = block[k];
  }
  void must(gt_status status) const {
    if (status != GT_OK) fail();
  }
  gt_sparsity made(gt_sparsity s) const {
    if (!s) fail();
    return s;
  }
  [[noreturn]] void fail() const {
    char text[2048] = "";
    gt_take_error(c, text, sizeof text, nullptr);
    throw std::runtime_error(text);
  }

  gt_context c;
  gt_tape tape_;
  gt_tensor target_;
  Handles sources_;
};

// The first entry of the matrix that the pattern lacks, as text; "" if it lacks none.
inline std::string lacking_entry(const Csr& p, const Matrix& m) {
  if (p.rows() != m.rows) return "the pattern has " + std::to_string(p.rows()) + " rows of " + std::to_string(m.rows);
  for (std::size_t i = 0; i < m.rows; ++i)
    for (std::size_t j = 0; j < m.columns; ++j)
      if (m(i, j) != 0 && !p.has(i, j))
        return "the pattern lacks (" + std::to_string(i) + ", " + std::to_string(j) + "), which is " +
               std::to_string(m(i, j));
  return "";
}
// The first value that is not the matrix's entry, as text. tolerance: relative to the entry, and to the largest one.
inline std::string wrong_value(const Csr& p, const std::vector<double>& values, const Matrix& m, double tolerance) {
  if (values.size() != p.columns.size()) return "as many values as " + std::to_string(values.size());
  double largest = 1;
  for (const double x : m.at)
    if (std::isfinite(x)) largest = std::max(largest, std::abs(x));
  std::string found;
  p.for_each([&](std::size_t i, std::size_t j, std::size_t k) {
    const double got = values[k], want = m(i, j);
    if (!found.empty() || got == want || (std::isnan(got) && std::isnan(want))) return;
    if (std::abs(got - want) <= tolerance * largest) return;
    char text[200];
    std::snprintf(text, sizeof text, "the value at (%zu, %zu) is %.17g for %.17g", i, j, got, want);
    found = text;
  });
  return found;
}
// The entries of a triangle, and their places among all.
inline std::pair<Csr, std::vector<std::size_t>> triangle_of(const Csr& p, int32_t triangle) {
  std::pair<Csr, std::vector<std::size_t>> part;
  part.first.offsets.assign(p.offsets.size(), 0);
  p.for_each([&](std::size_t i, std::size_t j, std::size_t k) {
    if (triangle == GT_TRIANGLE_LOWER ? j > i : j < i) return;
    part.first.columns.push_back(static_cast<int64_t>(j));
    part.second.push_back(k);
    part.first.offsets[i + 1] = static_cast<int64_t>(part.second.size());
  });
  for (std::size_t i = 1; i < part.first.offsets.size(); ++i)
    part.first.offsets[i] = std::max(part.first.offsets[i], part.first.offsets[i - 1]);
  return part;
}

}  // namespace test
