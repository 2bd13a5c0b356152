#include "control/loop.hpp"

#include <algorithm>
#include <cmath>

#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Throws if a new carried value is not of the carried value's shape and dtype. A scalar without a dtype adapts.
void fit_carries(std::string_view what, const Tensors& carries, Tensors& given) {
  if (given.size() < carries.size())
    invalid("{}: the body gives {} output(s), fewer than the {} values that are carried", what, given.size(),
            carries.size());
  for (std::size_t k = 0; k < carries.size(); ++k) {
    const Spec& want = carries[k].spec();
    if (given[k].spec().weak && given[k].dtype() != want.dtype && is_floating(want.dtype))
      given[k] = cast(given[k], want.dtype);
    if (given[k].dtype() != want.dtype || !(given[k].shape() == want.shape))
      invalid("{}: the body gives {} for carried value {}, which is {} before the step; both must be the same", what,
              to_string(given[k].spec()), k, to_string(want));
  }
}

// A carried value that begins as a scalar without a dtype takes that of the value after a step.
struct Adoption {
  std::size_t carry;
  Dtype dtype;
};
bool can_adopt(const Tensor& carry, Dtype dtype) {
  if (is_floating(dtype)) return true;
  if (!is_integer(dtype) || !carry.value()) return false;
  const double value = *static_cast<const double*>(carry.value()->data());
  return value == std::trunc(value) && std::abs(value) < 0x1p31;
}
std::vector<Adoption> adoptions(const Tensors& initial, const Tensors& given) {
  std::vector<Adoption> all;
  for (std::size_t k = 0; k < initial.size() && k < given.size(); ++k) {
    const Spec &before = initial[k].spec(), &after = given[k].spec();
    if (before.weak && !after.weak && after.dtype != before.dtype && can_adopt(initial[k], after.dtype))
      all.push_back({k, after.dtype});
  }
  return all;
}

std::vector<Parameter> parameters(const Tensors& initial, const std::vector<uint8_t>& flows,
                                  std::span<const Parameter> rows, const Tensors& invariants) {
  std::vector<Parameter> all = parameters_like(initial);
  for (std::size_t k = 0; k < flows.size(); ++k) all[k].sparse |= flows[k] == kSparseFlow;
  all.insert(all.end(), rows.begin(), rows.end());
  for (const Tensor& t : invariants) all.push_back(parameter_like(t));
  return all;
}

// A flow that begins without zeros which mean "not selected" may get some in a step.
bool spread_sparsity(const Body& body, std::vector<uint8_t>& flows) {
  bool any = false;
  for (std::size_t k = 0; k < flows.size(); ++k)
    if (flows[k] == kFlow && body.output_is_sparse(k) && !body.parameter(k).sparse) flows[k] = kSparseFlow, any = true;
  return any;
}
}  // namespace

std::vector<uint8_t> flows_of(const Body& body, std::size_t carried) {
  std::vector<uint8_t> flows;
  for (std::size_t k = 0; k < carried; ++k) flows.push_back(body.parameter(k).sparse ? kSparseFlow : kNoFlow);
  return flows;
}

LoopBody close_loop(Recorder& r, std::string_view what, const Tensors& initial, std::span<const Parameter> rows,
                    const Tensors& invariants, const std::vector<uint8_t>& given, const StepFunction& step) {
  LoopBody loop;
  loop.initial = initial;
  std::vector<uint8_t> flows = given;
  const std::size_t carried = initial.size(), others = rows.size() + invariants.size();
  for (;;) {
    std::vector<Adoption> adopted;
    const std::vector<Parameter> inputs = parameters(loop.initial, flows, rows, invariants);
    const Closure c = close_over_loop(r, what, inputs, invariants, [&](const Tensors& in) {
      const Tensors carries = part(in, 0, carried);
      Tensors out = step(carries, part(in, carried, others));
      adopted = adoptions(loop.initial, out);
      if (adopted.empty()) fit_carries(what, carries, out);
      return out;
    });
    for (const Adoption& a : adopted) loop.initial[a.carry] = cast(loop.initial[a.carry], a.dtype);
    if (!adopted.empty() || spread_sparsity(*c.body, flows)) continue;
    loop.body = c.body;
    loop.captured = c.captured;
    loop.draws = c.draws;
    return loop;
  }
}

void draw_by_step(Recorder& r, std::string_view what, std::size_t others, LoopBody& loop) {
  if (loop.draws == 0) return;
  const BodyPtr of_step = loop.body;
  const std::size_t carried = loop.initial.size(), own = carried + others + loop.captured.size();
  std::vector<Parameter> inputs;
  for (std::size_t i = 0; i < carried; ++i) inputs.push_back(of_step->parameter(i));
  inputs.push_back({{Dtype::int64, {}, false}, false});
  for (std::size_t i = carried; i < of_step->inputs(); ++i) inputs.push_back(of_step->parameter(i));
  const Closure c = close_over(r, what, inputs, [&](const Tensors& in) {
    const Tensor& number = in[carried];
    Tensors given = joined({part(in, 0, carried), part(in, carried + 1, own - carried)});
    for (std::size_t i = own + 1; i < in.size(); ++i) given.push_back(op<"philox_fold">(in[i], number));
    const Tensors out = of_step->on(given);
    const Tensors next{number + number_like(number, 1)};
    return joined({part(out, 0, carried), next, part(out, carried, out.size() - carried)});
  });
  loop.body = c.body;
  loop.initial.push_back(r.scalar(0, Dtype::int64));
  for (; loop.draws > 0; --loop.draws) loop.captured.push_back(r.random_state());
  loop.captured = joined({loop.captured, c.captured});  // constants of the body's
}

bool may_be_differentiated(Recorder& r, std::span<const Tensor> inputs) {
  return r.is_tracing() || r.has_active() ||
         std::ranges::any_of(inputs, [](const Tensor& t) { return t.node()->symbolic; });
}

}  // namespace gradtape::core
