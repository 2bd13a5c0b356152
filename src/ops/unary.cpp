// Elementwise ops of one input. A derivative is its formula, as a lambda: t is the tangent or the cotangent.
#include <numbers>

#include "math/scalar.hpp"
#include "math/vector.hpp"
#include "ops/define.hpp"
#include "ops/selection.hpp"
#include "ops/slopes.hpp"

namespace gradtape::core {

namespace {
using std::numbers::pi;

constexpr double kSeluScale = 1.0507009873554805, kSeluAlpha = 1.6732632423543772;

Tensor zero_derivative(const Call&, const Flow& t) { return zeros_like(t); }

// A smooth function of |x|, such as |x|^3, sends a cotangent of 0 to x = 0, or a tangent that is not 0. Its second
// derivative there does not follow from the convention for the first.
Tensors abs_reverse(const Call& c, const Tensors& ct) {
  const Tensor &x = c.in(), &t = ct[0], zero = number_like(x, 0), gradient = Flow(t) * sign(x);
  return {once_only(gradient, x, where_selected(t, logical_and(equal(x, zero), equal(t, zero))))};
}
Tensors abs_forward(const Call& c, const Tensors& tangents) {
  const Tensor &x = c.in(), &t = tangents[0], zero = number_like(x, 0);
  return {once_only(Flow(t) * sign(x), x, logical_and(equal(x, zero), logical_not(equal(t, zero))))};
}

double as_double(const AttrValue& number) {
  if (const auto* i = std::get_if<int64_t>(&number)) return static_cast<double>(*i);
  return std::get<double>(number);
}

void define_powers(Registry& r) {
  unary<[](auto x) { return math::wrap_multiply(x, x); }>(r, "square", "x * x.", numeric)
      .inlined()
      .cheap()
      .partials({[](const Call& c, const Flow& t) { return t * (2.0 * c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::square_root(x); }>(r, "sqrt", "Square root: y * y = x.")
      .inlined()
      // 1 / (2 sqrt(x)): infinite at 0, where a zero cotangent stays zero.
      .partials({[](const Call& c, const Flow& t) { return carry(0.5 * t, 1.0 / c.out()); }})
      .sample("p[2,3]");
  unary<[](auto x) { return 1 / math::square_root(x); }>(r, "rsqrt", "1 / sqrt(x).")
      .inlined()
      // -x^(-3/2) / 2.
      .partials({[](const Call& c, const Flow& t) { return carry(-0.5 * t, c.out() / c.in()); }})
      .sample("p[2,3]");
  unary<[](auto x) { return 1 / x; }>(r, "reciprocal", "1 / x.")
      .inlined()
      // -1 / x^2.
      .partials({[](const Call& c, const Flow& t) { return -(t * c.out() * c.out()); }})
      .sample("p[2,3]");
}

void define_exponentials(Registry& r) {
  unary<[](auto x) { return math::exp(x); }>(r, "exp", "e^x.")
      .inlined()
      .partials({[](const Call& c, const Flow& t) { return t * c.out(); }})
      .sample("f[2,3]");
  unary<[](auto x) { return std::exp2(x); }>(r, "exp2", "2^x.")
      .partials({[](const Call& c, const Flow& t) { return t * (std::numbers::ln2 * c.out()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::with_zeros_sign(math::expm1(x), x); }>(r, "expm1", "e^x - 1, exact near 0.")
      .inlined()
      .partials({[](const Call& c, const Flow& t) { return t * exp(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::log(x); }>(r, "log", "Natural logarithm.")
      .partials({[](const Call& c, const Flow& t) { return t / c.in(); }})
      .sample("p[2,3]");
  unary<[](auto x) { return std::log2(x); }>(r, "log2", "Logarithm to base 2.")
      .partials({[](const Call& c, const Flow& t) { return t / (std::numbers::ln2 * c.in()); }})
      .sample("p[2,3]");
  unary<[](auto x) { return math::log1p(x); }>(r, "log1p", "log(1 + x), exact near 0.")
      .partials({[](const Call& c, const Flow& t) { return t / (1.0 + c.in()); }})
      .sample("p[2,3]");
}

void define_trigonometric(Registry& r) {
  unary<[](auto x) { return math::sin(x); }>(r, "sin", "Sine of x, in radians.")
      .elementwise(
          bounded_tiles<[](auto x) { return math::sin(x); }, [](auto x) { return std::sin(x); }, math::kMostAngle>())
      .partials({[](const Call& c, const Flow& t) { return t * cos(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::cos(x); }>(r, "cos", "Cosine of x, in radians.")
      .elementwise(
          bounded_tiles<[](auto x) { return math::cos(x); }, [](auto x) { return std::cos(x); }, math::kMostAngle>())
      .partials({[](const Call& c, const Flow& t) { return -(t * sin(c.in())); }})
      .sample("f[2,3]");
  unary<[](auto x) { return std::tan(x); }>(r, "tan", "Tangent of x, in radians.")
      // 1 + tan(x)^2.
      .partials({[](const Call& c, const Flow& t) { return t * (1.0 + square(c.out())); }})
      .sample("u[2,3]");
  unary<[](auto x) { return std::asin(x); }>(r, "asin", "Inverse sine, in radians, for x in [-1, 1].")
      // 1 / sqrt(1 - x^2).
      .partials({[](const Call& c, const Flow& t) { return t * circle_root(c.in()); }})
      .sample("u[2,3]");
  unary<[](auto x) { return std::acos(x); }>(r, "acos", "Inverse cosine, in radians, for x in [-1, 1].")
      // -1 / sqrt(1 - x^2).
      .partials({[](const Call& c, const Flow& t) { return -(t * circle_root(c.in())); }})
      .sample("u[2,3]");
  unary<[](auto x) { return std::atan(x); }>(r, "atan", "Inverse tangent, in radians.")
      // 1 / (1 + x^2).
      .partials({[](const Call& c, const Flow& t) { return t * inverse_square(c.in()); }})
      .sample("f[2,3]");
}

void define_hyperbolic(Registry& r) {
  unary<[](auto x) { return std::sinh(x); }>(r, "sinh", "Hyperbolic sine.")
      .partials({[](const Call& c, const Flow& t) { return t * cosh(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return std::cosh(x); }>(r, "cosh", "Hyperbolic cosine.")
      .partials({[](const Call& c, const Flow& t) { return t * sinh(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::tanh(x); }>(r, "tanh", "Hyperbolic tangent.")
      .inlined()
      .made_of<[](auto x, auto part) { return math::tanh_of(x, part); }>(op<"tanh_part">)
      // 1 / cosh(x)^2.
      .partials({[](const Call& c, const Flow& t) { return t * sech_squared(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return std::asinh(x); }>(r, "asinh", "Inverse hyperbolic sine.")
      // 1 / sqrt(x^2 + 1).
      .partials({[](const Call& c, const Flow& t) { return t * inverse_root(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return std::acosh(x); }>(r, "acosh", "Inverse hyperbolic cosine, for x >= 1.")
      // 1 / sqrt(x^2 - 1).
      .partials({[](const Call& c, const Flow& t) { return t * rsqrt(c.in() - 1.0) * rsqrt(c.in() + 1.0); }})
      .sample("g[2,3]");
  unary<[](auto x) { return std::atanh(x); }>(r, "atanh", "Inverse hyperbolic tangent, for x in [-1, 1].")
      // 1 / (1 - x^2).
      .partials({[](const Call& c, const Flow& t) { return t * circle_inverse(c.in()); }})
      .sample("u[2,3]");
}

void define_activations(Registry& r) {
  unary<[](auto x) { return math::sigmoid(x); }>(r, "sigmoid", "1 / (1 + e^-x).")
      .inlined()
      .made_of<[](auto x, auto part) { return math::sigmoid_of(x, part); }>(op<"sigmoid_part">)
      // sigmoid(x) (1 - sigmoid(x)), as one function that loses no digits.
      .partials({[](const Call& c, const Flow& t) { return multiply_no_nan(t, logistic_slope(c.in())); }})
      .sample("f[2,3]");
  unary<[](auto x) { return -math::softplus(-x); }>(r, "log_sigmoid", "log(1 / (1 + e^-x)).")
      // 1 - sigmoid(x) = sigmoid(-x).
      .partials({[](const Call& c, const Flow& t) { return t * sigmoid(-c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::softplus(x); }>(r, "softplus", "log(1 + e^x), without overflow.")
      // e^x / (1 + e^x) = sigmoid(x).
      .partials({[](const Call& c, const Flow& t) { return t * sigmoid(c.in()); }})
      .sample("f[2,3]");
  unary<[](auto x) { return math::select(x > 0 || x != x, x, decltype(x)(0)); }>(
      r, "relu", "max(x, 0); its derivative at 0 is 0.", numeric)
      .inlined()
      .cheap()
      .partials({[](const Call& c, const Flow& t) { return keep_where(greater(c.in(), number_like(c.in(), 0)), t); }})
      .sample("f[2,3]");
  unary<[](auto x) {
    using T = decltype(x);
    const T positive = math::select(x < 0, T(0), x);
    return math::select(positive > 6, T(6), positive);
  }>(r, "relu6", "min(max(x, 0), 6); its derivative at 0 and at 6 is 0.", numeric)
      .inlined()
      .cheap()
      .partials({[](const Call& c, const Flow& t) {
        const Tensor& x = c.in();
        return keep_where(logical_and(greater(x, number_like(x, 0)), less(x, number_like(x, 6))), t);
      }})
      .sample("f[2,3]");
  unary<[](auto x, const Numbers& n) { return math::select(x > 0, x, decltype(x)(n.value[0]) * x); }>(
      r, "leaky_relu", "x where (x > 0), else alpha * x; its derivative at 0 is alpha.")
      .inlined()
      .cheap()
      .attr("alpha", kAttrFloat, 0.2)
      .partials({[](const Call& c, const Flow& t) {
        return where(greater(c.in(), number_like(c.in(), 0)), t, c.number("alpha") * t);
      }})
      .sample("f[2,3]", R"({"alpha": 0.125})");
  unary<[](auto x) { return math::select(x >= 0 || x != x, x, math::expm1(x)); }>(r, "elu",
                                                                                  "x where x >= 0, else e^x - 1.")
      .inlined()
      // 1 where x >= 0, else e^x.
      .partials({[](const Call& c, const Flow& t) {
        const Tensor zero = number_like(c.in(), 0);
        return where(less(c.in(), zero), t * exp(minimum(c.in(), zero)), t);
      }})
      .sample("f[2,3]");
  unary<[](auto x) {
    using T = decltype(x);
    return T(kSeluScale) * math::select(x > 0 || x != x, x, T(kSeluAlpha) * math::expm1(x));
  }>(r, "selu", "1.0507 * (x where (x > 0), else 1.6733 * (e^x - 1)); its derivative at 0 is 1.0507.")
      .inlined()
      // scale where x >= 0, else scale alpha e^x.
      .partials({[](const Call& c, const Flow& t) {
        const Tensor zero = number_like(c.in(), 0);
        return kSeluScale * where(less(c.in(), zero), t * (kSeluAlpha * exp(minimum(c.in(), zero))), t);
      }})
      .sample("f[2,3]");
  unary<[](auto x) { return x * math::sigmoid(x); }>(r, "silu", "x * sigmoid(x).")
      .inlined()
      .made_of<[](auto x, auto part) { return x * math::sigmoid_of(x, part); }>(op<"sigmoid_part">)
      // s + x s (1 - s), with s = sigmoid(x).
      .partials({[](const Call& c, const Flow& t) {
        return t * (sigmoid(c.in()) + multiply_no_nan(c.in(), logistic_slope(c.in())));
      }})
      .sample("f[2,3]");
  unary<[](auto x) { return x / (1 + math::absolute(x)); }>(r, "softsign", "x / (1 + |x|).")
      .inlined()
      // 1 / (1 + |x|)^2.
      .partials({[](const Call& c, const Flow& t) {
        const Tensor size = 1.0 + abs(c.in());
        return t / size / size;
      }})
      .sample("f[2,3]");
  OpBuilder(r, "gelu", "x * P(X <= x), X ~ N(0, 1); approximate: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).")
      .inputs({{"x"}})
      .attr("approximate", kAttrBool, false)
      .composite([](const Call& c) {
        const Tensor& x = c.in();
        if (!c.flag("approximate")) return multiply_no_nan(x, normal_cdf(x));
        // 0.5 (1 + tanh(z)) = sigmoid(2 z), without cancellation for x far below 0. Beyond the bounds it is 0 or 1.
        const Tensor within = op<"clip_by_value">(x, -100.0, 100.0);
        return multiply_no_nan(x, sigmoid(2 * std::sqrt(2 / pi) * (within + 0.044715 * (within * square(within)))));
      })
      .sample("f[2,3]")
      .sample("f[2,3]", R"({"approximate": true})");
}

void define_rounding(Registry& r) {
  const char* flat = "it is constant between its jumps";
  const auto rounding = [&]<auto F>(const char* name, const char* doc) {
    unary<F>(r, name, doc)
        .inlined()
        .dtypes(kNumeric)
        .instead([](const Call& c) { return is_integer(c.in().dtype()) ? Tensors{identity(c.in())} : Tensors{}; })
        .none(flat)
        .sample("f[2,3]");
  };
  rounding.operator()<[](auto x) { return math::floor(x); }>("floor", "The largest integer <= x, in the dtype of x.");
  rounding.operator()<[](auto x) { return math::ceil(x); }>("ceil", "The smallest integer >= x, in the dtype of x.");
  rounding.operator()<[](auto x) { return math::nearest(x); }>(
      "round", "The nearest integer, halves to the even one, in the dtype of x.");
  rounding.operator()<[](auto x) { return math::truncate(x); }>("trunc",
                                                                "The integer part, toward 0, in the dtype of x.");
  unary<[](auto x) {
    using T = decltype(x);
    return math::select(x != x, x, math::select(x > 0, T(1), math::select(x < 0, T(-1), T(0))));
  }>(r, "sign", "-1, 0 or 1; its derivative is 0 everywhere.", numeric)
      .inlined()
      .cheap()
      .partials({zero_derivative})
      .links([](const LinkCall&) { return no_dependence(); })
      .sample("f[2,3]");
  unary<[](auto x) { return math::absolute(x); }>(
      r, "abs", "|x|; its derivative at 0 is 0, and the second one nan where that of a smooth function may be hidden.",
      numeric)
      .inlined()
      .cheap()
      .rules(abs_reverse, abs_forward)
      .sample("f[2,3]");
  unary<[](auto x) { return math::negative(x); }>(r, "negative", "-x.", numeric)
      .inlined()
      .cheap()
      .zero_where({0b1})
      .partials({[](const Call&, const Flow& t) { return -t; }})
      .sample("f[2,3]");
  unary<[](auto x, const Numbers& n) {
    using T = decltype(x);
    const T low = n.as<T>(0), high = n.as<T>(1);
    return math::select(x < low, low, math::select(x > high, high, x));
  }>(r, "clip_by_value", "min(max(x, clip_value_min), clip_value_max); the gradient passes on both bounds.", numeric)
      .inlined()
      .cheap()
      .required("clip_value_min", kAttrFloat | kAttrInt)
      .required("clip_value_max", kAttrFloat | kAttrInt)
      .partials({[](const Call& c, const Flow& t) {
        const Tensor &x = c.in(), low = number_like(x, c.number("clip_value_min")),
                     high = number_like(x, c.number("clip_value_max"));
        return keep_where(logical_and(greater_equal(x, low), less_equal(x, high)), t);
      }})
      .infer([](Inference& c) {
        AttrValue &low = c.attr("clip_value_min"), &high = c.attr("clip_value_max");
        // Two integers stay what they are.
        if (is_floating(c.in().dtype) || low.index() != high.index()) low = as_double(low), high = as_double(high);
        const auto *least = std::get_if<int64_t>(&low), *most = std::get_if<int64_t>(&high);
        if (least ? *least > *most : std::get<double>(low) > std::get<double>(high))
          invalid("clip_by_value: clip_value_min {} is above clip_value_max {}", to_string(low), to_string(high));
        infer_elementwise(c);
      })
      .sample("f[2,3]", R"({"clip_value_min": -0.5, "clip_value_max": 0.75})");
}

TileFn cast_tile(Dtype from, Dtype to) {
  return dispatch(to, [&]<class To>(Type<To>) {
    return dispatch(from, [&]<class From>(Type<From>) -> TileFn {
      return tile<[](From x) { return math::convert<To>(x); }, From>();
    });
  });
}

// Between bools and numbers: other casts change the width of elements.
LaneFn cast_lanes(Dtype from, Dtype to) {
  return dispatch(to, [&]<class To>(Type<To>) {
    return dispatch(from, [&]<class From>(Type<From>) -> LaneFn {
      constexpr bool from_bool = std::is_same_v<From, bool>, to_bool = std::is_same_v<To, bool>;
      if constexpr (from_bool && !to_bool)
        return lanes<[](auto x) { return math::select(x, math::Lane<To>(1), math::Lane<To>(0)); }, bool>();
      else if constexpr (to_bool && !from_bool)
        return lanes<[](auto x) { return x != 0; }, From>();
      else
        return nullptr;
    });
  });
}

void define_passing(Registry& r) {
  Elementwise cast;
  cast.select = cast_tile;
  cast.select_lanes = cast_lanes;
  OpBuilder(r, "cast", "x in another dtype: float to int truncates toward 0 and saturates, to bool is x != 0.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("dtype", kAttrDtype)
      .elementwise(cast)
      .cheap()
      .zero_where({0b1})
      .infer([](Inference& c) { c.out(std::get<Dtype>(c.attr("dtype")), c.shape()); })
      .partials({[](const Call& c, const Flow& t) {
        // The same map forwards and backwards, between the two dtypes: whichever of them t does not have.
        const Dtype from = c.in().dtype(), to = c.out_spec().dtype;
        if (!is_floating(from) || !is_floating(to)) return Tensor();
        return gradtape::core::cast(t, t.dtype() == from ? to : from);
      }})
      .sample("f[2,3]", R"({"dtype": "float64"})");
  OpBuilder(r, "identity", "x itself.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .alias()
      .infer(infer_elementwise)
      .linear({[](const Call&, const Tensor& ct, std::size_t) { return ct; }})
      .batch([](const BatchCall& b) { return Tensors{reapply(b.call, {b.in[0]})}; })
      .links(same_element)
      .sample("f[2,3]");
  OpBuilder(r, "stop_gradient", "x itself, taken as a constant by every derivative.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .alias()
      .infer(infer_elementwise)
      .none("stop_gradient is there to cut the derivative")
      .batch([](const BatchCall& b) { return Tensors{reapply(b.call, {b.in[0]})}; })
      .sample("f[2,3]");
}
}  // namespace

void define_unary(Registry& r) {
  define_powers(r);
  define_exponentials(r);
  define_trigonometric(r);
  define_hyperbolic(r);
  define_activations(r);
  define_rounding(r);
  define_passing(r);
}

}  // namespace gradtape::core
