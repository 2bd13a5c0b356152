// Gathering by indices, and scattering back.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape {

namespace {
// shape[:axis] + indices.shape[batch_dims:] + shape[axis + 1:]
Shape gathered_shape(const Shape& params, const Shape& indices, std::size_t axis, std::size_t batch_dims) {
  Shape out(std::span(params.begin(), axis));
  for (std::size_t i = batch_dims; i < indices.rank(); ++i) out.push_back(indices[i]);
  for (std::size_t i = axis + 1; i < params.rank(); ++i) out.push_back(params[i]);
  return out;
}

void check_geometry(Inference& c, const Shape& params, const Shape& indices) {
  if (params.rank() == 0) invalid("{}: params must have an axis to index", c.name());
  int64_t batch_dims = c.integer("batch_dims");
  if (batch_dims < 0) batch_dims += static_cast<int64_t>(indices.rank());
  if (batch_dims < 0 || batch_dims > static_cast<int64_t>(std::min(indices.rank(), params.rank() - 1)))
    invalid("{}: batch_dims {} does not fit params {} and indices {}", c.name(), c.integer("batch_dims"),
            to_string(params), to_string(indices));
  c.attr("batch_dims") = batch_dims;
  if (!c.has("axis")) c.attr("axis") = batch_dims;
  if (static_cast<int64_t>(c.axis("axis", params.rank())) < batch_dims)
    invalid("{}: axis {} lies among the {} batch dims", c.name(), c.integer("axis"), batch_dims);
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch_dims); ++i)
    if (params[i] != indices[i])
      invalid("{}: params {} and indices {} must agree on their {} batch dims", c.name(), to_string(params),
              to_string(indices), batch_dims);
}

Tensors batch_gather(const BatchCall& b) {
  const int64_t axis = b.call.integer("axis"), batch_dims = b.call.integer("batch_dims");
  if (!b.batched[1] && batch_dims == 0) return {gather(b.in[0], b.in[1], axis + 1, 0)};
  if (!b.batched[0] && batch_dims == 0)
    return {move_axis(gather(b.in[0], b.in[1], axis, 0), static_cast<std::size_t>(axis), 0)};
  return {gather(b.full(0), b.full(1), axis + 1, batch_dims + 1)};
}

// Which axis of the result an axis of params becomes.
int follow_gather(int64_t axis, std::size_t index_axes, int from) {
  if (from == axis) return kMixed;
  return from < axis ? from : from - 1 + static_cast<int>(index_axes);
}

void define_gather(Registry& r) {
  Define(r, "gather", "Entries of params along `axis`, at indices; the first batch_dims axes of both run together.")
      .inputs({{"params"}, {"indices", InputKind::integer}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt)
      .attr("batch_dims", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        check_geometry(c, c.shape(0), c.shape(1));
        c.like(0, gathered_shape(c.shape(0), c.shape(1), static_cast<std::size_t>(c.integer("axis")),
                                 static_cast<std::size_t>(c.integer("batch_dims"))));
      })
      .kernel(kernels::gather)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
                 return scatter_add(c.in(1), ct, c.in(0).shape(), c.integer("axis"), c.integer("batch_dims"));
               },
               nullptr})
      .batch(batch_gather)
      .samples_follow([](const Call& c, std::span<const int> axes) {
        const auto index_axes = c.in(1).rank() - static_cast<std::size_t>(c.integer("batch_dims"));
        return follow_gather(c.integer("axis"), index_axes, axes[0]);
      })
      .sample("f[4,3] i4[2]", R"({"axis": 0})")
      .sample("f[2,4] i4[2,3]", R"({"axis": 1, "batch_dims": 1})");
  Define(r, "scatter_add",
         "Zeros of `shape`, to which updates are added where gather(axis, batch_dims) with these indices would read.")
      .inputs({{"indices", InputKind::integer}, {"updates"}})
      .dtypes(kNumeric)
      .required("shape", kAttrInts)
      .attr("axis", kAttrInt)
      .attr("batch_dims", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        const Shape shape{std::span<const int64_t>(c.ints("shape"))};
        check_bytes("scatter_add", shape, 8);
        check_geometry(c, shape, c.shape(0));
        const Shape want = gathered_shape(shape, c.shape(0), static_cast<std::size_t>(c.integer("axis")),
                                          static_cast<std::size_t>(c.integer("batch_dims")));
        if (!(want == c.shape(1)))
          invalid("scatter_add: with shape {} and indices {}, updates must be {}, got {}", to_string(shape),
                  to_string(c.shape(0)), to_string(want), to_string(c.shape(1)));
        c.like(1, shape);
      })
      .kernel(kernels::scatter_add)
      .linear({nullptr, [](const Call& c, const Tensor& ct,
                           std::size_t) { return gather(ct, c.in(0), c.integer("axis"), c.integer("batch_dims")); }})
      .batch([](const BatchCall& b) {
        const Shape shape = Shape(std::span<const int64_t>(b.call.ints("shape"))).with_leading(b.size);
        const int64_t axis = b.call.integer("axis"), batch_dims = b.call.integer("batch_dims");
        if (!b.batched[0] && batch_dims == 0) return Tensors{scatter_add(b.in[0], b.in[1], shape, axis + 1, 0)};
        return Tensors{scatter_add(b.full(0), b.full(1), shape, axis + 1, batch_dims + 1)};
      })
      .samples_follow([](const Call& c, std::span<const int> axes) {
        const auto index_axes = static_cast<int>(c.in(0).rank() - static_cast<std::size_t>(c.integer("batch_dims")));
        const auto axis = static_cast<int>(c.integer("axis"));
        if (axes[1] < axis) return axes[1];
        return axes[1] < axis + index_axes ? kMixed : axes[1] + 1 - index_axes;
      })
      .sample("i4[2] f[2,3]", R"({"shape": [4, 3], "axis": 0})");
}

void define_lookup(Registry& r) {
  Define(r, "embedding_lookup", "Rows of params at ids.")
      .inputs({{"params"}, {"ids", InputKind::integer}})
      .dtypes(kAllDtypes)
      .infer([](Inference& c) {
        if (c.rank(0) == 0) invalid("embedding_lookup: params must have rows, got rank 0");
      })
      .composite([](const Call& c) { return gather(c.in(0), c.in(1), 0, 0); })
      .sample("f[4,2] i4[3]");
}
}  // namespace

void define_indexing(Registry& r) {
  define_gather(r);
  define_lookup(r);
}

}  // namespace gradtape
