// The loop over the entries of a link.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// The flat element of the tensor, as an affine function of a link's parameters.
Affine flat_row(const Link& link, const Shape& shape);

// Calls f(a(u), b(u)) for each u of the box, the last parameter fastest.
template <class F>
void for_each_pair(const Shape::Dims& box, const Affine& a, const Affine& b, F&& f) {
  for (const int64_t n : box)
    if (n == 0) return;
  const std::size_t rank = box.size();
  const int64_t count = rank ? box[rank - 1] : 1, step_a = rank ? a.steps[rank - 1] : 0,
                step_b = rank ? b.steps[rank - 1] : 0;
  Shape::Dims u(rank, 0);
  for (int64_t at_a = a.first, at_b = b.first;;) {
    for (int64_t i = 0, x = at_a, y = at_b; i < count; ++i, x += step_a, y += step_b) f(x, y);
    std::size_t p = rank ? rank - 1 : 0;
    for (; p > 0; --p) {
      at_a += a.steps[p - 1], at_b += b.steps[p - 1];
      if (++u[p - 1] < box[p - 1]) break;
      at_a -= a.steps[p - 1] * box[p - 1], at_b -= b.steps[p - 1] * box[p - 1];
      u[p - 1] = 0;
    }
    if (p == 0) return;
  }
}

template <class F>
void for_each_entry(const Link& link, const Shape& shape, F&& f) {
  const Affine row = flat_row(link, shape);
  const int32_t* rows = link.row_list ? link.row_list->data() : nullptr;
  const int32_t* columns = link.column_list ? link.column_list->data() : nullptr;
  for_each_pair(link.box, row, link.column,
                [&](int64_t i, int64_t j) { f(rows ? rows[i] : i, columns ? columns[j] : j); });
}

}  // namespace gradtape::core
