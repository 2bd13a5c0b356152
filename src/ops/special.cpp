// Special functions: the error function and its kin, the Gamma function and its kin.
#include <numbers>

#include "math/polygamma.hpp"
#include "math/special.hpp"
#include "ops/define.hpp"
#include "ops/slopes.hpp"

namespace gradtape::core {

namespace {
using std::numbers::pi;

void define_error_functions(Registry& r) {
  unary<[](auto x) { return std::erf(x); }>(r, "erf", "2 / sqrt(pi) * integral of e^(-s^2) from 0 to x.")
      // 2 / sqrt(pi) e^(-x^2).
      .partials({[](const Call& c, const Flow& t) { return t * (2 / std::sqrt(pi) * gaussian(c.in())); }})
      .sample("f[2,3]");
  unary<[](auto x) { return std::erfc(x); }>(r, "erfc", "1 - erf(x), exact for large x.")
      // -2 / sqrt(pi) e^(-x^2).
      .partials({[](const Call& c, const Flow& t) { return t * (-2 / std::sqrt(pi) * gaussian(c.in())); }})
      .sample("f[2,3]");
  unary<[](auto x) { return static_cast<decltype(x)>(math::erfinv(x)); }>(r, "erfinv",
                                                                          "The y with erf(y) = x, for x in [-1, 1].")
      // sqrt(pi) / 2 e^(y^2).
      .partials({[](const Call& c, const Flow& t) { return t * (std::sqrt(pi) / 2 * exp(square(c.out()))); }})
      .sample("u[2,3]");
}

Tensor polygamma(const Tensor& x, int64_t n) { return op<"polygamma">(x, n); }

void define_gamma_functions(Registry& r) {
  unary<[](auto x) { return static_cast<decltype(x)>(math::log_gamma(x)); }>(r, "lgamma", "log |Gamma(x)|.")
      // digamma(x).
      .partials({[](const Call& c, const Flow& t) { return t * polygamma(c.in(), 0); }})
      .sample("p[2,3]");
  unary<[](auto x, const Numbers& n) {
    return static_cast<decltype(x)>(math::polygamma(static_cast<int>(n.value[0]), x));
  }>(r, "polygamma", "The n-th derivative of digamma.")
      .required("n", kAttrInt)
      .infer([](Inference& c) {
        if (c.integer("n") < 0 || c.integer("n") > math::kMostOrder)
          invalid("polygamma: n must lie in [0, {}], got {}", math::kMostOrder, c.integer("n"));
        infer_elementwise(c);
      })
      .partials({[](const Call& c, const Flow& t) { return t * polygamma(c.in(), c.integer("n") + 1); }})
      .sample("p[2,3]", R"({"n": 0})")
      .sample("p[2,3]", R"({"n": 2})");
  OpBuilder(r, "digamma", "The derivative of log Gamma(x).")
      .inputs({{"x"}})
      .composite([](const Call& c) { return polygamma(c.in(), 0); })
      .sample("p[2,3]");
}
}  // namespace

void define_special(Registry& r) {
  define_error_functions(r);
  define_gamma_functions(r);
}

}  // namespace gradtape::core
