// Shapes, specs, values and texts, from the input.
#include "draws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fuzz {

size_t size_of(gt_dtype d) {
  switch (d) {
    case GT_BOOL: return 1;
    case GT_INT32:
    case GT_FLOAT32: return 4;
    default: return 8;
  }
}
size_t bytes_of(gt_spec s) {
  int64_t n = 1;
  for (int i = 0; i < s.rank && i < GT_MAX_RANK; ++i) {
    if (s.dims[i] < 0 || s.dims[i] > kMostElements) return SIZE_MAX;
    n = std::min(n * s.dims[i], kMostElements + 1);
  }
  return n > kMostElements || s.rank < 0 || s.rank > GT_MAX_RANK ? SIZE_MAX : static_cast<size_t>(n) * size_of(s.dtype);
}
gt_spec spec_of(gt_dtype dtype, const std::vector<int64_t>& shape) {
  gt_spec s{dtype, static_cast<int32_t>(shape.size()), {}};
  std::copy(shape.begin(), shape.end(), s.dims);
  return s;
}

gt_dtype draw_dtype(World& w) {
  if (w.wrong()) return w.in.pick<gt_dtype>({0, -1, 6, 7, INT32_MAX});
  return w.in.pick<gt_dtype>({GT_FLOAT32, GT_FLOAT64, GT_FLOAT64, GT_FLOAT32, GT_INT32, GT_INT64, GT_BOOL, GT_FLOAT32});
}
int64_t draw_integer(World& w) {
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  if (w.in.below(16) == 15)
    return w.in.pick<int64_t>({most, -most, most - 1, std::numeric_limits<int64_t>::min(), int64_t{1} << 31,
                               int64_t{1} << 32, int64_t{1} << 40, -(int64_t{1} << 31), 100, 1000, -100, 65536});
  return w.in.pick<int64_t>({0, 1, 2, -1, 3, -2, 1, 4});
}

gt_spec draw_spec(World& w, bool open) {
  gt_spec s{draw_dtype(w), 0, {}};
  s.rank = w.in.pick<int32_t>({1, 2, 0, 1, 2, 3, 2, 4});
  for (int i = 0; i < s.rank; ++i) {
    s.dims[i] = w.in.pick<int64_t>({3, 2, 1, 2, 3, 4, 0, 5, 1, 2, 7, 16, 1, 33, 2, 3});
    if (open && w.in.below(3) == 2) s.dims[i] = -1;
  }
  if (w.wrong()) {
    if (w.in.below(2) == 0) s.rank = w.in.pick<int32_t>({-1, 17, 16, INT32_MAX, INT32_MIN, 15});
    const int64_t d = draw_integer(w);
    for (int64_t& each : s.dims)
      if (w.in.below(2) == 0) each = d;
  }
  return s;
}

namespace {
template <class T>
void fill(World& w, char* to, size_t n) {
  static constexpr double usual[] = {0.5, -1, 2, 0, 1, -0.25, 3, 1.5, -2, 0.125};
  constexpr bool real = std::is_floating_point_v<T>;
  constexpr T low = std::numeric_limits<T>::lowest(), high = std::numeric_limits<T>::max();
  static constexpr T ends[] = {0, real ? T(NAN) : low, real ? T(INFINITY) : high, high, low, T(-1), T(100)};
  const unsigned start = w.in.byte();
  for (size_t i = 0; i < n; ++i) {
    T v = static_cast<T>(usual[(start + i * (1 + start / 16)) % 10]);
    if (start >= 240 && (start + i) % 3 == 0) v = ends[(start + i) % 7];
    std::memcpy(to + i * sizeof(T), &v, sizeof v);
  }
}
}  // namespace

std::unique_ptr<char[]> draw_values(World& w, gt_dtype dtype, size_t bytes) {
  auto memory = std::make_unique<char[]>(bytes);
  const size_t n = bytes / size_of(dtype);
  switch (dtype) {
    case GT_FLOAT32: fill<float>(w, memory.get(), n); break;
    case GT_INT32: fill<int32_t>(w, memory.get(), n); break;
    case GT_INT64: fill<int64_t>(w, memory.get(), n); break;
    case GT_FLOAT64: fill<double>(w, memory.get(), n); break;
    default:
      for (size_t i = 0; i < n; ++i) memory[i] = static_cast<char>(i % 3 == 0);
  }
  return memory;
}

gt_tensor new_tensor(World& w, gt_spec s) {
  const size_t bytes = std::min(bytes_of(s), size_t{kMostElements} * 8);
  const auto values = draw_values(w, s.dtype, bytes);
  const size_t said = w.wrong() ? bytes + w.in.pick<size_t>({1, SIZE_MAX, size_t{1} << 40}) : bytes;
  return gt_tensor_create(w.context(), s.dtype, w.pointer(s.dims), static_cast<size_t>(s.rank), w.pointer(values.get()),
                          said);
}

const char* draw_text(World& w) {
  static const std::string large(5000, 'x');
  if (w.wrong()) return nullptr;
  return w.in.pick<const char*>({"fuzz", "", "add", "\xff\xfe%s%n", large.c_str(), "fuzz_rule", "fuzz_op_0"});
}

}  // namespace fuzz
