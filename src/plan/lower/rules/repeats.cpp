// Rule "repeats": reductions over axes along which the operand only repeats.
#include <algorithm>

#include "plan/ir/reduction_axes.hpp"
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
// A view can as well be read with the axes that go as the last ones.
void move_last(Operand& x, Ints& axes) {
  Ints perm;
  for (std::size_t i = 0; i < x.layout.shape.rank(); ++i)
    if (std::ranges::find(axes, static_cast<int64_t>(i)) == axes.end()) perm.push_back(static_cast<int64_t>(i));
  const std::size_t kept = perm.size();
  for (int64_t a : axes) perm.push_back(a);
  x.layout = permuted(x.layout, perm);
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(kept + i);
}
}  // namespace

std::optional<Operand> reduce_repeats(ProgramBuilder& b, Expression& e) {
  const Reduction* reduction = e.reduction();
  if (!reduction) return std::nullopt;
  const std::size_t attr = e.op->attr_index("axis");
  const Spec spec = e.out[0];
  Operand x = e.in[0];
  Ints left;
  int64_t repeated = 1;
  for (int64_t axis : std::get<Ints>(e.attrs->values[attr])) {
    const int64_t n = x.layout.shape[axis];
    if (n == 1 || (n > 0 && x.layout.strides[axis] == 0 && reduction->repeats != Reduction::other)) {
      repeated *= n;
      x.layout.shape[axis] = 1;
    } else {
      left.push_back(axis);
    }
  }
  if (!is_dense(x.layout) && reduction_axes(x.layout.shape, left).direction == Direction::mixed) move_last(x, left);
  if (!left.empty()) {
    auto attrs = std::make_shared<Attrs>(*e.attrs);
    attrs->values[attr] = std::move(left);
    x = b.whole(b.emit({e.op, std::move(attrs), {x}, {spec}})[0]);
  }
  if (repeated > 1 && reduction->repeats == Reduction::sum)
    x = b.multiply(x, b.constant(spec.dtype, static_cast<double>(repeated), x.layout.shape),
                   {spec.dtype, x.layout.shape, false});
  return b.reshape(x, spec.shape);
}

}  // namespace gradtape::core
