// Banded factorizations by LAPACK, of unknowns in a narrow order.
#include "solve/banded.hpp"

#include <algorithm>
#include <cmath>

#include "solve/lapack.hpp"

namespace gradtape::solving {

namespace {

// Vectors in the order of the unknowns, and in the narrow one.
class Reordered {
 public:
  explicit Reordered(std::vector<int64_t> place) : place_(std::move(place)), inside_(place_.size()) {}
  size_t place(size_t i) const { return static_cast<size_t>(place_[i]); }
  Vector& enter(const Vector& x) {
    for (size_t i = 0; i < x.size(); ++i) inside_[place(i)] = x[i];
    return inside_;
  }
  void leave(Vector& x) const {
    for (size_t i = 0; i < x.size(); ++i) x[i] = inside_[place(i)];
  }
  const std::vector<int64_t>& places() const { return place_; }

 private:
  std::vector<int64_t> place_;
  Vector inside_;
};

// The lower triangle, a column of the band after the other.
class BandedCholesky final : public SymmetricFactor {
 public:
  BandedCholesky(const Matrix& pattern, std::vector<int64_t> place)
      : order_(std::move(place)),
        n_(static_cast<int>(pattern.rows)),
        below_(static_cast<int>(bands_of(pattern, order_.places()).below)),
        lead_(below_ + 1) {
    band_.resize(static_cast<size_t>(n_) * static_cast<size_t>(lead_));
  }
  bool factor(const Matrix& a, double scale, const Vector& diagonal) override {
    std::fill(band_.begin(), band_.end(), 0.0);
    a.each([&](int64_t i, int64_t j, double v) {
      const size_t row = order_.place(static_cast<size_t>(i)), column = order_.place(static_cast<size_t>(j));
      if (row >= column) band_[column * static_cast<size_t>(lead_) + (row - column)] = v;
    });
    for (size_t i = 0; i < diagonal.size(); ++i)
      band_[order_.place(i) * static_cast<size_t>(lead_)] += scale * diagonal[i];
    if (!all_finite(band_)) return false;
    int info = 0;
    dpbtrf_("L", &n_, &below_, band_.data(), &lead_, &info);
    return info == 0;
  }
  void solve(Vector& x) override {
    int info = 0;
    const int one = 1;
    Vector& inside = order_.enter(x);
    dpbtrs_("L", &n_, &below_, &one, band_.data(), &lead_, inside.data(), &n_, &info);
    order_.leave(x);
  }

 private:
  Reordered order_;
  int n_, below_, lead_;
  Vector band_;
};

// Columns of the band, with room above for the rows that pivoting moves.
class BandedLu final : public GeneralFactor {
 public:
  BandedLu(const Matrix& pattern, std::vector<int64_t> place)
      : order_(std::move(place)), n_(static_cast<int>(pattern.rows)) {
    const Bands bands = bands_of(pattern, order_.places());
    below_ = static_cast<int>(bands.below);
    above_ = static_cast<int>(bands.above);
    lead_ = 2 * below_ + above_ + 1;
    band_.resize(static_cast<size_t>(n_) * static_cast<size_t>(lead_));
    pivots_.resize(static_cast<size_t>(n_));
  }
  bool factor(const Matrix& a) override {
    std::fill(band_.begin(), band_.end(), 0.0);
    a.each([&](int64_t i, int64_t j, double v) {
      const size_t row = order_.place(static_cast<size_t>(i)), column = order_.place(static_cast<size_t>(j));
      band_[column * static_cast<size_t>(lead_) + static_cast<size_t>(below_ + above_) + row - column] = v;
    });
    if (!all_finite(a.values)) return false;
    int info = 0;
    dgbtrf_(&n_, &n_, &below_, &above_, band_.data(), &lead_, pivots_.data(), &info);
    return info == 0;
  }
  void solve(Vector& x) override {
    int info = 0;
    const int one = 1;
    Vector& inside = order_.enter(x);
    dgbtrs_("N", &n_, &below_, &above_, &one, band_.data(), &lead_, pivots_.data(), inside.data(), &n_, &info);
    order_.leave(x);
  }

 private:
  Reordered order_;
  int n_, below_ = 0, above_ = 0, lead_ = 1;
  Vector band_;
  std::vector<int> pivots_;
};

}  // namespace

std::unique_ptr<SymmetricFactor> banded_symmetric(const Matrix& pattern, std::vector<int64_t> place) {
  return std::make_unique<BandedCholesky>(pattern, std::move(place));
}
std::unique_ptr<GeneralFactor> banded_general(const Matrix& pattern, std::vector<int64_t> place) {
  return std::make_unique<BandedLu>(pattern, std::move(place));
}

NormalMatrix::NormalMatrix(const Matrix& jacobian) {
  const auto n = static_cast<size_t>(jacobian.columns);
  product_.rows = product_.columns = jacobian.columns;
  std::vector<std::vector<int64_t>> columns(n);  // of each row of the product
  const auto row = [&](size_t i) {
    return std::pair(jacobian.column.data() + jacobian.offsets[i], jacobian.column.data() + jacobian.offsets[i + 1]);
  };
  for (size_t i = 0; i < n; ++i) columns[i].push_back(static_cast<int64_t>(i));
  for (size_t i = 0; i < static_cast<size_t>(jacobian.rows); ++i) {
    const auto [begin, end] = row(i);
    for (auto* a = begin; a != end; ++a) {
      std::vector<int64_t>& list = columns[static_cast<size_t>(*a)];
      list.insert(list.end(), begin, end);
      if (list.size() < 64) continue;  // lists do not grow beyond twice what is new
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
  }
  product_.offsets.push_back(0);
  for (std::vector<int64_t>& list : columns) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    product_.column.insert(product_.column.end(), list.begin(), list.end());
    product_.offsets.push_back(static_cast<int64_t>(product_.column.size()));
  }
  product_.values.resize(product_.column.size());
  for (size_t i = 0; i < static_cast<size_t>(jacobian.rows); ++i) {
    const auto [begin, end] = row(i);
    for (auto* a = begin; a != end; ++a) {
      const auto first = product_.column.begin() + product_.offsets[static_cast<size_t>(*a)];
      const auto last = product_.column.begin() + product_.offsets[static_cast<size_t>(*a) + 1];
      for (auto* b = begin; b != end; ++b)
        places_.push_back(static_cast<size_t>(std::lower_bound(first, last, *b) - product_.column.begin()));
    }
  }
}

const Matrix& NormalMatrix::of(const Matrix& jacobian) {
  std::fill(product_.values.begin(), product_.values.end(), 0.0);
  const size_t* place = places_.data();
  for (size_t i = 0; i < static_cast<size_t>(jacobian.rows); ++i) {
    const double* begin = jacobian.values.data() + jacobian.offsets[i];
    const double* end = jacobian.values.data() + jacobian.offsets[i + 1];
    for (const double* a = begin; a != end; ++a)
      for (const double* b = begin; b != end; ++b) product_.values[*place++] += *a * *b;
  }
  return product_;
}

}  // namespace gradtape::solving
