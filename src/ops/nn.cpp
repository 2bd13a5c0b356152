// Layers, losses and norms as compositions: their derivatives of every order follow.
#include <algorithm>
#include <cmath>

#include "ops/define.hpp"

namespace gradtape::core {

namespace {
void infer_axis(Inference& c) { c.axis("axis", c.rank()); }

// x less its largest entry, which no derivative depends on.
Tensor subtract_largest(const Tensor& x, int64_t axis) { return x - stop_gradient(reduce_max(x, {axis}, true)); }

Tensor log_softmax_of(const Tensor& x, int64_t axis) {
  const Tensor y = subtract_largest(x, axis);
  return y - log(reduce_sum(exp(y), {axis}, true));
}

void define_softmax(Registry& r) {
  OpBuilder(r, "softmax", "e^x / sum(e^x) along the axis, without overflow.")
      .inputs({{"x"}})
      .attr("axis", kAttrInt, int64_t{-1})
      .infer(infer_axis)
      .composite([](const Call& c) {
        const Tensor e = exp(subtract_largest(c.in(), c.integer("axis")));
        return e / reduce_sum(e, {c.integer("axis")}, true);
      })
      .sample("f[2,3]");
  OpBuilder(r, "log_softmax", "log(e^x / sum(e^x)) along the axis, without overflow.")
      .inputs({{"x"}})
      .attr("axis", kAttrInt, int64_t{-1})
      .infer(infer_axis)
      .composite([](const Call& c) { return log_softmax_of(c.in(), c.integer("axis")); })
      .sample("f[2,3]", R"({"axis": 0})");
  OpBuilder(r, "softmax_cross_entropy_with_logits", "-sum(labels * log_softmax(logits)) along the axis.")
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
        return -reduce_sum(multiply_no_nan(log_softmax_of(c.in(1), axis), c.in(0)), {axis});
      })
      .sample("u[2,3] f[2,3]");
  OpBuilder(r, "sparse_softmax_cross_entropy", "-log_softmax(logits)[label] along the last axis.")
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

Shape without_axes(const Shape& shape, const Ints& axes) {
  Shape left;
  for (std::size_t i = 0; i < shape.rank(); ++i)
    if (std::ranges::find(axes, static_cast<int64_t>(i)) == axes.end()) left.push_back(shape[i]);
  return left;
}

Tensor mean_square(const Tensor& x, const Ints& axes) { return reduce_mean(square(x), axes, true); }

void define_normalizations(Registry& r) {
  OpBuilder(r, "moments", "Mean and biased variance over the axes.")
      .inputs({{"x"}})
      .attr("axes", kAttrInts)
      .attr("keepdims", kAttrBool, false)
      .infer([](Inference& c) { c.axes("axes", c.rank()); })
      .composite_of_many([](const Call& c) {
        const auto [mean, deviations] = moments_of(c.in(), c.ints("axes"));
        const Tensor variance = mean_square(deviations, c.ints("axes"));
        if (c.flag("keepdims")) return Tensors{mean, variance};
        const Shape shape = without_axes(c.in().shape(), c.ints("axes"));
        return Tensors{reshape(mean, shape), reshape(variance, shape)};
      })
      .sample("f[4,3]", R"({"axes": [0]})");
  OpBuilder(r, "batch_normalization",
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
          for (std::size_t i = 0; i + 1 < c.rank(); ++i) axes.push_back(i);
          c.attr("axes") = axes;
        }
        c.axes("axes", c.rank());
      })
      .composite_of_many([](const Call& c) {
        const Tensor &x = c.in(0), &scale = c.in(1), &offset = c.in(2);
        const double epsilon = c.number("epsilon");
        if (!c.flag("training")) return Tensors{(x - c.in(3)) * (rsqrt(c.in(4) + epsilon) * scale) + offset};
        const auto [mean, deviations] = moments_of(x, c.ints("axes"));
        const Tensor variance = mean_square(deviations, c.ints("axes"));
        // Nothing has no variance: nan would reach the gradient of the scale.
        const Tensor spread = x.shape().elements() == 0 ? zeros_like(variance) : variance;
        const Tensor y = deviations * (rsqrt(spread + epsilon) * scale) + offset;
        const Shape flat = without_axes(x.shape(), c.ints("axes"));
        return Tensors{y, reshape(mean, flat), reshape(variance, flat)};
      })
      .sample("f[4,3] f[3] f[3]", R"({"axes": [0]})")
      .sample("f[4,3] f[3] f[3] f[3] p[3]", R"({"training": false})");
  OpBuilder(r, "clip_by_norm",
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
        const Tensor length = op<"norm">(c.in(), "euclidean", c.ints("axes"), true);
        const Tensor limit = number_like(length, c.number("clip_norm"));
        return c.in() * (limit / maximum(length, limit));
      })
      .sample("f[5]", R"({"clip_norm": 0.5})")
      .sample("f[2,3]", R"({"clip_norm": 1.5, "axes": [1]})");
}
// A parameter of the shape of the named axes, as it broadcasts against x.
Tensor along_axes(const Tensor& parameter, const Tensor& x, const Ints& axes) {
  Shape shape;
  for (std::size_t i = 0; i < x.rank(); ++i)
    shape.push_back(std::ranges::find(axes, static_cast<int64_t>(i)) == axes.end() ? 1 : x.shape()[i]);
  return reshape(parameter, shape);
}

void define_layer_normalization(Registry& r) {
  OpBuilder(
      r, "layer_normalization",
      "(x - mean) / sqrt(variance + epsilon) * scale + offset, with the moments over `axis`; scale and offset have "
      "the sizes of these axes.")
      .inputs({{"x"}, {"scale"}, {"offset"}})
      .attr("axis", kAttrInts, Ints{-1})
      .attr("epsilon", kAttrFloat, 1e-3)
      .infer([](Inference& c) {
        Shape want;
        for (int64_t a : c.axes("axis", c.rank())) want.push_back(c.shape()[a]);
        for (std::size_t i : {1, 2})
          if (!(c.shape(i) == want))
            invalid("layer_normalization: {} must have the sizes of the normalised axes, {}, got {}",
                    c.op().inputs[i].name, to_string(want), to_string(c.shape(i)));
      })
      .composite([](const Call& c) {
        const Ints& axes = c.ints("axis");
        const Tensor deviations = moments_of(c.in(0), axes).deviations;
        const Tensor normal = deviations * rsqrt(mean_square(deviations, axes) + c.number("epsilon"));
        return normal * along_axes(c.in(1), c.in(0), axes) + along_axes(c.in(2), c.in(0), axes);
      })
      .sample("f[3,4] f[4] f[4]")
      .sample("f[2,2,3] f[2,3] f[2,3]", R"({"axis": [1, 2]})");
}

void define_small_layers(Registry& r) {
  OpBuilder(r, "bias_add", "x + bias along the last axis (NHWC), or along axis 1 (NCHW).")
      .inputs({{"x"}, {"bias"}})
      .dtypes(kNumeric)
      .attr("data_format", kAttrString, std::string("NHWC"), {"NHWC", "NCHW"})
      .infer([](Inference& c) {
        const std::size_t least = std::get<std::string>(c.attr("data_format")) == "NCHW" ? 2 : 1;
        if (c.rank(0) < least) invalid("bias_add: x must have at least {} axes, got {}", least, to_string(c.shape(0)));
        const int64_t channels = c.shape(0)[least == 2 ? 1 : c.rank(0) - 1];
        if (c.rank(1) != 1 || c.shape(1)[0] != channels)
          invalid("bias_add: bias must be [{}], the channels of x {}, got {}", channels, to_string(c.shape(0)),
                  to_string(c.shape(1)));
      })
      .composite([](const Call& c) {
        const int64_t axis = c.text("data_format") == "NCHW" ? 1 : static_cast<int64_t>(c.in(0).rank()) - 1;
        return c.in(0) + along_axes(c.in(1), c.in(0), {axis});
      })
      .sample("f[2,3] f[3]")
      .sample("f[2,3,2] f[3]", R"({"data_format": "NCHW"})");
  OpBuilder(r, "dropout", "x * mask / (1 - rate).")
      .inputs({{"x"}, {"mask", InputKind::boolean}})
      .required("rate", kAttrFloat)
      .infer([](Inference& c) {
        const double rate = std::get<double>(c.attr("rate"));
        if (!(rate >= 0 && rate < 1)) invalid("dropout: rate must lie in [0, 1), got {}", rate);
      })
      .composite(
          [](const Call& c) { return where(c.in(1), c.in(0) / (1 - c.number("rate")), number_like(c.in(0), 0)); })
      .sample("f[2,3] b[2,3]", R"({"rate": 0.25})");
}

void define_norm_limits(Registry& r) {
  OpBuilder(r, "l2_normalize", "x / sqrt(max(sum(x^2), epsilon)) over the axis.")
      .inputs({{"x"}})
      .attr("axis", kAttrInts)
      .attr("epsilon", kAttrFloat, 1e-12)
      .infer([](Inference& c) { c.axes("axis", c.rank()); })
      .composite([](const Call& c) {
        const Tensor length = op<"norm">(c.in(), "euclidean", c.ints("axis"), true);
        return c.in() / maximum(length, number_like(length, std::sqrt(c.number("epsilon"))));
      })
      .sample("f[2,3]", R"({"axis": [1]})");
  OpBuilder(r, "clip_by_global_norm",
            "Each input * clip_norm / max(norm, clip_norm), with the norm of all of them, which is the last output.")
      .variadic("values")
      .required("clip_norm", kAttrFloat)
      .infer([](Inference& c) {
        if (!(std::get<double>(c.attr("clip_norm")) > 0))
          invalid("clip_by_global_norm: clip_norm must be above 0, got {}", std::get<double>(c.attr("clip_norm")));
      })
      .composite_of_many([](const Call& c) {
        Tensors norms, results;
        for (const Tensor& x : c.inputs()) norms.push_back(op<"norm">(x));
        const Tensor global = op<"norm">(stack_rows(norms)), limit = number_like(global, c.number("clip_norm"));
        const Tensor factor = limit / maximum(global, limit);
        for (const Tensor& x : c.inputs()) results.push_back(x * factor);
        results.push_back(global);
        return results;
      })
      .sample("f[3] f[2,2]", R"({"clip_norm": 1})");
}
}  // namespace

void define_nn(Registry& r) {
  define_softmax(r);
  define_layer_normalization(r);
  define_small_layers(r);
  define_norm_limits(r);
  define_normalizations(r);
}

}  // namespace gradtape::core
