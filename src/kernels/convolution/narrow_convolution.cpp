// Convolutions of groups with few channels: a loop along rows of pixels for each tap, or depthwise.hpp.
#include "kernels/convolution/narrow_convolution.hpp"

#include <algorithm>

#include "base/isa.hpp"
#include "kernels/convolution/depthwise.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

namespace {
// Pixels of a row of x and of y that meet through one tap, x's `step` pixels apart.
template <class T>
struct RowTap {
  T* x;
  T* w;
  T* y;
  int64_t pixels, step;
  int64_t groups, inputs, outputs;
};

// The tensor F is changed: += the product of the others, channel by channel.
template <ConvolutionResult F, class T>
void along_row(const RowTap<T>& r) {
  const int64_t in = r.groups * r.inputs, out = r.groups * r.outputs;
  for (int64_t p = 0; p < r.pixels; ++p) {
    T *x = r.x + p * r.step * in, *y = r.y + p * out, *w = r.w;
    if (F == ConvolutionResult::input && r.inputs == 1 && r.outputs == 1) {  // the other forms have depthwise.hpp
#pragma GCC ivdep                                                            // x, w and y are different tensors
      for (int64_t c = 0; c < in; ++c) x[c] += y[c] * w[c];
      continue;
    }
    for (int64_t group = 0; group < r.groups; ++group, x += r.inputs, y += r.outputs, w += r.outputs)
      for (int64_t i = 0; i < r.inputs; ++i)
        for (int64_t o = 0; o < r.outputs; ++o) {
          if constexpr (F == ConvolutionResult::output) y[o] += x[i] * w[i * out + o];
          if constexpr (F == ConvolutionResult::input) x[i] += y[o] * w[i * out + o];
          if constexpr (F == ConvolutionResult::filter) w[i * out + o] += x[i] * y[o];
        }
  }
}

// Calls f with each row, enough of them together to be worth a thread; work: multiply-adds of one.
template <class F>
void over_rows(const KernelCall& c, int64_t rows, int64_t work, F&& f) {
  for_each_share(c.workers, rows, share_of(1 << 15, work), [&](int64_t first, int64_t last, int worker) {
    for (int64_t row = first; row < last; ++row) f(row, worker);
  });
}

// A convolution of each channel by itself.
template <class T>
class Channels {
 public:
  // run writes the result y, sum the filter w; the other two are read.
  Channels(const KernelCall& c, const Taps& vertical, const Taps& horizontal, int64_t channels, const T* x, const T* w,
           const T* y)
      : v_(vertical),
        h_(horizontal),
        channels_(channels),
        x_(x),
        w_(const_cast<T*>(w)),
        y_(const_cast<T*>(y)),
        at_(c, v_.count() * h_.count()),
        weights_(c, v_.count() * h_.count()) {
    while (first_ < h_.pixels && !h_.all_inside(first_)) ++first_;
    last_ = first_;
    while (last_ < h_.pixels && h_.all_inside(last_)) ++last_;
  }

  void run(const KernelCall& c, int64_t images) const {
    over_rows(c, images * v_.pixels, work_of_row(), [&](int64_t row, int worker) {
      over_pixels(row, w_, worker, [&](int64_t first, int64_t count, int taps) {
        depthwise_kernels<T>().row({count, channels_, taps, at_.of(worker), weights_.of(worker), source(row, first),
                                    h_.step * channels_, result(row, first), channels_});
      });
    });
  }

  // The sums of rows are short, and added up in double: by parts that do not depend on the number of workers.
  void sum(const KernelCall& c, int64_t images) const {
    constexpr int64_t kMostParts = 16;
    const int64_t size = v_.count() * h_.count() * channels_;
    const int64_t rows = images * v_.pixels;
    const int64_t parts =
        std::clamp<int64_t>(rows * work_of_row() >> 16, 1, std::min(kMostParts, std::max<int64_t>(1, rows)));
    const Workspace<T> row_sums(c, size);
    const Workspace<double> sums(c, size, parts);
    const auto part = [&](int64_t number, int worker) {
      T* row_sum = row_sums.of(worker);
      double* sum = sums.of(number);
      std::fill_n(sum, size, 0.0);
      for (int64_t row = rows * number / parts; row < rows * (number + 1) / parts; ++row) {
        std::fill_n(row_sum, size, T(0));
        over_pixels(row, row_sum, worker, [&](int64_t first, int64_t count, int taps) {
          depthwise_kernels<T>().sums({count, channels_, taps, at_.of(worker), weights_.of(worker), source(row, first),
                                       h_.step * channels_, result(row, first), channels_});
        });
        for (int64_t i = 0; i < size; ++i) sum[i] += row_sum[i];
      }
    };
    c.workers.run(parts, part);
    for (int64_t i = 0; i < size; ++i) {
      double sum = 0;
      for (int64_t p = 0; p < parts; ++p) sum += sums.of(p)[i];
      w_[i] = static_cast<T>(sum);
    }
  }

 private:
  int64_t work_of_row() const { return h_.pixels * channels_ * v_.count() * h_.count(); }
  const T* source(int64_t row, int64_t pixel) const {
    return x_ + (row / v_.pixels * v_.source * h_.source + pixel * h_.step) * channels_;
  }
  T* result(int64_t row, int64_t pixel) const { return y_ + (row * h_.pixels + pixel) * channels_; }

  // Calls f(first, count, taps) for runs of a row's pixels that read through the same taps. The worker's workspaces
  // hold where each tap reads, and its weights in w, which has the filter's shape.
  template <class F>
  void over_pixels(int64_t row, T* w, int worker, F&& f) const {
    const auto from = [&](int64_t first, int64_t count) {
      f(first, count, find_taps(row % v_.pixels, first, w, at_.of(worker), weights_.of(worker)));
    };
    for (int64_t p = 0; p < first_; ++p) from(p, 1);
    if (first_ < last_) from(first_, last_ - first_);
    for (int64_t p = last_; p < h_.pixels; ++p) from(p, 1);
  }
  int find_taps(int64_t up, int64_t pixel, T* w, int64_t* at, T** weights) const {
    int taps = 0;
    for (int64_t tv = 0; tv < v_.count(); ++tv)
      for (int64_t th = 0; v_.inside(up, tv) && th < h_.count(); ++th) {
        if (!h_.inside(pixel, th)) continue;
        at[taps] = ((up * v_.step + v_.offsets[tv]) * h_.source + h_.offsets[th]) * channels_;
        weights[taps++] = w + (tv * h_.count() + th) * channels_;
      }
    return taps;
  }

  Taps v_, h_;
  int64_t channels_;
  const T* x_;
  T *w_, *y_;
  Workspace<int64_t> at_;
  Workspace<T*> weights_;
  int64_t first_ = 0, last_ = 0;  // pixels of a row that read through all taps
};

bool is_depthwise(const Convolution& g) { return g.inputs == 1 && g.outputs == 1; }

template <ConvolutionResult F, class T>
class Narrow {
 public:
  Narrow(const Convolution& g, T* x, T* w, T* y)
      : g_(g), x_(x), w_(w), y_(y), along_(compiled_for_this_machine<[](const RowTap<T>& r) { along_row<F>(r); }>()) {}

  // Row `up` of y meets row `from` of x, of image n, through the taps of one row of the filter. sums: takes the place
  // of w if it is given.
  void rows(int64_t n, int64_t from, int64_t tap_row, int64_t up, T* sums = nullptr) const {
    for (int64_t tap = 0; tap < g_.horizontal.taps; ++tap) tap_of_row(n, from, tap_row, up, tap, sums);
  }
  void tap_of_row(int64_t n, int64_t from, int64_t tap_row, int64_t up, int64_t tap, T* sums) const {
    const ConvolutionAxis& h = g_.horizontal;
    const auto [first, last] = h.inside(tap);
    if (first >= last) return;
    const int64_t in = g_.groups * g_.inputs, out = g_.groups * g_.outputs;
    const int64_t column = first * h.stride - h.padding + tap * h.dilation;
    along_({x_ + ((n * g_.vertical.input + from) * h.input + column) * in,
            sums ? sums : w_ + (tap_row * h.taps + tap) * g_.inputs * out,
            y_ + ((n * g_.vertical.output + up) * h.output + first) * out, last - first, h.stride, g_.groups, g_.inputs,
            g_.outputs});
  }

 private:
  const Convolution& g_;
  T *x_, *w_, *y_;
  void (*along_)(const RowTap<T>&);
};
}  // namespace

template <class T>
void narrow_convolution(const KernelCall& c, const Convolution& g, const T* x, const T* w, T* y) {
  if (is_depthwise(g)) {
    return Channels<T>(c, g.vertical.forward(), g.horizontal.forward(), g.groups, x, w, y).run(c, g.images);
  }
  const Narrow<ConvolutionResult::output, T> loops(g, const_cast<T*>(x), const_cast<T*>(w), y);
  const ConvolutionAxis& v = g.vertical;
  const int64_t width = g.horizontal.output * g.groups * g.outputs;
  over_rows(c, g.images * v.output, width * g.inputs * v.taps * g.horizontal.taps, [&](int64_t row, int) {
    std::fill_n(y + row * width, width, T(0));
    for (int64_t tap = 0; tap < v.taps; ++tap)
      if (const int64_t from = row % v.output * v.stride - v.padding + tap * v.dilation; from >= 0 && from < v.input)
        loops.rows(row / v.output, from, tap, row % v.output);
  });
}

template <class T>
void narrow_input(const KernelCall& c, const Convolution& g, const T* y, const T* w, T* x) {
  if (is_depthwise(g) && g.vertical.stride == 1 && g.horizontal.stride == 1) {
    return Channels<T>(c, g.vertical.backward(), g.horizontal.backward(), g.groups, y, w, x).run(c, g.images);
  }
  const Narrow<ConvolutionResult::input, T> loops(g, x, const_cast<T*>(w), const_cast<T*>(y));
  const ConvolutionAxis& v = g.vertical;
  const int64_t width = g.horizontal.input * g.groups * g.inputs;
  over_rows(c, g.images * v.input, width * g.outputs * v.taps * g.horizontal.taps, [&](int64_t row, int) {
    std::fill_n(x + row * width, width, T(0));
    for (int64_t tap = 0; tap < v.taps; ++tap) {
      const int64_t distance = row % v.input + v.padding - tap * v.dilation, up = distance / v.stride;
      if (distance >= 0 && distance % v.stride == 0 && up < v.output) loops.rows(row / v.input, row % v.input, tap, up);
    }
  });
}

// Each tap by itself, row by row: the sums of rows are short, and added up in double.
template <class T>
void narrow_filter(const KernelCall& c, const Convolution& g, const T* x, const T* y, T* w) {
  if (is_depthwise(g))
    return Channels<T>(c, g.vertical.forward(), g.horizontal.forward(), g.groups, x, w, y).sum(c, g.images);
  const Narrow<ConvolutionResult::filter, T> loops(g, const_cast<T*>(x), w, const_cast<T*>(y));
  const ConvolutionAxis& v = g.vertical;
  const int64_t size = g.inputs * g.groups * g.outputs;
  const Workspace<T> row_sums(c, size);
  const Workspace<double> sums(c, size);
  const auto one_tap = [&](int64_t tap, int worker) {
    const int64_t tap_row = tap / g.horizontal.taps;
    T* row_sum = row_sums.of(worker);
    double* sum = sums.of(worker);
    std::fill_n(sum, size, 0.0);
    const auto [first, last] = v.inside(tap_row);
    for (int64_t n = 0; n < g.images; ++n)
      for (int64_t up = first; up < last; ++up) {
        std::fill_n(row_sum, size, T(0));
        loops.tap_of_row(n, up * v.stride - v.padding + tap_row * v.dilation, tap_row, up, tap % g.horizontal.taps,
                         row_sum);
        for (int64_t i = 0; i < size; ++i) sum[i] += row_sum[i];
      }
    std::copy_n(sum, size, w + tap * size);
  };
  const bool worth_sharing = g.images * v.output * g.horizontal.output * size > (1 << 14);
  const Workers workers = worth_sharing ? c.workers : Workers(1);
  workers.run(v.taps * g.horizontal.taps, one_tap);
}

template void narrow_convolution(const KernelCall&, const Convolution&, const float*, const float*, float*);
template void narrow_convolution(const KernelCall&, const Convolution&, const double*, const double*, double*);
template void narrow_input(const KernelCall&, const Convolution&, const float*, const float*, float*);
template void narrow_input(const KernelCall&, const Convolution&, const double*, const double*, double*);
template void narrow_filter(const KernelCall&, const Convolution&, const float*, const float*, float*);
template void narrow_filter(const KernelCall&, const Convolution&, const double*, const double*, double*);

}  // namespace gradtape::core::kernels
