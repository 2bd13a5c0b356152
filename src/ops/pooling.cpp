// The largest and the mean entry of windows over images [n, h, w, c].
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/windows.hpp"

namespace gradtape::core {

namespace {
std::vector<Sliding> windows_of(const Inference& c) {
  if (c.rank() != 4) invalid("{}: x must be [n, height, width, channels], got {}", c.name(), to_string(c.shape()));
  const Ints size = pair_of(c, "ksize"), strides = pair_of(c, "strides");
  std::vector<Sliding> windows;
  for (std::size_t i : {0, 1}) windows.push_back(sliding(c, i, 2, c.shape()[1 + i], size[i], strides[i], 1));
  return windows;
}
void resolve_pooling(Inference& c) {
  const auto windows = windows_of(c);
  c.attr("ksize") = Ints{windows[0].size, windows[1].size};
  c.attr("strides") = Ints{windows[0].stride, windows[1].stride};
  c.attr("padding") = Ints{windows[0].before, windows[0].after, windows[1].before, windows[1].after};
}
OpBuilder pool(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.inputs({{"x"}})
      .required("ksize", kAttrInt | kAttrInts)
      .required("strides", kAttrInt | kAttrInts)
      .attr("padding", kAttrString, std::string("VALID"), {"VALID", "SAME"})
      .infer(resolve_pooling);
  return d;
}

// How many entries of the image, rather than of its padding, each window has along an axis.
Tensor counts(const Call& c, std::size_t axis) {
  const int64_t size = c.ints("ksize")[axis], stride = c.ints("strides")[axis], before = c.ints("padding")[2 * axis],
                after = c.ints("padding")[2 * axis + 1], input = c.in().shape()[1 + axis];
  const int64_t windows = Sliding{size, stride, 1, before, after}.count(input);
  const Tensor first = even_places(c.recorder(), -before, stride, windows);
  const auto number = [&](int64_t n) { return number_like(first, n); };
  return cast(minimum(first + number(size), number(input)) - maximum(first, number(0)), c.in().dtype());
}

// Sums by a filter of ones for each channel.
Tensor mean_of_windows(const Call& c) {
  const Tensor& x = c.in();
  const int64_t channels = x.shape()[3];
  const Ints& size = c.ints("ksize");
  const Tensor filter = ones(c.recorder(), {x.dtype(), {size[0], size[1], 1, channels}, false});
  const Tensor sums =
      op<"convolution">(x, filter, c.ints("strides"), c.ints("padding"), Ints{1, 1}, std::max<int64_t>(1, channels));
  return sums / (insert_axes(counts(c, 0), 1, 2) * insert_axes(counts(c, 1), 1, 1));
}

Tensor flatten(const Tensor& x) { return reshape(x, {x.shape()[0], x.shape().product(1, 4)}); }

}  // namespace

void define_pooling(Registry& r) {
  // Derivatives follow the places, so that the first of equal entries takes the whole gradient.
  OpBuilder(r, "largest_of_windows", "The first largest entry of each window, and its place in the image.")
      .internal()
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .required("ksize", kAttrInts)
      .required("strides", kAttrInts)
      .required("padding", kAttrInts)
      .infer([](Inference& c) {
        const Ints &size = c.ints("ksize"), &strides = c.ints("strides"), &padding = c.ints("padding");
        const auto count = [&](std::size_t i) {
          return Sliding{size[i], strides[i], 1, padding[2 * i], padding[2 * i + 1]}.count(c.shape()[1 + i]);
        };
        const Shape out{c.shape()[0], count(0), count(1), c.shape()[3]};
        c.like(0, out);
        c.out(Dtype::int64, out);
      })
      .kernel(kernels::max_pool)
      .skips_outputs()
      .rules(
          [](const Call& c, const Tensors& ct) {
            if (!ct[0]) return Tensors{Tensor()};
            const Shape& s = c.in().shape();
            return Tensors{reshape(scatter_add(flatten(c.out(1)), flatten(ct[0]), flatten(c.in()).shape(), 1, 1), s)};
          },
          [](const Call& c, const Tensors& t) {
            const Tensor moved = gather(flatten(t[0]), flatten(c.out(1)), 1, 1);
            return Tensors{reshape(moved, c.out(1).shape()), Tensor()};
          })
      .batch([](const BatchCall& b) {
        const Shape& s = b.in[0].shape();
        Tensors y = reapply_all(b.call, Tensors{reshape(b.in[0], {s[0] * s[1], s[2], s[3], s[4]})});
        for (Tensor& t : y) t = reshape(t, b.call.out_spec().shape.with_leading(b.size));
        return y;
      })
      .links([](const LinkCall& c) {
        constexpr int64_t kMostRelations = 64;
        const Ints &size = c.call.ints("ksize"), &strides = c.call.ints("strides"), &padding = c.call.ints("padding");
        std::vector<Relation> relations(1);
        relations[0].ties = {{0, 0}, {3, 3}};
        if (size[0] * size[1] > kMostRelations) return related(std::move(relations));
        const Relation beside = relations[0];
        relations.clear();
        for (int64_t tap = 0; tap < size[0] * size[1]; ++tap) {
          Relation r = beside;
          r.ties.push_back({1, 1, tap / size[1] - padding[0], 1, strides[0]});
          r.ties.push_back({2, 2, tap % size[1] - padding[2], 1, strides[1]});
          relations.push_back(std::move(r));
        }
        return related(std::move(relations));
      });
  pool(r, "max_pool2d",
       "The largest entry of each window of ksize, strides apart: x [n, h, w, c]. The first of equal ones takes the "
       "gradient; padding never wins.")
      .dtypes(kNumeric)
      .composite([](const Call& c) {
        return apply(op<"largest_of_windows">, std::span(&c.in(), 1),
                     {c.ints("ksize"), c.ints("strides"), c.ints("padding")})[0];
      })
      .sample("f[1,4,4,2]", R"({"ksize": 2, "strides": 2})")
      .sample("f[2,3,4,1]", R"({"ksize": [3, 2], "strides": [2, 1], "padding": "SAME"})");
  pool(r, "avg_pool2d", "The mean of each window of ksize, strides apart, over what is not padding: x [n, h, w, c].")
      .composite(mean_of_windows)
      .sample("f[1,4,4,2]", R"({"ksize": 2, "strides": 2})")
      .sample("f[2,3,4,1]", R"({"ksize": [3, 2], "strides": [2, 1], "padding": "SAME"})");
}

}  // namespace gradtape::core
