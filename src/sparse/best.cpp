// The best of several colourings: by lattice, and first-fit in several orders.
#include <algorithm>

#include "base/error.hpp"
#include "sparse/colouring.hpp"

namespace gradtape::core {

namespace {
// Up to which several orders are tried in any case: some 0.1 s.
constexpr int64_t kFewVisits = 30'000'000, kFewEntries = 3'000'000;

// A first-fit colouring goes from each entry to all in its row.
int64_t visits(const Pattern& p) {
  int64_t visits = 0;
  for (int64_t i = 0; i < p.rows; ++i) visits += p.row_length(i) * p.row_length(i);
  return visits;
}

// The colouring of fewest colours so far, of `most` at most.
class Best {
 public:
  Best(const Lattice* lattice, int64_t points, int32_t most) : most_(most) {
    if (!lattice) return;
    if (lattice->grid.elements() != points)
      fail(Status::internal, "compression: a lattice must have a point for each of {} columns, got grid {}", points,
           to_string(lattice->grid));
    if (const auto formula = find_lattice_formula(*lattice); formula && formula->modulus <= most)
      best_ = Colouring{lattice_colours(lattice->grid, *formula), formula->modulus};
  }
  bool found() const { return best_.has_value(); }
  int64_t count() const { return best_ ? best_->count : int64_t{most_} + 1; }
  // make(most): a colouring of `most` colours at most, or nothing.
  template <class Make>
  void attempt(Make make) {
    if (auto other = make(best_ ? best_->count - 1 : most_)) best_ = std::move(other);
  }
  std::optional<Colouring> take() { return std::move(best_); }

 private:
  int32_t most_;
  std::optional<Colouring> best_;
};
}  // namespace

std::optional<Colouring> best_columns(const Pattern& p, const Pattern& t, int32_t most, const Lattice* lattice) {
  const int64_t least = longest_row(p);  // no colouring has fewer
  if (least > most) return std::nullopt;
  Best best(lattice, p.columns, most);
  const bool regular = best.found(), little = visits(p) <= kFewVisits;
  for (const Order order : {Order::natural, Order::largest_first, Order::smallest_last}) {
    if (best.found() && best.count() <= least) break;
    if (order != Order::natural && (regular || (!little && best.count() <= 2 * least))) break;
    best.attempt([&](int32_t fewer) { return colour_columns(p, t, order_of_columns(p, t, order), fewer); });
  }
  return best.take();
}

std::optional<Colouring> best_stars(const Pattern& graph, int32_t most, const Lattice* lattice) {
  // Any order gives stars that do not meet two colours, and all other graphs need three.
  constexpr int64_t least = 3;
  struct Try {
    Order order;
    StarKind kind;
  };
  constexpr Try tries[] = {{Order::natural, StarKind::loose},
                           {Order::largest_first, StarKind::strict},
                           {Order::largest_first, StarKind::loose},
                           {Order::smallest_last, StarKind::loose}};
  Best best(lattice, graph.columns, most);
  const bool regular = best.found(), little = graph.nonzeros() <= kFewEntries;
  // Grids and meshes need fewer than four times the mean number of entries in a row.
  const int64_t few = graph.rows == 0 ? 0 : 4 * graph.nonzeros() / graph.rows;
  for (const Try& one : tries) {
    if (best.found() && best.count() <= least) break;
    if (&one != tries && (regular || (!little && best.count() <= few))) break;
    best.attempt(
        [&](int32_t fewer) { return colour_stars(graph, order_of_vertices(graph, one.order), one.kind, fewer); });
  }
  return best.take();
}

}  // namespace gradtape::core
