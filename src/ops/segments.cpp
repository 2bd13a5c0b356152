// Sums by segment, and entries picked by a mask: the shapes of some results depend on values, which are read while the
// op is recorded.
#include <algorithm>

#include "ops/define.hpp"

namespace gradtape::core {

namespace {
// ids [...] stand before the first axes of data [..., rest].
void need_ids_of_rows(const Inference& c) {
  const Shape &data = c.shape(0), &ids = c.shape(1);
  if (ids.rank() > data.rank() || !std::equal(ids.begin(), ids.end(), data.begin()))
    invalid("{}: segment_ids must have the shape of data's first axes, got data {} and segment_ids {}", c.name(),
            to_string(data), to_string(ids));
}

// The sums of the rows of each segment: [segments, rest].
Tensor sums_by_segment(const Tensor& data, const Tensor& ids, int64_t segments) {
  const Shape &shape = data.shape(), &id_shape = ids.shape();
  Shape rows{id_shape.elements()}, sums{segments};
  for (std::size_t i = id_shape.rank(); i < shape.rank(); ++i) rows.push_back(shape[i]), sums.push_back(shape[i]);
  return scatter_add(reshape(ids, {id_shape.elements()}), reshape(data, rows), sums, 0, 0);
}

Tensor segment_sum(const Call& c) {
  const IntegerValues ids(c, 1);
  int64_t last = -1;
  for (int64_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0) invalid("segment_sum: segment_ids must not be negative, got {}", ids[i]);
    if (ids[i] < last) invalid("segment_sum: segment_ids must not fall; unsorted_segment_sum takes them in any order");
    last = ids[i];
  }
  constexpr int64_t most = int64_t{1} << 31;
  if (last >= most) invalid("segment_sum: segment_ids must be below 2^31, got {}", last);
  return sums_by_segment(c.in(0), c.in(1), last + 1);
}

// Rows with a negative id belong to no segment: they go to one more, which is cut off.
Tensor unsorted_segment_sum(const Call& c) {
  const int64_t segments = c.integer("num_segments");
  const Tensor& ids = c.in(1);
  const Tensor kept = where(less(ids, number_like(ids, 0)), number_like(ids, static_cast<double>(segments)), ids);
  return slice_along(sums_by_segment(c.in(0), kept, segments + 1), 0, 0, segments);
}

Tensor boolean_mask(const Call& c) {
  const IntegerValues mask(c, 1);
  const std::size_t axis = c.integer("axis");
  const Shape& shape = c.in(0).shape();
  int64_t count = 0;
  for (int64_t i = 0; i < mask.size(); ++i) count += mask[i];
  const BufferPtr kept = c.recorder().allocate(static_cast<std::size_t>(count) * sizeof(int64_t), c.op().name);
  auto* place = static_cast<int64_t*>(kept->data());
  for (int64_t i = 0; i < mask.size(); ++i)
    if (mask[i]) *place++ = i;
  const Tensor places = c.recorder().constant({Dtype::int64, {count}, false}, kept);
  Shape flat(std::span(shape.begin(), axis));
  flat.push_back(mask.size());
  for (std::size_t i = axis + c.in(1).rank(); i < shape.rank(); ++i) flat.push_back(shape[i]);
  return gather(reshape(c.in(0), flat), places, axis, 0);
}
}  // namespace

void define_segments(Registry& r) {
  OpBuilder(r, "segment_sum",
            "Row i is the sum of data's rows with segment id i; ids do not fall, the last one says how many rows there "
            "are. Its value is read when the op is recorded.")
      .inputs({{"data"}, {"segment_ids", InputKind::integer}})
      .dtypes(kNumeric)
      .infer([](Inference& c) {
        need_ids_of_rows(c);
        if (c.rank(1) != 1) invalid("segment_sum: segment_ids must be a vector, got {}", to_string(c.shape(1)));
      })
      .composite(segment_sum)
      .sample("f[2,3] i1[2]");
  OpBuilder(
      r, "unsorted_segment_sum",
      "Row i is the sum of data's rows with segment id i, 0 where there is none; rows with a negative id are left "
      "out.")
      .inputs({{"data"}, {"segment_ids", InputKind::integer}})
      .dtypes(kNumeric)
      .required("num_segments", kAttrInt)
      .infer([](Inference& c) {
        need_ids_of_rows(c);
        if (c.integer("num_segments") < 0 || c.integer("num_segments") >= (int64_t{1} << 31))
          invalid("unsorted_segment_sum: num_segments must lie in [0, 2^31), got {}", c.integer("num_segments"));
      })
      .composite(unsorted_segment_sum)
      .sample("f[5,2] i3[5]", R"({"num_segments": 4})")
      .sample("f[2,3] i4[2,3]", R"({"num_segments": 4})");
  OpBuilder(
      r, "boolean_mask",
      "The entries of x where the mask, which stands before the axes from `axis` on, is true, along one axis. The "
      "mask's value is read when the op is recorded.")
      .inputs({{"x"}, {"mask", InputKind::boolean}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        const std::size_t axis = c.axis("axis", c.rank());
        const Shape &x = c.shape(0), &mask = c.shape(1);
        if (mask.rank() == 0 || axis + mask.rank() > x.rank() ||
            !std::equal(mask.begin(), mask.end(), x.begin() + axis))
          invalid("boolean_mask: mask must have the shape of x's axes from {} on, got x {} and mask {}", axis,
                  to_string(x), to_string(mask));
      })
      .composite(boolean_mask)
      .sample("f[4,2] b[4]")
      .sample("f[2,2,3] b[2,3]", R"({"axis": 1})");
}

}  // namespace gradtape::core
