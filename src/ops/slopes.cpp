// The definitions of slopes.hpp. A factor that vanishes at infinity is the second operand of multiply_no_nan. So it
// wins over a growing tangent or cotangent, such as x in the derivatives of x * sigmoid(x).
#include "ops/slopes.hpp"

#include <numbers>

#include "math/slopes.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
constexpr Unary normal_density{op<"normal_density">}, over_square{op<"over_square">}, over_root{op<"over_root">};

void define_parts(Registry& r) {
  constexpr const char* step = "it is a step of functions that have derivatives";
  unary<[](auto x) { return math::tanh_part(x); }>(r, "tanh_part", "The part of tanh that its derivative shares.")
      .inlined()
      .internal()
      .none(step);
  unary<[](auto x) { return math::sigmoid_part(x); }>(r, "sigmoid_part",
                                                      "The part of sigmoid that its derivative shares.")
      .inlined()
      .internal()
      .none(step);
}

// Slopes that vanish exponentially.
void define_tails(Registry& r) {
  unary<[](auto x) { return math::sech_squared_of(math::tanh_part(x)); }>(r, "sech_squared", "1 / cosh(x)^2.")
      .inlined()
      .internal()
      .made_of<[](auto part) { return math::sech_squared_of(part); }>(op<"tanh_part">)
      .partials({[](const Call& c, const Flow& t) { return -2.0 * (t * (c.out() * tanh(c.in()))); }});
  unary<[](auto x) { return math::logistic_of(math::sigmoid_part(x)); }>(r, "logistic_slope", "e^-x / (1 + e^-x)^2.")
      .inlined()
      .internal()
      .made_of<[](auto part) { return math::logistic_of(part); }>(op<"sigmoid_part">)
      .partials({[](const Call& c, const Flow& t) {
        return -multiply_no_nan(t, multiply_no_nan(tanh(0.5 * c.in()), c.out()));
      }});
  unary<[](auto x) { return math::gaussian(x, decltype(x)(1)); }>(r, "gaussian", "e^(-x^2).")
      .internal()
      .partials(
          {[](const Call& c, const Flow& t) { return -2.0 * multiply_no_nan(t, multiply_no_nan(c.in(), c.out())); }});
  unary<[](auto x) {
    return decltype(x)(0.5 * std::numbers::inv_sqrtpi * std::numbers::sqrt2) * math::gaussian(x, decltype(x)(0.5));
  }>(r, "normal_density", "e^(-x^2 / 2) / sqrt(2 pi).")
      .internal()
      .partials({[](const Call& c, const Flow& t) { return -multiply_no_nan(t, multiply_no_nan(c.in(), c.out())); }});
  unary<[](auto x) { return math::normal_cdf(x); }>(r, "normal_cdf", "P(X <= x), X ~ N(0, 1).")
      .internal()
      .partials({[](const Call& c, const Flow& t) { return multiply_no_nan(t, normal_density(c.in())); }});
}

// With c = 1 / (1 + x^2) and w = x c: c' = -2 c w, w' = c (2 c - 1). With q = 1 / sqrt(1 + x^2) and v = x q: q' = -v
// q^2, v' = q^3.
void define_algebraic(Registry& r) {
  unary<[](auto x) { return math::inverse_square(x); }>(r, "inverse_square", "1 / (1 + x^2).")
      .internal()
      .partials({[](const Call& c, const Flow& t) { return -2.0 * (t * c.out() * over_square(c.in())); }});
  unary<[](auto x) { return math::over_square(x); }>(r, "over_square", "x / (1 + x^2).")
      .internal()
      .partials({[](const Call& c, const Flow& t) {
        const Tensor y = inverse_square(c.in());
        return t * y * (2.0 * y - 1.0);
      }});
  unary<[](auto x) { return math::inverse_root(x); }>(r, "inverse_root", "1 / sqrt(1 + x^2).")
      .internal()
      .partials({[](const Call& c, const Flow& t) { return -(t * c.out() * c.out() * over_root(c.in())); }});
  unary<[](auto x) { return math::over_root(x); }>(r, "over_root", "x / sqrt(1 + x^2).")
      .internal()
      .partials({[](const Call& c, const Flow& t) {
        const Tensor y = inverse_root(c.in());
        return t * y * y * y;
      }});
  unary<[](auto x) { return 1 / ((1 - x) * (1 + x)); }>(r, "circle_inverse", "1 / (1 - x^2).")
      .internal()
      .partials({[](const Call& c, const Flow& t) { return 2.0 * (t * c.in() * c.out() * c.out()); }});
  unary<[](auto x) { return 1 / std::sqrt((1 - x) * (1 + x)); }>(r, "circle_root", "1 / sqrt(1 - x^2).")
      .internal()
      .partials({[](const Call& c, const Flow& t) { return t * c.in() * c.out() * c.out() * c.out(); }});
}

// With u = x / h, v = y / h and h = sqrt(x^2 + y^2): du/dx = v^2 / h, du/dy = -u v / h.
void define_direction(Registry& r) {
  static const auto over_length = [](const Call& c, const Flow& t) { return t / hypot(c.in(0), c.in(1)); };
  binary<[](auto x, auto y) { return math::direction(x, y); }>(r, "direction", "x / sqrt(x^2 + y^2).", floating)
      .internal()
      .partials(
          {[](const Call& c, const Flow& t) {
             const Tensor other = direction(c.in(1), c.in(0));
             return over_length(c, t * other * other);
           },
           [](const Call& c, const Flow& t) { return -over_length(c, t * c.out() * direction(c.in(1), c.in(0))); }});
}
}  // namespace

void define_slopes(Registry& r) {
  define_parts(r);
  define_tails(r);
  define_algebraic(r);
  define_direction(r);
}

}  // namespace gradtape::core
