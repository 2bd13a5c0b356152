// Convolutions belong to one trilinear form, the sum of x[pixel] w[tap] y[pixel]. Three bilinear ops are
// its derivatives by x, w and y, so their own derivatives, of any order, are these ops again.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/windows.hpp"

namespace gradtape::core {

namespace {
// x [n, h, w, inputs], filters w [kh, kw, inputs of a group, outputs], y [n, h', w', outputs].
Tensor apply_form(const Call& c, OpName form, const Tensor& a, const Tensor& b, const Ints& sizes) {
  return form(a, b, c.ints("strides"), c.ints("padding"), c.ints("dilations"), c.integer("groups"), sizes);
}
Ints image_size(const Tensor& t) { return {t.shape()[1], t.shape()[2]}; }
Ints filter_size(const Tensor& t) { return {t.shape()[0], t.shape()[1]}; }
Tensor output_of(const Call& c, const Tensor& x, const Tensor& w) { return apply_form(c, op<"convolution">, x, w, {}); }
Tensor input_of(const Call& c, const Tensor& y, const Tensor& w, const Tensor& x) {
  return apply_form(c, op<"convolution_input">, y, w, image_size(x));
}
Tensor filter_of(const Call& c, const Tensor& x, const Tensor& y, const Tensor& w) {
  return apply_form(c, op<"convolution_filter">, x, y, filter_size(w));
}

// ---- Batching: a leading axis is merged into the images, into the channels on one side, or into the groups.

enum class Role { x, w, y };
enum class Into { images, inputs, outputs, groups };

// The axes with the groups by themselves: x [n, h, w, g, i], w [kh, kw, i, g, o], y [n, h', w', g, o].
Shape group_axes(const Shape& s, int64_t groups) {
  Shape shape(std::span(s.begin(), 3));
  shape.push_back(groups);
  shape.push_back(s[3] / groups);
  return shape;
}
std::size_t place(Role role, Into into) {
  if (into == Into::images) return 0;
  if (into == Into::groups) return 3;
  return role == Role::w && into == Into::inputs ? 2 : 4;
}
Shape merged_shape(const Shape& one, Role role, Into into, int64_t size) {
  const std::size_t axis = std::min<std::size_t>(place(role, into), 3);  // groups and channels are one axis here
  return one.replaced(axis, one[axis] * size);
}
Tensor merge(const Tensor& t, Role role, Into into, int64_t groups) {
  const Shape one = t.shape().without_leading();
  const int64_t size = t.shape()[0];
  const Tensor apart = reshape(t, group_axes(one, groups).with_leading(size));
  return reshape(move_axis(apart, 0, place(role, into)), merged_shape(one, role, into, size));
}
Tensor split(const Tensor& t, const Shape& one, Role role, Into into, int64_t groups, int64_t size) {
  const std::size_t at = place(role, into);
  const Tensor apart = reshape(t, group_axes(one, groups).inserted(at, size));
  return reshape(move_axis(apart, at, 0), one.with_leading(size));
}

struct Roles {
  Role first, second, result;
  Into first_alone, second_alone;
};
template <Roles R>
Tensors batch_convolution(const BatchCall& b) {
  const Call& c = b.call;
  const int64_t groups = c.integer("groups");
  const Into alone = b.batched[0] ? R.first_alone : R.second_alone;
  const Into into = b.batched[0] && b.batched[1] ? Into::groups : alone;
  const auto input = [&](std::size_t i, Role role) {
    return b.batched[i] ? merge(b.in[i], role, into, groups) : b.in[i];
  };
  const int64_t more = into == Into::groups ? groups * std::max<int64_t>(1, b.size) : groups;
  const Tensor merged = reapply(c, {input(0, R.first), input(1, R.second)},
                                {c.ints("strides"), c.ints("padding"), c.ints("dilations"), more, c.ints("sizes")});
  return {split(merged, c.out_spec().shape, R.result, into, groups, b.size)};
}

// In x [n, h, w, c] the place is stride * (place in y) + dilation * tap - padding, along both
// axes of an image. Channels of a group depend on each other.
Dependence links_of_images(const Call& c, const Shape& w, bool to_y) {
  constexpr int64_t kMostRelations = 64;
  const Ints &strides = c.ints("strides"), &padding = c.ints("padding"), &dilations = c.ints("dilations");
  const bool one_by_one = w[2] == 1;  // each channel of x has its own of y
  const int64_t many = one_by_one ? w[3] / std::max<int64_t>(1, c.integer("groups")) : 1, taps = w[0] * w[1] * many;
  Relation images;
  images.ties.push_back({0, 0});
  if (taps > kMostRelations) return related({images});
  std::vector<Relation> relations;
  for (int64_t tap = 0; tap < taps; ++tap) {
    Relation r = images;
    const auto tie = [&](std::size_t axis, int64_t step, int64_t shift) {  // x = step * y + shift
      r.ties.push_back(to_y ? Tie{axis, axis, shift, 1, step} : Tie{axis, axis, -shift, step, 1});
    };
    for (const std::size_t i : {0, 1}) {
      const int64_t at = i == 0 ? tap / many / w[1] : tap / many % w[1];
      tie(1 + i, strides[i], at * dilations[i] - padding[2 * i]);
    }
    // Channel c of x has the channels many * c ... of y.
    if (one_by_one) r.ties.push_back(to_y ? Tie{3, 3, -(tap % many), many, 1} : Tie{3, 3, tap % many, 1, many});
    relations.push_back(std::move(r));
  }
  return related(std::move(relations));
}
// One axis of the input that goes with one of the output.
Dependence one_axis(std::size_t in, std::size_t out) {
  Relation r;
  r.ties.push_back({in, out});
  return related({r});
}

// The window along an axis, of attributes in their canonical form.
Sliding resolved_window(const Inference& c, std::size_t axis, int64_t size) {
  const Ints& padding = c.ints("padding");
  return {size, c.ints("strides")[axis], c.ints("dilations")[axis], padding[2 * axis], padding[2 * axis + 1]};
}

OpBuilder form(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.internal()
      .inputs({{"a"}, {"b"}})
      .required("strides", kAttrInts)
      .required("padding", kAttrInts)  // top, bottom, left, right
      .required("dilations", kAttrInts)
      .required("groups", kAttrInt)
      .attr("sizes", kAttrInts, Ints{});  // of the result, where the inputs do not say
  return d;
}

void define_linear_forms(Registry& r) {
  form(r, "convolution", "y from x and w.")
      .infer([](Inference& c) {
        const Shape &x = c.shape(0), &w = c.shape(1);
        Shape y{x[0]};
        for (std::size_t i : {0, 1}) y.push_back(resolved_window(c, i, w[i]).count(x[1 + i]));
        y.push_back(w[3]);
        c.like(0, y);
      })
      .kernel(kernels::convolution)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) { return input_of(c, ct, c.in(1), c.in(0)); },
               [](const Call& c, const Tensor& ct, std::size_t) { return filter_of(c, c.in(0), ct, c.in(1)); }})
      .batch(batch_convolution<Roles{Role::x, Role::w, Role::y, Into::images, Into::outputs}>)
      .links([](const LinkCall& c) {
        return c.input == 0 ? links_of_images(c.call, c.call.in(1).shape(), true) : one_axis(3, 3);
      });
  form(r, "convolution_input", "x from y and w.")
      .infer([](Inference& c) {
        const Shape &y = c.shape(0), &w = c.shape(1);
        c.like(0, {y[0], c.ints("sizes")[0], c.ints("sizes")[1], w[2] * c.integer("groups")});
      })
      .kernel(kernels::convolution_input)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) { return output_of(c, ct, c.in(1)); },
               [](const Call& c, const Tensor& ct, std::size_t) { return filter_of(c, ct, c.in(0), c.in(1)); }})
      .batch(batch_convolution<Roles{Role::y, Role::w, Role::x, Into::images, Into::inputs}>)
      .links([](const LinkCall& c) {
        if (c.input == 0) return links_of_images(c.call, c.call.in(1).shape(), false);
        return c.call.integer("groups") == 1 ? one_axis(2, 3) : Dependence();
      });
  form(r, "convolution_filter", "w from x and y.")
      .infer([](Inference& c) {
        const Shape &x = c.shape(0), &y = c.shape(1);
        c.like(0, {c.ints("sizes")[0], c.ints("sizes")[1], x[3] / c.integer("groups"), y[3]});
      })
      .kernel(kernels::convolution_filter)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) { return input_of(c, c.in(1), ct, c.in(0)); },
               [](const Call& c, const Tensor& ct, std::size_t) { return output_of(c, c.in(0), ct); }})
      .batch(batch_convolution<Roles{Role::x, Role::y, Role::w, Into::inputs, Into::outputs}>)
      .links([](const LinkCall& c) {
        if (c.input == 1) return one_axis(3, 3);
        return c.call.integer("groups") == 1 ? one_axis(3, 2) : Dependence();
      });
}

// ---- The ops

void need_rank(const Inference& c, std::size_t input, std::size_t rank, const char* axes) {
  if (c.rank(input) != rank)
    invalid("{}: {} must be {}, got {}", c.name(), c.op().inputs[input].name, axes, to_string(c.shape(input)));
}
void need_channels(const Inference& c, int64_t given, int64_t wanted) {
  if (given != wanted)
    invalid("{}: x and filters must agree on the channels, got {} and {}", c.name(), to_string(c.shape(0)),
            to_string(c.shape(1)));
}

// Strides, padding and dilations in their canonical form.
void resolve_windows(Inference& c, const Shape& image, const Shape& filter) {
  const Ints strides = pair_of(c, "strides"), dilations = pair_of(c, "dilations");
  Ints padding;
  for (std::size_t i : {0, 1}) {
    if (filter[i] == 0) invalid("{}: filters must not be empty along their first two axes", c.name());
    const Sliding s = sliding(c, i, 2, image[1 + i], filter[i], strides[i], dilations[i]);
    padding.push_back(s.before);
    padding.push_back(s.after);
  }
  c.attr("strides") = strides;
  c.attr("padding") = padding;
  c.attr("dilations") = dilations;
}
void infer_windowed(Inference& c, const char* filter_axes) {
  need_rank(c, 0, 4, "[n, height, width, channels]");
  need_rank(c, 1, 4, filter_axes);
  need_channels(c, c.shape(0)[3], c.shape(1)[2]);
  resolve_windows(c, c.shape(0), c.shape(1));
}
Tensor convolve(const Call& c, const Tensor& x, const Tensor& w, int64_t groups) {
  return op<"convolution">(x, w, c.ints("strides"), c.ints("padding"), c.ints("dilations"), groups);
}
OpBuilder windowed(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.inputs({{"x"}, {"filters"}})
      .attr("strides", kAttrInt | kAttrInts, int64_t{1})
      .attr("padding", kAttrString | kAttrInts, std::string("VALID"), {"VALID", "SAME"})
      .attr("dilations", kAttrInt | kAttrInts, int64_t{1});
  return d;
}

void define_conv1d(Registry& r) {
  OpBuilder(
      r, "conv1d",
      "y[n, p, o] = sum x[n, p * stride + k * dilation - padding, i] filters[k, i, o]: x [n, width, in], filters [k, "
      "in, out].")
      .inputs({{"x"}, {"filters"}})
      .attr("stride", kAttrInt, int64_t{1})
      .attr("padding", kAttrString | kAttrInts, std::string("VALID"), {"VALID", "SAME"})
      .attr("dilations", kAttrInt, int64_t{1})
      .infer([](Inference& c) {
        need_rank(c, 0, 3, "[n, width, channels]");
        need_rank(c, 1, 3, "[k, inputs, outputs]");
        need_channels(c, c.shape(0)[2], c.shape(1)[1]);
        if (c.shape(1)[0] == 0) invalid("conv1d: filters must not be empty along their first axis");
        const int64_t stride = pair_of(c, "stride")[0], dilation = pair_of(c, "dilations")[0];
        const Sliding s = sliding(c, 0, 1, c.shape(0)[1], c.shape(1)[0], stride, dilation);
        c.attr("padding") = Ints{0, 0, s.before, s.after};
      })
      .composite([](const Call& c) {
        const Tensor x = insert_axes(c.in(0), 1, 1), filters = insert_axes(c.in(1), 0, 1);
        const Tensor y = op<"convolution">(x, filters, Ints{1, c.integer("stride")}, c.ints("padding"),
                                           Ints{1, c.integer("dilations")}, int64_t{1});
        return reshape(y, y.shape().without(1));
      })
      .sample("f[2,5,2] f[3,2,2]", R"({"padding": "SAME", "stride": 2})")
      .sample("f[1,6,1] f[2,1,2]", R"({"dilations": 2})");
}

void define_conv2d(Registry& r) {
  windowed(
      r, "conv2d",
      "y[n, p, q, o] = sum x[n, p * stride + k * dilation - padding, ..., i] filters[k, l, i, o]: x [n, h, w, in], "
      "filters [kh, kw, in, out]; padding SAME, VALID or [[top, bottom], [left, right]].")
      .infer([](Inference& c) { infer_windowed(c, "[height, width, inputs, outputs]"); })
      .composite([](const Call& c) { return convolve(c, c.in(0), c.in(1), 1); })
      .sample("f[1,4,4,2] f[3,2,2,2]", R"({"padding": "SAME", "strides": [2, 1]})")
      .sample("f[2,3,4,1] f[2,2,1,2]", R"({"padding": [[1, 0], [0, 2]], "dilations": [1, 2]})");
  windowed(r, "depthwise_conv2d",
           "Each channel by filters of its own: x [n, h, w, in], filters [kh, kw, in, multiplier]; output channel in * "
           "multiplier + m.")
      .infer([](Inference& c) { infer_windowed(c, "[height, width, channels, multiplier]"); })
      .composite([](const Call& c) {
        const Shape& w = c.in(1).shape();
        return convolve(c, c.in(0), reshape(c.in(1), {w[0], w[1], 1, w[2] * w[3]}), std::max<int64_t>(1, w[2]));
      })
      .sample("f[1,4,4,2] f[2,2,2,2]", R"({"padding": "SAME", "strides": 2})")
      .sample("f[1,5,4,3] f[2,2,3,1]", R"({"dilations": 2})");
}

void define_conv2d_transpose(Registry& r) {
  windowed(
      r, "conv2d_transpose",
      "The transpose of the conv2d that maps output_shape to the shape of x: x [n, h, w, in], filters [kh, kw, out, "
      "in].")
      .required("output_shape", kAttrInts)
      .infer([](Inference& c) {
        need_rank(c, 0, 4, "[n, height, width, channels]");
        need_rank(c, 1, 4, "[height, width, outputs, inputs]");
        need_channels(c, c.shape(0)[3], c.shape(1)[3]);
        const Shape &x = c.shape(0), &w = c.shape(1), out{std::span<const int64_t>(c.ints("output_shape"))};
        check_bytes("conv2d_transpose", out, 8);
        if (out.rank() != 4 || out[0] != x[0] || out[3] != w[2])
          invalid("conv2d_transpose: output_shape must be [{}, height, width, {}] with x {} and filters {}, got {}",
                  x[0], w[2], to_string(x), to_string(w), to_string(out));
        resolve_windows(c, out, w);
        for (std::size_t i : {0, 1}) {
          const Sliding s = resolved_window(c, i, w[i]);
          if (s.count(out[1 + i]) != x[1 + i])
            invalid("conv2d_transpose: conv2d maps output_shape {} to {} along axis {}, but x is {}", to_string(out),
                    s.count(out[1 + i]), 1 + i, to_string(x));
        }
      })
      .composite([](const Call& c) {
        const Ints& out = c.ints("output_shape");
        return op<"convolution_input">(c.in(0), c.in(1), c.ints("strides"), c.ints("padding"), c.ints("dilations"),
                                       int64_t{1}, Ints{out[1], out[2]});
      })
      .sample("f[1,2,3,2] f[3,2,1,2]", R"({"padding": "SAME", "strides": 2, "output_shape": [1, 3, 6, 1]})")
      .sample("f[2,2,2,1] f[2,2,2,1]", R"({"output_shape": [2, 3, 3, 2]})");
}
}  // namespace

void define_convolution(Registry& r) {
  define_linear_forms(r);
  define_conv1d(r);
  define_conv2d(r);
  define_conv2d_transpose(r);
}

}  // namespace gradtape::core
