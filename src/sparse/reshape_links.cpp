// Links through a change of shape: axes of the old shape and of the new one that cover the same elements form a group. A
// flat place in the group is divided among the group's new axes.
#include "sparse/reshape_links.hpp"

#include <algorithm>

#include "sparse/rewrite.hpp"

namespace gradtape::core {

namespace {
struct Group {
  std::size_t in, ins, out, outs;  // first axis and number of axes
};

// Groups as small as can be, for shapes of as many elements, which are not 0.
std::vector<Group> groups_of(const Shape& in, const Shape& out) {
  std::vector<Group> groups;
  std::size_t i = 0, o = 0;
  while (i < in.rank() || o < out.rank()) {
    Group g{i, 0, o, 0};
    int64_t ins = 1, outs = 1;
    do {
      if (o == out.rank() || (i < in.rank() && ins <= outs))
        ins *= in[i++], ++g.ins;
      else
        outs *= out[o++], ++g.outs;
    } while (ins != outs);
    groups.push_back(g);
  }
  return groups;
}

// Divides a flat place among axes, the outermost first, for one link after the other. A run that crosses the end of an
// inner axis becomes several links.
class Division {
 public:
  Division(const Shape& in, Links& out) : in_(in), out_(out), groups_(groups_of(in, out.shape())) {}

  // link.rows: coordinates in the old shape, then those found in the new one.
  void begin(Link link) {
    for (std::size_t k = 0; k < out_.shape().rank(); ++k) link.rows.push_back({0, Shape::Dims(link.box.size(), 0)});
    group(std::move(link), 0);
  }
  bool failed() const { return failed_; }
  std::vector<Link>& found() { return found_; }

 private:
  void group(Link link, std::size_t k) {
    if (k == groups_.size()) {
      for (std::size_t a = 0; a < in_.rank(); ++a) link.rows.erase(0);
      found_.push_back(std::move(link));
      return;
    }
    const Group& g = groups_[k];
    if (g.ins > 1) merge_runs(link, g);
    Affine flat{0, Shape::Dims(link.box.size(), 0)};
    for (std::size_t a = g.in; a < g.in + g.ins; ++a) {
      flat.first = flat.first * in_[a] + link.rows[a].first;
      for (std::size_t p = 0; p < link.box.size(); ++p) flat.steps[p] = flat.steps[p] * in_[a] + link.rows[a].steps[p];
    }
    divide(std::move(link), std::move(flat), k, 0);
  }
  // Parameters that count places of the group one after the other become one: whole rows are a run.
  void merge_runs(Link& link, const Group& g) {
    const Shape::Dims strides = strides_of(in_);
    const auto in_group = [&](std::size_t a) { return a >= g.in && a < g.in + g.ins; };
    const auto place_step = [&](std::size_t p) {
      int64_t step = 0;
      for (std::size_t a = g.in; a < g.in + g.ins; ++a) step += link.rows[a].steps[p] * strides[a];
      return step;
    };
    const auto continues = [&](std::size_t p, std::size_t q) {
      const int64_t n = link.box[q];
      for (std::size_t a = 0; a < in_.rank(); ++a)
        if (!in_group(a) && (link.rows[a].steps[p] != 0 || link.rows[a].steps[q] != 0)) return false;
      return place_step(q) != 0 && place_step(p) == n * place_step(q) &&
             link.column.steps[p] == n * link.column.steps[q] &&
             (!out_.exactly() ||
              std::ranges::all_of(link.origin.at, [&](const Affine& f) { return f.steps[p] == n * f.steps[q]; }));
    };
    for (std::size_t p = 0; p < link.box.size(); ++p)
      for (std::size_t q = 0; q < link.box.size(); ++q) {
        if (p == q || link.box[p] == 1 || link.box[q] == 1 || !continues(p, q)) continue;
        // All of the run's places lie along the group's last axis, whose coordinate may now leave it.
        const std::size_t last = g.in + g.ins - 1;
        for (std::size_t a = g.in; a < last; ++a) {
          link.rows[last].steps[q] += link.rows[a].steps[q] * strides[a] / strides[last];
          link.rows[a].steps[p] = link.rows[a].steps[q] = 0;
        }
        link.rows[last].steps[p] = 0;
        link.box[q] *= link.box[p];
        link.box[p] = 1;
        link.column.steps[p] = 0;
        for (Affine& f : link.origin.at) f.steps[p] = 0;
        p = 0, q = 0;
      }
  }
  // rest: the place among the group's axes from number `axis` on.
  void divide(Link link, Affine rest, std::size_t k, std::size_t axis) {
    if (failed_) return;
    const Group& g = groups_[k];
    if (axis == g.outs) return group(std::move(link), k + 1);
    const std::size_t at = g.out + axis;
    const int64_t inner = out_.shape().product(at + 1, g.out + g.outs);
    Affine outer{0, Shape::Dims(link.box.size(), 0)};
    Affine within = rest;
    for (std::size_t p = 0; p < link.box.size(); ++p)
      if (link.box[p] == 1 || rest.steps[p] % inner == 0) {
        outer.steps[p] = link.box[p] == 1 ? 0 : rest.steps[p] / inner;
        within.steps[p] = 0;
      }
    int64_t whole = rest.first / inner;
    const int64_t least = Affine{rest.first - whole * inner, within.steps}.least(link.box);
    whole += least >= 0 ? least / inner : -((inner - 1 - least) / inner);
    outer.first = whole;
    within.first = rest.first - whole * inner;
    if (within.most(link.box) < inner) {
      link.rows[in_.rank() + at] = std::move(outer);
      return divide(std::move(link), std::move(within), k, axis + 1);
    }
    cut(link, rest, within, inner, k, axis);
  }
  // The one parameter that crosses the ends of inner blocks: a head up to the first end, whole blocks, and a tail.
  void cut(const Link& link, const Affine& rest, const Affine& within, int64_t inner, std::size_t k, std::size_t axis) {
    std::size_t by = link.box.size();
    for (std::size_t p = 0; p < link.box.size(); ++p)
      if (within.steps[p] != 0) {
        if (by < link.box.size()) return fail();
        by = p;
      }
    const int64_t step = std::abs(within.steps[by]), n = link.box[by];
    const bool rises = within.steps[by] > 0;
    const int64_t start = ((rest.first % inner) + inner) % inner;
    const auto blocks_of = [&](int64_t run) { return run / (inner / step); };
    const int64_t room = rises ? inner - 1 - start : start;  // to the end of the block, for the first value
    if (inner % step != 0) return each(link, rest, by, k, axis);
    const int64_t head = std::min(n, room / step + 1 == inner / step ? 0 : room / step + 1);
    const int64_t middle = blocks_of(n - head) * (inner / step), tail = n - head - middle;
    piece(link, rest, by, 0, head, 0, k, axis);
    piece(link, rest, by, head, middle, inner / step, k, axis);
    piece(link, rest, by, head + middle, tail, 0, k, axis);
  }
  // Blocks whose length is no multiple of the step: one link for each block, if they are few.
  void each(const Link& link, const Affine& rest, std::size_t by, std::size_t k, std::size_t axis) {
    constexpr int64_t kMostPieces = 32;
    if (link.box[by] > kMostPieces) return fail();
    for (int64_t u = 0; u < link.box[by]; ++u) piece(link, rest, by, u, 1, 0, k, axis);
  }
  void piece(const Link& link, const Affine& rest, std::size_t by, int64_t first, int64_t count, int64_t inner,
             std::size_t k, std::size_t axis) {
    if (count == 0) return;
    Rewriting w(link);
    Affine own = rest;
    w.follow(&own);
    w.substitute(by, first, 1, count);
    if (inner > 0) w.split(by, inner);
    divide(std::move(w.link()), std::move(own), k, axis);
  }
  void fail() { failed_ = true; }

  const Shape& in_;
  Links& out_;
  std::vector<Group> groups_;
  std::vector<Link> found_;
  bool failed_ = false;
};
}  // namespace

void reshape_link(const Link& link, const Shape& in, Links& out) {
  if (link.row_list) return out.add(link);
  Division division(in, out);
  division.begin(link);
  if (division.failed()) return out.add(listed(link, in, out.exactly()));
  for (Link& piece : division.found()) out.add(std::move(piece));
}

}  // namespace gradtape::core
