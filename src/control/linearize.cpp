#include "control/linearize.hpp"

#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
Spec strong(const Spec& spec) { return {spec.dtype, spec.shape, false}; }
Tensors marked(const Tensors& given) {
  Tensors all;
  for (const Tensor& t : given) all.push_back(mark_selected(t));
  return all;
}
}  // namespace

std::shared_ptr<Function> linearize(const std::shared_ptr<Tape>& tape, const Workers& workers, const Tensors& targets,
                                    const std::vector<Source>& sources, bool transposed) {
  Recorder& r = tape->recorder();
  std::vector<Spec> of_targets, of_sources;
  for (const Tensor& t : targets) of_targets.push_back(strong(t.spec()));
  for (const Source& s : sources) of_sources.push_back(strong((s.variable ? s.variable->value : s.tensor).spec()));
  const bool has_values = std::ranges::none_of(targets, [](const Tensor& t) { return t.node()->symbolic; });
  if (has_values) r.host().evaluate(targets);
  const auto filled = [&r](Tensors results, const std::vector<Spec>& specs) {
    for (std::size_t i = 0; i < results.size(); ++i)
      if (!results[i]) results[i] = zeros(r, specs[i]);
    return results;
  };
  if (transposed)
    return std::make_shared<Function>(r, workers, of_targets, [=](const Tensors& cotangents) {
      return filled(tape->pull_back(targets, marked(cotangents), sources), of_sources);
    });
  return std::make_shared<Function>(r, workers, of_sources, [=](const Tensors& tangents) {
    return filled(tape->push_forward(targets, sources, marked(tangents)), of_targets);
  });
}

}  // namespace gradtape::core
