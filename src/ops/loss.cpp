// Losses.
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
Tensor reduce(const Call& c, const Tensor& loss) {
  if (c.text("reduction") == "none") return loss;
  return c.text("reduction") == "mean" ? reduce_mean(loss, all_axes(loss)) : reduce_sum(loss, all_axes(loss));
}
OpBuilder loss(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.inputs({{"target"}, {"prediction"}});
  return d;
}
const std::vector<std::string> kReductions = {"none", "mean", "sum"};
}  // namespace

void define_loss(Registry& r) {
  loss(r, "huber_loss", "With e = prediction - target: e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2.")
      .attr("delta", kAttrFloat, 1.0)
      .attr("reduction", kAttrString, std::string("none"), kReductions)
      .composite([](const Call& c) {
        const Tensor e = c.in(1) - c.in(0), size = abs(e);
        const double delta = c.number("delta");
        return reduce(
            c, where(less_equal(size, number_like(size, delta)), 0.5 * square(e), delta * size - 0.5 * delta * delta));
      })
      .sample("f[2,3] f[2,3]", R"({"delta": 0.8, "reduction": "mean"})");
  loss(r, "mse", "(prediction - target)^2.")
      .attr("reduction", kAttrString, std::string("none"), kReductions)
      .composite([](const Call& c) { return reduce(c, square(c.in(1) - c.in(0))); })
      .sample("f[2,3] f[3]", R"({"reduction": "sum"})");
  // Two terms of one sign: neither overflow nor cancellation, and softplus has a derivative at 0.
  OpBuilder(r, "sigmoid_cross_entropy_with_logits",
            "-labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)).")
      .inputs({{"labels"}, {"logits"}})
      .composite([](const Call& c) {
        return multiply_no_nan(softplus(-c.in(1)), c.in(0)) + multiply_no_nan(softplus(c.in(1)), 1.0 - c.in(0));
      })
      .sample("u[2,3] f[2,3]");
}

}  // namespace gradtape::core
