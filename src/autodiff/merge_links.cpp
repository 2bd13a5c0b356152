// Links that become one: of boxes that overlap, and diagonals of blocks.
#include <algorithm>

#include "autodiff/accumulate.hpp"
#include "ops/functions.hpp"
#include "sparse/for_each_entry.hpp"
#include "sparse/link_shift.hpp"

namespace gradtape::core {

namespace {
// The box that holds that of `a` and that of `b`, which begins at t in a's parameters. Nothing: the union is no box.
struct Union {
  Shape::Dims begin, box;  // in a's parameters
};
std::optional<Union> union_of(const Link& a, const Link& b, const Shape::Dims& t) {
  Union u;
  std::size_t different = 0;
  bool a_inside = true, b_inside = true, touch = true;
  for (std::size_t p = 0; p < a.box.size(); ++p) {
    const int64_t begin = std::min<int64_t>(0, t[p]), end = std::max(a.box[p], t[p] + b.box[p]);
    u.begin.push_back(begin);
    u.box.push_back(end - begin);
    a_inside &= begin == t[p] && end == t[p] + b.box[p];
    b_inside &= begin == 0 && end == a.box[p];
    different += t[p] != 0 || a.box[p] != b.box[p];
    touch &= t[p] < a.box[p] && t[p] + b.box[p] > 0;
  }
  if (!touch || !(a_inside || b_inside || different <= 1)) return std::nullopt;
  return u;
}
// The factor of a box that begins at `first` of a larger one, 0 elsewhere.
Tensor in_larger_box(const Tensor& factor, const Shape::Dims& first, const Shape::Dims& box) {
  Ints paddings;
  for (std::size_t p = 0; p < box.size(); ++p) {
    paddings.push_back(first[p]);
    paddings.push_back(box[p] - first[p] - factor.shape()[p]);
  }
  return pad(factor, paddings);
}
// ---- Diagonals among blocks

// The diagonal of blocks: element v of a run of rows is in the block's column u_i + shift, for the parameter i.
struct Blocks {
  std::size_t i, j;     // parameters: along the diagonal, and of the column
  int64_t first, rows;  // the rows that the other parameters count, one after the other
  int64_t shift;
};
std::optional<Blocks> blocks_of(const Link& a, const Shape& shape, int64_t columns_ahead) {
  if (a.row_list || a.column_list || a.box.size() < 2) return std::nullopt;
  const Affine row = flat_row(a, shape);
  Blocks b{a.box.size(), a.box.size(), row.first, 1, row.first + columns_ahead - a.column.first};
  for (std::size_t p = a.box.size(); p-- > 0;) {
    const int64_t apart = row.steps[p] - a.column.steps[p];
    if (row.steps[p] == 0) {
      if (b.j < a.box.size() || a.column.steps[p] != 1) return std::nullopt;
      b.j = p;
      continue;
    }
    if (row.steps[p] != b.rows || (apart != 0 && (apart != 1 || b.i < a.box.size()))) return std::nullopt;
    if (apart == 1) b.i = p;
    b.rows *= a.box[p];
  }
  if (b.i == a.box.size() || b.j == a.box.size()) return std::nullopt;
  if (b.shift < 0 || b.shift + a.box[b.i] > a.box[b.j]) return std::nullopt;
  return b;
}
bool is_diagonal(const Link& link, const Shape& shape) {
  if (link.row_list || link.column_list || link.box.size() != 1) return false;
  return flat_row(link, shape).steps[0] == 1 && link.column.steps[0] == 1;
}
// Whether each element is on the diagonal of its block, of the box's shape.
Tensor on_diagonal(Recorder& r, const Blocks& b, const Shape::Dims& box) {
  const BufferPtr memory = r.allocate(static_cast<std::size_t>(box[b.i] * box[b.j]), "the diagonal of a block");
  auto* on = static_cast<uint8_t*>(memory->data());
  const bool transposed = b.j < b.i;
  for (int64_t i = 0; i < box[b.i]; ++i)
    for (int64_t j = 0; j < box[b.j]; ++j) on[transposed ? j * box[b.i] + i : i * box[b.j] + j] = j == i + b.shift;
  Shape shape;
  for (std::size_t p = 0; p < box.size(); ++p) shape.push_back(p == b.i || p == b.j ? box[p] : 1);
  return broadcast_to(reshape(r.constant({Dtype::boolean, {shape.elements()}, false}, memory), shape), Shape(box));
}

// A diagonal goes into blocks that have its rows; those before and behind them are links of their own. So entries rarely
// come twice, and one loop writes nearly all of them.
void fold_diagonals(const Shape& shape, std::vector<Link>& links, std::vector<Tensor>& factors, Dtype dtype,
                    Recorder& r) {
  for (std::size_t d = 0; d < links.size(); ++d) {
    if (!is_diagonal(links[d], shape)) continue;
    const Link diagonal = links[d];
    const int64_t first = flat_row(diagonal, shape).first, n = diagonal.box[0];
    for (std::size_t a = 0; a < links.size(); ++a) {
      const std::optional<Blocks> b = a == d ? std::nullopt : blocks_of(links[a], shape, diagonal.column.first - first);
      if (!b || b->first < first || b->first + b->rows > first + n) continue;
      const Spec of_blocks{dtype, Shape(links[a].box), false};
      const Tensor own = factors[d] ? factors[d] : ones(r, {dtype, {n}, false});
      const Tensor part = reshape(slice(own, {b->first - first}, {b->rows}), Shape(links[a].box).replaced(b->j, 1));
      factors[a] = (factors[a] ? factors[a] : ones(r, of_blocks)) +
                   keep_where(on_diagonal(r, *b, links[a].box), broadcast_to(part, of_blocks.shape));
      const auto rest = [&](int64_t begin, int64_t end) {
        if (begin == end) return;
        Link link = diagonal;
        link.box[0] = end - begin;
        const Shape::Dims at{begin};
        for (Affine& row : link.rows) row.first = row.at(at);
        link.column.first += begin;
        links.push_back(std::move(link));
        factors.push_back(slice(own, {begin}, {end - begin}));
      };
      rest(0, b->first - first);
      rest(b->first + b->rows - first, n);
      links.erase(links.begin() + static_cast<long>(d));
      factors.erase(factors.begin() + static_cast<long>(d));
      --d;
      break;
    }
  }
}
}  // namespace

void merge_links(WeightedLinks& w, Recorder& recorder, Dtype dtype) {
  std::vector<Link> links;
  std::vector<Tensor> factors;
  for (std::size_t l = 0; l < w.links.all().size(); ++l) {
    const Link& link = w.links.all()[l];
    const auto whole = [&](const Tensor& factor, const Link& of) {
      return factor ? factor : ones(recorder, {dtype, Shape(of.box), false});
    };
    bool merged = false;
    for (std::size_t k = 0; k < links.size() && !merged; ++k) {
      const auto t = shift_between(links[k], link);
      const auto u = t ? union_of(links[k], link, *t) : std::nullopt;
      if (!u) continue;
      Shape::Dims own, other;
      for (std::size_t p = 0; p < u->box.size(); ++p) {
        own.push_back(-u->begin[p]);
        other.push_back((*t)[p] - u->begin[p]);
      }
      factors[k] = in_larger_box(whole(factors[k], links[k]), own, u->box) +
                   in_larger_box(whole(w.factors[l], link), other, u->box);
      for (Affine& row : links[k].rows) row.first = row.at(u->begin);
      links[k].column.first = links[k].column.at(u->begin);
      links[k].box = u->box;
      merged = true;
    }
    if (merged) continue;
    links.push_back(link);
    factors.push_back(w.factors[l]);
  }
  fold_diagonals(w.links.shape(), links, factors, dtype, recorder);
  WeightedLinks result{Links(w.links.shape(), true), std::move(factors)};
  for (Link& link : links) result.links.add(std::move(link));
  w = std::move(result);
}

}  // namespace gradtape::core
