// Ops whose result is a bool: comparisons, logic, and tests for nan and infinity.
#include <cmath>

#include "ops/define.hpp"

namespace gradtape::core {

void define_comparisons(Registry& r) {
  const char* reason = "its result is a bool";
  const auto compare = [&]<auto F, DtypeSet Set>(const char* name, const char* doc, In<Set> set) {
    binary<F>(r, name, doc, set)
        .inlined()
        .cheap()
        .infer(infer_predicate)
        .none(reason)
        .sample(Set == kBoolean ? "b[2,3] b[3]" : "f[2,3] f[3]");
  };
  compare.operator()<[](auto x, auto y) { return x == y; }>("equal", "x == y.", any_dtype);
  compare.operator()<[](auto x, auto y) { return x != y; }>("not_equal", "x != y.", any_dtype);
  compare.operator()<[](auto x, auto y) { return x < y; }>("less", "x < y; false < true.", any_dtype);
  compare.operator()<[](auto x, auto y) { return x <= y; }>("less_equal", "x <= y; false < true.", any_dtype);
  compare.operator()<[](auto x, auto y) { return (y < x); }>("greater", "x > y; true > false.", any_dtype);
  compare.operator()<[](auto x, auto y) { return (y <= x); }>("greater_equal", "x >= y; true > false.", any_dtype);
  compare.operator()<[](auto x, auto y) { return x && y; }>("logical_and", "x and y.", boolean);
  compare.operator()<[](auto x, auto y) { return x || y; }>("logical_or", "x or y.", boolean);
  compare.operator()<[](auto x, auto y) { return x != y; }>("logical_xor", "x or y, not both.", boolean);
  unary<[](auto x) { return !x; }>(r, "logical_not", "not x.", boolean)
      .inlined()
      .cheap()
      .infer(infer_predicate)
      .none(reason)
      .sample("b[2,3]");
  unary<[](auto x) { return x != x; }>(r, "is_nan", "Whether x is not a number; no integer or bool is.", any_dtype)
      .infer(infer_predicate)
      .none(reason)
      .sample("f[2,3]");
  unary<[](auto x) {
    if constexpr (std::is_floating_point_v<decltype(x)>)
      return std::isinf(x);
    else
      return false;
  }>(r, "is_inf", "Whether x is an infinity; no integer or bool is.", any_dtype)
      .infer(infer_predicate)
      .none(reason)
      .sample("f[2,3]");
  unary<[](auto x) {
    if constexpr (std::is_floating_point_v<decltype(x)>)
      return std::isfinite(x);
    else
      return true;
  }>(r, "is_finite", "Whether x is neither nan nor infinite, as all integers and bools are.", any_dtype)
      .infer(infer_predicate)
      .none(reason)
      .sample("f[2,3]");
}

}  // namespace gradtape::core
