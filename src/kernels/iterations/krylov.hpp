// Linear systems by products with the matrix alone: conjugate gradients, and GMRES with restarts (Saad, "Iterative
// Methods for Sparse Linear Systems", 2nd edition, chapter 6).
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "kernels/iterations/vectors.hpp"

namespace gradtape::core::kernels {

struct KrylovLimits {
  double tolerance;   // of the residual's length, relative to that of the right side
  int64_t max_steps;  // products
  int64_t restart;    // of GMRES: vectors kept
};
struct KrylovResult {
  double residual = 0;  // relative, as it was computed anew at the end
  int64_t steps = 0;    // products
};

// Both methods begin with 0 and go in cycles. Each cycle begins with the residual as it is computed then, for the one
// that is carried along drifts from it.
template <class T>
class Krylov {
 public:
  using Apply = std::function<void(const T* x, T* y)>;  // y = A x
  // memory: cg_vectors, or gmres_vectors(restart), of VectorSpace::padded(n) numbers
  static constexpr int64_t cg_vectors = 3;
  static int64_t gmres_vectors(int64_t restart) { return restart + 2; }

  Krylov(int64_t n, const Apply& apply, const KrylovLimits& limits, T* memory)
      : n_(n), apply_(apply), limits_(limits), v_(n, memory) {}

  KrylovResult cg(const T* b, T* x) {
    return in_cycles(b, x, [&](double norm, double wanted) { cg_cycle(norm, wanted, x); });
  }
  KrylovResult gmres(const T* b, T* x) {
    return in_cycles(b, x, [&](double norm, double wanted) { gmres_cycle(norm, wanted, x); });
  }

 private:
  // The residual stands in the first vector when a cycle begins.
  template <class Cycle>
  KrylovResult in_cycles(const T* b, T* x, Cycle&& cycle) {
    constexpr double kLeastFall = 0.999;  // of the residual in a cycle
    const double size = length(b, n_);
    double before = std::numeric_limits<double>::infinity();
    std::fill_n(x, n_, T(0));
    if (size == 0) return {};
    for (;;) {
      T* r = v_[0];
      std::copy_n(b, n_, r);
      if (result_.steps > 0) {
        apply_(x, v_[1]);
        add_multiple(-1.0, v_[1], r, n_);
      }
      const double norm = length(r, n_);
      result_.residual = norm / size;
      const bool falls = norm < kLeastFall * before;  // nan does not
      if (norm <= limits_.tolerance * size || !falls || result_.steps >= limits_.max_steps) return result_;
      before = norm;
      cycle(norm, limits_.tolerance * size);
    }
  }
  bool has_steps() const { return result_.steps < limits_.max_steps; }
  void product(const T* x, T* y) {
    apply_(x, y);
    ++result_.steps;
  }

  void cg_cycle(double norm, double wanted, T* x) {
    T *r = v_[0], *p = v_[1], *q = v_[2];
    std::copy_n(r, n_, p);
    double rr = norm * norm;
    while (has_steps() && rr > wanted * wanted) {
      product(p, q);
      const double length_along = rr / dot(p, q, n_);
      if (!std::isfinite(length_along)) return;
      add_multiple(length_along, p, x, n_);
      add_multiple(-length_along, q, r, n_);
      const double next = dot(r, r, n_), turn = next / rr;
      for (int64_t i = 0; i < n_; ++i)
        p[i] = static_cast<T>(static_cast<double>(r[i]) + turn * static_cast<double>(p[i]));
      rr = next;
    }
  }

  // h: the upper triangle, column by column; g: the right side of the small system.
  void gmres_cycle(double norm, double wanted, T* x) {
    const int64_t m = limits_.restart;
    h_.assign(static_cast<std::size_t>((m + 1) * m), 0.0);
    g_.assign(static_cast<std::size_t>(m + 1), 0.0);
    cosines_.clear(), sines_.clear();
    g_[0] = norm;
    scale(v_[0], 1 / norm);
    int64_t k = 0;
    while (k < m && has_steps() && std::abs(g_[k]) > wanted) {
      product(v_[k], v_[k + 1]);
      double* column = h_.data() + (m + 1) * k;
      const double rest = orthogonalize(k, column);
      if (!std::isfinite(rest)) break;
      if (!rotate(k, rest, column)) break;  // the matrix is singular, as far as the vectors tell
      ++k;
      if (rest == 0) break;
      scale(v_[k], 1 / rest);
    }
    add_solution(k, x);
  }
  // Makes vector k + 1 orthogonal to those before, and returns its length.
  double orthogonalize(int64_t k, double* column) {
    T* w = v_[k + 1];
    const double before = length(w, n_);
    for (int64_t i = 0; i <= k; ++i) {
      column[i] = dot(v_[i], w, n_);
      add_multiple(-column[i], v_[i], w, n_);
    }
    const double rest = length(w, n_);
    return rest <= 4 * std::numeric_limits<T>::epsilon() * before ? 0 : rest;  // nothing but rounding is left
  }
  // Brings column k to the triangle.
  bool rotate(int64_t k, double rest, double* column) {
    for (int64_t i = 0; i < k; ++i) {
      const double upper = column[i], lower = column[i + 1];
      column[i] = cosines_[i] * upper + sines_[i] * lower;
      column[i + 1] = cosines_[i] * lower - sines_[i] * upper;
    }
    const double d = std::hypot(column[k], rest);
    if (d == 0) return false;
    cosines_.push_back(column[k] / d), sines_.push_back(rest / d);
    column[k] = d;
    g_[k + 1] = -sines_[k] * g_[k];
    g_[k] *= cosines_[k];
    return true;
  }
  void add_solution(int64_t k, T* x) {
    const int64_t m = limits_.restart;
    for (int64_t i = k; i-- > 0;) {
      for (int64_t j = i + 1; j < k; ++j) g_[i] -= h_[(m + 1) * j + i] * g_[j];
      g_[i] /= h_[(m + 1) * i + i];
    }
    for (int64_t i = 0; i < k; ++i) add_multiple(g_[i], v_[i], x, n_);
  }
  void scale(T* x, double by) { scale_vector(by, x, n_); }

  int64_t n_;
  const Apply& apply_;
  KrylovLimits limits_;
  VectorSpace<T> v_;
  KrylovResult result_;
  std::vector<double> h_, g_, cosines_, sines_;
};

}  // namespace gradtape::core::kernels
