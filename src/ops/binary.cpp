// Elementwise ops of two and three inputs, with broadcasting. t is the tangent or the cotangent of one input.
#include "kernels/kernels.hpp"
#include "math/scalar.hpp"
#include "math/vector.hpp"
#include "ops/define.hpp"
#include "ops/selection.hpp"
#include "ops/slopes.hpp"

namespace gradtape::core {

namespace {
Tensor pass(const Call&, const Flow& t) { return t; }
Tensor pass_negated(const Call&, const Flow& t) { return -t; }
// x where the condition does not hold, 1 where it does: keeps a division or logarithm that is not used out of trouble.
Tensor one_where(const Tensor& condition, const Tensor& x) { return where(condition, number_like(x, 1), x); }

void define_arithmetic(Registry& r) {
  binary<[](auto x, auto y) { return math::wrap_add(x, y); }>(r, "add", "x + y.")
      .inlined()
      .arithmetic(Arithmetic::add)
      .cheap()
      .neutral(0, 0)
      .zero_where({0b11})
      .partials({pass, pass})
      .sample("f[2,3] f[3]")
      .sample("f[] f[2]");
  binary<[](auto x, auto y) { return math::wrap_subtract(x, y); }>(r, "subtract", "x - y.")
      .inlined()
      .arithmetic(Arithmetic::subtract)
      .cheap()
      .neutral({}, 0)
      .zero_where({0b11})
      .partials({pass, pass_negated})
      .sample("f[2,3] f[2,1]");
  binary<[](auto x, auto y) { return math::wrap_multiply(x, y); }>(r, "multiply", "x * y.")
      .inlined()
      .arithmetic(Arithmetic::multiply)
      .cheap()
      .neutral(1, 1)
      .zero_where({0b01, 0b10})
      .partials({[](const Call& c, const Flow& t) { return t * c.in(1); },
                 [](const Call& c, const Flow& t) { return t * c.in(0); }})
      .sample("f[2,3] f[3]")
      .sample("f[2,1] f[1,3]");
  binary<[](auto x, auto y) { return x / y; }>(r, "divide", "x / y; of integers in float64.", floating)
      .inlined()
      .dtypes(kNumeric)
      .instead(integers_as_float64)
      .neutral({}, 1)
      .zero_where({0b01})
      // 1 / y and -x / y^2.
      .partials({[](const Call& c, const Flow& t) { return t / c.in(1); },
                 [](const Call& c, const Flow& t) { return -(t * (c.out() / c.in(1))); }})
      .sample("f[2,3] p[3]");
  binary<[](auto x, auto y) { return math::select(x == y, decltype(x)(0), x - y); }>(
      r, "difference", "x - y, and 0 where they are the same, infinities too.", floating)
      .inlined()
      .internal()
      .cheap()
      .partials({pass, pass_negated});
  binary<[](auto x, auto y) {
    const auto d = math::wrap_subtract(x, y);
    return math::wrap_multiply(d, d);
  }>(r, "squared_difference", "(x - y)^2.")
      .inlined()
      .partials({[](const Call& c, const Flow& t) { return t * (2.0 * (c.in(0) - c.in(1))); },
                 [](const Call& c, const Flow& t) { return t * (2.0 * (c.in(1) - c.in(0))); }})
      .sample("f[2,3] f[3]");
}

Tensor length(const Call& c) {  // of the vector of both operands
  return hypot(c.in(0), c.in(1));
}

// t times the share of x in the length.
Tensor along(const Call& c, const Tensor& x, const Tensor& y, const Flow& t) {
  const Shape& shape = c.out_spec().shape;
  const Tensor derivative = broadcast_to(t * direction(x, y), shape);
  return once_only(derivative, broadcast_to(x, shape), where_selected(t, is_zero(c.out())));
}

// The second operand of integers as it is, with an error when values are computed if `check` refuses it.
Tensor checked_operand(const Call& c, OpName check) {
  if (!is_integer(c.in(1).dtype())) return c.in(1);
  return check(c.in(1));
}
void define_checks(Registry& r) {
  const auto check = [&](OpName name, const char* doc, Kernel kernel) {
    OpBuilder(r, name.name(), doc)
        .internal()
        .inputs({{"x"}})
        .dtypes(kInteger)
        .infer(infer_elementwise)
        .kernel(std::move(kernel))
        .none("integers have no derivative")
        .batch([](const BatchCall& b) { return Tensors{reapply(b.call, {b.in[0]})}; });
  };
  check(op<"integer_divisor">, "x, none of which may be 0.", kernels::integer_divisor);
  check(op<"integer_exponent">, "x, none of which may be below 0.", kernels::integer_exponent);
}

void define_integer_division(Registry& r) {
  binary<[](auto x, auto y) { return math::floor_divide(x, y); }>(r, "floor_quotient",
                                                                  "floor_divide of checked operands.")
      .internal()
      .none("it is constant between its jumps");
  binary<[](auto x, auto y) { return math::floor_mod(x, y); }>(r, "floor_remainder", "mod of checked operands.")
      .internal()
      // 1 and -floor(x / y).
      .partials({pass, [](const Call& c, const Flow& t) { return -(t * op<"floor_quotient">(c.in(0), c.in(1))); }});
  OpBuilder(
      r, "floor_divide",
      "x / y, rounded toward minus infinity: y * floor_divide(x, y) + mod(x, y) is x. It is an error to divide an "
      "integer by 0.")
      .inputs({{"x"}, {"y"}})
      .dtypes(kNumeric)
      .infer(infer_elementwise)
      .composite([](const Call& c) { return op<"floor_quotient">(c.in(0), checked_operand(c, op<"integer_divisor">)); })
      .sample("f[2,3] p[3]");
  OpBuilder(r, "mod",
            "x - y * floor(x / y), which has the sign of y or is 0. It is an error to divide an integer by 0.")
      .inputs({{"x"}, {"y"}})
      .dtypes(kNumeric)
      .infer(infer_elementwise)
      .composite(
          [](const Call& c) { return op<"floor_remainder">(c.in(0), checked_operand(c, op<"integer_divisor">)); })
      .sample("f[2,3] p[3]");
}

// y, which has no derivative where x is not positive: there x^y is real for some y only. So the second derivatives by x
// and y are the same in either order.
Tensor live_exponent(const Call& c) {
  const Tensor &x = c.in(0), &y = c.in(1);
  if (!c.recorder().is_held(y)) return y;
  return where(greater(x, number_like(x, 0)), y, stop_gradient(y));
}

void define_powers(Registry& r) {
  binary<[](auto x, auto y) { return math::power(x, y); }>(r, "power", "pow of checked operands.")
      .internal()
      // y x^(y - 1) and x^y log(x).
      .partials({[](const Call& c, const Flow& t) {
                   // At x = y = 0 the derivative is 0, as it is for every x at y = 0.
                   const Tensor &x = c.in(0), y = live_exponent(c), none = logical_and(is_zero(x), is_zero(y));
                   return keep_where(logical_not(none), t * (y * pow(one_where(none, x), y - 1.0)));
                 },
                 [](const Call& c, const Flow& t) {
                   const Tensor& x = c.in(0);
                   const Tensor positive = greater(x, number_like(x, 0));
                   return keep_where(positive, t * (c.out() * log(one_where(logical_not(positive), x))));
                 }});
  OpBuilder(
      r, "pow",
      "x^y; d/dx = y x^(y-1), d/dy = x^y log(x) where x > 0, else 0. It is an error to raise an integer to a power "
      "below 0.")
      .inputs({{"x"}, {"y"}})
      .dtypes(kNumeric)
      .infer(infer_elementwise)
      .composite([](const Call& c) { return op<"power">(c.in(0), checked_operand(c, op<"integer_exponent">)); })
      .sample("p[2,3] f[3]");
  binary<[](auto x, auto y) { return math::hypot(x, y); }>(
      r, "hypot", "sqrt(x^2 + y^2), without overflow; its derivative at 0 is 0, the second one nan.", floating)
      // x / sqrt(x^2 + y^2) and y / sqrt(x^2 + y^2).
      .partials({[](const Call& c, const Flow& t) { return along(c, c.in(0), c.in(1), t); },
                 [](const Call& c, const Flow& t) { return along(c, c.in(1), c.in(0), t); }})
      .sample("f[2,3] f[3]");
  binary<[](auto y, auto x) { return std::atan2(y, x); }>(
      r, "atan2", "The angle of the point (y, x): of y / x, in its quadrant, in radians.", floating)
      // x / (x^2 + y^2) by y and -y / (x^2 + y^2) by x; direction and length neither over- nor underflow.
      .partials({[](const Call& c, const Flow& t) { return t * (direction(c.in(1), c.in(0)) / length(c)); },
                 [](const Call& c, const Flow& t) { return -(t * (direction(c.in(0), c.in(1)) / length(c))); }})
      .sample("f[2,3] f[3]");
}

// x log(y) counts as constant if x is 0 and log(y) is not finite.
Tensor constant_product(const Tensor& x, const Tensor& y) {
  const Tensor finite = logical_and(greater(y, number_like(y, 0)), is_finite(y));
  return logical_and(is_zero(x), logical_not(finite));
}

void define_guarded(Registry& r) {
  binary<[](auto x, auto y) { return x == 0 ? decltype(x)(0) : x * math::log(y); }>(
      r, "xlogy", "x * log(y), 0 where x is 0; where log(y) is not finite there, its derivatives are 0 too.", floating)
      // log(y) and x / y.
      .partials({[](const Call& c, const Flow& t) {
                   const Tensor none = constant_product(c.in(0), c.in(1));
                   return keep_where(logical_not(none), t * log(one_where(none, c.in(1))));
                 },
                 [](const Call& c, const Flow& t) {
                   const Tensor none = constant_product(c.in(0), c.in(1));
                   return keep_where(logical_not(none), t * (c.in(0) / one_where(none, c.in(1))));
                 }})
      .sample("f[2,3] p[3]");
  binary<[](auto x, auto y) { return x == 0 ? decltype(x)(0) : x * math::log1p(y); }>(
      r, "xlog1py", "x * log1p(y), 0 where x is 0; where log1p(y) is not finite there, its derivatives are 0 too.",
      floating)
      // log1p(y) and x / (1 + y).
      .partials({[](const Call& c, const Flow& t) {
                   const Tensor none = constant_product(c.in(0), 1.0 + c.in(1));
                   return keep_where(logical_not(none), t * log1p(one_where(none, c.in(1))));
                 },
                 [](const Call& c, const Flow& t) {
                   const Tensor none = constant_product(c.in(0), 1.0 + c.in(1));
                   return keep_where(logical_not(none), t * (c.in(0) / (1.0 + one_where(none, c.in(1)))));
                 }})
      .sample("f[2,3] p[3]");
  binary<[](auto x, auto y) { return math::select(y == 0, decltype(x)(0), x / y); }>(r, "divide_no_nan",
                                                                                     "x / y, 0 where y is 0.", floating)
      .inlined()
      .zero_where({0b01})
      .partials({[](const Call& c, const Flow& t) { return keep_where(logical_not(is_zero(c.in(1))), t / c.in(1)); },
                 [](const Call& c, const Flow& t) {
                   return -keep_where(logical_not(is_zero(c.in(1))), t * c.out() / c.in(1));
                 }})
      .sample("f[2,3] p[3]");
  binary<[](auto x, auto y) { return math::select(y == 0, decltype(y)(0), x * y); }>(
      r, "multiply_no_nan", "x * y, 0 wherever y is 0, even against nan and infinities in x.", floating)
      .inlined()
      .cheap()
      .neutral(1, 1)
      .zero_where({0b01, 0b10})
      .partials({[](const Call& c, const Flow& t) { return multiply_no_nan(t, c.in(1)); },
                 [](const Call& c, const Flow& t) { return multiply_no_nan(c.in(0), t); }})
      .sample("f[2,3] f[3]");
}

void define_selection(Registry& r) {
  // nan wins over every number, whichever operand it is.
  binary<[](auto x, auto y) { return math::select(x >= y || x != x, x, y); }>(
      r, "maximum", "The larger of x and y; on a tie the gradient goes to x.")
      .inlined()
      .cheap()
      .partials({[](const Call& c, const Flow& t) { return keep_where(greater_equal(c.in(0), c.in(1)), t); },
                 [](const Call& c, const Flow& t) { return keep_where(less(c.in(0), c.in(1)), t); }})
      .sample("f[2,3] f[3]");
  binary<[](auto x, auto y) { return math::select(x <= y || x != x, x, y); }>(
      r, "minimum", "The smaller of x and y; on a tie the gradient goes to x.")
      .inlined()
      .cheap()
      .partials({[](const Call& c, const Flow& t) { return keep_where(less_equal(c.in(0), c.in(1)), t); },
                 [](const Call& c, const Flow& t) { return keep_where(greater(c.in(0), c.in(1)), t); }})
      .sample("f[2,3] f[3]");
  OpBuilder(r, "fma", "x * y + z.")
      .inputs({{"x"}, {"y"}, {"z"}})
      .dtypes(kNumeric)
      .composite([](const Call& c) { return c.in(0) * c.in(1) + c.in(2); })
      .sample("f[2,3] f[3] f[2,1]");
  OpBuilder(r, "lerp", "start + weight * (end - start).")
      .inputs({{"start"}, {"end"}, {"weight"}})
      .composite([](const Call& c) { return c.in(0) + c.in(2) * (c.in(1) - c.in(0)); })
      .sample("f[2,3] f[3] f[]");
}

void define_where(Registry& r) {
  Elementwise e;
  for_each_dtype<kAllDtypes>([&]<class T>(int number, Type<T>) {
    constexpr auto choose = [](auto c, auto x, auto y) { return math::select(c, x, y); };
    e.table[number] = tile<choose, uint8_t, T, T>();
    e.lanes[number] = lanes<choose, bool, T, T>();
  });
  OpBuilder(r, "where", "x where the condition holds, else y; what is not selected reaches no gradient.")
      .inputs({{"condition", InputKind::boolean}, {"x"}, {"y"}})
      .dtypes(kAllDtypes)
      .elementwise(e)
      .cheap()
      .picks()
      .zero_where({0b110})
      .infer(infer_elementwise)
      .partials({nullptr, [](const Call& c, const Flow& t) { return keep_where(c.in(0), t); },
                 [](const Call& c, const Flow& t) { return keep_where(logical_not(c.in(0)), t); }})
      .sample("b[2,3] f[3] f[2,1]");
}
}  // namespace

void define_binary(Registry& r) {
  define_checks(r);
  define_arithmetic(r);
  define_integer_division(r);
  define_powers(r);
  define_guarded(r);
  define_selection(r);
  define_where(r);
}

}  // namespace gradtape::core
