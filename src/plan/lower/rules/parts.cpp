// Rule "parts": the part of a function that its derivative shares.
#include "plan/lower/rules.hpp"

namespace gradtape::core {

std::optional<Operand> split_parts(ProgramBuilder& b, Expression& e) {
  const Elementwise* whole = e.elementwise();
  if (!whole || !whole->part) return std::nullopt;
  const Operand part = b.whole(b.emit({whole->part, nullptr, e.in, e.out})[0]);
  if (whole->rest->inputs.size() == 1) e.in.clear();
  e.in.push_back(part);
  e.op = whole->rest;
  return std::nullopt;
}

}  // namespace gradtape::core
