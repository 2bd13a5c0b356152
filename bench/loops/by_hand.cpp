// The programs by hand: a loop forward that stores states, and a loop backward with adjoints.
#include <algorithm>
#include <memory>

#include "programs.hpp"

namespace bench::loops {
namespace {

struct Pair {
  double x, y;
};
Pair slope(Pair z, const double* p) { return {z.x * (p[0] - p[1] * z.y), z.y * (p[2] * z.x - p[3])}; }
Pair moved(Pair z, double h, Pair k) { return {z.x + h * k.x, z.y + h * k.y}; }
// Adds to the adjoints of the parameters, and gives that of z, for the adjoint k of the slope at z.
Pair slope_back(Pair z, const double* p, Pair k, double* gp) {
  gp[0] += k.x * z.x;
  gp[1] -= k.x * z.x * z.y;
  gp[2] += k.y * z.y * z.x;
  gp[3] -= k.y * z.y;
  return {k.x * (p[0] - p[1] * z.y) + k.y * z.y * p[2], k.y * (p[2] * z.x - p[3]) - k.x * z.x * p[1]};
}

void lotka_volterra_gradient(const double* in, double* out, long steps, Pair* kept) {
  const double *p = in + 2, h = kStep;
  Pair z{in[0], in[1]};
  for (long i = 0; i < steps; ++i) {
    kept[i] = z;
    const Pair a = slope(z, p), b = slope(moved(z, h / 2, a), p), c = slope(moved(z, h / 2, b), p),
               d = slope(moved(z, h, c), p);
    z = {z.x + h / 6 * (a.x + 2 * b.x + 2 * c.x + d.x), z.y + h / 6 * (a.y + 2 * b.y + 2 * c.y + d.y)};
  }
  out[0] = z.x + z.y;
  double gp[4] = {};
  Pair g{1, 1};
  for (long i = steps; i-- > 0;) {
    const Pair z0 = kept[i], z1 = moved(z0, h / 2, slope(z0, p)), z2 = moved(z0, h / 2, slope(z1, p)),
               z3 = moved(z0, h, slope(z2, p));
    const Pair once{h / 6 * g.x, h / 6 * g.y}, twice{h / 3 * g.x, h / 3 * g.y};
    const Pair g3 = slope_back(z3, p, once, gp), g2 = slope_back(z2, p, moved(twice, h, g3), gp),
               g1 = slope_back(z1, p, moved(twice, h / 2, g2), gp), g0 = slope_back(z0, p, moved(once, h / 2, g1), gp);
    g = {g.x + g0.x + g1.x + g2.x + g3.x, g.y + g0.y + g1.y + g2.y + g3.y};
  }
  out[1] = g.x, out[2] = g.y;
  std::copy(gp, gp + 4, out + 3);
}

// The numbers of one layer in one step that the way back needs.
struct Gates {
  double x[kWidth], hidden[kWidth], cell[kWidth], forget[kWidth], in[kWidth], out[kWidth], change[kWidth],
      squashed[kWidth];
};
struct LstmStep {
  Gates layers[kLayers];
  double last[kWidth], share[kWidth], gold;
};

double lstm_forward(const double* weights, const double* sequence, long steps, LstmStep* kept) {
  const double* extra = weights + kMain;
  double hidden[kLayers][kWidth] = {}, cell[kLayers][kWidth] = {}, x[kWidth], total = 0;
  for (long t = 0; t < steps; ++t) {
    const double *row = sequence + t * kWidth, *next = row + kWidth;
    LstmStep& s = kept[t];
    for (long i = 0; i < kWidth; ++i) x[i] = row[i] * extra[i];
    for (long l = 0; l < kLayers; ++l) {
      const double *w = weights + 2 * l * 4 * kWidth, *b = w + 4 * kWidth;
      Gates& g = s.layers[l];
      for (long i = 0; i < kWidth; ++i) {
        g.x[i] = x[i], g.hidden[i] = hidden[l][i], g.cell[i] = cell[l][i];
        g.forget[i] = sigmoid(x[i] * w[i] + b[i]);
        g.in[i] = sigmoid(hidden[l][i] * w[kWidth + i] + b[kWidth + i]);
        g.out[i] = sigmoid(x[i] * w[2 * kWidth + i] + b[2 * kWidth + i]);
        g.change[i] = std::tanh(hidden[l][i] * w[3 * kWidth + i] + b[3 * kWidth + i]);
        cell[l][i] = cell[l][i] * g.forget[i] + g.in[i] * g.change[i];
        g.squashed[i] = std::tanh(cell[l][i]);
        x[i] = hidden[l][i] = g.out[i] * g.squashed[i];
      }
    }
    double sum = 2, dot = 0;
    s.gold = 0;
    for (long i = 0; i < kWidth; ++i) {
      const double said = x[i] * extra[kWidth + i] + extra[2 * kWidth + i];
      s.last[i] = x[i];
      sum += s.share[i] = std::exp(said);
      dot += next[i] * said;
      s.gold += next[i];
    }
    for (double& e : s.share) e /= sum;
    total += dot - s.gold * std::log(sum);
  }
  return -total / static_cast<double>(steps * kWidth);
}

void lstm_backward(const double* weights, const double* sequence, long steps, const LstmStep* kept, double* grad) {
  const double *extra = weights + kMain, scale = -1.0 / static_cast<double>(steps * kWidth);
  double gh[kLayers][kWidth] = {}, gc[kLayers][kWidth] = {}, gx[kWidth];
  std::fill(grad, grad + kWeights, 0.0);
  double* ge = grad + kMain;
  for (long t = steps; t-- > 0;) {
    const double *row = sequence + t * kWidth, *next = row + kWidth;
    const LstmStep& s = kept[t];
    for (long i = 0; i < kWidth; ++i) {
      const double g = scale * (next[i] - s.gold * s.share[i]);
      ge[kWidth + i] += g * s.last[i];
      ge[2 * kWidth + i] += g;
      gx[i] = g * extra[kWidth + i];
    }
    for (long l = kLayers; l-- > 0;) {
      const double* w = weights + 2 * l * 4 * kWidth;
      double *gw = grad + 2 * l * 4 * kWidth, *gb = gw + 4 * kWidth;
      const Gates& g = s.layers[l];
      for (long i = 0; i < kWidth; ++i) {
        const double h = gh[l][i] + gx[i];
        const double c = gc[l][i] + h * g.out[i] * (1 - g.squashed[i] * g.squashed[i]);
        const double out = h * g.squashed[i] * g.out[i] * (1 - g.out[i]);
        const double forget = c * g.cell[i] * g.forget[i] * (1 - g.forget[i]);
        const double in = c * g.change[i] * g.in[i] * (1 - g.in[i]);
        const double change = c * g.in[i] * (1 - g.change[i] * g.change[i]);
        gw[i] += forget * g.x[i], gb[i] += forget;
        gw[kWidth + i] += in * g.hidden[i], gb[kWidth + i] += in;
        gw[2 * kWidth + i] += out * g.x[i], gb[2 * kWidth + i] += out;
        gw[3 * kWidth + i] += change * g.hidden[i], gb[3 * kWidth + i] += change;
        gc[l][i] = c * g.forget[i];
        gh[l][i] = in * w[kWidth + i] + change * w[3 * kWidth + i];
        gx[i] = forget * w[i] + out * w[2 * kWidth + i];
      }
    }
    for (long i = 0; i < kWidth; ++i) ge[i] += gx[i] * row[i];
  }
}

// Minors in the order of the way forward; the way back reads them from the end.
double minors_forward(const double* a, long n, long row, unsigned columns, double*& kept) {
  if (row == n) return 1;
  double sum = 0, sign = 1;
  for (long j = 0; j < n; ++j) {
    if (!(columns >> j & 1)) continue;
    const double minor = minors_forward(a, n, row + 1, columns & ~(1u << j), kept);
    *kept++ = minor;
    sum += sign * a[row * n + j] * minor;
    sign = -sign;
  }
  return sum;
}
void minors_backward(const double* a, long n, long row, unsigned columns, double g, double*& kept, double* grad) {
  if (row == n) return;
  double sign = (n - row) % 2 ? 1 : -1;  // that of the last column
  for (long j = n; j-- > 0;) {
    if (!(columns >> j & 1)) continue;
    grad[row * n + j] += g * sign * *--kept;
    minors_backward(a, n, row + 1, columns & ~(1u << j), g * sign * a[row * n + j], kept, grad);
    sign = -sign;
  }
}

// The loss of example e and its gradients, which lie in out by kinds: losses, then those by w0, b0, w1 and b1.
void example_gradient(const double* in, double* out, long e) {
  const double *w0 = in, *b0 = w0 + kIn * kHidden, *w1 = b0 + kHidden, *b1 = w1 + kHidden * kOut;
  const double *x = in + kMlpWeights + e * kIn, *wanted = in + kMlpWeights + kBatch * kIn + e * kOut;
  double *g0 = out + kBatch + e * kIn * kHidden, *gb0 = out + kBatch * (1 + kIn * kHidden) + e * kHidden,
         *g1 = out + kBatch * (1 + kIn * kHidden + kHidden) + e * kHidden * kOut,
         *gb1 = out + kBatch * (1 + kIn * kHidden + kHidden + kHidden * kOut) + e * kOut;
  double h[kHidden], y[kOut], sum = 0, gold = 0, dot = 0;
  std::copy(b0, b0 + kHidden, h);
  for (long i = 0; i < kIn; ++i)
    for (long j = 0; j < kHidden; ++j) h[j] += x[i] * w0[i * kHidden + j];
  for (double& v : h) v = std::tanh(v);
  std::copy(b1, b1 + kOut, y);
  for (long i = 0; i < kHidden; ++i)
    for (long j = 0; j < kOut; ++j) y[j] += h[i] * w1[i * kOut + j];
  const double most = *std::max_element(y, y + kOut);
  for (long j = 0; j < kOut; ++j) dot += wanted[j] * y[j], gold += wanted[j];
  for (double& v : y) sum += v = std::exp(v - most);
  out[e] = gold * (most + std::log(sum)) - dot;
  for (long j = 0; j < kOut; ++j) gb1[j] = gold * y[j] / sum - wanted[j];
  for (long i = 0; i < kHidden; ++i) {
    double g = 0;
    for (long j = 0; j < kOut; ++j) g1[i * kOut + j] = h[i] * gb1[j], g += gb1[j] * w1[i * kOut + j];
    gb0[i] = g * (1 - h[i] * h[i]);
  }
  for (long i = 0; i < kIn; ++i)
    for (long j = 0; j < kHidden; ++j) g0[i * kHidden + j] = x[i] * gb0[j];
}

}  // namespace

std::vector<Way> by_hand(const Case& c) {
  const long n = c.size;
  if (c.program.starts_with("lotka_volterra"))
    return {
        {"by hand", [n, kept = std::vector<Pair>(static_cast<std::size_t>(n))](const double* in, double* out) mutable {
           lotka_volterra_gradient(in, out, n, kept.data());
         }}};
  if (c.program == "lstm")
    return {{"by hand",
             [n, kept = std::vector<LstmStep>(static_cast<std::size_t>(n))](const double* in, double* out) mutable {
               out[0] = lstm_forward(in, in + kWeights, n, kept.data());
               lstm_backward(in, in + kWeights, n, kept.data(), out + 1);
             }}};
  if (c.program == "minors_unrolled")
    return {{"by hand", [n, kept = std::vector<double>(1 << 20)](const double* in, double* out) mutable {
               double* last = kept.data();
               out[0] = minors_forward(in, n, 0, (1u << n) - 1, last);
               std::fill(out + 1, out + 1 + n * n, 0.0);
               minors_backward(in, n, 0, (1u << n) - 1, 1, last, out + 1);
             }}};
  return {{"by hand", [](const double* in, double* out) {
             for (long e = 0; e < kBatch; ++e) example_gradient(in, out, e);
           }}};
}

}  // namespace bench::loops
