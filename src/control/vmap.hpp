// vmap: a function of single samples, applied to all samples of a batch at once.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

struct VmapOptions {
  std::vector<int> in_axes;           // by input: the axis of the samples; kNotMapped: all samples have it
  const int32_t* out_axes = nullptr;  // by output; null: 0
  int64_t size = -1;                  // of the batch; -1: that of the mapped inputs
  bool shares_draws = false;          // samples draw the same random numbers
};
inline constexpr int kNotMapped = -1;

Tensors vmap(Recorder& r, std::string_view what, const Tensors& inputs, const VmapOptions& options,
             const FunctionBody& function);

}  // namespace gradtape::core
