// Colourings of both rows and columns: some entries are read from products with rows, and some from products with
// columns.
#include <algorithm>

#include "sparse/colouring.hpp"

namespace gradtape::core {

namespace {
// The graph [0 J'; J 0]: columns first, then rows.
Pattern graph_of(const Pattern& p, const Pattern& t) {
  const auto columns = static_cast<int32_t>(p.columns);
  Pattern g{p.columns + p.rows, p.columns + p.rows, t.offsets, t.indices};
  for (int32_t& row : g.indices) row += columns;
  g.indices.insert(g.indices.end(), p.indices.begin(), p.indices.end());
  for (int64_t i = 1; i <= p.rows; ++i) g.offsets.push_back(t.nonzeros() + p.offsets[i]);
  return g;
}
}  // namespace

Draft colour_both(const Pattern& p, const Pattern& t, Order order) {
  Pattern graph = graph_of(p, t);
  const std::vector<int32_t> peeled = peel(graph, 1);
  const auto first_row = std::ranges::lower_bound(peeled, p.columns);
  std::vector<int32_t> peeled_rows;
  for (auto it = first_row; it != peeled.end(); ++it) peeled_rows.push_back(*it - static_cast<int32_t>(p.columns));
  if (!peeled.empty()) {
    const std::vector<uint8_t> rest = all_but(peeled, graph.rows);
    graph = select(graph, rest, rest);
  }
  const Colouring all = *colour_stars(graph, order_of_vertices(graph, order), kAnyNumber, false);
  const auto middle = all.colours.begin() + p.columns;
  Draft draft{{{all.colours.begin(), middle}, all.count},
              {{middle, all.colours.end()}, all.count},
              static_cast<int64_t>(peeled.size())};
  append(draft.columns, colour_alone(p, std::span(peeled.begin(), first_row)));
  append(draft.rows, colour_alone(t, peeled_rows));
  return draft;
}

}  // namespace gradtape::core
