// Rule "order": operands that would be gathered from afar again and again.
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kReads = 4;  // an operand that is read this often is worth a copy

Operand order(ProgramBuilder& b, const Operand& x, const Shape& shape) {
  std::size_t last = x.layout.shape.rank();
  while (last > 0 && x.layout.shape[last - 1] == 1) --last;
  if (last == 0 || x.layout.strides[last - 1] == 1 || x.layout.strides[last - 1] == 0) return x;
  Layout distinct = x.layout;
  for (std::size_t i = 0; i < distinct.shape.rank(); ++i)
    if (distinct.strides[i] == 0) distinct.shape[i] = 1;
  const bool once = b.is_fixed(x);  // a function's constant: copied before the first call
  if (!once && distinct.shape.elements() * kReads > shape.elements()) return x;
  const Operand dense = b.copy({x.slot, distinct});
  return {dense.slot, broadcast(dense.layout, x.layout.shape)};
}
}  // namespace

std::optional<Operand> order_operands(ProgramBuilder& b, Expression& e) {
  if (e.elementwise())
    for (Operand& x : e.in) x = order(b, x, e.out[0].shape);
  return std::nullopt;
}

}  // namespace gradtape::core
