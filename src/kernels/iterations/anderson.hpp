// Anderson's acceleration of a fixed-point iteration (Walker, Ni: "Anderson acceleration for fixed-point iterations",
// 2011). A step takes the combination of the last ones whose change of residual is nearest to the residual.
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "kernels/iterations/vectors.hpp"

namespace gradtape::core::kernels {

struct AndersonLimits {
  double tolerance;   // of the largest entry of f(x) - x
  int64_t max_steps;  // calls of f
  int64_t history;    // steps that are combined, at least 1
  double damping;     // the part of f(x) - x by which a step goes; 1: all of it
};

template <class T>
class Anderson {
 public:
  using Apply = std::function<void(const T* x, T* r)>;  // r = x - f(x)
  static int64_t vectors(int64_t history) { return 3 * history + 2; }

  // memory: `vectors` of VectorSpace::padded(n) numbers
  Anderson(int64_t n, const Apply& residual, const AndersonLimits& limits, T* memory)
      : n_(n),
        m_(limits.history),
        residual_(residual),
        limits_(limits),
        moves_(n, memory),
        changes_(n, moves_[m_]),
        basis_(n, changes_[m_]),
        now_(basis_[m_]),
        before_(now_ + VectorSpace<T>::padded(n)),
        triangle_(static_cast<std::size_t>(m_ * m_)),
        weights_(static_cast<std::size_t>(m_)) {}

  // x: the first point, and then the last one.
  void run(T* x) {
    for (int64_t step = 0; step < limits_.max_steps; ++step) {
      residual_(x, now_);
      const double size = largest(now_, n_);
      if (!(size > limits_.tolerance) || !std::isfinite(size)) return;
      if (step > 0) note_change(step - 1);
      std::copy_n(now_, n_, before_);
      move(x, step);
    }
  }

 private:
  int64_t row(int64_t step) const { return step % m_; }
  void note_change(int64_t step) {
    T* change = changes_[row(step)];
    for (int64_t i = 0; i < n_; ++i) change[i] = now_[i] - before_[i];
  }
  // x goes by the move, which is remembered: it is -damping r less the combination of earlier moves and changes.
  void move(T* x, int64_t step) {
    const int64_t known = combine(std::min(step, m_), step);
    T* next = moves_[row(step)];  // the oldest one, which may be in the combination
    T* sum = basis_[0];           // has done its work
    for (int64_t i = 0; i < n_; ++i) sum[i] = static_cast<T>(-limits_.damping * static_cast<double>(now_[i]));
    for (int64_t k = 0; k < known; ++k) {
      const int64_t of = row(step - 1 - k);
      add_multiple(-weights_[k], moves_[of], sum, n_);
      add_multiple(limits_.damping * weights_[k], changes_[of], sum, n_);
    }
    for (int64_t i = 0; i < n_; ++i) {
      next[i] = sum[i];
      x[i] += sum[i];
    }
  }
  // Finds weights of the last changes, the latest first, whose combination is nearest to the residual. Returns their
  // number: a change that the later ones already combine to ends the list.
  int64_t combine(int64_t most, int64_t step) {
    const double digits = std::sqrt(static_cast<double>(std::numeric_limits<T>::epsilon()));
    int64_t known = 0;
    for (; known < most; ++known) {
      T* q = basis_[known];
      std::copy_n(changes_[row(step - 1 - known)], n_, q);
      const double whole = length(q, n_);
      for (int64_t i = 0; i < known; ++i) {
        at(i, known) = dot(basis_[i], q, n_);
        add_multiple(-at(i, known), basis_[i], q, n_);
      }
      const double rest = at(known, known) = length(q, n_);
      if (!(rest > digits * whole)) break;
      scale_vector(1 / rest, q, n_);
      weights_[known] = dot(q, now_, n_);
    }
    for (int64_t i = known; i-- > 0;) {
      for (int64_t j = i + 1; j < known; ++j) weights_[i] -= at(i, j) * weights_[j];
      weights_[i] /= at(i, i);
    }
    return known;
  }
  double& at(int64_t i, int64_t j) { return triangle_[i * m_ + j]; }

  int64_t n_, m_;
  const Apply& residual_;
  AndersonLimits limits_;
  VectorSpace<T> moves_, changes_, basis_;  // m of each
  T *now_, *before_;                        // residuals
  std::vector<double> triangle_, weights_;
};

}  // namespace gradtape::core::kernels
