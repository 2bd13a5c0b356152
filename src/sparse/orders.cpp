// Orders in which first-fit colourings take columns or vertices.
#include <algorithm>
#include <numeric>

#include "sparse/colouring.hpp"

namespace gradtape::core {

namespace {
// Vertices by their number of neighbours that are left, in lists that start at heads_; numbers from n on share a list.
class Buckets {
 public:
  Buckets(std::span<const int32_t> vertices, std::span<const int64_t> degrees)
      : degrees_(degrees.begin(), degrees.end()), links_(degrees.size()), heads_(degrees.size() + 1, kNone) {
    for (const int32_t v : vertices) insert(v);
  }
  int32_t take_least() {
    while (heads_[least_] == kNone) ++least_;
    const int32_t v = heads_[least_];
    remove(v);
    links_[v].taken = true;
    return v;
  }
  void lower(int32_t v) {
    if (links_[v].taken) return;
    remove(v);
    --degrees_[v];
    insert(v);
    least_ = std::min(least_, list_of(v));
  }

 private:
  static constexpr int32_t kNone = -1;
  struct Link {
    int32_t before = kNone, behind = kNone;
    bool taken = false;
  };
  std::size_t list_of(int32_t v) const {
    return std::min<std::size_t>(static_cast<std::size_t>(degrees_[v]), heads_.size() - 1);
  }
  void insert(int32_t v) {
    int32_t& head = heads_[list_of(v)];
    links_[v].before = kNone;
    links_[v].behind = head;
    if (head != kNone) links_[head].before = v;
    head = v;
  }
  void remove(int32_t v) {
    const Link& link = links_[v];
    (link.before == kNone ? heads_[list_of(v)] : links_[link.before].behind) = link.behind;
    if (link.behind != kNone) links_[link.behind].before = link.before;
  }

  std::vector<int64_t> degrees_;
  std::vector<Link> links_;
  std::vector<int32_t> heads_;
  std::size_t least_ = 0;
};

std::vector<int32_t> with_entries(const Pattern& p) {
  std::vector<int32_t> rows;
  for (int64_t i = 0; i < p.rows; ++i)
    if (p.row_length(i) > 0) rows.push_back(static_cast<int32_t>(i));
  return rows;
}

// each_neighbour(v, f) calls f of each neighbour of v.
template <class EachNeighbour>
std::vector<int32_t> ordered(std::vector<int32_t> vertices, std::span<const int64_t> degrees, Order order,
                             EachNeighbour each_neighbour) {
  if (order == Order::largest_first)
    std::ranges::stable_sort(vertices, std::ranges::greater(), [&](int32_t v) { return degrees[v]; });
  if (order == Order::smallest_last) {
    Buckets left(vertices, degrees);
    for (std::size_t i = vertices.size(); i-- > 0;) {
      vertices[i] = left.take_least();
      each_neighbour(vertices[i], [&](int32_t w) { left.lower(w); });
    }
  }
  return vertices;
}
}  // namespace

std::vector<int32_t> order_of_columns(const Pattern& p, const Pattern& t, Order order) {
  std::vector<int64_t> degrees(p.columns);
  for (int64_t j = 0; j < t.rows; ++j)
    for (int64_t at = t.offsets[j]; at < t.offsets[j + 1]; ++at) degrees[j] += p.row_length(t.indices[at]) - 1;
  return ordered(with_entries(t), degrees, order, [&](int32_t column, auto f) {
    for (int64_t at = t.offsets[column]; at < t.offsets[column + 1]; ++at)
      for (int64_t other = p.offsets[t.indices[at]]; other < p.offsets[t.indices[at] + 1]; ++other)
        if (p.indices[other] != column) f(p.indices[other]);
  });
}

std::vector<int32_t> order_of_vertices(const Pattern& graph, Order order) {
  std::vector<int64_t> degrees(graph.rows);
  for (int64_t v = 0; v < graph.rows; ++v) degrees[v] = graph.row_length(v);
  return ordered(with_entries(graph), degrees, order, [&](int32_t v, auto f) {
    for (int64_t at = graph.offsets[v]; at < graph.offsets[v + 1]; ++at)
      if (graph.indices[at] != v) f(graph.indices[at]);
  });
}

}  // namespace gradtape::core
