#include "control/loop.hpp"

#include <algorithm>

#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Throws if a new carry is not of the carry's shape and dtype. A scalar without a dtype adapts.
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

// A carry that begins as a scalar without a dtype takes that of the value after a step.
struct Adoption {
  std::size_t carry;
  Dtype dtype;
};
std::vector<Adoption> adoptions(const Tensors& carries, const Tensors& given) {
  std::vector<Adoption> all;
  for (std::size_t k = 0; k < carries.size() && k < given.size(); ++k) {
    const Spec &before = carries[k].spec(), &after = given[k].spec();
    if (before.weak && !after.weak && is_floating(after.dtype) && after.dtype != before.dtype)
      all.push_back({k, after.dtype});
  }
  return all;
}

std::vector<Parameter> parameters(const Tensors& initial, std::span<const Parameter> rows, bool flow) {
  std::vector<Parameter> all;
  for (const Tensor& t : initial) all.push_back({t.spec(), flow || t.node()->sparse});
  all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

Tensors part(const Tensors& all, std::size_t first, std::size_t n) {
  return Tensors(all.begin() + first, all.begin() + first + n);
}

// The body of a loop whose steps draw apart: each state of the context's gives one for each step.
void draw_by_step(Recorder& r, std::string_view what, std::size_t rows, const Closure& c, LoopBody& loop) {
  const std::size_t carried = loop.initial.size(), before = loop.captured.size();
  std::vector<Parameter> inputs;
  for (std::size_t i = 0; i < carried; ++i) inputs.push_back(c.body->parameter(i));
  inputs.push_back({{Dtype::int64, {}, false}, false});
  for (std::size_t i = carried; i < c.body->inputs(); ++i) inputs.push_back(c.body->parameter(i));
  loop.initial.push_back(r.scalar(0, Dtype::int64));
  for (std::size_t i = 0; i < c.draws; ++i) loop.captured.push_back(r.random_state());
  loop.body = close_over(r, what, inputs, [&](const Tensors& in) {
                const Tensor& step = in[carried];
                Tensors own = part(in, 0, carried);
                for (std::size_t i = 0; i < rows + before; ++i) own.push_back(in[carried + 1 + i]);
                for (std::size_t i = 0; i < c.draws; ++i)
                  own.push_back(op<"philox_fold">(in[carried + 1 + rows + before + i], step));
                const Tensors out = c.body->on(own);
                Tensors all = part(out, 0, carried);
                all.push_back(step + number_like(step, 1));
                for (std::size_t k = carried; k < out.size(); ++k) all.push_back(out[k]);
                return all;
              }).body;
}
}  // namespace

LoopBody close_loop(Recorder& r, std::string_view what, const Tensors& initial, std::span<const Parameter> rows,
                    bool flow, const StepFunction& step) {
  LoopBody loop;
  loop.initial = initial;
  const std::size_t carried = initial.size();
  for (;;) {
    std::vector<Adoption> adopted;
    const Closure c = close_over(r, what, parameters(loop.initial, rows, flow), [&](const Tensors& in) {
      const Tensors carries = part(in, 0, carried);
      Tensors out = step(carries, part(in, carried, rows.size()));
      adopted = adoptions(carries, out);
      if (adopted.empty()) fit_carries(what, carries, out);
      return out;
    });
    for (const Adoption& a : adopted) loop.initial[a.carry] = cast(loop.initial[a.carry], a.dtype);
    if (!adopted.empty()) continue;
    loop.body = c.body;
    loop.captured = c.captured;
    if (c.draws > 0) draw_by_step(r, what, rows.size(), c, loop);
    return loop;
  }
}

bool may_be_differentiated(Recorder& r, std::span<const Tensor> inputs) {
  return r.is_tracing() || r.has_active() ||
         std::ranges::any_of(inputs, [](const Tensor& t) { return t.node()->symbolic; });
}

}  // namespace gradtape::core
