// Restricting and replacing the parameters of a link.
#include "sparse/rewrite.hpp"

#include <algorithm>
#include <numeric>

#include "base/ceil_div.hpp"

namespace gradtape::core {

namespace {
template <class F>
void for_each_function_of(Link& link, F&& f) {
  for (Affine& row : link.rows) f(row);
  f(link.column);
  for (Affine& at : link.origin.at) f(at);
}
int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -ceil_div(-a, b); }  // b > 0
// The parameters that change f.
SmallVector<std::size_t, 4> changing(const Affine& f, const Shape::Dims& box) {
  SmallVector<std::size_t, 4> found;
  for (std::size_t p = 0; p < box.size(); ++p)
    if (f.steps[p] != 0 && box[p] > 1) found.push_back(p);
  return found;
}
// The values of t, from `first` on, for which 0 <= start + step * t < size. step is not 0.
struct Interval {
  int64_t first, count;
};
Interval inside(int64_t start, int64_t step, int64_t size) {
  if (step < 0) return inside(size - 1 - start, -step, size);
  const int64_t first = -floor_div(start, step), last = floor_div(size - 1 - start, step);
  return {first, last - first + 1};
}
Interval common(const Interval& a, const Interval& b) {
  const int64_t first = std::max(a.first, b.first);
  return {first, std::min(a.first + a.count, b.first + b.count) - first};
}
// g = gcd(a, b) = a x + b y, g > 0.
struct Bezout {
  int64_t g, x, y;
};
Bezout bezout(int64_t a, int64_t b) {
  if (b == 0) return a < 0 ? Bezout{-a, -1, 0} : Bezout{a, 1, 0};
  const Bezout r = bezout(b, a % b);
  return {r.g, r.y, r.x - a / b * r.y};
}
}  // namespace

void bring_to_order(Link& link, bool exactly) {
  const auto removable = [&](std::size_t p) {
    if (link.box[p] == 1) return true;
    const auto unchanged = [&](const Affine& f) { return f.steps[p] == 0; };
    return !exactly && !link.row_list && !link.column_list && unchanged(link.column) &&
           std::ranges::all_of(link.rows, unchanged);
  };
  for (std::size_t p = link.box.size(); p-- > 0;) {
    if (link.row_list || !removable(p)) continue;
    link.box.erase(p);
    for_each_function_of(link, [&](Affine& f) { f.steps.erase(p); });
  }
  if (link.row_list) return;
  // The steps of a parameter, rows first.
  const auto key = [&](std::size_t p) {
    Shape::Dims steps;
    for (const Affine& f : link.rows) steps.push_back(f.steps[p]);
    steps.push_back(link.column.steps[p]);
    return steps;
  };
  for (std::size_t p = 0; p < link.box.size(); ++p) {
    const Shape::Dims steps = key(p);
    const auto first = std::ranges::find_if(steps, [](int64_t s) { return s != 0; });
    if (first == steps.end() || *first > 0) continue;
    for_each_function_of(link, [&](Affine& f) {
      f.first += f.steps[p] * (link.box[p] - 1);
      f.steps[p] = -f.steps[p];
    });
  }
  for (std::size_t p = 1; p < link.box.size(); ++p)
    for (std::size_t q = p; q > 0 && std::ranges::lexicographical_compare(key(q - 1), key(q)); --q) {
      std::swap(link.box[q], link.box[q - 1]);
      for_each_function_of(link, [&](Affine& f) { std::swap(f.steps[q], f.steps[q - 1]); });
    }
}

template <class F>
void Rewriting::for_each_function(F&& f) {
  for_each_function_of(link_, f);
  for (Affine* followed : followed_) f(*followed);
}

Affine Rewriting::fresh(int64_t values) {
  if (values == 1) return constant(0);
  link_.box.push_back(values);
  for_each_function([](Affine& f) { f.steps.push_back(0); });
  Affine f = constant(0);
  f.steps.back() = 1;
  return f;
}

void Rewriting::substitute(std::size_t p, int64_t first, int64_t step, int64_t count) {
  for_each_function([&](Affine& f) {
    f.first += f.steps[p] * first;
    f.steps[p] *= step;
  });
  link_.box[p] = count;
}

void Rewriting::split(std::size_t p, int64_t inner) {
  link_.box[p] /= inner;
  link_.box.push_back(inner);
  for_each_function([&](Affine& f) {
    f.steps.push_back(f.steps[p]);
    f.steps[p] *= inner;
  });
}

Rewritten Rewriting::keep_in_range(Affine& f, int64_t size) {
  const int64_t least = f.least(box()), most = f.most(box());
  if (least >= 0 && most < size) return Rewritten::ok;
  if (most < 0 || least >= size) return Rewritten::none;
  const auto by = changing(f, box());
  if (by.size() != 1) return Rewritten::unknown;
  const Interval kept = common(inside(f.first, f.steps[by[0]], size), {0, box()[by[0]]});
  if (kept.count <= 0) return Rewritten::none;
  substitute(by[0], kept.first, 1, kept.count);
  return Rewritten::ok;
}

Rewritten Rewriting::keep_zero(Affine f) {
  const auto by = changing(f, box());
  if (by.empty()) return f.first == 0 ? Rewritten::ok : Rewritten::none;
  if (by.size() == 2) return solve_for_two(f, by[0], by[1]);
  if (by.size() > 2) return Rewritten::unknown;
  const int64_t step = f.steps[by[0]], u = -f.first / step;
  if (f.first % step != 0 || u < 0 || u >= box()[by[0]]) return Rewritten::none;
  substitute(by[0], u, 0, 1);
  return Rewritten::ok;
}

// first + a u + b v = 0 has the solutions u = u0 + (b / g) t, v = v0 - (a / g) t.
Rewritten Rewriting::solve_for_two(const Affine& f, std::size_t p, std::size_t q) {
  const int64_t a = f.steps[p], b = f.steps[q];
  const Bezout r = bezout(a, b);
  if (f.first % r.g != 0) return Rewritten::none;
  const int64_t scale = -f.first / r.g, du = b / r.g, dv = -a / r.g;
  const int64_t u0 = r.x * scale, v0 = r.y * scale;
  const Interval t = common(inside(u0, du, box()[p]), inside(v0, dv, box()[q]));
  if (t.count <= 0) return Rewritten::none;
  for_each_function([&](Affine& g) {
    g.first += g.steps[p] * (u0 + du * t.first) + g.steps[q] * (v0 + dv * t.first);
    g.steps[p] = g.steps[p] * du + g.steps[q] * dv;
    g.steps[q] = 0;
  });
  link_.box[p] = t.count;
  link_.box[q] = 1;
  return Rewritten::ok;
}

Rewritten Rewriting::divide(Affine& f, int64_t divisor) {
  if (divisor < 0) {
    f.first = -f.first;
    for (int64_t& s : f.steps) s = -s;
    divisor = -divisor;
  }
  if (divisor == 1) return Rewritten::ok;
  const auto by = changing(f, box());
  const bool even = std::ranges::all_of(by, [&](std::size_t p) { return f.steps[p] % divisor == 0; });
  if (!even) {
    if (by.size() != 1) return Rewritten::unknown;
    const std::size_t p = by[0];
    const Bezout r = bezout(f.steps[p], divisor);
    if (f.first % r.g != 0) return Rewritten::none;
    const int64_t period = divisor / r.g;
    const int64_t u = ((-f.first / r.g % period * (r.x % period)) % period + period) % period;
    if (u >= box()[p]) return Rewritten::none;
    substitute(p, u, period, ceil_div(box()[p] - u, period));
  }
  if (f.first % divisor != 0) return Rewritten::none;
  f.first /= divisor;
  for (std::size_t p = 0; p < box().size(); ++p) f.steps[p] = box()[p] > 1 ? f.steps[p] / divisor : 0;
  return Rewritten::ok;
}

}  // namespace gradtape::core
