// The reverse Cuthill-McKee order (George, Liu: Computer Solution of Large Sparse Positive Definite Systems, 1981).
#include "solve/order.hpp"

#include <algorithm>
#include <functional>

namespace gradtape::solving {

Graph graph_of(const Matrix& square) {
  const auto n = static_cast<size_t>(square.rows);
  Graph g;
  g.offsets.assign(n + 1, 0);
  square.each([&](int64_t i, int64_t j, double) {
    if (i == j) return;
    ++g.offsets[static_cast<size_t>(i) + 1];
    ++g.offsets[static_cast<size_t>(j) + 1];
  });
  for (size_t i = 0; i < n; ++i) g.offsets[i + 1] += g.offsets[i];
  std::vector<int64_t> next(g.offsets.begin(), g.offsets.end() - 1);
  g.neighbours.resize(static_cast<size_t>(g.offsets[n]));
  square.each([&](int64_t i, int64_t j, double) {
    if (i == j) return;
    g.neighbours[static_cast<size_t>(next[static_cast<size_t>(i)]++)] = j;
    g.neighbours[static_cast<size_t>(next[static_cast<size_t>(j)]++)] = i;
  });
  // Entries on both sides of the diagonal have come twice.
  auto end = g.neighbours.begin();
  for (size_t i = 0, begin = 0; i < n; ++i) {
    const auto first = g.neighbours.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = g.neighbours.begin() + g.offsets[i + 1];
    begin = static_cast<size_t>(g.offsets[i + 1]);
    std::sort(first, last);
    g.offsets[i] = end - g.neighbours.begin();
    end = std::copy(first, std::unique(first, last), end);
  }
  g.offsets[n] = end - g.neighbours.begin();
  g.neighbours.resize(static_cast<size_t>(g.offsets[n]));
  return g;
}

namespace {

// Walks a part of the graph that hangs together, level by level.
class Walk {
 public:
  explicit Walk(const Graph& graph) : graph_(graph), level_(static_cast<size_t>(graph.size()), kNew) {}

  // The unknowns from `start` on, neighbours of few neighbours first. They stay marked only if `keep`.
  const std::vector<int64_t>& from(int64_t start, bool keep) {
    found_.assign(1, start);
    level_[static_cast<size_t>(start)] = 0;
    for (size_t k = 0; k < found_.size(); ++k) {
      const auto i = static_cast<size_t>(found_[k]);
      const size_t first = found_.size();
      for (int64_t e = graph_.offsets[i]; e < graph_.offsets[i + 1]; ++e) {
        const int64_t j = graph_.neighbours[static_cast<size_t>(e)];
        if (level_[static_cast<size_t>(j)] != kNew) continue;
        level_[static_cast<size_t>(j)] = level_[i] + 1;
        found_.push_back(j);
      }
      std::stable_sort(found_.begin() + static_cast<std::ptrdiff_t>(first), found_.end(), lesser_);
    }
    depth_ = level_[static_cast<size_t>(found_.back())];
    far_ = found_.back();
    for (size_t k = found_.size(); k-- > 0 && level_[static_cast<size_t>(found_[k])] == depth_;)
      if (lesser_(found_[k], far_)) far_ = found_[k];
    if (!keep)
      for (int64_t i : found_) level_[static_cast<size_t>(i)] = kNew;
    return found_;
  }
  bool is_new(int64_t i) const { return level_[static_cast<size_t>(i)] == kNew; }
  int64_t depth() const { return depth_; }
  int64_t far() const { return far_; }  // of the last level, with the fewest neighbours

 private:
  static constexpr int64_t kNew = -1;
  const Graph& graph_;
  std::vector<int64_t> level_, found_;
  int64_t depth_ = 0, far_ = 0;
  std::function<bool(int64_t, int64_t)> lesser_ = [this](int64_t a, int64_t b) {
    return graph_.degree(a) < graph_.degree(b);
  };
};

}  // namespace

std::vector<int64_t> narrow_order(const Graph& graph) {
  Walk walk(graph);
  std::vector<int64_t> place(static_cast<size_t>(graph.size()));
  int64_t next = graph.size();
  for (int64_t seed = 0; seed < graph.size(); ++seed) {
    if (!walk.is_new(seed)) continue;
    // A start far from others: the far end of the far end, as long as that takes more levels.
    int64_t start = seed, depth = -1;
    for (walk.from(start, false); walk.depth() > depth; walk.from(start, false)) {
      depth = walk.depth();
      start = walk.far();
    }
    for (int64_t i : walk.from(start, true)) place[static_cast<size_t>(i)] = --next;
  }
  return place;
}

Bands bands_of(const Matrix& square, const std::vector<int64_t>& place) {
  Bands bands;
  square.each([&](int64_t i, int64_t j, double) {
    const int64_t under = place[static_cast<size_t>(i)] - place[static_cast<size_t>(j)];
    bands.below = std::max(bands.below, under);
    bands.above = std::max(bands.above, -under);
  });
  return bands;
}

}  // namespace gradtape::solving
