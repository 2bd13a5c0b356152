// Rule "fold": constant folding.
#include <algorithm>
#include <cstring>

#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
constexpr std::size_t kMostOperands = 3;  // of a tile function
}

std::optional<Operand> fold_constants(ProgramBuilder& b, Expression& e) {
  const Elementwise* elementwise = e.elementwise();
  const Spec& spec = e.out[0];
  if (!elementwise || spec.shape.elements() == 0) return std::nullopt;
  if (!std::ranges::all_of(e.in, [&](const Operand& x) { return b.number(x).has_value(); })) return std::nullopt;
  uint64_t operands[kMostOperands], result;
  Tile tile{1, {}, &result, e.attrs.get()};
  for (std::size_t i = 0; i < std::min(e.in.size(), kMostOperands); ++i) {
    dispatch(b.dtype(e.in[i]), [&]<class T>(Type<T>) {
      const T value = static_cast<T>(*b.number(e.in[i]));
      std::memcpy(&operands[i], &value, sizeof value);
    });
    tile.in[i] = &operands[i];
  }
  elementwise->loop(b.dtype(e.in.back()), spec.dtype)(tile);
  return Operand{b.constant(spec.dtype, &result), broadcast({{}, {}, 0}, spec.shape)};
}

}  // namespace gradtape::core
