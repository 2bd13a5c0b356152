// The definitions of batching.hpp.
#include "ops/batching.hpp"

#include <algorithm>

namespace gradtape::core {

Tensor repeated(const Tensor& t, int64_t size) { return broadcast_to(t, t.shape().with_leading(size)); }
Tensor full_input(const BatchCall& b, std::size_t i) { return b.batched[i] ? b.in[i] : repeated(b.in[i], b.size); }
Tensors full_inputs(const BatchCall& b) {
  Tensors full;
  for (std::size_t i = 0; i < b.in.size(); ++i) full.push_back(full_input(b, i));
  return full;
}

Tensors aligned_inputs(const BatchCall& b) {
  std::size_t rank = 0;
  for (const Tensor& input : b.call.inputs()) rank = std::max(rank, input.rank());
  Tensors aligned;
  for (std::size_t i = 0; i < b.in.size(); ++i)
    aligned.push_back(b.batched[i] ? insert_axes(b.in[i], 1, rank - b.call.in(i).rank()) : b.in[i]);
  return aligned;
}

Ints axes_in_batch(const Ints& axes) {
  Ints result;
  for (int64_t axis : axes) result.push_back(axis + 1);
  return result;
}
Ints prepend(int64_t first, const Ints& values) {
  Ints result{first};
  for (int64_t v : values) result.push_back(v);
  return result;
}

}  // namespace gradtape::core
