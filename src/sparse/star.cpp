// First-fit star colouring. Two colours then form stars alone. Each entry of a symmetric matrix can be read with the
// colour of its column or with that of its row.
//
// Gebremedhin, Tarafdar, Manne, Pothen, "New acyclic and star coloring algorithms with application to computing
// Hessians", SIAM J. Sci. Comput. 29 (2007), algorithm 4.1. The two-coloured stars are kept by vertex here, as the
// colours of its neighbours. A vertex of many neighbours and few colours then costs little. Covering is the implicit
// covering of ColPack (ACM TOMS 40, 2013), and strict stars apply its rule for vertices without a colour to all graphs.
#include <algorithm>

#include "sparse/colouring.hpp"

namespace gradtape::core {

namespace {
// A colour among the neighbours of a vertex.
struct Seen {
  int32_t colour;
  int32_t only;      // the neighbour of this colour; kSeveral
  bool ends_a_star;  // such a neighbour is the centre of a star of which this vertex is a ray
};
constexpr int32_t kSeveral = -1;

class Stars {
 public:
  Stars(const Pattern& graph, StarKind kind)
      : graph_(graph),
        kind_(kind),
        seen_(graph.indices.size()),
        sizes_(graph.rows),
        rays_(graph.rows),
        colours_(graph.rows, -1) {}

  // Whether all neighbours have colours.
  bool is_covered(int32_t v) const {
    return std::ranges::all_of(neighbours(v), [&](int32_t w) { return colours_[w] >= 0; });
  }
  // The least colour that closes no path of four vertices and two colours.
  int32_t least_colour(int32_t v) {
    for (const Seen& s : seen(v)) several_[s.colour] = s.only == kSeveral ? v : -1;
    for (const int32_t w : neighbours(v))
      if (w != v) forbid(v, w);
    int32_t colour = 0;
    while (colour < count_ && taken_[colour] == v) ++colour;
    return colour;
  }

  void give(int32_t v, int32_t colour) {
    colours_[v] = colour;
    if (colour == count_) ++count_, taken_.push_back(-1), several_.push_back(-1);
    for (const int32_t w : neighbours(v))
      if (w != v) join(v, w, colour);
  }

  Colouring take() { return {std::move(colours_), count_}; }

 private:
  std::span<const int32_t> neighbours(int32_t v) const {
    return {graph_.indices.data() + graph_.offsets[v], graph_.indices.data() + graph_.offsets[v + 1]};
  }
  std::span<Seen> seen(int32_t v) { return {seen_.data() + graph_.offsets[v], static_cast<std::size_t>(sizes_[v])}; }
  Seen& find(int32_t v, int32_t colour) { return *std::ranges::lower_bound(seen(v), colour, {}, &Seen::colour); }

  // The colours that v may not have because of its neighbour.
  void forbid(int32_t v, int32_t w) {
    const int32_t of_w = colours_[w];
    if (of_w < 0 && kind_ == StarKind::loose) return;
    if (of_w >= 0 && kind_ != StarKind::covering) taken_[of_w] = v;
    if (of_w < 0 || several_[of_w] == v) {
      for (const Seen& s : seen(w)) taken_[s.colour] = v;
    } else if (rays_[w] > 0) {
      for (const Seen& s : seen(w))
        if (s.ends_a_star) taken_[s.colour] = v;
    }
  }

  // Edge (v, w) joins a star: v has its colour since now, and w may have one.
  void join(int32_t v, int32_t w, int32_t colour) {
    const int32_t of_w = colours_[w];
    const std::span<Seen> before = seen(w);
    const auto it = before.empty() || before.back().colour < colour
                        ? before.end()
                        : std::ranges::lower_bound(before, colour, {}, &Seen::colour);
    if (it == before.end() || it->colour != colour) {
      Seen* const place = before.data() + (it - before.begin());
      std::copy_backward(place, before.data() + before.size(), before.data() + before.size() + 1);
      *place = {colour, v, false};
      ++sizes_[w];
    } else {
      // Vertex w is the centre of a star whose rays have this colour.
      if (of_w >= 0) {
        if (it->only != kSeveral) make_ray(it->only, of_w);
        make_ray(v, of_w);
      }
      it->only = kSeveral;
    }
    if (of_w >= 0 && find(v, of_w).only == kSeveral) make_ray(w, colour);
  }
  void make_ray(int32_t v, int32_t colour_of_centre) {
    Seen& s = find(v, colour_of_centre);
    rays_[v] += !s.ends_a_star;
    s.ends_a_star = true;
  }

  const Pattern& graph_;
  StarKind kind_;
  std::vector<Seen> seen_;      // of vertex v from graph_.offsets[v] on, by rising colour
  std::vector<int32_t> sizes_;  // by vertex: colours among its neighbours
  std::vector<int32_t> rays_;   // by vertex: how many of them end a star
  std::vector<int32_t> colours_;
  std::vector<int32_t> taken_, several_;  // by colour: the last vertex that may not have it, and that has it twice
  int32_t count_ = 0;
};
}  // namespace

std::optional<Colouring> colour_stars(const Pattern& graph, std::span<const int32_t> order, StarKind kind,
                                      int32_t most) {
  Stars stars(graph, kind);
  for (const int32_t v : order) {
    if (kind == StarKind::covering && stars.is_covered(v)) continue;
    const int32_t colour = stars.least_colour(v);
    if (colour >= most) return std::nullopt;
    stars.give(v, colour);
  }
  return stars.take();
}

}  // namespace gradtape::core
