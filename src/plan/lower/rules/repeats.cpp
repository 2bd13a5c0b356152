// Rule "repeats": axes along which operands only repeat.
#include <algorithm>

#include "plan/ir/reduction_axes.hpp"
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
// A function's constants that repeat along an axis of the result: one element of the axis is computed.
std::optional<Operand> compute_repeats_once(ProgramBuilder& b, const Expression& e) {
  if (!std::ranges::all_of(e.in, [&](const Operand& x) { return b.is_fixed(x); })) return std::nullopt;
  const Shape& shape = e.out[0].shape;
  Expression once = e;
  for (Operand& x : once.in) x.layout = broadcast(x.layout, shape);
  bool repeats = false;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] <= 1 || std::ranges::any_of(once.in, [&](const Operand& x) { return x.layout.strides[axis] != 0; }))
      continue;
    repeats = true;
    once.out[0].shape[axis] = 1;
    for (Operand& x : once.in) x.layout.shape[axis] = 1;
  }
  if (!repeats) return std::nullopt;
  const Operand result = b.whole(b.emit(std::move(once))[0]);
  return Operand{result.slot, broadcast(result.layout, shape)};
}
}  // namespace

std::optional<Operand> reduce_repeats(ProgramBuilder& b, Expression& e) {
  if (e.elementwise()) return compute_repeats_once(b, e);
  const Reduction* reduction = e.reduction();
  if (!reduction) return std::nullopt;
  const Spec spec = e.out[0];
  Operand x = e.in[0];
  Ints left;
  int64_t repeated = 1;
  for (int64_t axis : axes_of(*e.op, *e.attrs)) {
    const int64_t n = x.layout.shape[axis];
    if (n == 1 || (n > 0 && x.layout.strides[axis] == 0 && reduction->repeats != Reduction::other)) {
      repeated *= n;
      x.layout.shape[axis] = 1;
    } else {
      left.push_back(axis);
    }
  }
  if (!left.empty()) x = b.whole(b.emit({e.op, with_axes(*e.op, *e.attrs, std::move(left)), {x}, {spec}})[0]);
  if (repeated > 1 && reduction->repeats == Reduction::sum)
    x = b.multiply(x, b.constant(spec.dtype, static_cast<double>(repeated), x.layout.shape),
                   {spec.dtype, x.layout.shape, false});
  return b.reshape(x, spec.shape);
}

}  // namespace gradtape::core
