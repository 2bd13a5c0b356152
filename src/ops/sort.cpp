// Sorting, and entries along an axis by index.
#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
const std::vector<std::string> kDirections = {"ASCENDING", "DESCENDING"};

// x[..., indices[..., k, ...], ...]: each line along the axis by its own indices.
Tensor take_along(const Tensor& x, const Tensor& indices, std::size_t axis) {
  const std::size_t last = x.rank() - 1;
  const auto batch = static_cast<int64_t>(last);
  return move_axis(gather(move_axis(x, axis, last), move_axis(indices, axis, last), batch, batch), last, axis);
}
}  // namespace

namespace {
// The first k entries along an axis in order, and their indices. The order is constant but for jumps: derivatives
// follow the entries by index.
struct Sorted {
  Tensor values, order;
};
Sorted sort_along(const Tensor& x, int64_t axis, int64_t k, const std::string& direction) {
  const Tensors out = apply(op<"sorted">, std::span(&x, 1), {axis, k, direction});
  return {out[0], out[1]};
}
Tensor put_back(const Tensor& sorted, const Tensor& order, const Shape& shape, std::size_t axis) {
  const std::size_t last = shape.rank() - 1;
  const auto batch = static_cast<int64_t>(last);
  Shape moved = shape.without(axis);
  moved.push_back(shape[axis]);
  return move_axis(scatter_add(move_axis(order, axis, last), move_axis(sorted, axis, last), moved, batch, batch), last,
                   axis);
}

void define_order(Registry& r) {
  OpBuilder(r, "sorted", "The first k entries along the axis in order, and their indices; stable, nan last.")
      .internal()
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .required("axis", kAttrInt)
      .required("k", kAttrInt)
      .required("direction", kAttrString)
      .infer([](Inference& c) {
        const std::size_t axis = c.integer("axis");
        if (c.shape()[axis] > INT32_MAX)
          invalid("{}: an axis of {} entries is too long for int32 indices", c.name(), c.shape()[axis]);
        c.like(0, c.shape().replaced(axis, c.integer("k")));
        c.out(Dtype::int32, c.shape().replaced(axis, c.integer("k")));
      })
      .kernel(kernels::sort_lines)
      .skips_outputs()
      .rules(
          [](const Call& c, const Tensors& ct) {
            if (!ct[0]) return Tensors{Tensor()};
            const std::size_t axis = c.integer("axis");
            return Tensors{put_back(ct[0], c.out(1), c.in().shape(), axis)};
          },
          [](const Call& c, const Tensors& t) {
            return Tensors{take_along(t[0], c.out(1), c.integer("axis")), Tensor()};
          })
      .batch([](const BatchCall& b) {
        return reapply_all(b.call, b.in, {b.call.integer("axis") + 1, b.call.integer("k"), b.call.text("direction")});
      })
      .links(along_axis);
}

Sorted sorted_as_asked(const Call& c) {
  const int64_t axis = c.integer("axis");
  const bool bools = c.in().dtype() == Dtype::boolean;
  return sort_along(bools ? cast(c.in(), Dtype::int32) : c.in(), axis, c.in().shape()[axis], c.text("direction"));
}
OpBuilder sorting(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.inputs({{"x"}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt, int64_t{-1})
      .attr("direction", kAttrString, std::string("ASCENDING"), kDirections)
      .infer([](Inference& c) { c.axis("axis", c.rank()); });
  return d;
}
}  // namespace

void define_sort(Registry& r) {
  define_order(r);
  sorting(r, "argsort", "Indices that sort the entries along the axis; stable, nan last, false before true.")
      .composite([](const Call& c) { return sorted_as_asked(c).order; })
      .none("its result is an index")
      .sample("f[2,4]");
  sorting(r, "sort", "The entries along the axis in order; stable, nan last, false before true.")
      .composite([](const Call& c) {
        const Tensor values = sorted_as_asked(c).values;
        return c.in().dtype() == Dtype::boolean ? cast(values, Dtype::boolean) : values;
      })
      .sample("f[2,4]", R"({"direction": "DESCENDING"})")
      .sample("f[3,2]", R"({"axis": 0})");
  OpBuilder(
      r, "top_k",
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
        const Sorted top = sort_along(c.in(), static_cast<int64_t>(c.in().rank()) - 1, c.integer("k"), "DESCENDING");
        return Tensors{top.values, top.order};
      })
      .sample("f[2,4]", R"({"k": 2})");
  OpBuilder(r, "take_along_axis", "x at indices along the axis; the other axes of both run together, and broadcast.")
      .inputs({{"x"}, {"indices", InputKind::integer}})
      .dtypes(kAllDtypes)
      .required("axis", kAttrInt)
      .infer([](Inference& c) {
        const std::size_t axis = c.axis("axis", c.rank());
        Shape others;
        if (c.rank(1) != c.rank() ||
            !broadcast_shapes(c.shape(0).replaced(axis, 1), c.shape(1).replaced(axis, 1), others))
          invalid("take_along_axis: x and indices must have one rank, and broadcast but for axis {}, got {} and {}",
                  axis, to_string(c.shape()), to_string(c.shape(1)));
      })
      .composite([](const Call& c) {
        const std::size_t axis = c.integer("axis");
        const Shape &x = c.in(0).shape(), &indices = c.in(1).shape();
        Shape others;
        broadcast_shapes(x.replaced(axis, 1), indices.replaced(axis, 1), others);
        return take_along(broadcast_to(c.in(0), others.replaced(axis, x[axis])),
                          broadcast_to(c.in(1), others.replaced(axis, indices[axis])), axis);
      })
      .sample("f[3,4] i4[3,2]", R"({"axis": 1})")
      .sample("f[2,3,2] i3[2,2,2]", R"({"axis": 1})")
      .sample("f[3,1] i3[1,4]", R"({"axis": 0})");
}

}  // namespace gradtape::core
