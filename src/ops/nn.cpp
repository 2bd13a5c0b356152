// Layers, losses and norms as compositions: their derivatives of every order follow.
#include <algorithm>

#include "ops/define.hpp"

namespace gradtape {

namespace {
void infer_axis(Inference& c) { c.axis("axis", c.rank()); }

// x less its largest entry, which no derivative depends on.
Tensor centred(const Tensor& x, int64_t axis) { return x - stop_gradient(reduce_max(x, {axis}, true)); }

Tensor log_softmax_of(const Tensor& x, int64_t axis) {
  const Tensor y = centred(x, axis);
  return y - log(reduce_sum(exp(y), {axis}, true));
}

void define_softmax(Registry& r) {
  Define(r, "softmax", "e^x / sum(e^x) along the axis, without overflow.")
      .inputs({{"x"}})
      .attr("axis", kAttrInt, int64_t{-1})
      .infer(infer_axis)
      .composite([](const Call& c) {
        const Tensor e = exp(centred(c.in(), c.integer("axis")));
        return e / reduce_sum(e, {c.integer("axis")}, true);
      })
      .sample("f[2,3]");
  Define(r, "log_softmax", "log(e^x / sum(e^x)) along the axis, without overflow.")
      .inputs({{"x"}})
      .attr("axis", kAttrInt, int64_t{-1})
      .infer(infer_axis)
      .composite([](const Call& c) { return log_softmax_of(c.in(), c.integer("axis")); })
      .sample("f[2,3]", R"({"axis": 0})");
  Define(r, "softmax_cross_entropy_with_logits", "-sum(labels * log_softmax(logits)) along the axis.")
      .inputs({{"labels"}, {"logits"}})
      .attr("axis", kAttrInt, int64_t{-1})
      .infer([](Inference& c) {
        if (!(c.shape(0) == c.shape(1)))
          invalid("softmax_cross_entropy_with_logits: labels and logits must have one shape, got {} and {}",
                  to_string(c.shape(0)), to_string(c.shape(1)));
        c.axis("axis", c.rank(1));
      })
      .composite([](const Call& c) {
        const int64_t axis = c.integer("axis");
        return -reduce_sum(multiply_no_nan(c.in(0), log_softmax_of(c.in(1), axis)), {axis});
      })
      .sample("u[2,3] f[2,3]");
  Define(r, "sparse_softmax_cross_entropy", "-log_softmax(logits)[label] along the last axis.")
      .inputs({{"labels", InputKind::integer}, {"logits"}})
      .infer([](Inference& c) {
        if (c.rank(1) == 0 || !(c.shape(1).without(c.rank(1) - 1) == c.shape(0)))
          invalid(
              "sparse_softmax_cross_entropy: labels must have the shape of logits without its last axis, got {} and {}",
              to_string(c.shape(0)), to_string(c.shape(1)));
      })
      .composite([](const Call& c) {
        const auto axis = static_cast<int64_t>(c.in(1).rank()) - 1;
        const Tensor rows = gather(log_softmax_of(c.in(1), axis), insert_axes(c.in(0), c.in(0).rank(), 1), axis, axis);
        return -reshape(rows, c.in(0).shape());
      })
      .sample("i3[2] f[2,3]");
}

struct Moments {
  Tensor mean, variance;  // with the reduced axes as axes of size 1
};
Moments moments_of(const Tensor& x, const Ints& axes) {
  const Tensor mean = reduce_mean(x, axes, true);
  return {mean, reduce_mean(square(x - mean), axes, true)};
}

void define_normalizations(Registry& r) {
  Define(r, "moments", "Mean and biased variance over the axes.")
      .inputs({{"x"}})
      .attr("axes", kAttrInts)
      .attr("keepdims", kAttrBool, false)
      .infer([](Inference& c) { c.axes("axes", c.rank()); })
      .composite_of_many([](const Call& c) {
        const auto [mean, variance] = moments_of(c.in(), c.ints("axes"));
        if (c.flag("keepdims")) return Tensors{mean, variance};
        Shape shape;
        for (std::size_t i = 0; i < c.in().rank(); ++i)
          if (std::ranges::find(c.ints("axes"), static_cast<int64_t>(i)) == c.ints("axes").end())
            shape.push_back(c.in().shape()[i]);
        return Tensors{reshape(mean, shape), reshape(variance, shape)};
      })
      .sample("f[4,3]", R"({"axes": [0]})");
  Define(r, "batch_normalization",
         "(x - mean) / sqrt(variance + epsilon) * scale + offset; training: with the moments over `axes`, which are "
         "outputs too.")
      .inputs({{"x"}, {"scale"}, {"offset"}, {"mean", InputKind::shared, true}, {"variance", InputKind::shared, true}})
      .attr("training", kAttrBool, true)
      .attr("axes", kAttrInts)
      .attr("epsilon", kAttrFloat, 1e-3)
      .infer([](Inference& c) {
        const bool training = c.flag("training");
        if (c.size() != (training ? 3u : 5u))
          invalid("batch_normalization: takes x, scale, offset{} with training {}, got {} inputs",
                  training ? "" : ", mean, variance", training ? "true" : "false", c.size());
        if (!c.has("axes")) {
          Ints axes;  // all but the last
          for (std::size_t i = 0; i + 1 < c.rank(); ++i) axes.push_back(static_cast<int64_t>(i));
          c.attr("axes") = axes;
        }
        c.axes("axes", c.rank());
      })
      .composite_of_many([](const Call& c) {
        const Tensor &x = c.in(0), &scale = c.in(1), &offset = c.in(2);
        const double epsilon = c.number("epsilon");
        if (!c.flag("training")) return Tensors{(x - c.in(3)) * (rsqrt(c.in(4) + epsilon) * scale) + offset};
        const auto [mean, variance] = moments_of(x, c.ints("axes"));
        const Tensor y = (x - mean) * (rsqrt(variance + epsilon) * scale) + offset;
        Shape flat;
        for (std::size_t i = 0; i < x.rank(); ++i)
          if (std::ranges::find(c.ints("axes"), static_cast<int64_t>(i)) == c.ints("axes").end())
            flat.push_back(x.shape()[i]);
        return Tensors{y, reshape(mean, flat), reshape(variance, flat)};
      })
      .sample("f[4,3] f[3] f[3]", R"({"axes": [0]})")
      .sample("f[4,3] f[3] f[3] f[3] p[3]", R"({"training": false})");
  Define(r, "clip_by_norm",
         "x * clip_norm / max(norm(x), clip_norm) over the axes; zeros stay, and their gradient passes.")
      .inputs({{"x"}})
      .required("clip_norm", kAttrFloat)
      .attr("axes", kAttrInts)
      .infer([](Inference& c) {
        if (!(std::get<double>(c.attr("clip_norm")) > 0))
          invalid("clip_by_norm: clip_norm must be above 0, got {}", std::get<double>(c.attr("clip_norm")));
        c.axes("axes", c.rank());
      })
      .composite([](const Call& c) {
        static const Op& norm = Registry::instance().builtin("norm");
        const Tensor length = apply1(norm, {c.in()}, {std::string("euclidean"), c.ints("axes"), true});
        const Tensor limit = number_like(length, c.number("clip_norm"));
        return c.in() * (limit / maximum(length, limit));
      })
      .sample("f[5]", R"({"clip_norm": 0.5})")
      .sample("f[2,3]", R"({"clip_norm": 1.5, "axes": [1]})");
}
}  // namespace

void define_nn(Registry& r) {
  define_softmax(r);
  define_normalizations(r);
}

}  // namespace gradtape
