// Rule "repeats": reductions over axes along which the operand only repeats.
#include "plan/ir/reduction_axes.hpp"
#include "plan/lower/rules.hpp"

namespace gradtape::core {

std::optional<Operand> reduce_repeats(ProgramBuilder& b, Expression& e) {
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
