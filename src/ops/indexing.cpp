// Gathering by indices, and scattering back.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

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
  if (!b.batched[0] && batch_dims == 0) return {move_axis(gather(b.in[0], b.in[1], axis, 0), axis, 0)};
  return {gather(full_input(b, 0), full_input(b, 1), axis + 1, batch_dims + 1)};
}

// The relation of params [..., axis, ...] to what a gather with these indices reads: [..., axes of the indices, ...].
Dependence links_of_gather(const LinkCall& c) {
  const bool gathers = c.input == 0;
  const Tensor &indices = c.call.in(1 - c.input), &x = c.call.in(c.input);
  const auto axis = static_cast<std::size_t>(c.call.integer("axis")),
             batch = static_cast<std::size_t>(c.call.integer("batch_dims")), index_axes = indices.rank() - batch;
  const std::size_t params_rank = gathers ? x.rank() : x.rank() + 1 - index_axes;
  Indexed group{{}, {}, batch, gathers};
  SmallVector<std::size_t, 4>&counted = gathers ? group.in : group.out, &listed = gathers ? group.out : group.in;
  for (std::size_t k = 0; k < batch; ++k) group.in.push_back(k), group.out.push_back(k);
  counted.push_back(axis);
  for (std::size_t k = 0; k < index_axes; ++k) listed.push_back(axis + k);
  Relation r;
  for (std::size_t k = batch; k < params_rank; ++k) {
    if (k == axis) continue;
    const std::size_t there = k < axis ? k : k - 1 + index_axes;
    r.ties.push_back(gathers ? Tie{k, there} : Tie{there, k});
  }
  const bool known = relate_indexed(c, indices, group, r);
  return related({r}, known ? Dependence::Weight::sum : Dependence::Weight::other);
}

// One scatter of all entries, where the calls differ in nothing else.
Tensor sum_of_scatters(std::span<const Call> calls) {
  const Call& one = calls[0];
  const std::size_t axis = one.integer("axis");
  const Shape& shape = one.out_spec().shape;
  Tensors indices, updates;
  for (const Call& c : calls) {
    if (c.integer("batch_dims") != 0 || c.integer("axis") != one.integer("axis")) return {};
    const int64_t count = c.in(0).shape().elements();
    indices.push_back(reshape(cast(c.in(0), Dtype::int64), {count}));
    updates.push_back(reshape(c.in(1), shape.replaced(axis, count)));
  }
  return scatter_add(concat(indices, 0), concat(updates, one.integer("axis")), shape, one.integer("axis"), 0);
}

void define_gather(Registry& r) {
  OpBuilder(r, "gather", "Entries of params along `axis`, at indices; the first batch_dims axes of both run together.")
      .inputs({{"params"}, {"indices", InputKind::integer}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt)
      .attr("batch_dims", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        check_geometry(c, c.shape(0), c.shape(1));
        c.like(0, gathered_shape(c.shape(0), c.shape(1), c.integer("axis"), c.integer("batch_dims")));
      })
      .kernel(kernels::gather)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
                 return scatter_add(c.in(1), ct, c.in(0).shape(), c.integer("axis"), c.integer("batch_dims"));
               },
               nullptr})
      .batch(batch_gather)
      .links(links_of_gather)
      .sample("f[4,3] i4[2]", R"({"axis": 0})")
      .sample("f[2,4] i4[2,3]", R"({"axis": 1, "batch_dims": 1})");
  OpBuilder(
      r, "scatter_add",
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
        const Shape want = gathered_shape(shape, c.shape(0), c.integer("axis"), c.integer("batch_dims"));
        if (!(want == c.shape(1)))
          invalid("scatter_add: with shape {} and indices {}, updates must be {}, got {}", to_string(shape),
                  to_string(c.shape(0)), to_string(want), to_string(c.shape(1)));
        c.like(1, shape);
      })
      .kernel(kernels::scatter_add)
      .sums_by(sum_of_scatters)
      .leaves_out()
      .linear({nullptr, [](const Call& c, const Tensor& ct,
                           std::size_t) { return gather(ct, c.in(0), c.integer("axis"), c.integer("batch_dims")); }})
      .batch([](const BatchCall& b) {
        const Shape shape = Shape(std::span<const int64_t>(b.call.ints("shape"))).with_leading(b.size);
        const int64_t axis = b.call.integer("axis"), batch_dims = b.call.integer("batch_dims");
        if (!b.batched[0] && batch_dims == 0) return Tensors{scatter_add(b.in[0], b.in[1], shape, axis + 1, 0)};
        return Tensors{scatter_add(full_input(b, 0), full_input(b, 1), shape, axis + 1, batch_dims + 1)};
      })
      .links(links_of_gather)
      .sample("i4[2] f[2,3]", R"({"shape": [4, 3], "axis": 0})");
}

// Indices [..., k] into the first k axes of a shape, as places in their row-major order.
Tensor places(const Tensor& indices, std::span<const int64_t> sizes) {
  return op<"ravel_index">(indices, Ints(sizes.begin(), sizes.end()));
}
// How many axes the last axis of indices counts through, in a tensor of that shape behind its batch dims.
std::size_t indexed_axes(const Inference& c, const Shape& indices, const Shape& shape, std::size_t batch_dims) {
  if (indices.rank() == 0) invalid("{}: indices must have at least 1 axis", c.name());
  const int64_t k = indices[indices.rank() - 1];
  if (k > static_cast<int64_t>(shape.rank() - batch_dims))
    invalid("{}: indices {} count through {} axes, but there are {} in {} behind {} batch dims", c.name(),
            to_string(indices), k, shape.rank() - batch_dims, to_string(shape), batch_dims);
  return static_cast<std::size_t>(k);
}
// shape with its axes first..first+count as one.
Shape merge_axes(const Shape& shape, std::size_t first, std::size_t count) {
  Shape merged(std::span(shape.begin(), first));
  merged.push_back(shape.product(first, first + count));
  for (std::size_t i = first + count; i < shape.rank(); ++i) merged.push_back(shape[i]);
  return merged;
}
std::size_t last_size(const Tensor& t) { return static_cast<std::size_t>(t.shape()[t.rank() - 1]); }

// updates must be indices.shape[:-1] + shape[k:].
void need_updates(const Inference& c, const Shape& shape, const Shape& indices, const Shape& updates) {
  const std::size_t k = indexed_axes(c, indices, shape, 0);
  Shape want(std::span(indices.begin(), indices.rank() - 1));
  for (std::size_t i = k; i < shape.rank(); ++i) want.push_back(shape[i]);
  if (!(want == updates))
    invalid("{}: with shape {} and indices {}, updates must be {}, got {}", c.name(), to_string(shape),
            to_string(indices), to_string(want), to_string(updates));
}

void define_places(Registry& r) {
  OpBuilder(r, "ravel_index", "Indices [..., k] into k axes of these sizes, as places in row-major order.")
      .internal()
      .inputs({{"indices", InputKind::integer}})
      .required("sizes", kAttrInts)
      .infer([](Inference& c) { c.out(Dtype::int64, c.shape().without(c.rank() - 1)); })
      .kernel(kernels::ravel_index)
      .none("its result is an index")
      .batch([](const BatchCall& b) { return Tensors{reapply(b.call, {b.in[0]})}; });
  OpBuilder(r, "last_writer", "Which of the places [..., m] is the last one to be k, for all k below size; -1: none.")
      .internal()
      .inputs({{"places", InputKind::integer}})
      .required("size", kAttrInt)
      .infer([](Inference& c) { c.out(Dtype::int64, c.shape().replaced(c.rank() - 1, c.integer("size"))); })
      .kernel(kernels::last_writer)
      .none("its result is an index")
      .batch([](const BatchCall& b) { return Tensors{reapply(b.call, {b.in[0]})}; });
}

Tensor scatter(const Tensor& indices, const Tensor& updates, const Shape& shape) {
  const std::size_t k = last_size(indices);
  const Tensor at = places(indices, std::span(shape.begin(), k));
  return reshape(scatter_add(at, updates, merge_axes(shape, 0, k), 0, 0), shape);
}

// The last one of several updates for one place counts; the others have no derivative.
Tensor scatter_update(const Call& c) {
  const Tensor &x = c.in(0), &indices = c.in(1);
  const std::size_t k = last_size(indices);
  const int64_t m = indices.shape().product(0, indices.rank() - 1);
  if (m == 0) return x;
  const Shape flat = merge_axes(x.shape(), 0, k), rows = flat.replaced(0, m);
  const Tensor at = reshape(places(indices, std::span(x.shape().begin(), k)), {m});
  const Tensor writer = op<"last_writer">(at, flat[0]), none = number_like(writer, 0);
  const Tensor written = insert_axes(greater_equal(writer, none), 1, flat.rank() - 1);
  const Tensor updated = gather(reshape(c.in(2), rows), maximum(writer, none), 0, 0);
  return reshape(where(written, updated, reshape(x, flat)), x.shape());
}

void define_nd(Registry& r) {
  OpBuilder(r, "gather_nd",
            "Entries of params at indices [..., k] into its first k axes behind the batch dims, which run together.")
      .inputs({{"params"}, {"indices", InputKind::integer}})
      .dtypes(kAllDtypes)
      .attr("batch_dims", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        const Shape &params = c.shape(0), &indices = c.shape(1);
        const int64_t b = c.integer("batch_dims");
        if (indices.rank() == 0 || b < 0 || b >= static_cast<int64_t>(indices.rank()) ||
            b > static_cast<int64_t>(params.rank()) || !std::equal(params.begin(), params.begin() + b, indices.begin()))
          invalid("gather_nd: params {} and indices {} must agree on {} batch dims, and indices have one axis more",
                  to_string(params), to_string(indices), b);
        indexed_axes(c, indices, params, b);
      })
      .composite([](const Call& c) {
        const std::size_t b = c.integer("batch_dims");
        const Shape& shape = c.in(0).shape();
        const std::size_t k = last_size(c.in(1));
        const Tensor at = places(c.in(1), std::span(shape.begin() + b, k));
        return gather(reshape(c.in(0), merge_axes(shape, b, k)), at, b, b);
      })
      .sample("f[3,3,2] i3[4,2]")
      .sample("f[2,3,2] i2[2,2,2]", R"({"batch_dims": 1})");
  OpBuilder(r, "scatter_nd", "Zeros of `shape`, to which updates are added at indices [..., k] into its first k axes.")
      .inputs({{"indices", InputKind::integer}, {"updates"}})
      .dtypes(kNumeric)
      .required("shape", kAttrInts)
      .infer([](Inference& c) {
        const Shape shape{std::span<const int64_t>(c.ints("shape"))};
        check_bytes("scatter_nd", shape, 8);
        need_updates(c, shape, c.shape(0), c.shape(1));
      })
      .composite(
          [](const Call& c) { return scatter(c.in(0), c.in(1), Shape(std::span<const int64_t>(c.ints("shape")))); })
      .sample("i3[4,2] f[4,2]", R"({"shape": [3, 3, 2]})");
  for (bool adds : {true, false})
    OpBuilder(r, adds ? "tensor_scatter_add" : "tensor_scatter_update",
              adds
                  ? "x with updates added at indices [..., k] into its first k axes."
                  : "x with updates in place of the entries at indices [..., k] into its first k axes; the last one of "
                    "several for one place counts.")
        .inputs({{"x"}, {"indices", InputKind::integer}, {"updates"}})
        .dtypes(adds ? kNumeric : kAllDtypes)
        .infer([](Inference& c) { need_updates(c, c.shape(0), c.shape(1), c.shape(2)); })
        .composite([adds](const Call& c) {
          return adds ? c.in(0) + scatter(c.in(1), c.in(2), c.in(0).shape()) : scatter_update(c);
        })
        .sample("f[3,3] i3[4,2] f[4]")
        .sample("f[4,2] i4[3,1] f[3,2]");
}

void define_lookup(Registry& r) {
  OpBuilder(r, "embedding_lookup", "Rows of params at ids.")
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
  define_places(r);
  define_nd(r);
  define_lookup(r);
}

}  // namespace gradtape::core
