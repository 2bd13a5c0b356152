// Tensors from attributes. Without a dtype the result is weak: it takes the dtype of what it meets.
#include <cmath>
#include <limits>

#include "kernels/kernels.hpp"
#include "math/scalar.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
Tensor in_dtype(const Call& c, const Tensor& x) {
  if (c.has("dtype")) return cast(x, std::get<Dtype>(c.attr("dtype")));
  Tensor y = cast(x, Dtype::float64);
  y.node()->outputs[0].spec.weak = true;
  return y;
}

Tensor as_column(const Tensor& x) { return insert_axes(x, 1, 1); }

// Integers are counted as integers: a double holds not all of them.
void infer_integer_range(Inference& c) {
  const int64_t start = c.integer("start"), limit = c.integer("limit"), delta = c.integer("delta");
  if (delta == 0) invalid("range: cannot count from {} to {} in steps of 0", start, limit);
  __extension__ using Wide = __int128;
  const Wide way = Wide(limit) - start, step = delta, up = step > 0 ? 1 : -1;
  const Wide count = way * up > 0 ? (way + step - up) / step : Wide(0);
  if (count > Wide(1) << 53) invalid("range: cannot count from {} to {} in steps of {}", start, limit, delta);
  const auto fits = [](Wide x) {
    return x >= std::numeric_limits<int32_t>::min() && x <= std::numeric_limits<int32_t>::max();
  };
  const bool narrow = fits(start) && fits(limit) && fits(delta);
  const Dtype dtype = c.has("dtype") ? std::get<Dtype>(c.attr("dtype")) : narrow ? Dtype::int32 : Dtype::int64;
  if (dtype == Dtype::boolean) invalid("range: numbers cannot be bool");
  if (dtype == Dtype::int32 && count > 0 && !(fits(start) && fits(start + (count - 1) * step)))
    invalid("range: numbers from {} to {} in steps of {} leave the range of int32", start, limit, delta);
  c.out(dtype, {static_cast<int64_t>(count)});
}

void infer_range(Inference& c) {
  const auto is_int = [&](const char* name) { return std::holds_alternative<int64_t>(c.attr(name)); };
  if (is_int("start") && is_int("limit") && is_int("delta")) return infer_integer_range(c);
  for (const char* name : {"start", "limit", "delta"})
    if (auto* i = std::get_if<int64_t>(&c.attr(name))) c.attr(name) = static_cast<double>(*i);
  const double start = std::get<double>(c.attr("start")), limit = std::get<double>(c.attr("limit")),
               delta = std::get<double>(c.attr("delta"));
  const double count = std::ceil((limit - start) / delta);
  if (delta == 0 || !std::isfinite(count) || count > 0x1p53)
    invalid("range: cannot count from {} to {} in steps of {}", start, limit, delta);
  const bool weak = !c.has("dtype");
  const Dtype dtype = weak ? Dtype::float64 : std::get<Dtype>(c.attr("dtype"));
  if (dtype == Dtype::boolean) invalid("range: numbers cannot be bool");
  const double last = start + std::max(0.0, count - 1) * delta;
  if (dtype == Dtype::int32 && count > 0 && std::max(std::abs(start), std::abs(last)) >= 0x1p31)
    invalid("range: numbers from {} to {} in steps of {} leave the range of int32", start, limit, delta);
  c.out(dtype, {static_cast<int64_t>(std::max(0.0, count))}, weak);
}

void define_sequences(Registry& r) {
  OpBuilder(
      r, "range",
      "start, start + delta, ... below (above, if delta < 0) limit. Without a dtype integers give int32, or int64 "
      "where one of the three does not fit.")
      .attr("start", kAttrInt | kAttrFloat, int64_t{0})
      .required("limit", kAttrInt | kAttrFloat)
      .attr("delta", kAttrInt | kAttrFloat, int64_t{1})
      .attr("dtype", kAttrDtype)
      .infer(infer_range)
      .kernel(kernels::range)
      .none("it depends on no tensor")
      .sample("", R"({"limit": 5, "dtype": "int64"})");
  OpBuilder(r, "linspace", "num numbers from start to stop at equal distances, along a new axis.")
      .inputs({{"start"}, {"stop"}})
      .required("num", kAttrInt)
      .attr("axis", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        if (c.integer("num") < 1) invalid("linspace: num must be at least 1, got {}", c.integer("num"));
        if (!(c.shape(0) == c.shape(1)))
          invalid("linspace: start and stop must have one shape, got {} and {}", to_string(c.shape(0)),
                  to_string(c.shape(1)));
        c.axis("axis", c.rank() + 1);
      })
      .composite([](const Call& c) {
        const int64_t num = c.integer("num");
        const std::size_t axis = c.integer("axis");
        Tensor start = insert_axes(c.in(0), axis, 1), stop = insert_axes(c.in(1), axis, 1);
        if (num == 1) return start;
        // A weight of exactly 0 and 1 at the ends, so that they are start and stop themselves.
        Tensor weight = range(c.recorder(), 0, num, 1, start.dtype()) / static_cast<double>(num - 1);
        weight = insert_axes(weight, 1, start.rank() - axis - 1);
        return start * (1.0 - weight) + stop * weight;
      })
      .sample("f[] f[]", R"({"num": 4})")
      .sample("f[2] f[2]", R"({"num": 3, "axis": -1})");
}

void define_masks(Registry& r) {
  OpBuilder(r, "identity_rows", "Rows of the identity matrix: `count` of them, from row `first` on (absent: 0).")
      .internal()
      .inputs({{"first", InputKind::integer, true}})
      .attr("order", kAttrInt)
      .attr("count", kAttrInt)
      .attr("dtype", kAttrDtype)
      .infer([](Inference& c) {
        c.out(std::get<Dtype>(c.attr("dtype")), {c.integer("count"), c.integer("order")});
      })
      .kernel(kernels::identity_rows)
      .leaves_out()
      .identity_where([](const Attributes& a) { return a.integer("count") == a.integer("order"); })
      .none("it depends on no tensor");
  OpBuilder(r, "bands",
            "A matrix of zeros, with line k on its diagonal (column + offsets[k], column) from column firsts[k] on.")
      .internal()
      .variadic("lines")
      .attr("rows", kAttrInt)
      .attr("columns", kAttrInt)
      .attr("offsets", kAttrInts)
      .attr("firsts", kAttrInts)
      .infer([](Inference& c) {
        c.like(0, {c.integer("rows"), c.integer("columns")});
      })
      .kernel(kernels::bands)
      .leaves_out()
      .none("only the planner uses it");
  OpBuilder(r, "eye", "Identity matrices [batch_shape..., num_rows, num_columns].")
      .required("num_rows", kAttrInt)
      .attr("num_columns", kAttrInt)
      .attr("batch_shape", kAttrInts, Ints{})
      .attr("dtype", kAttrDtype)
      .infer([](Inference& c) {
        if (!c.has("num_columns")) c.attr("num_columns") = c.integer("num_rows");
        if (c.integer("num_rows") < 0 || c.integer("num_columns") < 0)
          invalid("eye: sizes must be >= 0, got {} by {}", c.integer("num_rows"), c.integer("num_columns"));
      })
      .composite([](const Call& c) {
        const int64_t m = c.integer("num_rows"), n = c.integer("num_columns");
        const Tensor mask =
            equal(as_column(range(c.recorder(), 0, m, 1, Dtype::int64)), range(c.recorder(), 0, n, 1, Dtype::int64));
        Shape shape{std::span<const int64_t>(c.ints("batch_shape"))};
        shape.push_back(m);
        shape.push_back(n);
        return in_dtype(c, broadcast_to(mask, shape));
      })
      .sample("", R"({"num_rows": 3, "num_columns": 2})");
  OpBuilder(r, "one_hot", "on_value where the new axis's index equals indices, off_value elsewhere.")
      .inputs({{"indices", InputKind::integer}})
      .required("depth", kAttrInt)
      .attr("axis", kAttrInt, int64_t{-1})
      .attr("on_value", kAttrFloat | kAttrInt, 1.0)
      .attr("off_value", kAttrFloat | kAttrInt, 0.0)
      .attr("dtype", kAttrDtype)
      .infer([](Inference& c) {
        if (c.integer("depth") < 0) invalid("one_hot: depth must be >= 0, got {}", c.integer("depth"));
        c.axis("axis", c.rank() + 1);
      })
      .composite([](const Call& c) {
        const std::size_t axis = c.integer("axis");
        const Tensor positions =
            insert_axes(range(c.recorder(), 0, c.integer("depth"), 1, c.in().dtype()), 1, c.in().rank() - axis);
        const Tensor hot = equal(insert_axes(c.in(), axis, 1), positions);
        Recorder& rec = c.recorder();
        const bool integers = c.has("dtype") && is_integer(std::get<Dtype>(c.attr("dtype")));
        const auto number = [&](const char* name) {
          const int64_t* i = std::get_if<int64_t>(&c.attr(name));
          const double d = i ? static_cast<double>(*i) : c.number(name);
          if (!integers) return rec.scalar(d, Dtype::float64);
          const int64_t whole = i ? *i : math::convert<int64_t>(d);
          return reshape(constant_ints(rec, std::span(&whole, 1)), {});
        };
        return in_dtype(c, where(hot, number("on_value"), number("off_value")));
      })
      .sample("i3[2]", R"({"depth": 3})");
}

void define_fills(Registry& r) {
  OpBuilder(r, "fill", "A tensor of `shape` that holds value everywhere.")
      .inputs({{"value"}})
      .dtypes(kAllDtypes)
      .required("shape", kAttrInts)
      .infer([](Inference& c) {
        if (c.rank() != 0) invalid("fill: value must have rank 0, got {}", to_string(c.shape()));
      })
      .composite([](const Call& c) { return broadcast_to(c.in(), Shape(std::span<const int64_t>(c.ints("shape")))); })
      .sample("f[]", R"({"shape": [2, 3]})");
  OpBuilder(r, "zeros_like", "Zeros of x's shape and dtype; no gradient reaches x.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .composite([](const Call& c) { return zeros_like(c.in()); })
      .sample("f[2,3]");
  OpBuilder(r, "ones_like", "Ones of x's shape and dtype; no gradient reaches x.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .composite([](const Call& c) { return ones(c.recorder(), c.in().spec()); })
      .sample("f[2,3]");
}
}  // namespace

void define_creation(Registry& r) {
  define_sequences(r);
  define_masks(r);
  define_fills(r);
}

}  // namespace gradtape::core
