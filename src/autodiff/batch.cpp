// Rebuilds a graph with a leading axis, op by op.
#include "autodiff/batch.hpp"

#include <algorithm>
#include <unordered_map>

#include "autodiff/reverse.hpp"
#include "graph/walk.hpp"
#include "ops/batching.hpp"

namespace gradtape::core {

namespace {
using TensorMap = std::unordered_map<Tensor, Tensor, TensorHash, TensorSame>;

// One application for each row.
Tensors batch_by_rows(const BatchCall& b) {
  std::vector<Tensors> rows(b.call.outputs());
  for (int64_t row = 0; row < b.size; ++row) {
    Tensors inputs;
    for (std::size_t i = 0; i < b.in.size(); ++i) inputs.push_back(b.batched[i] ? select_row(b.in[i], row) : b.in[i]);
    const Tensors outputs = reapply_all(b.call, inputs);
    for (std::size_t k = 0; k < outputs.size(); ++k) rows[k].push_back(outputs[k]);
  }
  Tensors stacked;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const Spec& spec = b.call.out_spec(k);
    stacked.push_back(b.size > 0 ? stack_rows(rows[k])
                                 : zeros(b.call.recorder(), {spec.dtype, spec.shape.with_leading(0), spec.weak}));
  }
  return stacked;
}

Tensors batch_node(const BatchCall& b) {
  const Op& made_by = b.call.op();
  if (made_by.batch) {
    const Tensors results = made_by.batch(b);
    return results.empty() ? batch_by_rows(b) : results;
  }
  return made_by.is_elementwise() ? reapply_all(b.call, aligned_inputs(b)) : batch_by_rows(b);
}

}  // namespace

std::vector<Batched> batch(std::span<const Tensor> outputs, std::span<const Tensor> placeholders,
                           std::span<const Tensor> values, int64_t size) {
  TensorMap batched;
  for (std::size_t i = 0; i < placeholders.size(); ++i) batched[placeholders[i]] = values[i];
  const auto batched_of = [&](const Tensor& t) {
    auto it = batched.find(t);
    return it == batched.end() ? Tensor() : it->second;
  };
  for (Node* node : nodes_behind(outputs, [](const Tensor& t) { return t.node()->symbolic; })) {
    const Tensor keep(node);
    const Call call(*node);
    BatchCall b{call, {}, {}, size};
    bool any = false;
    for (const Tensor& input : node->inputs) {
      const Tensor value = batched_of(input);
      b.batched.push_back(static_cast<bool>(value));
      b.in.push_back(value ? value : input);
      any |= b.batched.back();
    }
    if (!any) continue;  // a placeholder, or something that depends on another derivative's placeholder
    const Recorder::Deriving of(node->recorder, *node);
    const Tensors results = batch_node(b);
    for (std::size_t i = 0; i < results.size(); ++i) batched[Tensor(node, static_cast<uint32_t>(i))] = results[i];
  }
  std::vector<Batched> results;
  for (const Tensor& t : outputs) {
    const Tensor value = t ? batched_of(t) : Tensor();
    results.push_back({value ? value : t, static_cast<bool>(value)});
  }
  return results;
}

std::string name_with_composite(const Node& node) {
  return node.within ? fmt::format("{} (in {})", node.op.name, node.within->name) : node.op.name;
}

}  // namespace gradtape::core
