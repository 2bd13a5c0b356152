// Convolutions as products: patches of pixels, gathered panel by panel into the cache, times the filter. The gradient
// by the input is the same with other taps: those of the output's pixels that each input pixel went into, stride by
// stride. Groups with few channels go through direct loops (narrow_convolution.cpp) instead.
#include <algorithm>
#include <numeric>

#include "kernels/convolution/narrow_convolution.hpp"
#include "kernels/matmul/gemm.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

namespace {
constexpr int64_t kPanel = 1 << 18;        // elements of a panel of patches
constexpr int64_t kLeastRows = 64;         // of a panel, below which the product is slow
constexpr int64_t kPanels = 8;             // to share out, where they are not too short for that
constexpr int64_t kMostPartial = 1 << 18;  // elements of a filter up to which its gradient is summed up in parts

// Pixels [n, rows, columns] of an image with `channels` ones, of which `used` from `first` on take part.
template <class T>
struct Image {
  T* data;
  int64_t rows, columns, channels, first, used;
  T* at(int64_t n, int64_t row, int64_t column) const {
    return data + ((n * rows + row) * columns + column) * channels + first;
  }
};

template <class T>
struct Patches {
  Image<const T> source;
  Taps vertical, horizontal;

  int64_t size() const { return vertical.count() * horizontal.count() * source.used; }  // of one
  int64_t pixels() const { return vertical.pixels * horizontal.pixels; }                // of one image
  bool are_pixels() const { return vertical.is_identity() && horizontal.is_identity(); }
  int64_t panel_rows(int64_t total) const {
    const int64_t most = std::max(kLeastRows, kPanel / std::max<int64_t>(1, size()));
    return std::max<int64_t>(1, std::min(total, std::clamp(round_up(total / kPanels, 16), kLeastRows, most)));
  }

  // The patches of `count` pixels from number `first` on, of all images; 0 where a tap lies outside.
  void gather(int64_t first, int64_t count, T* out) const {
    const bool runs = horizontal.contiguous() && source.used == source.channels;
    for (int64_t p = first; p < first + count; ++p) {
      const int64_t n = p / pixels(), row = p % pixels() / horizontal.pixels, column = p % horizontal.pixels;
      for (int64_t tap = 0; tap < vertical.count(); ++tap) {
        const int64_t y = row * vertical.step + vertical.offsets[tap], x = column * horizontal.step;
        const int64_t width = horizontal.count() * source.used;
        if (y < 0 || y >= source.rows)
          std::fill_n(out, width, T(0));
        else if (runs)
          gather_run(n, y, x + horizontal.offsets.first, out);
        else
          gather_each(n, y, x, out);
        out += width;
      }
    }
  }

 private:
  void gather_run(int64_t n, int64_t y, int64_t x, T* out) const {
    const int64_t taps = horizontal.count(), c = source.used;
    const int64_t from = std::clamp<int64_t>(-x, 0, taps), to = std::clamp<int64_t>(source.columns - x, from, taps);
    std::fill_n(out, from * c, T(0));
    if (from < to) std::copy_n(source.at(n, y, x + from), (to - from) * c, out + from * c);
    std::fill_n(out + to * c, (taps - to) * c, T(0));
  }
  void gather_each(int64_t n, int64_t y, int64_t x, T* out) const {
    for (int64_t tap = 0; tap < horizontal.count(); ++tap) {
      const int64_t column = x + horizontal.offsets[tap];
      if (column < 0 || column >= source.columns)
        std::fill_n(out, source.used, T(0));
      else
        std::copy_n(source.at(n, y, column), source.used, out);
      out += source.used;
    }
  }
};

// The results go to every `step`-th pixel of an image.
template <class T>
struct Target {
  Image<T> image;
  int64_t row, column, row_step, column_step;
  bool dense() const { return row_step == 1 && column_step == 1; }
};

// Patches [pixels, size] times weights [size, used channels of the target].
template <class T>
void multiply(const KernelCall& c, int64_t images, const Patches<T>& patches, const Operand<T>& weights,
              const Target<T>& target) {
  const int64_t total = images * patches.pixels(), k = patches.size(), outputs = target.image.used;
  const int64_t rows = patches.panel_rows(total);
  const bool gathers = !patches.are_pixels(), dense = target.dense();
  const Workspace<T> workspace(c, (gathers ? rows * k : 0) + (dense ? 0 : rows * outputs));
  const Workspace<T> packed(c, gemm_workspace<T>(rows, outputs, k));
  const auto panel = [&](int64_t first, int64_t last, int worker) {
    const int64_t count = last - first;
    T *patch = workspace.of(worker), *result = gathers ? patch + rows * k : patch;
    Operand<T> left{patch, k};
    if (gathers)
      patches.gather(first, count, patch);
    else
      left = {patches.source.data + first * patches.source.channels + patches.source.first, patches.source.channels};
    if (dense) {
      T* out = target.image.data + first * target.image.channels + target.image.first;
      return gemm<T>({count, outputs, k, left, weights, out, target.image.channels}, packed.of(worker));
    }
    gemm<T>({count, outputs, k, left, weights, result, outputs}, packed.of(worker));
    for (int64_t p = first; p < last; ++p, result += outputs) {
      const int64_t n = p / patches.pixels(), row = p % patches.pixels() / patches.horizontal.pixels,
                    column = p % patches.horizontal.pixels;
      std::copy_n(result, outputs,
                  target.image.at(n, row * target.row_step + target.row, column * target.column_step + target.column));
    }
  };
  for_each_share(c.workers, total, rows, panel);
}

// Input pixels q * stride + phase: the output pixels q + offset that read them, and through which taps, last tap first.
struct PhaseTaps {
  Taps taps;
  Sequence through;
};
PhaseTaps phase_taps(const ConvolutionAxis& a, int64_t phase) {
  PhaseTaps p{{a.output, ceil_div(a.input - phase, a.stride), 1, {}}, {}};
  const auto distance = [&](int64_t tap) { return phase + a.padding - tap * a.dilation; };
  const int64_t between = a.stride / std::gcd(a.stride, a.dilation);  // taps that the phase reads
  int64_t last = a.taps - 1;
  while (last >= 0 && last > a.taps - 1 - between && distance(last) % a.stride != 0) --last;
  if (last < 0 || distance(last) % a.stride != 0) return p;
  p.through = {last, -between, last / between + 1};
  p.taps.offsets = {distance(last) / a.stride, between * a.dilation / a.stride, p.through.count};
  return p;
}

template <class T>
void forward(const KernelCall& c, const Convolution& g, const T* x, const T* w, T* y) {
  for (int64_t group = 0; group < g.groups; ++group) {
    const Image<const T> source{x,       g.vertical.input, g.horizontal.input, g.groups * g.inputs, group * g.inputs,
                                g.inputs};
    const Image<T> out{y, g.vertical.output, g.horizontal.output, g.groups * g.outputs, group * g.outputs, g.outputs};
    const Patches<T> patches{source, g.vertical.forward(), g.horizontal.forward()};
    multiply<T>(c, g.images, patches, {w + group * g.outputs, g.groups * g.outputs}, {out, 0, 0, 1, 1});
  }
}

// The filter's taps of one phase, each transposed: [taps, outputs, inputs] of one group.
template <class T>
void transpose_filter(const Convolution& g, int64_t group, const PhaseTaps& v, const PhaseTaps& h, const T* w, T* out) {
  const int64_t step = g.groups * g.outputs;
  for (int64_t tv = 0; tv < v.through.count; ++tv)
    for (int64_t th = 0; th < h.through.count; ++th) {
      const T* tap = w + (v.through[tv] * g.horizontal.taps + h.through[th]) * g.inputs * step + group * g.outputs;
      for (int64_t o = 0; o < g.outputs; ++o)
        for (int64_t i = 0; i < g.inputs; ++i) *out++ = tap[i * step + o];
    }
}

template <class T>
void input_gradient(const KernelCall& c, const Convolution& g, const T* y, const T* w, T* x) {
  std::fill_n(x, g.images * g.vertical.input * g.horizontal.input * g.groups * g.inputs, T(0));
  for (int64_t group = 0; group < g.groups; ++group) {
    const Image<const T> source{
        y, g.vertical.output, g.horizontal.output, g.groups * g.outputs, group * g.outputs, g.outputs};
    const Image<T> out{x, g.vertical.input, g.horizontal.input, g.groups * g.inputs, group * g.inputs, g.inputs};
    for (int64_t pv = 0; pv < std::min(g.vertical.stride, g.vertical.input); ++pv)
      for (int64_t ph = 0; ph < std::min(g.horizontal.stride, g.horizontal.input); ++ph) {
        const PhaseTaps v = phase_taps(g.vertical, pv), h = phase_taps(g.horizontal, ph);
        if (v.through.count == 0 || h.through.count == 0) continue;  // no output reads these pixels
        const Patches<T> patches{source, v.taps, h.taps};
        const Workspace<T> weights(c, patches.size() * g.inputs, 1);
        transpose_filter(g, group, v, h, w, weights.of(0));
        multiply<T>(c, g.images, patches, {weights.of(0), g.inputs},
                    {out, pv, ph, g.vertical.stride, g.horizontal.stride});
      }
  }
}

// Sums over panels of patches^T y. A small filter is summed up in parts, whose number does not depend on the workers.
// Each tap of a large filter is a part of the work.
template <class T>
void filter_gradient(const KernelCall& c, const Convolution& g, int64_t group, const T* x, const T* y, T* w) {
  const int64_t channels = g.groups * g.outputs, total = g.images * g.vertical.output * g.horizontal.output;
  const Image<const T> source{x, g.vertical.input, g.horizontal.input, g.groups * g.inputs, group * g.inputs, g.inputs};
  const Taps vertical = g.vertical.forward(), horizontal = g.horizontal.forward();
  const Patches<T> all{source, vertical, horizontal};
  const int64_t k = all.size(), rows = all.panel_rows(total);
  const bool by_taps = k * g.outputs > kMostPartial;
  const int64_t parts = by_taps ? 1 : std::min<int64_t>(16, ceil_div(total, rows));
  const int64_t work = by_taps ? g.vertical.taps * g.horizontal.taps : parts;
  const Workspace<T> sums(c, parts > 1 ? parts * k * g.outputs : 0, 1);
  const Workspace<T> workspace(c, rows * k), packed(c, gemm_workspace<T>(k, g.outputs, rows));
  const auto part = [&](int64_t i, int worker) {
    Patches<T> patches = all;
    T* out = w + group * g.outputs;
    int64_t ldc = channels, first_panel = i, step = parts;
    if (by_taps) {
      patches.vertical.offsets = {vertical.offsets[i / horizontal.count()], 1, 1};
      patches.horizontal.offsets = {horizontal.offsets[i % horizontal.count()], 1, 1};
      out += i * g.inputs * channels;
      first_panel = 0;
      step = 1;
    } else if (parts > 1) {
      out = sums.of(0) + i * k * g.outputs;
      ldc = g.outputs;
    }
    const bool gathers = !patches.are_pixels();
    bool add = false;
    for (int64_t first = first_panel * rows; first < total; first += step * rows, add = true) {
      const int64_t count = std::min(rows, total - first);
      Operand<T> left{workspace.of(worker), patches.size(), true};
      if (gathers)
        patches.gather(first, count, workspace.of(worker));
      else
        left = {source.data + first * source.channels + source.first, source.channels, true};
      const Operand<T> right{y + first * channels + group * g.outputs, channels};
      gemm<T>({patches.size(), g.outputs, count, left, right, out, ldc, add}, packed.of(worker));
    }
  };
  c.workers.run(work, part);
  for (int64_t i = 0; parts > 1 && i < k; ++i)
    for (int64_t o = 0; o < g.outputs; ++o) {
      T sum = 0;
      for (int64_t p = 0; p < parts; ++p) sum += sums.of(0)[(p * k + i) * g.outputs + o];
      w[i * channels + group * g.outputs + o] = sum;
    }
}

// Whether the channels of a group are too few for a product.
bool is_narrow(const Convolution& g) { return g.groups > 1 && g.inputs * g.outputs < 64; }

void run(const KernelCall& c, ConvolutionResult result, const View& x, const View& w, const View& y) {
  const Convolution g(c, *x.shape, *w.shape, *y.shape);
  const MutableView& out = c.out[0];
  if (out.elements() == 0) return;
  dispatch_floating(out.dtype, [&]<class T>(Type<T>) {
    if (c.in[0].elements() == 0 || c.in[1].elements() == 0) return void(std::fill_n(out.as<T>(), out.elements(), T(0)));
    const bool narrow = is_narrow(g);
    switch (result) {
      case ConvolutionResult::output:
        return narrow ? narrow_convolution(c, g, x.as<T>(), w.as<T>(), out.as<T>())
                      : forward<T>(c, g, x.as<T>(), w.as<T>(), out.as<T>());
      case ConvolutionResult::input:
        return narrow ? narrow_input(c, g, y.as<T>(), w.as<T>(), out.as<T>())
                      : input_gradient<T>(c, g, y.as<T>(), w.as<T>(), out.as<T>());
      case ConvolutionResult::filter:
        if (narrow) return narrow_filter(c, g, x.as<T>(), y.as<T>(), out.as<T>());
        for (int64_t group = 0; group < g.groups; ++group)
          filter_gradient<T>(c, g, group, x.as<T>(), y.as<T>(), out.as<T>());
    }
  });
}
View as_view(const MutableView& v) { return {v.data, v.dtype, v.shape}; }
}  // namespace

Convolution::Convolution(const KernelCall& c, const Shape& x, const Shape& w, const Shape& y)
    : images(x[0]), groups(c.integer("groups")), inputs(w[2]), outputs(w[3] / groups) {
  const auto axis = [&](std::size_t i) {
    return ConvolutionAxis{
        x[1 + i], w[i], y[1 + i], c.ints("strides")[i], c.ints("dilations")[i], c.ints("padding")[2 * i]};
  };
  vertical = axis(0);
  horizontal = axis(1);
}

void convolution(const KernelCall& c) { run(c, ConvolutionResult::output, c.in[0], c.in[1], as_view(c.out[0])); }
void convolution_input(const KernelCall& c) { run(c, ConvolutionResult::input, as_view(c.out[0]), c.in[1], c.in[0]); }
void convolution_filter(const KernelCall& c) { run(c, ConvolutionResult::filter, c.in[0], as_view(c.out[0]), c.in[1]); }

}  // namespace gradtape::core::kernels
