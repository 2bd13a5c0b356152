// Padding, and the sum of many padded blocks. The cotangent of a slice is padded; the cotangents of many slices become
// blocks of one tensor.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
std::span<const int64_t> begin_of(const Ints& begins, std::size_t input, std::size_t rank) {
  return std::span<const int64_t>(begins).subspan(input * rank, rank);
}

Dependence links_of_block(const LinkCall& c) {
  Ints begin;
  for (const int64_t at : begin_of(c.call.ints("begins"), c.input, c.call.out_spec().shape.rank()))
    begin.push_back(-at);
  return shifted(begin);
}

Tensors batch_blocks(const BatchCall& b) {
  const std::size_t rank = b.call.out_spec().shape.rank();
  Ints begins, shape{b.size};
  for (std::size_t i = 0; i < b.in.size(); ++i) {
    begins.push_back(0);
    for (int64_t at : begin_of(b.call.ints("begins"), i, rank)) begins.push_back(at);
  }
  for (int64_t n : b.call.ints("shape")) shape.push_back(n);
  return reapply_all(b.call, full_inputs(b), {shape, begins});
}
void define_blocks(Registry& r) {
  OpBuilder(r, "add_blocks",
            "Zeros of `shape`, to which input i is added at the place that the i-th part of begins says.")
      .internal()
      .variadic("blocks")
      .dtypes(kFloating)
      .required("shape", kAttrInts)
      .required("begins", kAttrInts)
      .infer([](Inference& c) { c.like(0, Shape(std::span<const int64_t>(c.ints("shape")))); })
      .kernel(kernels::add_blocks)
      .leaves_out()
      .jointly_linear([](const Call& c, const Tensor& ct, std::size_t input) {
        const auto begin = begin_of(c.ints("begins"), input, ct.rank());
        const Shape& size = c.in(input).shape();
        return slice(ct, Ints(begin.begin(), begin.end()), Ints(size.begin(), size.end()));
      })
      .batch(batch_blocks)
      .links(links_of_block);
}

void infer_pad(Inference& c) {
  const Ints& paddings = c.ints("paddings");
  if (paddings.size() != 2 * c.rank() || std::ranges::any_of(paddings, [](int64_t p) { return p < 0; }))
    invalid("{}: paddings must be {} numbers >= 0, before and after each axis of {}, got {}", c.name(), 2 * c.rank(),
            to_string(c.shape()), to_string(std::span<const int64_t>(paddings)));
  Shape shape = c.shape();
  for (std::size_t i = 0; i < shape.rank(); ++i)
    if (__builtin_add_overflow(shape[i], paddings[2 * i], &shape[i]) ||
        __builtin_add_overflow(shape[i], paddings[2 * i + 1], &shape[i]))
      invalid("{}: the result has more entries than memory can hold", c.name());
  c.like(0, shape);
}

// Entries beyond an edge come from inside, mirrored with (SYMMETRIC) or without (REFLECT) the edge itself.
Tensor mirror_pad(const Tensor& x, const Ints& paddings, bool symmetric) {
  Tensor y = x;
  for (std::size_t i = 0; i < x.rank(); ++i) {
    const int64_t before = paddings[2 * i], after = paddings[2 * i + 1], n = x.shape()[i], most = symmetric ? n : n - 1;
    if (before == 0 && after == 0) continue;
    if (before > most || after > most)
      invalid("pad: {} padding of axis {} of {} can be at most {}, got {} and {}", symmetric ? "SYMMETRIC" : "REFLECT",
              i, to_string(x.shape()), most, before, after);
    const int64_t edge = symmetric ? 0 : 1;
    const auto mirrored = [&](int64_t begin, int64_t size) {
      return reverse(slice_along(y, i, begin, size), {static_cast<int64_t>(i)});
    };
    Tensors parts{y};
    if (before > 0) parts.insert(0, mirrored(edge, before));
    if (after > 0) parts.push_back(mirrored(n - edge - after, after));
    y = concat(parts, i);
  }
  return y;
}

std::optional<Ints> zeros_around(const Attributes& a) {
  const AttrValue& value = a.attr("constant_values");
  const auto* integer = std::get_if<int64_t>(&value);
  const bool zeros = integer ? *integer == 0 : std::get<double>(value) == 0;
  return zeros ? std::optional(a.ints("paddings")) : std::nullopt;
}

Tensor sum_of_pads(std::span<const Call> pads) {
  const std::size_t rank = pads[0].out_spec().shape.rank();
  Tensors blocks;
  Ints begins;
  for (const Call& pad : pads) {
    const std::optional<Ints> paddings = zeros_around({pad.op(), pad.attrs().get()});
    if (!paddings) return {};
    blocks.push_back(pad.in());
    for (std::size_t axis = 0; axis < rank; ++axis) begins.push_back((*paddings)[2 * axis]);
  }
  const Shape& shape = pads[0].out_spec().shape;
  return apply(op<"add_blocks">, blocks, {Ints(shape.begin(), shape.end()), begins})[0];
}

void define_pad(Registry& r) {
  OpBuilder(r, "constant_pad", "x with paddings[i] entries of constant_values before and after axis i.")
      .internal()
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("paddings", kAttrInts)
      .attr("constant_values", kAttrFloat | kAttrInt, 0.0)
      .infer(infer_pad)
      .kernel(kernels::constant_pad)
      .leaves_out()
      .pad({.elements = kernels::elements_of_pad, .zeros_around = zeros_around})
      .sums_by(sum_of_pads)
      .rules(
          [](const Call& c, const Tensors& ct) {
            Ints begin;
            for (std::size_t i = 0; i < c.in().rank(); ++i) begin.push_back(c.ints("paddings")[2 * i]);
            return Tensors{slice(ct[0], begin, Ints(c.in().shape().begin(), c.in().shape().end()))};
          },
          [](const Call& c, const Tensors& t) { return Tensors{pad(t[0], c.ints("paddings"))}; })
      .batch([](const BatchCall& b) {
        return Tensors{reapply(b.call, {b.in[0]},
                               {prepend(0, prepend(0, b.call.ints("paddings"))), b.call.attr("constant_values")})};
      })
      .links([](const LinkCall& c) {
        Ints begin;
        for (std::size_t k = 0; k < c.call.in().rank(); ++k) begin.push_back(-c.call.ints("paddings")[2 * k]);
        return shifted(begin);
      });
  OpBuilder(r, "pad", "x with paddings [[before, after], ...]: of constant_values, or mirrored at the edges.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .required("paddings", kAttrInts)
      .attr("mode", kAttrString, std::string("CONSTANT"), {"CONSTANT", "REFLECT", "SYMMETRIC"})
      .attr("constant_values", kAttrFloat | kAttrInt, 0.0)
      .infer(infer_pad)
      .composite([](const Call& c) {
        if (c.text("mode") == "CONSTANT") return pad(c.in(), c.ints("paddings"), c.attr("constant_values"));
        return mirror_pad(c.in(), c.ints("paddings"), c.text("mode") == "SYMMETRIC");
      })
      .sample("f[2,3]", R"({"paddings": [[1, 0], [0, 2]], "constant_values": 2})")
      .sample("f[3]", R"({"paddings": [[1, 2]], "mode": "REFLECT"})");
}
}  // namespace

void define_padding(Registry& r) {
  define_blocks(r);
  define_pad(r);
}

}  // namespace gradtape::core
