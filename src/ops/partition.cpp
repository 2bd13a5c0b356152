// Ops that take a tensor apart or pick from it at constant places: compositions of slice, gather and reshape.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
int64_t size_at(const Tensor& x, int64_t axis) { return x.shape()[axis]; }

void define_split(Registry& r) {
  OpBuilder(r, "split", "x cut along the axis into a number of equal parts, or into parts of the given sizes.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("num_or_size_splits", kAttrInt | kAttrInts)
      .attr("axis", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        const int64_t n = c.shape()[c.axis("axis", c.rank())];
        if (const auto* parts = std::get_if<int64_t>(&c.attr("num_or_size_splits"))) {
          if (*parts < 1 || n % *parts != 0)
            invalid("split: {} entries along axis {} cannot be cut into {} equal parts", n, c.integer("axis"), *parts);
          return c.need_room(*parts);
        }
        const Ints& sizes = c.ints("num_or_size_splits");
        int64_t left = n;
        for (int64_t s : sizes) left = s < 0 || left < s ? -1 : left - s;
        if (left != 0)
          invalid("split: sizes {} must add up to the {} entries along axis {}",
                  to_string(std::span<const int64_t>(sizes)), n, c.integer("axis"));
        c.need_room(static_cast<int64_t>(sizes.size()));
      })
      .composite_of_many([](const Call& c) {
        const int64_t axis = c.integer("axis");
        const auto* equal = std::get_if<int64_t>(&c.attr("num_or_size_splits"));
        const int64_t count = equal ? *equal : static_cast<int64_t>(c.ints("num_or_size_splits").size());
        Tensors parts;
        int64_t begin = 0;
        for (int64_t i = 0; i < count; ++i) {
          const int64_t size = equal ? size_at(c.in(), axis) / count : c.ints("num_or_size_splits")[i];
          parts.push_back(slice_along(c.in(), axis, begin, size));
          begin += size;
        }
        return parts;
      })
      .sample("f[4,2]", R"({"num_or_size_splits": 2})")
      .sample("f[2,6]", R"({"num_or_size_splits": [1, 2, 3], "axis": -1})");
  OpBuilder(r, "unstack", "The entries along the axis, one output each.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .attr("axis", kAttrInt, int64_t{0})
      .infer([](Inference& c) { c.need_room(c.shape()[c.axis("axis", c.rank())]); })
      .composite_of_many([](const Call& c) {
        const std::size_t axis = c.integer("axis");
        Tensors parts;
        for (int64_t i = 0; i < c.in().shape()[axis]; ++i)
          parts.push_back(reshape(slice_along(c.in(), axis, i, 1), c.in().shape().without(axis)));
        return parts;
      })
      .sample("f[2,3]", R"({"axis": 1})")
      .sample("f[2,3]");
}

// The entries of one axis that strided_slice takes, and the shape of its result.
struct AxisRange {
  int64_t start, step, count;
};
struct StridedRanges {
  std::vector<AxisRange> axes;
  Shape result;
};

bool has_bit(const Call& c, const char* mask, std::size_t i) { return i < 63 && (c.integer(mask) >> i & 1) != 0; }

AxisRange range_of(const Call& c, std::size_t i, int64_t n) {
  const int64_t step = c.has("strides") ? c.ints("strides")[i] : 1;
  if (step == 0) invalid("strided_slice: strides must not be 0, got 0 at entry {}", i);
  if (has_bit(c, "shrink_axis_mask", i)) {
    const int64_t at = c.ints("begin")[i] < 0 ? c.ints("begin")[i] + n : c.ints("begin")[i];
    if (at < 0 || at >= n)
      invalid("strided_slice: index {} is out of range: the axis has size {}", c.ints("begin")[i], n);
    return {at, 1, 1};
  }
  const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  const auto bound = [&](const char* which, const char* mask, int64_t all) {
    if (has_bit(c, mask, i)) return all;
    const int64_t given = c.ints(which)[i];
    return std::clamp(given < 0 && given > INT64_MIN / 2 ? given + n : given, low, high);
  };
  const int64_t begin = bound("begin", "begin_mask", step > 0 ? low : high),
                end = bound("end", "end_mask", step > 0 ? high : low);
  const int64_t distance = step > 0 ? end - begin : begin - end;
  const int64_t stride = step > 0 ? step : -std::max(step, -INT64_MAX);
  return {begin, step, distance <= 0 ? 0 : (distance - 1) / stride + 1};
}

StridedRanges strided_ranges(const Call& c) {
  const Shape& shape = c.in().shape();
  const std::size_t entries = c.ints("begin").size();
  std::size_t named = 0, ellipses = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    ellipses += has_bit(c, "ellipsis_mask", i);
    named += !has_bit(c, "ellipsis_mask", i) && !has_bit(c, "new_axis_mask", i);
  }
  if (c.ints("end").size() != entries || (c.has("strides") && c.ints("strides").size() != entries))
    invalid("strided_slice: begin, end and strides must have equal lengths");
  if (ellipses > 1) invalid("strided_slice: ellipsis_mask names more than one entry");
  if (named > shape.rank())
    invalid("strided_slice: {} entries for the {} axes of {}", named, shape.rank(), to_string(shape));
  StridedRanges r;
  const auto take_whole = [&](std::size_t count) {
    for (; count > 0; --count) {
      const int64_t n = shape[r.axes.size()];
      r.result.push_back(n);
      r.axes.push_back({0, 1, n});
    }
  };
  for (std::size_t i = 0; i < entries; ++i) {
    if (has_bit(c, "ellipsis_mask", i)) {
      take_whole(shape.rank() - named);
    } else if (has_bit(c, "new_axis_mask", i)) {
      r.result.push_back(1);
    } else {
      r.axes.push_back(range_of(c, i, shape[r.axes.size()]));
      if (!has_bit(c, "shrink_axis_mask", i)) r.result.push_back(r.axes.back().count);
    }
  }
  take_whole(shape.rank() - r.axes.size());
  return r;
}

Tensor strided_slice(const Call& c) {
  const StridedRanges ranges = strided_ranges(c);
  Tensor y = c.in();
  for (std::size_t axis = 0; axis < ranges.axes.size(); ++axis) {
    const auto [start, step, count] = ranges.axes[axis];
    if (step == 1 || count <= 1) {
      y = slice_along(y, axis, count == 0 ? 0 : start, count);
    } else {
      y = gather(y, even_places(y.recorder(), start, step, count), axis, 0);
    }
  }
  return reshape(y, ranges.result);
}

void define_strided_slice(Registry& r) {
  OpBuilder d(r, "strided_slice", "x[begin:end:strides], with TensorFlow's bit masks; bounds out of range clamp.");
  d.inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("begin", kAttrInts)
      .required("end", kAttrInts)
      .attr("strides", kAttrInts);
  for (const char* mask : {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"})
    d.attr(mask, kAttrInt, int64_t{0});
  d.composite(strided_slice);
  d.sample("f[4,5]", R"({"begin": [3, 0], "end": [0, 5], "strides": [-2, 2]})");
  d.sample("f[3,4]", R"({"begin": [1, 0], "end": [2, 0], "strides": [1, 1], "shrink_axis_mask": 1, "end_mask": 2})");
}

std::shared_ptr<Attrs> places_of(const Ints& repeats) {
  auto attrs = std::make_shared<Attrs>();
  attrs->values.push_back(repeats);
  return attrs;
}

void define_rearrangements(Registry& r) {
  OpBuilder(r, "repeated_places", "Each i below the number of counts, as often as its count says.")
      .internal()
      .attr("counts", kAttrInts)
      .infer([](Inference& c) {
        int64_t total = 0;
        for (int64_t n : c.ints("counts")) total += n;
        c.out(Dtype::int64, {total});
      })
      .kernel(kernels::repeated_places)
      .none("it depends on no tensor");
  OpBuilder(
      r, "repeat",
      "Each entry along the axis repeated, as often for all or one count for each; without an axis x is flattened "
      "first.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("repeats", kAttrInt | kAttrInts)
      .attr("axis", kAttrInt)
      .infer([](Inference& c) {
        const int64_t n = c.has("axis") ? c.shape()[c.axis("axis", c.rank())] : c.shape().elements();
        if (const auto* times = std::get_if<int64_t>(&c.attr("repeats"))) c.attr("repeats") = Ints{*times};
        const Ints& repeats = c.ints("repeats");
        if (repeats.size() != 1 && static_cast<int64_t>(repeats.size()) != n)
          invalid("repeat: repeats must be one count, or one for each of the {} entries, got {}", n, repeats.size());
        int64_t total = 0, times = 0;
        for (int64_t count : repeats) {
          times = count;
          if (times < 0) invalid("repeat: repeats must be >= 0, got {}", times);
          if (__builtin_add_overflow(total, times, &total)) total = INT64_MAX;
        }
        if (repeats.size() == 1 && __builtin_mul_overflow(times, n, &total)) total = INT64_MAX;
        if (total == INT64_MAX) invalid("repeat: the result has more entries than memory can hold");
      })
      .composite([](const Call& c) {
        const Tensor x = c.has("axis") ? c.in() : reshape(c.in(), {c.in().shape().elements()});
        const int64_t axis = c.has("axis") ? c.integer("axis") : 0;
        const Ints& repeats = c.ints("repeats");
        const std::size_t a = axis;
        if (repeats.size() == 1) {
          const Tensor apart = insert_axes(x, a + 1, 1);
          const Tensor repeated = broadcast_to(apart, apart.shape().replaced(a + 1, repeats[0]));
          return reshape(repeated, x.shape().replaced(a, size_at(x, axis) * repeats[0]));
        }
        return gather(x, c.recorder().record(op<"repeated_places">, {}, places_of(repeats))[0], axis, 0);
      })
      .sample("f[2,3]", R"({"repeats": [2, 0, 1], "axis": 1})")
      .sample("f[3]", R"({"repeats": 2})");
  OpBuilder(r, "roll", "x moved by shift entries along each axis; what leaves at one end comes in at the other.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("shift", kAttrInts)
      .required("axis", kAttrInts)
      .infer([](Inference& c) {
        if (c.ints("shift").size() != c.ints("axis").size())
          invalid("roll: shift and axis must have equal lengths, got {} and {}", c.ints("shift").size(),
                  c.ints("axis").size());
        Ints axes;
        for (int64_t a : c.ints("axis")) axes.push_back(normalize_axis("roll", a, c.rank()));
        c.attr("axis") = axes;
      })
      .composite([](const Call& c) {
        Tensor y = c.in();
        for (std::size_t i = 0; i < c.ints("shift").size(); ++i) {
          const int64_t axis = c.ints("axis")[i], n = size_at(y, axis);
          const int64_t by = n == 0 ? 0 : ((c.ints("shift")[i] % n) + n) % n;
          if (by == 0) continue;
          const std::size_t a = axis;
          y = concat(Tensors{slice_along(y, a, n - by, by), slice_along(y, a, 0, n - by)}, axis);
        }
        return y;
      })
      .sample("f[2,3]", R"({"shift": [1, -1], "axis": [0, 1]})");
}
}  // namespace

void define_partition(Registry& r) {
  define_split(r);
  define_strided_slice(r);
  define_rearrangements(r);
}

}  // namespace gradtape::core
