#include "control/body_rules.hpp"

#include "autodiff/batch.hpp"
#include "autodiff/forward.hpp"
#include "autodiff/reverse.hpp"

namespace gradtape::core {

namespace {
Tensors pick(const Tensors& all, const std::vector<std::size_t>& which) {
  Tensors picked;
  for (std::size_t i : which) picked.push_back(all[i]);
  return picked;
}
}  // namespace

Tensors pull_back(const Body& body, const Tensors& in, const std::vector<std::size_t>& outputs,
                  const Tensors& cotangents, const std::vector<std::size_t>& wanted) {
  const Tensors targets = pick(body.on(in), outputs), sources = pick(in, wanted);
  Tensors g = reverse({targets, cotangents, sources, is_symbolic_result});
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = or_zeros(g[i], sources[i]);
  return g;
}

Tensors push_forward(const Body& body, const Tensors& in, const std::vector<std::size_t>& moved,
                     const Tensors& tangents, const std::vector<std::size_t>& outputs) {
  const Tensors sources = pick(in, moved);
  Tensors results = body.on(in);
  const Tensors targets = pick(results, outputs);
  const Tensors pushed = forward({targets, sources, tangents, is_symbolic_result});
  for (std::size_t k = 0; k < pushed.size(); ++k) results.push_back(or_zeros(pushed[k], targets[k]));
  return results;
}

Tensors on_batch(const Body& body, const Tensors& in, const std::vector<uint8_t>& batched, int64_t size,
                 std::vector<uint8_t>& results_batched) {
  Tensors of_row, placeholders, values;
  for (std::size_t i = 0; i < body.inputs(); ++i) {
    if (!batched[i]) {
      of_row.push_back(in[i]);
      continue;
    }
    placeholders.push_back(in[i].recorder().placeholder(body.input(i)));
    placeholders.back().node()->sparse = body.parameter(i).sparse;
    values.push_back(in[i]);
    of_row.push_back(placeholders.back());
  }
  Tensors results;
  for (const Batched& b : batch(body.on(of_row), placeholders, values, size)) {
    results.push_back(b.value);
    results_batched.push_back(b.batched);
  }
  return results;
}

}  // namespace gradtape::core
