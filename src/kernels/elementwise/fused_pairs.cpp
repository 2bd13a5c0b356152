// The table of tile instructions for two operations in a row.
#include "kernels/elementwise/fused_pairs.hpp"

#include "kernels/elementwise/tile.hpp"
#include "math/scalar.hpp"

namespace gradtape::core::kernels {

namespace {
template <Arithmetic a, class T>
T combine(T x, T y) {
  switch (a) {
    case Arithmetic::add: return x + y;
    case Arithmetic::subtract: return x - y;
    case Arithmetic::carry: return math::carry(x, x * y);
    default: return x * y;
  }
}

template <Arithmetic inner, Arithmetic outer, class T>
TileFn pair_of(bool right) {
  if (right && (outer == Arithmetic::subtract || outer == Arithmetic::carry))  // the others commute
    return tile<[](T x, T y, T z) { return combine<outer>(z, combine<inner>(x, y)); }, T, T, T>();
  return tile<[](T x, T y, T z) { return combine<outer>(combine<inner>(x, y), z); }, T, T, T>();
}
template <Arithmetic inner, class T>
TileFn pair_with(Arithmetic outer, bool right) {
  switch (outer) {
    case Arithmetic::add: return pair_of<inner, Arithmetic::add, T>(right);
    case Arithmetic::subtract: return pair_of<inner, Arithmetic::subtract, T>(right);
    case Arithmetic::multiply: return pair_of<inner, Arithmetic::multiply, T>(right);
    case Arithmetic::carry: return pair_of<inner, Arithmetic::carry, T>(right);
    case Arithmetic::none: break;
  }
  return nullptr;
}
template <class T>
TileFn pair_for(Arithmetic inner, Arithmetic outer, bool right) {
  switch (inner) {
    case Arithmetic::add: return pair_with<Arithmetic::add, T>(outer, right);
    case Arithmetic::subtract: return pair_with<Arithmetic::subtract, T>(outer, right);
    case Arithmetic::multiply: return pair_with<Arithmetic::multiply, T>(outer, right);
    case Arithmetic::carry: return pair_with<Arithmetic::carry, T>(outer, right);
    case Arithmetic::none: break;
  }
  return nullptr;
}
}  // namespace

TileFn fused_pair(Arithmetic inner, Arithmetic outer, bool right, Dtype dtype) {
  if (dtype == Dtype::float32) return pair_for<float>(inner, outer, right);
  if (dtype == Dtype::float64) return pair_for<double>(inner, outer, right);
  return nullptr;
}

}  // namespace gradtape::core::kernels
