// The functions of all pairs by hand: the others lie by columns, so that vectors of pairs are computed side by side.
#include <algorithm>
#include <cmath>

#include "programs.hpp"

namespace bench::pairs {
namespace {

using Floats = std::vector<float>;

// Others by columns, and a row of numbers for each of them.
struct Pairs {
  long n, k, d;
  mutable Floats across, row, weights;
  explicit Pairs(const Case& c) : n(c.n), k(c.k), d(c.d), across(size(c.k * c.d)), row(size(c.k)), weights(size(c.k)) {}
  static std::size_t size(long elements) { return static_cast<std::size_t>(elements); }

  void turn(const float* c) const {
    for (long j = 0; j < k; ++j)
      for (long a = 0; a < d; ++a) across[size(a * k + j)] = c[j * d + a];
  }
  void distances(const float* p, float* out) const {
    std::fill(out, out + k, 0.0f);
    for (long a = 0; a < d; ++a) {
      const float* q = across.data() + a * k;
      for (long j = 0; j < k; ++j) out[j] += (p[a] - q[j]) * (p[a] - q[j]);
    }
  }
  // Adds weights (p - c) to the gradient of the point, and takes them from those of the others, which lie by columns.
  void add_gradients(const float* p, const float* w, float* of_point, float* of_others) const {
    for (long a = 0; a < d; ++a) {
      const float* q = across.data() + a * k;
      float* g = of_others + a * k;
      float sum = 0;
      for (long j = 0; j < k; ++j) {
        const float t = w[j] * (p[a] - q[j]);
        sum += t, g[j] -= t;
      }
      of_point[a] += sum;
    }
  }
  void turn_back(const Floats& columns, float* out) const {
    for (long j = 0; j < k; ++j)
      for (long a = 0; a < d; ++a) out[j * d + a] = columns[size(a * k + j)];
  }
};

Run distances(const Pairs& x) {
  return [x](const float* p, const float* c, const float*, float* out) {
    x.turn(c);
    for (long i = 0; i < x.n; ++i) x.distances(p + i * x.d, out + i * x.k);
  };
}

// The gradients of a function of the distances of a point; weigh(distances, weights) gives twice its derivatives.
template <class Weigh>
Run gradients(const Pairs& x, Weigh weigh) {
  return [=](const float* p, const float* c, const float*, float* out) {
    x.turn(c);
    Floats columns(Pairs::size(x.k * x.d));
    std::fill(out, out + x.n * x.d, 0.0f);
    for (long i = 0; i < x.n; ++i) {
      x.distances(p + i * x.d, x.row.data());
      weigh(x.row.data(), x.weights.data());
      x.add_gradients(p + i * x.d, x.weights.data(), out + i * x.d, columns.data());
    }
    x.turn_back(columns, out + x.n * x.d);
  };
}

Run means(const Pairs& x) {
  return [x](const float* p, const float* c, const float*, float* out) {
    x.turn(c);
    std::fill(out, out + 1 + (x.n + x.k) * x.d, 0.0f);
    float *by_p = out + 1, *by_c = by_p + x.n * x.d;
    for (long i = 0; i < x.n; ++i) {
      x.distances(p + i * x.d, x.row.data());
      const long j = std::min_element(x.row.begin(), x.row.end()) - x.row.begin();
      out[0] += x.row[Pairs::size(j)];
      for (long a = 0; a < x.d; ++a) {
        const float t = 2 * (p[i * x.d + a] - c[j * x.d + a]);
        by_p[i * x.d + a] += t, by_c[j * x.d + a] -= t;
      }
    }
  };
}

Run kernel(const Pairs& x) {
  return [x](const float* p, const float* c, const float*, float* out) {
    x.turn(c);
    for (long i = 0; i < x.n; ++i) {
      x.distances(p + i * x.d, x.row.data());
      float sum = 0;
      for (long j = 0; j < x.k; ++j) sum += std::exp(-0.5f * x.row[Pairs::size(j)]);
      out[i] = sum;
    }
  };
}

// The derivative of the gradient by p, along v. With e = exp(-r / 2) and s = sum e, the gradient is -2 s sum e (p - c).
// With t = v (p - c), the derivative of s is -sum e t.
Run kernel_product(const Pairs& x) {
  return [x](const float* p, const float* c, const float* v, float* out) {
    x.turn(c);
    Floats along(Pairs::size(x.k));
    for (long i = 0; i < x.n; ++i) {
      const float *pi = p + i * x.d, *vi = v + i * x.d;
      x.distances(pi, x.row.data());
      std::fill(along.begin(), along.end(), 0.0f);
      for (long a = 0; a < x.d; ++a)
        for (long j = 0; j < x.k; ++j) along[Pairs::size(j)] += vi[a] * (pi[a] - x.across[Pairs::size(a * x.k + j)]);
      float s = 0, ds = 0;
      for (std::size_t j = 0; j < x.row.size(); ++j) {
        const float e = std::exp(-0.5f * x.row[j]), t = e * along[j];
        s += e, ds -= t;
        x.row[j] = e, along[j] = t;
      }
      for (long a = 0; a < x.d; ++a) {
        float sum = 0, changed = 0;
        for (long j = 0; j < x.k; ++j) {
          const float q = pi[a] - x.across[Pairs::size(a * x.k + j)];
          sum += x.row[Pairs::size(j)] * q, changed += along[Pairs::size(j)] * q;
        }
        out[i * x.d + a] = -2 * ds * sum - 2 * s * (s * vi[a] - changed);
      }
    }
  };
}

Run forces(const Pairs& x) {
  return [x](const float* p, const float* c, const float*, float* out) {
    x.turn(c);
    for (long i = 0; i < x.n; ++i) {
      x.distances(p + i * x.d, x.row.data());
      for (float& r : x.row) r = 1 / ((r + 0.01f) * std::sqrt(r + 0.01f));
      for (long a = 0; a < x.d; ++a) {
        const float *q = x.across.data() + a * x.k, at = p[i * x.d + a];
        float sum = 0;
        for (long j = 0; j < x.k; ++j) sum += (q[j] - at) * x.row[Pairs::size(j)];
        out[i * x.d + a] = sum;
      }
    }
  };
}
}  // namespace

Run by_hand(const Case& c) {
  const Pairs x(c);
  if (c.program == "distances") return distances(x);
  if (c.program == "roots")
    return gradients(x, [k = c.k](const float* r, float* w) {
      for (long j = 0; j < k; ++j) w[j] = 1 / std::sqrt(r[j]);
    });
  if (c.program == "means") return means(x);
  if (c.program == "kernel") return kernel(x);
  if (c.program == "kernel_gradients")
    return gradients(x, [k = c.k](const float* r, float* w) {
      float sum = 0;
      for (long j = 0; j < k; ++j) sum += w[j] = std::exp(-0.5f * r[j]);
      for (long j = 0; j < k; ++j) w[j] *= -2 * sum;
    });
  if (c.program == "kernel_product") return kernel_product(x);
  return forces(x);
}

}  // namespace bench::pairs
