// Programs with loops: their sizes and inputs, and the ways to compute values and gradients, all in double.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench::loops {

struct Case {
  std::string program;
  long size;               // steps, or the order of a matrix
  std::vector<double> in;  // all inputs in a row
  std::size_t outputs;     // numbers that a run writes: values, then gradients
  std::string name() const { return program + "/" + std::to_string(size); }
};
using Run = std::function<void(const double* in, double* out)>;
struct Way {
  std::string name;
  Run run;
};

// The ways of a library, none if it does not have the program.
std::vector<Way> by_gradtape(const Case& c);
std::vector<Way> by_hand(const Case& c);
std::vector<Way> by_codipack(const Case& c);

// Lotka and Volterra's equations: x' = x (p0 - p1 y), y' = y (p2 x - p3). The inputs are x, y and p, and the value is
// x + y after all steps.
constexpr double kStep = 0.01;
constexpr std::size_t kOde = 6;

// The network of ADBench: two layers without products, of vectors of 14. The inputs are weights and biases [4, 4, 14],
// the weights of input and output [3, 14], and the sequence [steps + 1, 14]. The state begins with zeros.
constexpr long kWidth = 14, kLayers = 2;
constexpr long kMain = 2 * kLayers * 4 * kWidth, kExtra = 3 * kWidth, kWeights = kMain + kExtra;

// A perceptron: tanh(x w0 + b0) w1 + b1, and the cross entropy of its softmax. Each example has a gradient of its own.
// The inputs are w0, b0, w1, b1, then x [kBatch, kIn] and the distributions wanted [kBatch, kOut].
constexpr long kBatch = 128, kIn = 32, kHidden = 64, kOut = 10;
constexpr long kMlpWeights = kIn * kHidden + kHidden + kHidden * kOut + kOut;

inline void append_wave(std::vector<double>& v, long n, double height, double rate, double middle = 0) {
  for (long i = 0; i < n; ++i) v.push_back(middle + height * std::sin(rate * static_cast<double>(i) + 1));
}

// The programs once more, for numbers of any type.
template <class T>
T lotka_volterra(const T* in, long steps) {
  const T* p = in + 2;
  T x = in[0], y = in[1];
  const double h = kStep;
  for (long i = 0; i < steps; ++i) {
    const T ax = x * (p[0] - p[1] * y), ay = y * (p[2] * x - p[3]);
    const T x1 = x + h / 2 * ax, y1 = y + h / 2 * ay;
    const T bx = x1 * (p[0] - p[1] * y1), by = y1 * (p[2] * x1 - p[3]);
    const T x2 = x + h / 2 * bx, y2 = y + h / 2 * by;
    const T cx = x2 * (p[0] - p[1] * y2), cy = y2 * (p[2] * x2 - p[3]);
    const T x3 = x + h * cx, y3 = y + h * cy;
    const T dx = x3 * (p[0] - p[1] * y3), dy = y3 * (p[2] * x3 - p[3]);
    x = x + h / 6 * (ax + 2.0 * bx + 2.0 * cx + dx);
    y = y + h / 6 * (ay + 2.0 * by + 2.0 * cy + dy);
  }
  return x + y;
}

template <class T>
T sigmoid(const T& x) {
  using std::exp;
  return 1.0 / (1.0 + exp(-x));
}
template <class T>
T lstm(const T* weights, const double* sequence, long steps) {
  using std::exp, std::log, std::tanh;
  const T* extra = weights + kMain;
  T hidden[kLayers][kWidth], cell[kLayers][kWidth], x[kWidth];
  for (long l = 0; l < kLayers; ++l)
    for (long i = 0; i < kWidth; ++i) hidden[l][i] = cell[l][i] = 0.0;
  T total = 0.0;
  for (long t = 0; t < steps; ++t) {
    const double *row = sequence + t * kWidth, *next = row + kWidth;
    for (long i = 0; i < kWidth; ++i) x[i] = row[i] * extra[i];
    for (long l = 0; l < kLayers; ++l) {
      const T *w = weights + 2 * l * 4 * kWidth, *b = w + 4 * kWidth;
      for (long i = 0; i < kWidth; ++i) {
        const T forget = sigmoid(T(x[i] * w[i] + b[i]));
        const T in = sigmoid(T(hidden[l][i] * w[kWidth + i] + b[kWidth + i]));
        const T out = sigmoid(T(x[i] * w[2 * kWidth + i] + b[2 * kWidth + i]));
        const T change = tanh(T(hidden[l][i] * w[3 * kWidth + i] + b[3 * kWidth + i]));
        cell[l][i] = cell[l][i] * forget + in * change;
        hidden[l][i] = out * tanh(cell[l][i]);
        x[i] = hidden[l][i];
      }
    }
    T sum = 2.0, dot = 0.0;
    double gold = 0;
    for (long i = 0; i < kWidth; ++i) {
      const T said = x[i] * extra[kWidth + i] + extra[2 * kWidth + i];
      sum += exp(said);
      dot += next[i] * said;
      gold += next[i];
    }
    total += dot - gold * log(sum);
  }
  return -total / static_cast<double>(steps * kWidth);
}

// The determinant by minors of the first row that is left. Columns are bits.
template <class T>
T minors(const T* a, long n, long row, unsigned columns) {
  if (row == n) return 1.0;
  T sum = 0.0;
  double sign = 1;
  for (long j = 0; j < n; ++j) {
    if (!(columns >> j & 1)) continue;
    sum += sign * a[row * n + j] * minors(a, n, row + 1, columns & ~(1u << j));
    sign = -sign;
  }
  return sum;
}

}  // namespace bench::loops
