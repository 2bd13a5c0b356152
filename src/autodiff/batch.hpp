// Batching: a graph that depends on placeholders, rebuilt for a leading axis of many values of them at once.
#pragma once

#include "graph/recorder.hpp"

namespace gradtape::core {

// outputs with each placeholder replaced by many values of it: values[i] has a leading axis of `size` before the
// placeholder's shape. An output that does not depend on a placeholder comes back without the leading axis.
struct Batched {
  Tensor value;
  bool batched = false;
};
std::vector<Batched> batch(std::span<const Tensor> outputs, std::span<const Tensor> placeholders,
                           std::span<const Tensor> values, int64_t size);

std::string name_with_composite(const Node& node);  // "reduce_sum (in batch_normalization)"

}  // namespace gradtape::core
