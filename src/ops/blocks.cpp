// Blocks of a larger tensor: what the cotangents of many slices come together in.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

namespace {
std::span<const int64_t> begin_of(const Ints& begins, std::size_t input, std::size_t rank) {
  return std::span<const int64_t>(begins).subspan(input * rank, rank);
}

// The batch axis goes through where each block has all of it, and has it alone.
int samples_of_blocks(const Call& c, std::span<const int> axes) {
  int common = kNoSamples;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] == kNoSamples) continue;
    const auto axis = static_cast<std::size_t>(axes[i]);
    if (c.in(i).shape()[axis] != c.out_spec().shape[axis] || (common != kNoSamples && common != axes[i])) return kMixed;
    common = axes[i];
  }
  return common;
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
}  // namespace

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
      .samples_follow(samples_of_blocks);
}

Tensor sum_of_pads(std::span<const Call> pads) {
  const std::size_t rank = pads[0].out_spec().shape.rank();
  Tensors blocks;
  Ints begins;
  for (const Call& pad : pads) {
    const std::optional<Ints> paddings = pad.op().pad->zeros_around({pad.op(), pad.attrs().get()});
    if (!paddings) return {};
    blocks.push_back(pad.in());
    for (std::size_t axis = 0; axis < rank; ++axis) begins.push_back((*paddings)[2 * axis]);
  }
  const Shape& shape = pads[0].out_spec().shape;
  return apply(op<"add_blocks">, blocks, {Ints(shape.begin(), shape.end()), begins})[0];
}

}  // namespace gradtape::core
