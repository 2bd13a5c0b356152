// Rule "neutral": operands that change nothing.
#include "plan/lower/rules.hpp"

namespace gradtape::core {

std::optional<Operand> drop_neutral(ProgramBuilder& b, Expression& e) {
  const Elementwise* elementwise = e.elementwise();
  if (!elementwise || e.in.size() != 2) return std::nullopt;
  for (std::size_t i : {0, 1}) {
    const std::optional<double>& neutral = i == 0 ? elementwise->neutral_left : elementwise->neutral_right;
    const std::optional<double> number = b.number(e.in[i]);
    if (neutral && number && *neutral == *number)
      return Operand{e.in[1 - i].slot, broadcast(e.in[1 - i].layout, e.out[0].shape)};
  }
  return std::nullopt;
}

}  // namespace gradtape::core
