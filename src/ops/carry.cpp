// Products and quotients of cotangents and tangents. A zero that means "not selected" wins over infinities and nan. So
// poles beside a selection reach no derivative, in either mode and of any order. Without such zeros (Node::sparse) they
// are ordinary products, and 0 times infinity is nan.
#include <limits>

#include "math/scalar.hpp"
#include "ops/define.hpp"
#include "ops/selection.hpp"

namespace gradtape::core {

Tensor carry(const Tensor& t, const Tensor& p) { return op<"carry">(t, p); }
Tensor multiply_no_nan(const Flow& t, const Tensor& p) {
  return t.node()->sparse ? jointly(t, p) : multiply_no_nan(static_cast<const Tensor&>(t), p);
}
Flow operator*(const Flow& t, const Tensor& p) {
  if (p.node()->sparse) return Flow(jointly(t, p));  // a mask: a tangent of infinity stays behind it
  return Flow(t.node()->sparse ? carry(t, p) : static_cast<const Tensor&>(t) * p);
}
Tensor carry_divide(const Tensor& t, const Tensor& p) { return op<"carry_divide">(t, p); }
Tensor jointly(const Flow& u, const Tensor& t) { return u.node()->sparse ? op<"carry_both">(u, t) : carry(t, u); }
Flow operator/(const Flow& t, const Tensor& p) {
  return Flow(t.node()->sparse ? carry_divide(t, p) : static_cast<const Tensor&>(t) / p);
}
Flow operator*(double a, const Flow& t) { return Flow(a * static_cast<const Tensor&>(t)); }
Flow operator-(const Flow& t) { return Flow(-static_cast<const Tensor&>(t)); }

Tensor once_only(const Tensor& derivative, const Tensor& x, const Tensor& condition) {
  return op<"once_only">(x, broadcast_to(condition, x.shape()), derivative);
}

namespace {
// The derivative along a change of x: nan where there is a change and the condition holds.
Tensor undefined_change(const Call& c, const Tensor& t) {
  const Tensor nan = number_like(t, std::numeric_limits<double>::quiet_NaN());
  return keep_where(where_selected(t, c.in(1)), t * nan);
}
void define_once_only(Registry& r) {
  OpBuilder(r, "once_only", "The derivative itself, which has none by x where the condition holds.")
      .internal()
      .inputs({{"x"}, {"condition", InputKind::boolean}, {"derivative"}})
      .alias()
      .infer([](Inference& c) { c.like(2, c.shape(2)); })
      .rules(
          [](const Call& c, const Tensors& ct) {
            return Tensors{undefined_change(c, ct[0]), Tensor(), ct[0]};
          },
          [](const Call& c, const Tensors& t) {
            if (!t[0]) return Tensors{t[2]};
            return Tensors{t[2] ? t[2] + undefined_change(c, t[0]) : undefined_change(c, t[0])};
          })
      .batch([](const BatchCall& b) { return reapply_all(b.call, full_inputs(b)); })
      .links([](const LinkCall& c) {
        return related({broadcast_relation(c.call.in(c.input).shape(), c.call.out_spec().shape)});
      });
}
}  // namespace

void define_carry(Registry& r) {
  define_once_only(r);
  binary<[](auto t, auto p) { return math::carry(t, t * p); }>(r, "carry", "t * p, and 0 where t is 0.", floating)
      .inlined()
      .internal()
      .arithmetic(Arithmetic::carry)
      .cheap()
      .zero_where({0b01, 0b10})
      .partials({[](const Call& c, const Flow& u) { return u * c.in(1); },
                 [](const Call& c, const Flow& u) { return jointly(u, c.in(0)); }});
  binary<[](auto t, auto p) { return math::carry(t, t / p); }>(r, "carry_divide", "t / p, and 0 where t is 0.",
                                                               floating)
      .inlined()
      .internal()
      .zero_where({0b01})
      .partials({[](const Call& c, const Flow& u) { return u / c.in(1); },
                 [](const Call& c, const Flow& u) { return -(Flow(jointly(u, c.out())) / c.in(1)); }});
  binary<[](auto t, auto u) { return math::carry(t, math::carry(u, t * u)); }>(
      r, "carry_both", "t * u, and 0 where either is.", floating)
      .inlined()
      .internal()
      .cheap()
      .zero_where({0b01, 0b10})
      .partials({[](const Call& c, const Flow& u) { return jointly(u, c.in(1)); },
                 [](const Call& c, const Flow& u) { return jointly(u, c.in(0)); }});
}

}  // namespace gradtape::core
