#include "control/vmap.hpp"

#include "autodiff/batch.hpp"
#include "ops/batching.hpp"

namespace gradtape::core {

namespace {
int64_t size_of_batch(std::string_view what, const Tensors& inputs, const VmapOptions& o) {
  int64_t size = o.size;
  std::size_t from = inputs.size();  // the input that told the size
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const int axis = o.in_axes[i];
    if (axis == kNotMapped) continue;
    if (axis < 0 || static_cast<std::size_t>(axis) >= inputs[i].rank())
      invalid("{}: in_axes[{}] is {}, and input {} is {}; an axis is counted from 0, and -1 means not mapped", what, i,
              axis, i, to_string(inputs[i].spec()));
    const int64_t n = inputs[i].shape()[axis];
    if (size < 0) size = n, from = i;
    if (n != size)
      invalid("{}: input {} is {} with {} samples along axis {}; {} {}", what, i, to_string(inputs[i].spec()), n, axis,
              from < inputs.size() ? fmt::format("input {} has", from) : std::string("options.size says"), size);
  }
  if (size < 0) invalid("{}: no input is mapped, so options.size must say how many samples there are", what);
  return size;
}

Tensor placed(std::string_view what, const Batched& result, const VmapOptions& o, std::size_t k, int64_t size) {
  const Tensor t = result.batched ? result.value : repeated(result.value, size);
  const int axis = o.out_axes ? o.out_axes[k] : 0;
  if (axis < 0 || static_cast<std::size_t>(axis) >= t.rank())
    invalid("{}: out_axes[{}] is {}, and output {} has {} axes with that of the samples", what, k, axis, k, t.rank());
  return move_axis(t, 0, static_cast<std::size_t>(axis));
}
}  // namespace

// The function is recorded for one sample, on placeholders, and then batched, as Jacobians are.
Tensors vmap(Recorder& r, std::string_view what, const Tensors& inputs, const VmapOptions& o,
             const FunctionBody& function) {
  const int64_t size = size_of_batch(what, inputs, o);
  Tensors of_sample, placeholders, values;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (o.in_axes[i] == kNotMapped) {
      of_sample.push_back(inputs[i]);
      continue;
    }
    const auto axis = static_cast<std::size_t>(o.in_axes[i]);
    values.push_back(move_axis(inputs[i], axis, 0));
    placeholders.push_back(r.placeholder({inputs[i].dtype(), values.back().shape().without_leading(), false}));
    placeholders.back().node()->sparse = inputs[i].node()->sparse;
    of_sample.push_back(placeholders.back());
  }
  Tensors outputs, states;
  {
    const Recorder::Sampling sampling(r, placeholders, !o.shares_draws);
    outputs = function(of_sample);
    states = sampling.states();
  }
  for (const Tensor& state : states) {
    placeholders.push_back(state);
    values.push_back(op<"philox_fold">(r.random_state(), even_places(r, 0, 1, size)));
  }
  Tensors results;
  const std::vector<Batched> batched = batch(outputs, placeholders, values, size);
  for (std::size_t k = 0; k < batched.size(); ++k) results.push_back(placed(what, batched[k], o, k, size));
  return results;
}

}  // namespace gradtape::core
