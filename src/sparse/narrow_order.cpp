// The reverse Cuthill-McKee order (George, Liu: Computer Solution of Large Sparse Positive Definite Systems, 1981).
#include "sparse/narrow_order.hpp"

#include <algorithm>
#include <numeric>

namespace gradtape::core {

namespace {
// Rows that share an entry with each other, on either side of the diagonal.
class Neighbours {
 public:
  explicit Neighbours(const Pattern& p) : rows_(p), columns_(transposed(p)) {}
  int64_t size() const { return rows_.rows; }
  int64_t degree(int64_t i) const { return rows_.row_length(i) + columns_.row_length(i); }
  template <class F>
  void each(int64_t i, F&& f) const {
    for (const Pattern* p : {&rows_, &columns_})
      for (int64_t e = p->offsets[i]; e < p->offsets[i + 1]; ++e) f(p->indices[e]);
  }

 private:
  const Pattern& rows_;
  Pattern columns_;
};

// Goes level by level through a part of the graph that hangs together.
class Levels {
 public:
  explicit Levels(const Neighbours& graph) : graph_(graph), level_(static_cast<std::size_t>(graph.size()), kNew) {}

  // Fills found() from `start` on: of each row's neighbours, those with few neighbours come first.
  void walk(int64_t start) {
    found_.assign(1, start);
    level_[start] = 0;
    const auto is_lesser = [&](int64_t a, int64_t b) { return graph_.degree(a) < graph_.degree(b); };
    for (std::size_t k = 0; k < found_.size(); ++k) {
      const int64_t i = found_[k];
      const auto first = static_cast<std::ptrdiff_t>(found_.size());
      graph_.each(i, [&](int64_t j) {
        if (level_[j] != kNew) return;
        level_[j] = level_[i] + 1;
        found_.push_back(j);
      });
      std::stable_sort(found_.begin() + first, found_.end(), is_lesser);
    }
    far_ = found_.back();
    for (std::size_t k = found_.size(); k-- > 0 && level_[found_[k]] == depth();)
      if (is_lesser(found_[k], far_)) far_ = found_[k];
  }
  void forget() {
    for (const int64_t i : found_) level_[i] = kNew;
  }
  bool is_new(int64_t i) const { return level_[i] == kNew; }
  const std::vector<int64_t>& found() const { return found_; }
  int64_t depth() const { return level_[found_.back()]; }
  int64_t far() const { return far_; }  // of the last level, with the fewest neighbours

 private:
  static constexpr int64_t kNew = -1;
  const Neighbours& graph_;
  std::vector<int64_t> level_, found_;
  int64_t far_ = 0;
};
}  // namespace

std::vector<int64_t> narrow_order(const Pattern& square) {
  const Neighbours graph(square);
  Levels levels(graph);
  std::vector<int64_t> place(static_cast<std::size_t>(graph.size()));
  int64_t next = graph.size();
  for (int64_t seed = 0; seed < graph.size(); ++seed) {
    if (!levels.is_new(seed)) continue;
    // A start at a far end: the far end of the far end, as long as that takes more levels.
    int64_t depth = -1;
    for (levels.walk(seed); levels.depth() > depth; levels.walk(levels.far())) {
      depth = levels.depth();
      levels.forget();
    }
    for (const int64_t i : levels.found()) place[i] = --next;
  }
  return place;
}

std::vector<int64_t> same_order(int64_t n) {
  std::vector<int64_t> place(static_cast<std::size_t>(n));
  std::iota(place.begin(), place.end(), 0);
  return place;
}

Bands bands_of(const Pattern& square, std::span<const int64_t> place) {
  Bands bands;
  for (int64_t i = 0; i < square.rows; ++i)
    for (int64_t e = square.offsets[i]; e < square.offsets[i + 1]; ++e) {
      const int64_t under = place[i] - place[square.indices[e]];
      bands.below = std::max(bands.below, under);
      bands.above = std::max(bands.above, -under);
    }
  return bands;
}

}  // namespace gradtape::core
