// Cumulative ops along one axis. exclusive: entry i holds what comes before it; reverse: from the last entry on.
#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape {

namespace {
Define scan(Registry& r, const char* name, const char* doc) {
  Define d(r, name, doc);
  d.inputs({{"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{0})
      .attr("exclusive", kAttrBool, false)
      .attr("reverse", kAttrBool, false);
  d.infer([](Inference& c) {
    c.axis("axis", c.rank());
    c.like(0, c.shape());
  });
  d.sample("f[4]").sample("f[2,5]", R"({"axis": 1, "exclusive": true})").sample("f[3,2]", R"({"reverse": true})");
  return d;
}

// x moved by `by` entries along the axis, with ones coming in.
Tensor shifted(const Tensor& x, std::size_t axis, int64_t by) {
  Ints paddings(2 * x.rank(), 0);
  paddings[2 * axis] = by;
  return pad(slice_along(x, axis, 0, x.shape()[axis] - by), paddings, 1);
}

// Products by doubling (Hillis and Steele): nothing is divided, so that zeros do no harm to any derivative.
Tensor cumprod_of(const Call& c) {
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
  const int64_t n = c.in().shape()[axis];
  const Ints flipped = c.flag("reverse") ? Ints{static_cast<int64_t>(axis)} : Ints{};
  Tensor y = reverse(c.in(), flipped);
  if (c.flag("exclusive") && n > 0) y = shifted(y, axis, 1);
  for (int64_t step = 1; step < n; step *= 2) y = y * shifted(y, axis, step);
  return reverse(y, flipped);
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
      .samples_follow(
          [](const Call& c, std::span<const int> axes) { return axes[0] == c.integer("axis") ? kMixed : axes[0]; });
  scan(r, "cumprod",
       "Products of all entries up to each one; its derivatives are right with zeros among them, to any order.")
      .composite(cumprod_of);
}

}  // namespace gradtape
