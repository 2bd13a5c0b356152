// The best of several colourings: by lattice, and first-fit in several orders.
#include <algorithm>

#include "base/error.hpp"
#include "sparse/colouring.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kFewVisits = 30'000'000;  // up to which several orders are tried

void keep_better(std::optional<Colouring>& best, std::optional<Colouring> other) {
  if (other && (!best || other->count < best->count)) best = std::move(other);
}
int32_t most_below(const std::optional<Colouring>& best, int32_t most) {
  return best ? std::min(most, best->count - 1) : most;
}
std::optional<Colouring> from_lattice(const Lattice* lattice, int64_t columns, int32_t most) {
  if (!lattice) return std::nullopt;
  if (lattice->grid.elements() != columns)
    fail(Status::internal, "compression: a lattice must have a point for each of {} columns, got grid {}", columns,
         to_string(lattice->grid));
  const auto formula = find_lattice_formula(*lattice);
  if (!formula || formula->modulus > most) return std::nullopt;
  return Colouring{lattice_colours(lattice->grid, *formula), formula->modulus};
}

// Any order gives stars of one centre each two colours, and all other graphs need three.
constexpr int32_t kFewStarColours = 3;

}  // namespace

int64_t visits(const Pattern& p) {
  int64_t visits = 0;
  for (int64_t i = 0; i < p.rows; ++i) visits += p.row_length(i) * p.row_length(i);
  return visits;
}

std::optional<Colouring> best_columns(const Pattern& p, const Pattern& t, int32_t most, const Lattice* lattice) {
  // No colouring has fewer.
  const int64_t least = longest_row(p);
  if (least > most) return std::nullopt;
  std::optional<Colouring> best = from_lattice(lattice, p.columns, most);
  const bool one_order = best || visits(p) > kFewVisits;
  for (const Order order : kOrders) {
    if ((best && best->count <= least) || (order != Order::natural && one_order)) break;
    keep_better(best, colour_columns(p, t, order_of_columns(p, t, order), most_below(best, most)));
  }
  return best;
}

std::optional<Colouring> best_stars(const Pattern& p, int32_t most, const Lattice* lattice) {
  std::optional<Colouring> best = from_lattice(lattice, p.columns, most);
  const bool one_order = best || visits(p) > kFewVisits;
  for (const Order order : kOrders) {
    if ((best && best->count <= kFewStarColours) || (order != Order::natural && one_order)) break;
    keep_better(best, colour_stars(p, order_of_vertices(p, order), most_below(best, most)));
  }
  return best;
}

}  // namespace gradtape::core
