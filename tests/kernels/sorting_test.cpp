// Sorting at every length, order and number of threads, against the standard library.
#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

#include "support/kernel_test.hpp"

namespace test {
namespace {

template <class T>
void check_sorting(Kernels& k, int64_t n, int64_t lines, bool along_rows, bool descending) {
  SCOPED_TRACE(std::to_string(n) + " entries, " + std::to_string(lines) + " lines");
  std::vector<T> x(static_cast<std::size_t>(n * lines));
  for (T& v : x) v = static_cast<T>(std::uniform_int_distribution<int>(-300, 300)(k.random_));  // with ties
  if (std::is_floating_point_v<T> && x.size() > 8) {
    x[1] = std::numeric_limits<T>::quiet_NaN();
    x[2] = static_cast<T>(-0.0);
    x[3] = 0;
    x[5] = std::numeric_limits<T>::infinity();
    x[7] = -std::numeric_limits<T>::infinity();
  }
  const std::vector<int64_t> shape = along_rows ? std::vector<int64_t>{lines, n} : std::vector<int64_t>{n, lines};
  const int64_t step = along_rows ? 1 : lines, next = along_rows ? n : 1;
  gt_tensor t = tensor<T>(k.c, shape, x);
  const json attrs = {{"axis", along_rows ? 1 : 0}, {"direction", descending ? "DESCENDING" : "ASCENDING"}};
  const auto sorted = read<T>(k.c, k.run("sort", {t}, attrs));
  const auto order = read<int32_t>(k.c, k.run("argsort", {t}, attrs));
  for (int64_t line = 0; line < lines; ++line) {
    std::vector<int32_t> want(static_cast<std::size_t>(n));
    std::iota(want.begin(), want.end(), 0);
    const auto at = [&](int64_t i) { return x[static_cast<std::size_t>(line * next + i * step)]; };
    std::stable_sort(want.begin(), want.end(), [&](int32_t a, int32_t b) {
      if (at(a) != at(a) || at(b) != at(b)) return at(a) == at(a) && at(b) != at(b);
      return descending ? at(b) < at(a) : at(a) < at(b);
    });
    for (int64_t i = 0; i < n; ++i) {
      const auto place = static_cast<std::size_t>(line * next + i * step);
      ASSERT_EQ(order[place], want[static_cast<std::size_t>(i)]) << "entry " << i << " of line " << line;
      const T expected = at(want[static_cast<std::size_t>(i)]);
      ASSERT_TRUE(sorted[place] == expected || expected != expected);
      if constexpr (std::is_floating_point_v<T>) {
        ASSERT_EQ(std::isnan(expected), std::isnan(sorted[place]));
        ASSERT_TRUE(expected != 0 || std::signbit(expected) == std::signbit(sorted[place]));
      }
    }
    if (along_rows && descending && n > 3) {
      const int64_t top = std::max<int64_t>(1, n / 20);
      const auto first = read<int32_t>(k.c, k.run("top_k", {t}, {{"k", top}}, 1));
      for (int64_t i = 0; i < top; ++i)
        ASSERT_EQ(first[static_cast<std::size_t>(line * top + i)], want[static_cast<std::size_t>(i)]) << "top " << i;
    }
  }
}
TEST_F(Kernels, SortingIsStableAtEveryLength) {
  for (int64_t n : {1, 2, 48, 49, 257, 1000, 5000})
    for (int64_t lines : {1, 3, 40})
      for (bool along_rows : {true, false})
        for (bool descending : {true, false}) {
          check_sorting<float>(*this, n, lines, along_rows, descending);
          if (lines != 3) continue;
          check_sorting<double>(*this, n, lines, along_rows, descending);
          check_sorting<int32_t>(*this, n, lines, along_rows, descending);
          check_sorting<int64_t>(*this, n, lines, along_rows, descending);
        }
}

TEST_F(Kernels, ALongLineIsSortedByAllThreads) {
  for (int threads : {2, 3, 4}) {
    ASSERT_EQ(gt_set_threads(c, threads), GT_OK);
    for (int64_t n : {32768, 100003})
      for (bool descending : {true, false}) {
        check_sorting<float>(*this, n, 1, true, descending);
        check_sorting<double>(*this, n, 1, false, descending);
        check_sorting<int32_t>(*this, n, threads - 1, false, descending);
      }
  }
}
// Orders that partitions find hard, in an algorithm that chooses its pivots without chance.
TEST_F(Kernels, SortsWhatHasAnOrderAlready) {
  constexpr int64_t n = 70001;
  const std::vector<std::function<int64_t(int64_t)>> orders = {
      [](int64_t i) { return i; },          [](int64_t i) { return n - i; },
      [](int64_t i) { return i % 28; },     [](int64_t i) { return std::min(i, n - i); },
      [](int64_t) { return int64_t{-1}; },  [](int64_t i) { return i % 2 ? INT64_MAX : INT64_MIN; },
      [](int64_t i) { return i * i % 257; }};
  for (const auto& order : orders) {
    std::vector<int64_t> wide(n);
    std::vector<int32_t> narrow(n);
    for (int64_t i = 0; i < n; ++i) {
      wide[static_cast<std::size_t>(i)] = order(i);
      narrow[static_cast<std::size_t>(i)] = static_cast<int32_t>(std::clamp<int64_t>(order(i), INT32_MIN, INT32_MAX));
    }
    const auto sorted_wide = read<int64_t>(c, run("sort", {tensor<int64_t>(c, {n}, wide)}));
    const auto sorted_narrow = read<int32_t>(c, run("sort", {tensor<int32_t>(c, {n}, narrow)}));
    std::ranges::sort(wide);
    std::ranges::sort(narrow);
    EXPECT_EQ(sorted_wide, wide);
    EXPECT_EQ(sorted_narrow, narrow);
  }
}
// The value of one output does not depend on a request for the other.
TEST_F(Kernels, SortedValuesAndTheirOrderTogether) {
  const int64_t n = 1000;
  std::vector<double> x = random(static_cast<std::size_t>(n));
  x[3] = x[700] = -0.0, x[5] = x[500] = 0;
  const std::vector<float> narrow(x.begin(), x.end());
  const gt_tensor in[] = {tensor<double>(c, {n}, x), tensor<float>(c, {n}, narrow)};
  for (gt_tensor t : in) {
    const auto both = apply(c, "top_k", {t}, {{"k", n}});
    const gt_tensor values = run("sort", {t}, {{"direction", "DESCENDING"}});
    const gt_tensor order = run("argsort", {t}, {{"direction", "DESCENDING"}});
    ASSERT_EQ(gt_eval(c, both.data(), both.size()), GT_OK);
    const auto got = numbers(c, values), want = numbers(c, both[0]);
    EXPECT_EQ(std::memcmp(got.data(), want.data(), got.size() * sizeof(double)), 0);
    EXPECT_EQ(read<int32_t>(c, order), read<int32_t>(c, both[1]));
  }
}

// An evaluation keeps what is held, and a tape may ask for all.
TEST_F(Kernels, OutputsThatAreReleasedLeaveTheOthersWhole) {
  const std::vector<double> x = random(300);
  std::vector<double> falling = x;
  std::ranges::sort(falling, std::greater<>());
  for (int released : {0, 1}) {
    auto both = apply(c, "top_k", {tensor<double>(c, {300}, x)}, {{"k", 300}});
    gt_tensor twice = run("add", {both[0], both[0]});
    ASSERT_EQ(gt_release(c, both[static_cast<std::size_t>(released)]), GT_OK);
    std::vector<double> kept = falling;
    if (released == 0) {
      const auto places = read<int32_t>(c, both[1]);
      for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = x[static_cast<std::size_t>(places[i])];
    } else {
      kept = values(both[0]);
    }
    const auto doubled = values(twice);
    for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(doubled[i], 2 * falling[i]);
    EXPECT_EQ(kept, falling);
  }
  gt_tape tape = gt_tape_begin(c, 0);
  gt_tensor source = tensor<double>(c, {300}, x);
  gt_tape_watch(c, tape, source);
  gt_tensor sorted = run("sort", {source}), gradient = nullptr;
  EXPECT_EQ(values(sorted).front(), falling.back());  // evaluated before the tape asks for the order
  ASSERT_EQ(gt_tape_gradient(c, tape, &sorted, 1, &source, 1, &sorted, GT_UNCONNECTED_NULL, &gradient), GT_OK);
  EXPECT_EQ(values(gradient), x);
}

}  // namespace
}  // namespace test
