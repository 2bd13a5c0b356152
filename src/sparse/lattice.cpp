// The search for lattice colourings.
#include "sparse/lattice.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
constexpr int64_t kTries = 1 << 21;  // colours of offsets that the search computes: some milliseconds

// The factors are chosen axis by axis. The offsets along the first axes alone must have different colours before the
// next factor is chosen, so that few are tried.
class Search {
 public:
  explicit Search(const Lattice& lattice) : axes_(lattice.grid.rank()), offsets_(lattice.offsets), ends_(axes_ + 1) {
    std::ranges::stable_sort(offsets_, {}, used_axes);
    for (std::size_t axes = 0; axes <= axes_; ++axes)
      ends_[axes] = std::ranges::upper_bound(offsets_, axes, {}, used_axes) - offsets_.begin();
  }

  std::optional<LatticeFormula> run() {
    for (formula_ = {Shape::Dims(axes_, 0), std::max(static_cast<int32_t>(offsets_.size()), 1)}; left_ > 0;
         ++formula_.modulus) {
      seen_.resize(formula_.modulus, 0);
      if (extend(0)) return formula_;
    }
    return std::nullopt;
  }

 private:
  // The number of first axes outside of which the offset is 0.
  static std::size_t used_axes(const Shape::Dims& offset) {
    std::size_t axes = offset.size();
    while (axes > 0 && offset[axes - 1] == 0) --axes;
    return axes;
  }
  // Finds factors from the axis on.
  bool extend(std::size_t axis) {
    if (axis == axes_) return separates(axis);
    for (int64_t& factor = formula_.factors[axis]; factor < formula_.modulus && left_ > 0; ++factor)
      if (separates(axis + 1) && extend(axis + 1)) return true;
    formula_.factors[axis] = 0;
    return false;
  }
  bool separates(std::size_t axes) {
    ++try_;
    for (std::size_t i = 0; i < ends_[axes]; ++i) {
      --left_;
      int64_t colour = 0;
      for (std::size_t axis = 0; axis < axes; ++axis)
        colour += formula_.factors[axis] * (offsets_[i][axis] % formula_.modulus);
      int64_t& seen = seen_[(colour % formula_.modulus + formula_.modulus) % formula_.modulus];
      if (seen == try_) return false;
      seen = try_;
    }
    return true;
  }

  std::size_t axes_;
  std::vector<Shape::Dims> offsets_;  // by the number of first axes outside of which they are 0
  std::vector<std::size_t> ends_;     // by number of axes: the end of the offsets along so many
  LatticeFormula formula_;
  std::vector<int64_t> seen_;  // by colour: the last try that has it
  int64_t try_ = 0, left_ = kTries;
};
}  // namespace

std::optional<LatticeFormula> find_lattice_formula(const Lattice& lattice) { return Search(lattice).run(); }

std::vector<int32_t> lattice_colours(const Shape& grid, const LatticeFormula& formula) {
  std::vector<int32_t> colours(grid.elements());
  if (grid.rank() == 0 || colours.empty()) return colours;
  const std::size_t last = grid.rank() - 1;
  const auto step = static_cast<int32_t>(formula.factors[last]);
  Shape::Dims point(grid.rank(), 0);
  for (std::size_t at = 0; at < colours.size();) {
    int64_t first = 0;
    for (std::size_t axis = 0; axis < last; ++axis) first += formula.factors[axis] * point[axis] % formula.modulus;
    auto colour = static_cast<int32_t>(first % formula.modulus);
    for (int64_t i = 0; i < grid[last]; ++i) {
      colours[at++] = colour;
      if ((colour += step) >= formula.modulus) colour -= formula.modulus;
    }
    for (std::size_t axis = last; axis-- > 0 && ++point[axis] == grid[axis];) point[axis] = 0;
  }
  return colours;
}

}  // namespace gradtape::core
