// Colourings of both rows and columns: some entries are read from products with rows, and some from products with
// columns.
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
  const Pattern graph = graph_of(p, t);
  const Colouring all = *colour_stars(graph, order_of_vertices(graph, order), StarKind::covering);
  const auto middle = all.colours.begin() + p.columns;
  return {{{all.colours.begin(), middle}, all.count}, {{middle, all.colours.end()}, all.count}};
}

}  // namespace gradtape::core
