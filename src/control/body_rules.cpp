#include "control/body_rules.hpp"

#include "autodiff/batch.hpp"
#include "autodiff/forward.hpp"
#include "autodiff/reverse.hpp"
#include "graph/host.hpp"
#include "ops/batching.hpp"
#include "ops/functions.hpp"

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

Tensors computed(const Body& body, std::span<const Tensor> in, std::string_view where) {
  Tensors results = body.on(in);
  if (results.empty()) return results;
  try {
    results[0].recorder().host().evaluate(results);
  } catch (const Error& e) {
    throw Error(e.code(), fmt::format("{}{}", where, e.message()));
  }
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

void fit_batch(Tensor& result, uint8_t& made, bool wanted, int64_t size) {
  if (wanted && !made) result = repeated(result, size);
  if (!wanted && made) result = select_row(result, 0);
  made = wanted;
}

Tensors all_rows(Tensors results, const std::vector<uint8_t>& made, int64_t size) {
  for (std::size_t k = 0; k < results.size(); ++k)
    if (!made[k]) results[k] = repeated(results[k], size);
  return results;
}

Involved involved_backwards(const Call& c, const Control& s, const Tensors& cotangents, std::size_t skipped) {
  Involved v{{}, {}, {c.inputs().begin() + static_cast<std::ptrdiff_t>(skipped), c.inputs().end()}};
  for (std::size_t k = 0; k < c.outputs(); ++k)
    if (cotangents[k]) v.outputs.push_back(k), v.given.push_back(cotangents[k]);
  for (std::size_t i = skipped; i < c.size(); ++i)
    if (is_floating(c.in(i).dtype()) && c.wants(i) && s.carries_any(i, v.outputs)) v.inputs.push_back(i);
  return v;
}

Involved involved_forwards(const Call& c, const Control& s, const Tensors& tangents, std::size_t skipped) {
  Involved v{{}, {}, {c.inputs().begin() + static_cast<std::ptrdiff_t>(skipped), c.inputs().end()}};
  for (std::size_t i = skipped; i < c.size(); ++i)
    if (tangents[i]) v.inputs.push_back(i), v.given.push_back(tangents[i]);
  for (std::size_t k = 0; k < c.outputs(); ++k)
    if (s.carried_by_any(v.inputs, k)) v.outputs.push_back(k);
  return v;
}

}  // namespace gradtape::core
