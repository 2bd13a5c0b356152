// Colourings, orders and peeling, against their definitions.
#include "sparse/colouring.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "support/patterns.hpp"

namespace gradtape::core {
namespace {

constexpr Order kOrders[] = {Order::natural, Order::largest_first, Order::smallest_last};

std::vector<int32_t> row_of(const Pattern& p, int64_t i) {
  return {p.indices.begin() + p.offsets[i], p.indices.begin() + p.offsets[i + 1]};
}

// First-fit as the words say it: the least colour that no column in a common row has.
std::vector<int32_t> first_fit(const Pattern& p, const std::vector<int32_t>& order) {
  const Pattern t = transposed(p);
  std::vector<int32_t> colours(p.columns, -1);
  for (const int32_t column : order) {
    std::set<int32_t> taken;
    for (const int32_t row : row_of(t, column))
      for (const int32_t other : row_of(p, row)) taken.insert(colours[other]);
    while (taken.contains(++colours[column])) continue;
  }
  return colours;
}

// Whether a path of four vertices has two colours, found edge by edge.
bool has_two_coloured_path(const Pattern& graph, const std::vector<int32_t>& colours) {
  const auto twice = [&](int64_t v, int32_t colour) {
    int64_t count = 0;
    for (const int32_t w : row_of(graph, v)) count += w != v && colours[w] == colour;
    return count > 1;
  };
  for (int64_t v = 0; v < graph.rows; ++v)
    for (const int32_t w : row_of(graph, v))
      if (w != v && twice(v, colours[w]) && twice(w, colours[v])) return true;
  return false;
}
bool neighbours_differ(const Pattern& graph, const std::vector<int32_t>& colours) {
  for (int64_t v = 0; v < graph.rows; ++v)
    for (const int32_t w : row_of(graph, v))
      if (w != v && colours[w] == colours[v]) return false;
  return true;
}

TEST(Columns, HaveTheColoursOfFirstFit) {
  for (const auto& [name, p] : shaped_patterns())
    for (const Order order : kOrders) {
      const Pattern t = transposed(p);
      const std::vector<int32_t> ordered = order_of_columns(p, t, order);
      EXPECT_EQ(colour_columns(p, t, ordered)->colours, first_fit(p, ordered)) << name;
    }
}

TEST(Columns, InRowsOfManyEntriesHaveTheColoursOfFirstFit) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    // Rows of some 300 entries are long ones, and those of some 60 are not.
    std::mt19937 random(seed);
    const Pattern p = pattern_where(
        12, 700, [&](int64_t i, int64_t) { return std::bernoulli_distribution(i < 6 ? 0.45 : 0.08)(random); });
    const Pattern t = transposed(p);
    for (const Order order : kOrders) {
      const std::vector<int32_t> ordered = order_of_columns(p, t, order);
      EXPECT_EQ(colour_columns(p, t, ordered)->colours, first_fit(p, ordered)) << seed;
    }
  }
}

TEST(Columns, AreGivenUpAboveTheNumberOfColoursAllowed) {
  const Pattern p = banded(50, 2), t = transposed(p);
  const std::vector<int32_t> order = order_of_columns(p, t, Order::natural);
  EXPECT_FALSE(colour_columns(p, t, order, 4));
  EXPECT_EQ(colour_columns(p, t, order, 5)->count, 5);
}

TEST(Columns, OutsideTheOrderHaveNoColour) {
  const Pattern p = banded(6, 1);
  EXPECT_EQ(colour_columns(p, transposed(p), std::vector<int32_t>{4, 1})->colours,
            (std::vector<int32_t>{-1, 0, -1, -1, 0, -1}));
}

TEST(Stars, HaveNoPathOfTwoColours) {
  const auto check = [](const Pattern& graph, const std::string& name) {
    for (const Order order : kOrders)
      for (const StarKind kind : {StarKind::loose, StarKind::strict}) {
        const std::vector<int32_t> ordered = order_of_vertices(graph, order);
        const Colouring c = *colour_stars(graph, ordered, kind);
        EXPECT_TRUE(neighbours_differ(graph, c.colours)) << name;
        EXPECT_FALSE(has_two_coloured_path(graph, c.colours)) << name;
        EXPECT_TRUE(std::ranges::all_of(ordered, [&](int32_t v) { return c.colours[v] >= 0; })) << name;
      }
  };
  for (const auto& [name, p] : shaped_patterns())
    if (p.rows == p.columns) check(mirrored(p), name);
  for (unsigned seed = 0; seed < 100; ++seed)
    check(mirrored(random_pattern(5 + seed % 40, 5 + seed % 40, 0.01 + 0.002 * seed, seed)), std::to_string(seed));
}

TEST(Stars, TakeTheLeastColour) {
  // With any lesser colour some vertex would close a path of two colours, or equal a neighbour.
  for (unsigned seed = 0; seed < 60; ++seed) {
    const Pattern graph = mirrored(random_pattern(20, 20, 0.02 + 0.004 * seed, seed));
    const std::vector<int32_t> order = order_of_vertices(graph, Order::natural);
    const std::vector<int32_t> colours = colour_stars(graph, order, StarKind::loose)->colours;
    std::vector<int32_t> so_far(graph.rows);
    std::iota(so_far.begin(), so_far.end(), 1000);  // no two alike
    for (const int32_t v : order) {
      for (so_far[v] = 0; !neighbours_differ(graph, so_far) || has_two_coloured_path(graph, so_far);) ++so_far[v];
      EXPECT_EQ(so_far[v], colours[v]) << "seed " << seed << ", vertex " << v;
    }
  }
}

TEST(Stars, AreGivenUpAboveTheNumberOfColoursAllowed) {
  const Pattern graph = banded(50, 1);
  const std::vector<int32_t> order = order_of_vertices(graph, Order::natural);
  EXPECT_FALSE(colour_stars(graph, order, StarKind::loose, 2));
  EXPECT_EQ(colour_stars(graph, order, StarKind::loose, 3)->count, 3);
}

TEST(StrictStars, NeedFewColoursForManyHubs) {
  // Twenty hubs; each pair of them has a common neighbour, and each has thirty of its own.
  std::vector<std::vector<int32_t>> rows(20);
  const auto add_neighbour = [&](std::initializer_list<int32_t> hubs) {
    for (const int32_t hub : hubs) rows[hub].push_back(static_cast<int32_t>(rows.size()));
    rows.emplace_back();
  };
  for (int32_t a = 0; a < 20; ++a) {
    for (int32_t b = 0; b < a; ++b) add_neighbour({a, b});
    for (int k = 0; k < 30; ++k) add_neighbour({a});
  }
  const auto vertices = static_cast<int64_t>(rows.size());
  const Pattern graph = mirrored(pattern_of(vertices, std::move(rows)));
  const std::vector<int32_t> order = order_of_vertices(graph, Order::largest_first);
  EXPECT_EQ(colour_stars(graph, order, StarKind::strict)->count, 20);
  EXPECT_GT(colour_stars(graph, order, StarKind::loose)->count, 30);
  EXPECT_EQ(best_stars(graph, kAnyNumber, nullptr)->count, 20);
}

TEST(CoveringStars, CoverEachEdge) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const Pattern p = random_pattern(5 + seed % 20, 30, 0.02 + 0.004 * seed, seed), t = transposed(p);
    for (const Order order : kOrders) {
      const ColourDraft draft = colour_both(p, t, order);
      for (int64_t i = 0; i < p.rows; ++i)
        for (const int32_t j : row_of(p, i))
          EXPECT_TRUE(draft.rows.colours[i] >= 0 || draft.columns.colours[j] >= 0) << i << ", " << j;
    }
  }
}

TEST(CoveringStars, HaveColoursOfTheirOwnForEachSide) {
  const Pattern p = arrowhead(20);
  const ColourDraft draft = colour_both(p, transposed(p), Order::largest_first);
  EXPECT_EQ(draft.columns.colours[0], 0);
  EXPECT_EQ(draft.rows.colours[0], 0) << "entry (0, 0) joins the two";
  EXPECT_EQ(draft.columns.count, 2);
}

TEST(Orders, HoldEachVertexWithEntriesOnce) {
  for (const auto& [name, p] : shaped_patterns()) {
    const Pattern t = transposed(p);
    std::vector<int32_t> columns;
    for (int64_t j = 0; j < t.rows; ++j)
      if (t.row_length(j) > 0) columns.push_back(static_cast<int32_t>(j));
    for (const Order order : kOrders) {
      std::vector<int32_t> ordered = order_of_columns(p, t, order);
      EXPECT_TRUE(order != Order::natural || ordered == columns) << name;
      std::ranges::sort(ordered);
      EXPECT_EQ(ordered, columns) << name;
    }
  }
}

TEST(Orders, GoByTheNumberOfNeighbours) {
  // The path 0 - 1 - 2 - 3, a triangle 4, 5, 6 and the edge 3 - 4, without a diagonal.
  std::vector<std::vector<int32_t>> rows = {{1}, {2}, {3}, {4}, {5, 6}, {6}, {}};
  const Pattern graph = mirrored(pattern_of(7, rows));
  EXPECT_EQ(order_of_vertices(graph, Order::largest_first), (std::vector<int32_t>{4, 1, 2, 3, 5, 6, 0}));
  // From the end: each vertex has the fewest neighbours among those before it.
  const std::vector<int32_t> last = order_of_vertices(graph, Order::smallest_last);
  for (std::size_t i = last.size(); i-- > 0;) {
    const auto left = [&](int32_t v) {
      return std::count_if(last.begin(), last.begin() + static_cast<int64_t>(i) + 1,
                           [&](int32_t w) { return find_entry(graph, v, w) >= 0; });
    };
    for (std::size_t k = 0; k <= i; ++k) EXPECT_LE(left(last[i]), left(last[k])) << "place " << i;
  }
}

TEST(Peel, TakesTheRowsThatPayForThemselves) {
  const auto lengths = [](std::vector<int64_t> all) {
    std::vector<std::vector<int32_t>> rows;
    for (const int64_t length : all) {
      rows.emplace_back(length);
      std::iota(rows.back().begin(), rows.back().end(), 0);
    }
    return pattern_of(100, rows);
  };
  EXPECT_EQ(peel(lengths({}), 1), (std::vector<int32_t>{}));
  EXPECT_EQ(peel(lengths({0, 0}), 1), (std::vector<int32_t>{}));
  EXPECT_EQ(peel(lengths({5, 5, 5}), 1), (std::vector<int32_t>{}));
  EXPECT_EQ(peel(lengths({3, 4, 5}), 1), (std::vector<int32_t>{})) << "an entry less for each row";
  EXPECT_EQ(peel(lengths({3, 50, 3, 60, 3}), 1), (std::vector<int32_t>{1, 3}));
  EXPECT_EQ(peel(lengths({3, 5, 3, 60, 3}), 2), (std::vector<int32_t>{3})) << "2 for 2 entries less";
  EXPECT_EQ(peel(lengths({3, 5, 3, 60, 3}), 1), (std::vector<int32_t>{1, 3}));
  std::vector<int64_t> mixed(19, 20);
  mixed.front() = 90;
  mixed.back() = 3;
  EXPECT_EQ(peel(lengths(mixed), 1), (std::vector<int32_t>{0})) << "seventeen rows for seventeen entries";
}

}  // namespace
}  // namespace gradtape::core
