// The choice between ways to compress a Jacobian or a Hessian.
#include "sparse/compression.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "sparse/recovery.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kFewEntries = 1'000'000;  // up to which colourings of both rows and columns are always tried

// Products of one direction. Seen from reverse products, the rows are columns.
struct Side {
  const Pattern &p, &t;
  double cost, other_cost;
  const Lattice* lattice;
};

// A way to compress: the cost that it has at least, and its colourings if they may cost less than `below`.
struct Way {
  double least;
  std::function<std::optional<Draft>(double below)> draft;
};

// The number of products that cost less than `below` together.
int32_t most_products(double below, double cost) {
  return static_cast<int32_t>(std::clamp(std::ceil(below / cost) - 1, 0.0, static_cast<double>(kAnyNumber)));
}
Colouring no_colours(int64_t size) { return {std::vector<int32_t>(size, -1), 0}; }

Way one_direction(const Side& s) {
  return {s.cost * static_cast<double>(longest_row(s.p)), [s](double below) -> std::optional<Draft> {
            auto columns = best_columns(s.p, s.t, most_products(below, s.cost), s.lattice);
            if (!columns) return std::nullopt;
            return Draft{std::move(*columns), no_colours(s.p.rows)};
          }};
}

// Products of one direction, after the longest rows have got products of the other one.
std::optional<Way> with_peeled(const Side& s) {
  std::vector<int32_t> peeled = peel(s.p, s.other_cost / s.cost);
  if (peeled.empty()) return std::nullopt;
  Pattern rest = select(s.p, all_but(peeled, s.p.rows), {});
  const double least = s.cost * static_cast<double>(longest_row(rest)) + s.other_cost;
  return Way{least, [s, peeled = std::move(peeled), rest = std::move(rest)](double below) -> std::optional<Draft> {
               Colouring rows = colour_alone(s.t, peeled);
               const int32_t most = most_products(below - s.other_cost * rows.count, s.cost);
               auto columns = best_columns(rest, transposed(rest), most, nullptr);
               if (!columns) return std::nullopt;
               return Draft{std::move(*columns), std::move(rows), static_cast<int64_t>(peeled.size())};
             }};
}

// The way of reverse products, as seen from the matrix itself.
Way turned(Way way) {
  return {way.least, [draft = std::move(way.draft)](double below) {
            std::optional<Draft> d = draft(below);
            if (d) std::swap(d->columns, d->rows);
            return d;
          }};
}

int64_t rows_with_entries(const Pattern& p) {
  int64_t count = 0;
  for (int64_t i = 0; i < p.rows; ++i) count += p.row_length(i) > 0;
  return count;
}
// No products cost less: each gives one entry of a row, or of a column, at most.
double least_cost(const Side& s) {
  const int64_t rows = rows_with_entries(s.p), columns = rows_with_entries(s.t);
  double least = std::numeric_limits<double>::infinity();
  for (int64_t forward = 0, left = s.p.nonzeros();; ++forward, left -= rows) {
    const int64_t reverse = left <= 0 ? 0 : (left + columns - 1) / columns;
    least = std::min(least, s.cost * static_cast<double>(forward) + s.other_cost * static_cast<double>(reverse));
    if (left <= 0) return least;
  }
}

// Products of this side first where both would do. The way is left out if there are many entries, which take long, and
// little to save.
Way both_directions(const Side& s, Order order) {
  const double least = least_cost(s);
  return {least, [s, order, least](double below) -> std::optional<Draft> {
            if (s.p.nonzeros() > kFewEntries && below <= 4 * least) return std::nullopt;
            return colour_both(s.p, s.t, order);
          }};
}

// Those of least cost first, but both directions at once after the others, which take less time.
std::vector<Way> ways(const Side& forward, const Side& reverse, Sweeps allowed) {
  const bool both = allowed == Sweeps::both || allowed == Sweeps::automatic;
  std::vector<Way> all;
  if (allowed == Sweeps::forward || allowed == Sweeps::automatic) all.push_back(one_direction(forward));
  if (allowed == Sweeps::reverse || allowed == Sweeps::automatic) all.push_back(turned(one_direction(reverse)));
  if (both) {
    if (auto way = with_peeled(forward)) all.push_back(std::move(*way));
    if (auto way = with_peeled(reverse)) all.push_back(turned(std::move(*way)));
  }
  std::ranges::stable_sort(all, {}, &Way::least);
  if (both)
    for (const Order order : {Order::largest_first, Order::smallest_last})
      all.push_back(forward.cost <= reverse.cost ? both_directions(forward, order)
                                                 : turned(both_directions(reverse, order)));
  return all;
}
}  // namespace

Compression compress_jacobian(const Pattern& p, const JacobianTraits& traits) {
  const Pattern t = transposed(p);
  const Side forward{p, t, 1, traits.reverse_cost, traits.columns}, reverse{t, p, traits.reverse_cost, 1, traits.rows};
  std::optional<Compression> best;
  double cost = std::numeric_limits<double>::infinity();
  for (const Way& way : ways(forward, reverse, traits.allowed)) {
    if (way.least >= cost) continue;
    std::optional<Draft> draft = way.draft(cost);
    if (!draft) continue;
    Compression c = recover_jacobian(p, t, std::move(*draft));
    const double its = c.forward + traits.reverse_cost * c.reverse;
    if (its < cost) cost = its, best = std::move(c);
  }
  return std::move(*best);
}

Compression compress_hessian(const Pattern& p, const Lattice* lattice) {
  const std::vector<int32_t> peeled = lattice ? std::vector<int32_t>() : peel(p, 1);
  if (peeled.empty()) return recover_hessian(p, {*best_stars(p, kAnyNumber, lattice), {}});
  const std::vector<uint8_t> left = all_but(peeled, p.rows);
  Draft draft{*best_stars(select(p, left, left), kAnyNumber, nullptr), {}, static_cast<int64_t>(peeled.size())};
  append(draft.columns, colour_alone(p, peeled));
  // Strict stars need no peeling, and fewer colours where many vertices have many neighbours.
  const std::vector<int32_t> order = order_of_vertices(p, Order::largest_first);
  if (auto whole = colour_stars(p, order, StarKind::strict, draft.columns.count - 1)) draft = {std::move(*whole), {}};
  return recover_hessian(p, std::move(draft));
}

}  // namespace gradtape::core
