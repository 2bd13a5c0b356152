// Links against sets of pairs: chains of random relations, reshapes and unions, all pairs compared after each.
#include "sparse/links.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "sparse/relate.hpp"

namespace gradtape::core {
namespace {

using Pairs = std::set<std::pair<int64_t, int64_t>>;  // of a tensor's flat element and a source's

Shape::Dims coordinates_of(int64_t flat, const Shape& shape) {
  Shape::Dims at(shape.rank(), 0);
  for (std::size_t a = shape.rank(); a-- > 0; flat /= shape[a]) at[a] = flat % shape[a];
  return at;
}
int64_t place_among(const Shape::Dims& at, const Shape& shape, std::span<const std::size_t> axes) {
  int64_t place = 0;
  for (const std::size_t a : axes) place = place * shape[a] + at[a];
  return place;
}

bool holds(const Relation& r, const Shape& in, const Shape& out, const Shape::Dims& i, const Shape::Dims& o) {
  for (const auto& fixed : r.fixed)
    if (i[fixed.in] != fixed.at) return false;
  for (const Tie& t : r.ties)
    if (t.in_scale * i[t.in] != t.out_scale * o[t.out] + t.shift) return false;
  if (r.order) {
    const int64_t behind = o[r.order->out] - i[r.order->in];
    if ((r.order->falling ? -behind : behind) < r.order->gap) return false;
  }
  if (!r.lookup) return true;
  const int64_t from = place_among(i, in, r.lookup->in), to = place_among(o, out, r.lookup->out);
  return r.lookup->by_output ? (*r.lookup->table)[to] == from : (*r.lookup->table)[from] == to;
}

Pairs pairs_of(const Links& links) {
  Pairs pairs;
  for (const Link& link : links.all())
    for_each_entry(link, links.shape(), [&](int64_t i, int64_t j) { pairs.insert({i, j}); });
  return pairs;
}

struct Tracked {
  Links links;
  Pairs pairs;
};

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int64_t operator()(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(engine_);
  }
  Shape shape() {
    Shape s;
    for (int64_t rank = (*this)(0, 3); rank > 0; --rank) s.push_back((*this)(1, 5));
    return s;
  }

 private:
  std::mt19937 engine_;
};

Tracked apply(const Tracked& x, const Relation& r, const Shape& out) {
  Tracked y{Links(out), {}};
  add_dependent(x.links, related({r}), 0, y.links);
  const Shape& in = x.links.shape();
  for (const auto& [row, column] : x.pairs)
    for (int64_t o = 0; o < out.elements(); ++o)
      if (holds(r, in, out, coordinates_of(row, in), coordinates_of(o, out))) y.pairs.insert({o, column});
  return y;
}

Relation random_relation(Random& random, const Shape& in, Shape& out) {
  Relation r;
  out = random.shape();
  for (std::size_t o = 0; o < out.rank() && in.rank() > 0; ++o) {
    if (random(0, 4) == 0) continue;
    const auto i = static_cast<std::size_t>(random(0, static_cast<int64_t>(in.rank()) - 1));
    Tie tie{i, o, random(-2, 2)};
    if (random(0, 2) == 0) tie.in_scale = random(0, 1) ? -1 : 2;
    if (random(0, 2) == 0) tie.out_scale = random(0, 1) ? -1 : 3;
    if (tie.in_scale < 0 || tie.out_scale < 0) tie.shift = random(-4, 4);
    r.ties.push_back(tie);
    if (random(0, 6) == 0)
      r.ties.push_back({static_cast<std::size_t>(random(0, static_cast<int64_t>(in.rank()) - 1)), o});
  }
  if (in.rank() > 0 && random(0, 3) == 0) {
    const auto i = static_cast<std::size_t>(random(0, static_cast<int64_t>(in.rank()) - 1));
    r.order = OrderedAxes{i, out.rank(), random(0, 1) == 1, random(0, 2)};
    out.push_back(in[i]);
  }
  if (in.rank() > 0 && random(0, 5) == 0)
    r.fixed.push_back({static_cast<std::size_t>(random(0, static_cast<int64_t>(in.rank()) - 1)), random(0, 3)});
  return r;
}

Relation random_lookup(Random& random, const Shape& in, Shape& out) {
  Relation r;
  r.lookup.emplace();
  for (std::size_t a = 0; a < in.rank(); ++a) {
    if (random(0, 1)) {
      r.lookup->in.push_back(a);
    } else {
      r.ties.push_back({a, out.rank()});
      out.push_back(in[a]);
    }
  }
  int64_t ins = 1, outs = 1;
  for (const std::size_t a : r.lookup->in) ins *= in[a];
  for (int64_t k = random(0, 2); k > 0; --k) {
    r.lookup->out.push_back(out.rank());
    out.push_back(random(1, 5));
    outs *= out[out.rank() - 1];
  }
  r.lookup->by_output = random(0, 2) > 0;
  const bool holes = random(0, 3) == 0;
  std::vector<int32_t> table(static_cast<std::size_t>(r.lookup->by_output ? outs : ins));
  for (int32_t& t : table) t = static_cast<int32_t>(random(holes ? -1 : 0, (r.lookup->by_output ? ins : outs) - 1));
  r.lookup->table = std::make_shared<const std::vector<int32_t>>(table);
  return r;
}

// A shape of as many elements.
Shape other_shape(Random& random, const Shape& shape) {
  Shape other;
  int64_t rest = shape.elements();
  while (rest > 1 && other.rank() < 4) {
    int64_t d = random(1, rest);
    while (rest % d != 0) ++d;
    other.push_back(d);
    rest /= d;
  }
  other.push_back(rest);
  return other;
}

Tracked random_step(Random& random, const Tracked& x) {
  const Shape in = x.links.shape();
  Shape out;
  switch (random(0, 4)) {
    case 0: {
      Tracked y{Links(other_shape(random, in)), x.pairs};
      add_dependent(x.links, {Dependence::Kind::same_places}, 0, y.links);
      return y;
    }
    case 1: {
      const Relation r = random_lookup(random, in, out);
      return apply(x, r, out);
    }
    case 2: {  // a slice, in steps, of one axis, or a pad
      if (in.rank() == 0) return x;
      Relation r;
      out = in;
      const auto axis = static_cast<std::size_t>(random(0, static_cast<int64_t>(in.rank()) - 1));
      for (std::size_t a = 0; a < in.rank(); ++a) r.ties.push_back({a, a});
      r.ties[axis] = {axis, axis, random(-1, 1), 1, random(1, 2)};
      out[axis] = random(1, 6);
      return apply(x, r, out);
    }
    default: {
      const Relation r = random_relation(random, in, out);
      return apply(x, r, out);
    }
  }
}

TEST(Links, AgreeWithSetsOfPairs) {
  int64_t longest = 0;
  for (uint32_t seed = 1; seed <= 4000; ++seed) {
    Random random(seed);
    Shape shape = random.shape();
    Tracked x{links_of_source(shape, 2), {}};
    for (int64_t i = 0; i < shape.elements(); ++i) x.pairs.insert({i, i + 2});
    for (int step = 0; step < 5; ++step) {
      Tracked y = random_step(random, x);
      ASSERT_EQ(pairs_of(y.links), y.pairs) << "seed " << seed << ", step " << step;
      if (random(0, 1) && y.links.shape() == x.links.shape()) {
        y.links.add(x.links);
        y.pairs.insert(x.pairs.begin(), x.pairs.end());
        ASSERT_EQ(pairs_of(y.links), y.pairs) << "seed " << seed << ", union " << step;
      }
      const Pattern p = pattern_of(y.links, shape.elements() + 2);
      ASSERT_EQ(p.nonzeros(), static_cast<int64_t>(y.pairs.size())) << "seed " << seed;
      for (const auto& [row, column] : y.pairs) ASSERT_GE(find_entry(p, row, column), 0) << "seed " << seed;
      if (y.pairs.empty()) break;
      longest = std::max<int64_t>(longest, step);
      x = std::move(y);
    }
  }
  EXPECT_EQ(longest, 4);
}

// In a walk that carries values no pair is lost: as many as there are ways, and origins name the ones they come from.
TEST(Links, OfValuesKeepAllWays) {
  for (uint32_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed);
    const Shape shape = random.shape();
    const Links x = links_of_source(shape, 0, true);
    Shape out;
    const Relation r = random(0, 1) ? random_relation(random, shape, out) : random_lookup(random, shape, out);
    Links y(out, true);
    add_dependent(x, related({r}), 0, y);
    std::multiset<std::pair<int64_t, int64_t>> found, wanted;
    for (const Link& link : y.all()) {
      const Affine row = flat_row(link, out);
      std::vector<int64_t> places;
      const Affine place = place_of(link.origin, link.box.size());
      for_each_pair(link.box, place, place,
                    [&](int64_t at, int64_t) { places.push_back(link.origin.list ? (*link.origin.list)[at] : at); });
      std::size_t next = 0;
      for_each_entry(link, out, [&](int64_t i, int64_t j) {
        EXPECT_EQ(places[next++], j) << "seed " << seed;  // the only link's places are the source's elements
        found.insert({i, j});
      });
    }
    for (int64_t i = 0; i < shape.elements(); ++i)
      for (int64_t o = 0; o < out.elements(); ++o)
        if (holds(r, shape, out, coordinates_of(i, shape), coordinates_of(o, out))) wanted.insert({o, i});
    ASSERT_EQ(found, wanted) << "seed " << seed;
  }
}

TEST(Links, StayFewForShiftedSlices) {
  Links sum({998});
  for (int64_t shift = 0; shift < 3; ++shift)
    add_dependent(links_of_source({1000}, 0), related({{{{0, 0, shift}}}}), 0, sum);
  EXPECT_EQ(sum.all().size(), 3U);
  Links padded({1000});
  add_dependent(sum, related({{{{0, 0, -1}}}}), 0, padded);
  padded.add(links_of_source({1000}, 0));  // contains one of the diagonals
  EXPECT_EQ(padded.all().size(), 3U);
}

// Those of few elements are affine, those of more are lists. Very many are steps of stairs, which hold some pairs more.
TEST(Links, KeepTheOrderOfAnAxis) {
  for (const int64_t size : {30, 500, 6000})
    for (const bool falling : {false, true}) {
      Relation r;
      r.order = OrderedAxes{0, 0, falling, 1};
      Links y({size});
      add_dependent(links_of_source({size}, 0), related({r}), 0, y);
      EXPECT_LE(y.all().size(), 30U) << size;
      const Pattern p = pattern_of(y, size);
      const int64_t before = size * (size - 1) / 2, more = size > 1000 ? size * size / 2 / 15 : 0;
      EXPECT_GE(p.nonzeros(), before) << size;
      EXPECT_LE(p.nonzeros(), before + more) << size;
      for (int64_t i = 0; i < size; i += 7)
        for (int64_t j = 0; j < size; j += 3)
          if (falling ? j > i : j < i) {
            ASSERT_GE(find_entry(p, i, j), 0) << i << ", " << j << " of " << size;
          }
    }
}

// One by one, pairs are a line; more links than a few are lists, whose merging takes time in proportion to their pairs.
TEST(Links, OfSinglePairsAreLines) {
  Links row({1}), diagonal({5000});
  for (int64_t k = 0; k < 5000; ++k) {
    add_dependent(links_of_source({1}, 4999 - k), related({{{{0, 0}}}}), 0, row);
    add_dependent(links_of_source({1}, k), related({{{{0, 0, -k}}}}), 0, diagonal);
  }
  EXPECT_EQ(row.all().size(), 1U);
  EXPECT_EQ(pattern_of(row, 5000).nonzeros(), 5000);
  EXPECT_EQ(diagonal.all().size(), 1U);
  EXPECT_EQ(diagonal.all()[0].size(), 5000);
}
TEST(Links, AreListsWhereTheyAreMany) {
  std::mt19937 engine(3);
  Links scattered({2000});
  Pairs pairs;
  for (int k = 0; k < 3000; ++k) {
    const auto i = static_cast<int64_t>(engine() % 1990), j = static_cast<int64_t>(engine() % 500),
               n = 1 + static_cast<int64_t>(engine() % 10);
    add_dependent(links_of_source({n}, j), related({{{{0, 0, -i}}}}), 0, scattered);
    for (int64_t u = 0; u < n; ++u) pairs.insert({i + u, j + u});
  }
  EXPECT_LT(scattered.all().size(), 90U);
  EXPECT_EQ(pairs_of(scattered), pairs);
  EXPECT_EQ(pattern_of(scattered, 600).nonzeros(), static_cast<int64_t>(pairs.size()));
}

// The steps of a method written out, one after the other: each row of the next state depends on two rows.
TEST(Links, OfStepsWrittenOutStayAffine) {
  for (const int64_t steps : {40, 70, 300}) {
    const int64_t n = 3;
    Links residuals({steps, n});
    Pairs pairs;
    for (int64_t t = 0; t < steps; ++t) {
      const Links next = links_of_source({1, n}, (t + 1) * n), before = links_of_source({1, n}, t * n);
      add_dependent(before, related({{{{0, 0, -t}}}}), 0, residuals);  // all of the state before, whole
      add_dependent(next, related({{{{0, 0, -t}, {1, 1}}}}), 0, residuals);
      for (int64_t i = 0; i < n; ++i) {
        pairs.insert({t * n + i, (t + 1) * n + i});
        for (int64_t j = 0; j < n; ++j) pairs.insert({t * n + i, t * n + j});
      }
    }
    EXPECT_EQ(pairs_of(residuals), pairs) << steps;
    EXPECT_LE(residuals.all().size(), steps > 64 ? 4U : 64U + 16U) << steps;
    for (const Link& link : residuals.all()) EXPECT_EQ(link.row_list, nullptr) << steps;
  }
}

TEST(Links, SplitARunThatCrossesRows) {
  Links flat({20});
  add_dependent(links_of_source({14}, 0), related({{{{0, 0, -3}}}}), 0, flat);  // padded by 3 on both sides
  Links rows({4, 5});
  add_dependent(flat, {Dependence::Kind::same_places}, 0, rows);
  EXPECT_EQ(rows.all().size(), 3U);  // the end of row 0, two whole rows, the beginning of row 3
  Links back({20});
  add_dependent(rows, {Dependence::Kind::same_places}, 0, back);
  EXPECT_EQ(pairs_of(back), pairs_of(flat));
}

TEST(Links, KnowSamplesThatStayApart) {
  const Links x = links_of_source({4, 3, 2}, 0);
  EXPECT_TRUE(samples_stay_apart(x, 6));
  Links flat({12, 2}), back({4, 6}), mixed({4, 3, 2});
  add_dependent(x, {Dependence::Kind::same_places}, 0, flat);
  add_dependent(flat, {Dependence::Kind::same_places}, 0, back);
  EXPECT_TRUE(samples_stay_apart(back, 6));
  add_dependent(x, related({{{{0, 0, 1}, {1, 1}, {2, 2}}}}), 0, mixed);
  EXPECT_FALSE(samples_stay_apart(mixed, 6));
}

}  // namespace
}  // namespace gradtape::core
