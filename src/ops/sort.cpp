// Sorting: an op for the order, and gathering by it.
#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape {

namespace {
const std::vector<std::string> kDirections = {"ASCENDING", "DESCENDING"};

void infer_order(Inference& c) {
  const std::size_t axis = c.axis("axis", c.rank());
  if (c.shape()[axis] > INT32_MAX)
    invalid("{}: an axis of {} entries is too long for int32 indices", c.name(), c.shape()[axis]);
  c.out(Dtype::int32, c.shape());
}

Tensor order_of(const Tensor& x, int64_t axis, const std::string& direction) {
  static const Op& argsort = Registry::instance().builtin("argsort");
  return apply1(argsort, {x}, {axis, direction});
}

// x[..., indices[..., k, ...], ...]: each line along the axis by its own indices.
Tensor take_along(const Tensor& x, const Tensor& indices, std::size_t axis) {
  const std::size_t last = x.rank() - 1;
  const auto batch = static_cast<int64_t>(last);
  return move_axis(gather(move_axis(x, axis, last), move_axis(indices, axis, last), batch, batch), last, axis);
}
}  // namespace

void define_sort(Registry& r) {
  Define(r, "argsort", "Indices that sort the entries along the axis; stable, nan last.")
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{-1})
      .attr("direction", kAttrString, std::string("ASCENDING"), kDirections)
      .infer(infer_order)
      .kernel(kernels::argsort)
      .none("its result is an index")
      .batch([](const BatchCall& b) {
        return Tensors{reapply(b.call, {b.in[0]}, {b.call.integer("axis") + 1, b.call.text("direction")})};
      })
      .sample("f[2,4]");
  Define(r, "sort", "The entries along the axis in order; stable, nan last.")
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .attr("axis", kAttrInt, int64_t{-1})
      .attr("direction", kAttrString, std::string("ASCENDING"), kDirections)
      .infer([](Inference& c) { c.axis("axis", c.rank()); })
      .composite([](const Call& c) {
        return take_along(c.in(), order_of(c.in(), c.integer("axis"), c.text("direction")),
                          static_cast<std::size_t>(c.integer("axis")));
      })
      .sample("f[2,4]", R"({"direction": "DESCENDING"})")
      .sample("f[3,2]", R"({"axis": 0})");
  Define(r, "top_k",
         "The k largest entries along the last axis, largest first, and their indices; of equal ones the first comes "
         "first.")
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .required("k", kAttrInt)
      .infer([](Inference& c) {
        const int64_t n = c.rank() == 0 ? -1 : c.shape()[c.rank() - 1];
        if (c.integer("k") < 0 || c.integer("k") > n)
          invalid("top_k: k must lie in [0, {}], the size of the last axis of {}, got {}", n, to_string(c.shape()),
                  c.integer("k"));
      })
      .composite_of_many([](const Call& c) {
        const std::size_t last = c.in().rank() - 1;
        const Tensor first =
            slice_along(order_of(c.in(), static_cast<int64_t>(last), "DESCENDING"), last, 0, c.integer("k"));
        return Tensors{take_along(c.in(), first, last), first};
      })
      .sample("f[2,4]", R"({"k": 2})");
  Define(r, "take_along_axis", "x at indices along the axis; the other axes of both run together.")
      .inputs({{"x"}, {"indices", InputKind::integer}})
      .dtypes(kAllDtypes)
      .required("axis", kAttrInt)
      .infer([](Inference& c) {
        const std::size_t axis = c.axis("axis", c.rank());
        if (c.rank(1) != c.rank() || !(c.shape(1).replaced(axis, 0) == c.shape().replaced(axis, 0)))
          invalid("take_along_axis: x and indices must agree but for axis {}, got {} and {}", axis,
                  to_string(c.shape()), to_string(c.shape(1)));
      })
      .composite(
          [](const Call& c) { return take_along(c.in(0), c.in(1), static_cast<std::size_t>(c.integer("axis"))); })
      .sample("f[3,4] i4[3,2]", R"({"axis": 1})")
      .sample("f[2,3,2] i3[2,2,2]", R"({"axis": 1})");
}

}  // namespace gradtape
