// Rule "signs": signs and constant factors of elementwise ops, moved to where they cost nothing.
#include <cmath>
#include <limits>

#include "ops/names.hpp"
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
class Signs {
 public:
  Signs(ProgramBuilder& b, Expression& e) : b_(b), op_(e.op), in_(e.in) {}

  std::optional<Operand> simplify() {
    if (op_ == op<"negative">) return negative();
    if (op_ == op<"carry">) carry(op<"multiply">, std::isfinite);
    if (op_ == op<"carry_divide">) carry(op<"divide">, [](double p) { return p != 0 && p == p; });
    if (op_ == op<"add">) add();
    if (op_ == op<"subtract">) subtract();
    while (op_ == op<"multiply"> && multiply()) {
    }
    return std::nullopt;
  }

 private:
  struct Scaled {
    Operand x;
    double factor;
  };

  // The instruction behind an operand, if it is this op.
  const Instruction* made_by(const Operand& x, const Op& op) const {
    const Instruction* i = b_.producer(x);
    return i && i->op == &op ? i : nullptr;
  }
  // x, seen in an instruction's operand that has the same elements in the same order.
  std::optional<Operand> seen_in(const Operand& x, const Operand& source) const {
    if (!is_dense(source.layout) || source.layout.shape.elements() != b_.spec(x).shape.elements()) return std::nullopt;
    Operand seen{source.slot, x.layout};
    seen.layout.offset += source.layout.offset;
    return seen;
  }
  std::optional<Operand> negated(const Operand& x) const {
    const Instruction* i = made_by(x, op<"negative">);
    return i ? seen_in(x, i->in[0]) : std::nullopt;
  }
  std::optional<Scaled> scaled(const Operand& x) const {
    const Instruction* i = made_by(x, op<"multiply">);
    if (!i || !is_floating(x)) return std::nullopt;
    for (std::size_t k : {0, 1})
      if (const std::optional<double> factor = b_.number(i->in[k]))
        if (const auto seen = seen_in(x, i->in[1 - k])) return Scaled{*seen, *factor};
    return std::nullopt;
  }
  bool is_floating(const Operand& x) const { return (kFloating & bit(b_.dtype(x))) != 0; }
  Operand constant(const Operand& like, double value) const { return b_.constant(b_.dtype(like), value, {}); }
  // Whether the order in which x is multiplied by c and d does not matter.
  bool can_merge(const Operand& x, double c, double d) const {
    const double most =
        b_.dtype(x) == Dtype::float32 ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
    return std::abs(c) >= 1 && std::abs(d) >= 1 && std::abs(c * d) <= most;
  }

  std::optional<Operand> negative() {
    if (auto x = negated(in_[0])) return x;
    if (auto s = scaled(in_[0])) {
      op_ = &op<"multiply">.get();
      in_ = {s->x, constant(s->x, -s->factor)};
    }
    return std::nullopt;
  }
  void add() {
    if (auto b = negated(in_[1])) {
      in_[1] = *b;
    } else if (auto a = negated(in_[0])) {
      in_ = {in_[1], *a};
    } else {
      return;
    }
    op_ = &op<"subtract">.get();
  }
  void subtract() {
    if (auto b = negated(in_[1])) {
      in_[1] = *b;
      op_ = &op<"add">.get();
    }
  }
  // A product or quotient with a number by which no zero becomes nan is an ordinary one.
  void carry(const Op& ordinary, bool (*harmless)(double)) {
    const std::optional<double> t = b_.number(in_[0]), p = b_.number(in_[1]);
    if ((t && *t != 0) || (p && harmless(*p))) op_ = &ordinary;
  }
  bool multiply() {
    const auto a = negated(in_[0]), b = negated(in_[1]);
    if (a && b) {
      in_ = {*a, *b};
      return true;
    }
    for (std::size_t k : {0, 1}) {
      const std::optional<double> c = b_.number(in_[1 - k]);
      if (!c || !is_floating(in_[k])) continue;
      if (const auto& x = k == 0 ? a : b) {
        in_ = {*x, constant(*x, -*c)};
        return true;
      }
      if (const auto s = scaled(in_[k]); s && can_merge(in_[k], *c, s->factor)) {
        in_ = {s->x, constant(s->x, *c * s->factor)};
        return true;
      }
    }
    return false;
  }

  ProgramBuilder& b_;
  const Op*& op_;
  SmallVector<Operand, 2>& in_;
};
}  // namespace

std::optional<Operand> move_signs(ProgramBuilder& b, Expression& e) {
  if (!e.elementwise()) return std::nullopt;
  const std::optional<Operand> same = Signs(b, e).simplify();
  if (!same) return std::nullopt;
  return Operand{same->slot, broadcast(same->layout, e.out[0].shape)};
}

}  // namespace gradtape::core
