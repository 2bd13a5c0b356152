#include "sparse/lines.hpp"

#include <algorithm>

#include "sparse/rewrite.hpp"

namespace gradtape::core {

namespace {
bool is_affine(const Link& link) { return !link.row_list && !link.column_list; }

// f(function of a, function of b) for rows and columns, as long as it gives true.
template <class A, class F>
bool all_functions(A& a, const Link& b, F&& f) {
  for (std::size_t k = 0; k < a.rows.size(); ++k)
    if (!f(a.rows[k], b.rows[k])) return false;
  return f(a.column, b.column);
}

bool have_one_form(const Link& a, const Link& b) {
  return is_affine(a) && is_affine(b) && std::ranges::equal(a.box, b.box) &&
         all_functions(a, b, [](const Affine& x, const Affine& y) { return std::ranges::equal(x.steps, y.steps); });
}
// Whether a without parameter p has b's form.
bool have_one_form_without(const Link& a, std::size_t p, const Link& b) {
  const auto rest = [&](const auto& of_a, const auto& of_b) {
    for (std::size_t k = 0; k < of_b.size(); ++k)
      if (of_a[k < p ? k : k + 1] != of_b[k]) return false;
    return true;
  };
  return rest(a.box, b.box) &&
         all_functions(a, b, [&](const Affine& x, const Affine& y) { return rest(x.steps, y.steps); });
}

// The way from one link to another of its form, by function.
Shape::Dims distance(const Link& a, const Link& b) {
  Shape::Dims d;
  all_functions(a, b, [&](const Affine& x, const Affine& y) {
    d.push_back(y.first - x.first);
    return true;
  });
  return d;
}
bool moves_both(const Shape::Dims& d) {
  return d.back() != 0 && std::any_of(d.begin(), d.end() - 1, [](int64_t step) { return step != 0; });
}
Link line(Link link, const Shape::Dims& d, int64_t count) {
  std::size_t k = 0;
  link.box.push_back(count);
  for (Affine& row : link.rows) row.steps.push_back(d[k++]);
  link.column.steps.push_back(d[k]);
  bring_to_order(link, false);
  return link;
}
}  // namespace

bool extend_line(Link& a, const Link& b) {
  if (!is_affine(a) || !is_affine(b) || a.box.size() != b.box.size() + 1) return false;
  for (std::size_t p = 0; p < a.box.size(); ++p) {
    if (!have_one_form_without(a, p, b)) continue;
    const auto is_at = [&](int64_t place) {
      return all_functions(a, b,
                           [&](const Affine& x, const Affine& y) { return x.first + place * x.steps[p] == y.first; });
    };
    const bool before = is_at(-1);
    if (!before && !is_at(a.box[p])) continue;
    if (before)
      all_functions(a, b, [](Affine& x, const Affine& y) {
        x.first = y.first;
        return true;
      });
    ++a.box[p];
    return true;
  }
  return false;
}

void gather_lines(std::vector<Link>& links) {
  std::vector<Link> gathered;
  std::vector<uint8_t> taken(links.size(), 0);
  for (std::size_t first = 0; first < links.size(); ++first) {
    if (taken[first]) continue;
    std::vector<std::size_t> longest{first};
    for (std::size_t second = first + 1; second < links.size() && longest.size() == 1; ++second) {
      if (taken[second] || !have_one_form(links[first], links[second])) continue;
      const Shape::Dims d = distance(links[first], links[second]);
      if (!moves_both(d)) continue;
      std::vector<std::size_t> run{first, second};
      for (std::size_t next = second + 1; next < links.size(); ++next)
        if (!taken[next] && have_one_form(links[second], links[next]) && distance(links[run.back()], links[next]) == d)
          run.push_back(next);
      if (run.size() > 2) longest = std::move(run);
    }
    for (const std::size_t k : longest) taken[k] = 1;
    if (longest.size() == 1)
      gathered.push_back(std::move(links[first]));
    else
      gathered.push_back(
          line(links[first], distance(links[first], links[longest[1]]), static_cast<int64_t>(longest.size())));
  }
  links = std::move(gathered);
}

}  // namespace gradtape::core
