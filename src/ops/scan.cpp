// Cumulative ops along one axis. exclusive: entry i is of the entries before it; reverse: from the last entry on.
#include <algorithm>
#include <limits>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
OpBuilder scan(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.inputs({{"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{0})
      .attr("exclusive", kAttrBool, false)
      .attr("reverse", kAttrBool, false);
  d.infer([](Inference& c) {
    c.axis("axis", c.rank());
    c.like(0, c.shape());
  });
  // A scalar is a line of one entry.
  d.instead([](const Call& c) {
    if (c.in().rank() > 0) return Tensors{};
    const int64_t axis = normalize_axis(c.op().name, c.integer("axis"), 1);
    return Tensors{reshape(reapply(c, {reshape(c.in(), {1})}, {axis, c.flag("exclusive"), c.flag("reverse")}), {})};
  });
  d.sample("f[4]").sample("f[3,2]", R"({"reverse": true})").sample("f[]");
  return d;
}

// x moved one entry along the axis, toward its end (its beginning if reverse), with `fill` coming in.
Tensor shift(const Tensor& x, std::size_t axis, bool reverse, double fill) {
  const int64_t n = x.shape()[axis];
  if (n == 0) return x;
  Ints paddings(2 * x.rank(), 0);
  paddings[2 * axis + (reverse ? 1 : 0)] = 1;
  return pad(slice_along(x, axis, reverse ? 1 : 0, n - 1), paddings, fill);
}
std::size_t axis_of(const Call& c) { return static_cast<std::size_t>(c.integer("axis")); }

// y_i = a_i y_(i-1) + x_i, or where lagged a_(i-1) y_(i-1) + x_i. carries: a y of 0 stays 0 whatever its factor.
Tensor recurrence(const Tensor& a, const Tensor& x, std::size_t axis, bool reverse, bool lagged, bool carries) {
  return op<"recurrence">(a, x, static_cast<int64_t>(axis), reverse, lagged, carries);
}
// The recurrence of a cotangent or tangent x.
Tensor linear_scan(const Tensor& a, const Flow& x, std::size_t axis, bool reverse, bool lagged) {
  return recurrence(a, x, axis, reverse, lagged, x.node()->sparse);
}

// The cotangents g of x run the other way, with the factors one entry on, or back: a scan again. Those of a are
// g_i y_(i-1), or where lagged g_(i+1) y_i.
void define_linear_scan(Registry& r) {
  OpBuilder(r, "recurrence", "y_i = a_i * y_(i-1) + x_i, or where lagged by the a_(i-1) of the entry before.")
      .internal()
      .inputs({{"a"}, {"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{0})
      .attr("reverse", kAttrBool, false)
      .attr("lagged", kAttrBool, false)
      .attr("carries", kAttrBool, false)
      .infer([](Inference& c) { c.like(1, c.shape(1)); })
      .kernel(kernels::linear_scan)
      .rules(
          [](const Call& c, const Tensors& ct) {
            const bool reverse = c.flag("reverse"), lagged = c.flag("lagged");
            const Flow g(linear_scan(c.in(0), Flow(ct[0]), axis_of(c), !reverse, !lagged));
            return Tensors{
                lagged ? Flow(shift(g, axis_of(c), !reverse, 0)) * c.out() : g * shift(c.out(), axis_of(c), reverse, 0),
                g};
          },
          [](const Call& c, const Tensors& t) {
            const bool reverse = c.flag("reverse"), lagged = c.flag("lagged");
            Tensor x = t[1];
            if (t[0]) {
              const Flow a(t[0]);
              const Tensor moved =
                  lagged ? shift(a * c.out(), axis_of(c), reverse, 0) : a * shift(c.out(), axis_of(c), reverse, 0);
              x = x ? x + moved : moved;
            }
            return Tensors{linear_scan(c.in(0), Flow(x), axis_of(c), reverse, lagged)};
          })
      .batch([](const BatchCall& b) {
        return Tensors{recurrence(full_input(b, 0), full_input(b, 1), axis_of(b.call) + 1, b.call.flag("reverse"),
                                  b.call.flag("lagged"), b.call.flag("carries"))};
      })
      .links([](const LinkCall& l) {
        Dependence d = up_to_place(l);
        if (l.input == 0 && l.call.flag("lagged")) d.relations[0].order->gap = 1;
        return d;
      });
  OpBuilder(r, "linear_scan",
            "y_i = a_i * y_(i-1) + x_i along the axis, from y = 0 on; reverse: from the last entry on.")
      .inputs({{"a"}, {"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{0})
      .attr("reverse", kAttrBool, false)
      .infer([](Inference& c) {
        c.axis("axis", c.rank());
        if (!(c.shape(0) == c.shape(1)))
          invalid("linear_scan: a and x must have one shape, got {} and {}", to_string(c.shape(0)),
                  to_string(c.shape(1)));
      })
      .composite(
          [](const Call& c) { return recurrence(c.in(0), c.in(1), axis_of(c), c.flag("reverse"), false, false); })
      .sample("u[5] f[5]")
      .sample("u[2,4] f[2,4]", R"({"axis": 1, "reverse": true})");
}

Tensor product_scan(const Tensor& x, std::size_t axis, bool exclusive, bool reverse) {
  return op<"product_scan">(x, static_cast<int64_t>(axis), exclusive, reverse);
}
Tensor product_before(const Call& c) {
  return c.flag("exclusive") ? c.out() : product_scan(c.in(), axis_of(c), true, c.flag("reverse"));
}

// With y_i = x_i y_(i-1): y_i' = x_i y_(i-1)' + x_i' y_(i-1), a scan too, of which an exclusive product is the entry
// before. Nothing is divided, so that zeros do no harm to any derivative.
void define_cumprod(Registry& r) {
  OpBuilder(r, "product_scan", "Products of all entries up to each one.")
      .internal()
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{0})
      .attr("exclusive", kAttrBool, false)
      .attr("reverse", kAttrBool, false)
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::cumprod)
      .rules(
          [](const Call& c, const Tensors& ct) {
            const bool reverse = c.flag("reverse");
            const Tensor of_y = c.flag("exclusive") ? shift(ct[0], axis_of(c), !reverse, 0) : ct[0];
            return Tensors{Flow(linear_scan(c.in(), Flow(of_y), axis_of(c), !reverse, true)) * product_before(c)};
          },
          [](const Call& c, const Tensors& t) {
            const bool reverse = c.flag("reverse");
            const Tensor y = linear_scan(c.in(), Flow(t[0]) * product_before(c), axis_of(c), reverse, false);
            return Tensors{c.flag("exclusive") ? shift(y, axis_of(c), reverse, 0) : y};
          })
      .batch([](const BatchCall& b) {
        return Tensors{product_scan(b.in[0], axis_of(b.call) + 1, b.call.flag("exclusive"), b.call.flag("reverse"))};
      })
      .links(up_to_place);
  scan(r, "cumprod",
       "Products of all entries up to each one; its derivatives are right with zeros among them, to any order.")
      .composite([](const Call& c) { return product_scan(c.in(), axis_of(c), c.flag("exclusive"), c.flag("reverse")); })
      .sample("f[2,5]", R"({"axis": 1, "exclusive": true})");
}

// With y = log(sum of e^x so far): y_i' = e^(x_i - y_i) x_i' + e^(y_(i-1) - y_i) y_(i-1)', a scan whose factors lie in
// [0, 1]. While the sum is 0, so are the factors.
struct LogWeights {
  Tensor own, before;
};
LogWeights log_weights(const Call& c) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Tensor y = c.out(), none = number_like(y, -infinity), some = greater(y, none);
  const Tensor safe = keep_where(some, y);
  return {exp(c.in() - safe), exp(shift(y, axis_of(c), c.flag("reverse"), -infinity) - safe)};
}
void define_log_scan(Registry& r) {
  OpBuilder(r, "log_sum_scan", "log of the sum of e^x over all entries up to each one.")
      .internal()
      .inputs({{"x"}})
      .attr("axis", kAttrInt, int64_t{0})
      .attr("reverse", kAttrBool, false)
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::log_sum_scan)
      .rules(
          [](const Call& c, const Tensors& ct) {
            const bool reverse = c.flag("reverse");
            const auto [own, before] = log_weights(c);
            return Tensors{Flow(linear_scan(before, Flow(ct[0]), axis_of(c), !reverse, true)) * own};
          },
          [](const Call& c, const Tensors& t) {
            const auto [own, before] = log_weights(c);
            return Tensors{linear_scan(before, Flow(t[0]) * own, axis_of(c), c.flag("reverse"), false)};
          })
      .batch([](const BatchCall& b) {
        return Tensors{reapply(b.call, {b.in[0]}, {b.call.integer("axis") + 1, b.call.flag("reverse")})};
      })
      .links(up_to_place);
  scan(r, "logcumsumexp", "log of the sums of e^x over all entries up to each one, without overflow.")
      .dtypes(kFloating)
      .composite([](const Call& c) {
        constexpr double none = -std::numeric_limits<double>::infinity();
        const bool reverse = c.flag("reverse");
        const Tensor x = c.flag("exclusive") ? shift(c.in(), axis_of(c), reverse, none) : c.in();
        return op<"log_sum_scan">(x, c.integer("axis"), reverse);
      })
      .sample("f[2,4]", R"({"axis": 1})");
}
}  // namespace

void define_scan(Registry& r) {
  scan(r, "cumsum", "Sums of all entries up to each one.")
      .kernel(kernels::cumsum)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
        return cumsum(ct, c.integer("axis"), c.flag("exclusive"), !c.flag("reverse"));
      }})
      .batch([](const BatchCall& b) {
        return Tensors{cumsum(b.in[0], b.call.integer("axis") + 1, b.call.flag("exclusive"), b.call.flag("reverse"))};
      })
      .links([](const LinkCall& l) {
        Dependence d = up_to_place(l);
        if (l.call.in().shape()[axis_of(l.call)] <= kFewOrdered) d.weight = Dependence::Weight::sum;
        return d;
      })
      .sample("f[2,5]", R"({"axis": 1, "exclusive": true})");
  define_cumprod(r);
  define_linear_scan(r);
  define_log_scan(r);
}

}  // namespace gradtape::core
