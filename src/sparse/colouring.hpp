// Colourings of sparse matrices: which columns, or rows, may share a product. Parts of compression.
#pragma once

#include <limits>
#include <optional>
#include <span>

#include "sparse/lattice.hpp"
#include "sparse/pattern.hpp"

namespace gradtape::core {

struct Colouring {
  std::vector<int32_t> colours;  // -1: none
  int32_t count = 0;
};
inline constexpr int32_t kAnyNumber = std::numeric_limits<int32_t>::max();

// First-fit colouring of columns without a common row, in the order given; columns outside it get no colour. Nothing:
// more than `most` colours are needed. `t` is the transposed pattern.
std::optional<Colouring> colour_columns(const Pattern& p, const Pattern& t, std::span<const int32_t> order,
                                        int32_t most = kAnyNumber);

// Loose: neighbours have different colours, and any path of four vertices has three colours at least. Strict: the
// neighbours of a vertex that comes later have different colours too. Vertices of many neighbours that come first then
// do not leave their common neighbours with many colours to avoid. Covering: of a bipartite graph whose two sides have
// colours apart. A vertex gets none if all its neighbours have theirs before; these are different then.
enum class StarKind { loose, strict, covering };
// First-fit star colouring of the graph of a symmetric pattern, in the order given. Nothing: more than `most` colours
// are needed.
std::optional<Colouring> colour_stars(const Pattern& graph, std::span<const int32_t> order, StarKind kind,
                                      int32_t most = kAnyNumber);

// Orders in which first-fit colourings go. Columns and vertices without entries are left out.
enum class Order { natural, largest_first, smallest_last };
// By the number of columns with which a column shares a row; a column counts once for each row.
std::vector<int32_t> order_of_columns(const Pattern& p, const Pattern& t, Order order);
// By the number of neighbours.
std::vector<int32_t> order_of_vertices(const Pattern& graph, Order order);

// The fewest colours that the lattice or a first-fit colouring gives. Several orders are tried if that takes little
// time, or may save many colours. Nothing: more than `most` colours are needed.
std::optional<Colouring> best_columns(const Pattern& p, const Pattern& t, int32_t most, const Lattice* lattice);
std::optional<Colouring> best_stars(const Pattern& graph, int32_t most, const Lattice* lattice);

// Colourings of columns and rows of which each entry can be read.
struct Draft {
  Colouring columns, rows;
  int64_t peeled = 0;
};
// Covering star colouring of the graph of rows and columns, in which each entry is an edge.
Draft colour_both(const Pattern& p, const Pattern& t, Order order);

// The rows to take out, rising: those of most entries, so many that their cost and that of the longest row left are
// least together. A row costs `cost` if it is taken out; one more entry in the longest row costs 1.
std::vector<int32_t> peel(const Pattern& p, double cost);
// Colours for the chosen columns alone.
Colouring colour_alone(const Pattern& p, std::span<const int32_t> columns);
// By index: 0 for the chosen ones, 1 for all others.
std::vector<uint8_t> all_but(std::span<const int32_t> chosen, int64_t size);
// Gives the vertices of `more` colours of their own.
void append(Colouring& colouring, const Colouring& more);

}  // namespace gradtape::core
