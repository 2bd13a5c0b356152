// Sorted runs become one, in shares that can be computed side by side.
#pragma once

#include <algorithm>
#include <cstdint>

namespace gradtape::core::kernels {

// The number of elements of a among the first `taken` elements of the merge of a and b. Among equal elements those of a
// come first. The search is a bisection along the diagonal (Odeh, Green et al., Merge path, 2012).
template <class Form, class E>
int64_t taken_from_first(const E* a, int64_t a_size, const E* b, int64_t b_size, int64_t taken) {
  int64_t least = std::max<int64_t>(0, taken - b_size), most = std::min(taken, a_size);
  while (least < most) {
    const int64_t i = least + (most - least) / 2;
    if (Form::key(b[taken - i - 1]) < Form::key(a[i]))
      most = i;
    else
      least = i + 1;
  }
  return least;
}

// Two runs on their way into one.
template <class Form, class E>
struct Merger {
  const E *x, *x_end, *y, *y_end;
  E* to;

  int64_t safe_steps() const { return std::min(x_end - x, y_end - y); }  // in which no end can be reached
  // Without a branch: the processor cannot foresee which element is next.
  void step() {
    const int64_t second = Form::key(*y) < Form::key(*x);
    const E* const next[] = {x, y};
    *to++ = *next[second];
    x += 1 - second;
    y += second;
  }
  void finish() {
    while (const int64_t steps = safe_steps())
      for (int64_t i = 0; i < steps; ++i) step();
    std::copy(y, y_end, std::copy(x, x_end, to));
  }
};

// Elements [first, last) of the merge, to `to`: as parts side by side, since each step of one waits for the step
// before.
template <class Form, class E>
void merge_share(const E* a, int64_t a_size, const E* b, int64_t b_size, int64_t first, int64_t last, E* to) {
  constexpr int kParts = 4;
  Merger<Form, E> parts[kParts];
  int64_t begin = first, from_a = taken_from_first<Form>(a, a_size, b, b_size, first);
  for (int p = 0; p < kParts; ++p) {
    const int64_t end = first + (last - first) * (p + 1) / kParts;
    const int64_t to_a = taken_from_first<Form>(a, a_size, b, b_size, end);
    parts[p] = {a + from_a, a + to_a, b + (begin - from_a), b + (end - to_a), to + (begin - first)};
    begin = end;
    from_a = to_a;
  }
  const auto safe_steps = [&] {
    int64_t steps = last - first;
    for (const auto& part : parts) steps = std::min(steps, part.safe_steps());
    return steps;
  };
  while (const int64_t steps = safe_steps())
    for (int64_t i = 0; i < steps; ++i)
      for (auto& part : parts) part.step();
  for (auto& part : parts) part.finish();
}

}  // namespace gradtape::core::kernels
