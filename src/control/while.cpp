#include "control/while.hpp"

#include <algorithm>
#include <cstring>

#include "autodiff/reverse.hpp"
#include "control/body_links.hpp"
#include "control/body_rules.hpp"
#include "control/carried_memory.hpp"
#include "control/scan.hpp"
#include "ops/batching.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Inputs: the carried values, the invariants, what the condition captured, then what the body captured. The condition
// takes the carried values but the number of the step, by which the body draws. Outputs: the last carried values, then
// the number of steps.
struct While : Control {
  BodyPtr condition, body;
  std::size_t carried = 0, own = 0, invariants = 0;  // own: the carried values that the condition takes
  WhileOptions options;

  std::size_t captured_by_condition() const { return condition->inputs() - own - invariants; }
  // The input of the op that is this input of the condition, or of the body.
  std::size_t of_condition(std::size_t i) const { return i < own ? i : i + carried - own; }
  std::size_t of_body(std::size_t i) const { return i < carried + invariants ? i : i + captured_by_condition(); }

  Tensors for_body(std::span<const Tensor> all) const {
    Tensors in;
    for (std::size_t i = 0; i < body->inputs(); ++i) in.push_back(all[of_body(i)]);
    return in;
  }
  Tensors for_condition(std::span<const Tensor> all) const {
    Tensors in;
    for (std::size_t i = 0; i < condition->inputs(); ++i) in.push_back(all[of_condition(i)]);
    return in;
  }

  // Whether an input reaches an output in any number of steps, if `in_step` says so of the body's for one.
  template <class InStep>
  bool in_any_steps(std::size_t input, std::size_t output, InStep&& in_step) const {
    std::vector<uint8_t> marked;
    for (std::size_t i = 0; i < body->inputs(); ++i) marked.push_back(of_body(i) == input);
    return reached_carries(carried, marked, in_step)[output] != 0;
  }
  // The number of steps may depend on all that reaches the condition.
  bool decides(std::size_t input) const {
    for (std::size_t i = 0; i < condition->inputs(); ++i)
      if (condition->reaches(i, 0) && (of_condition(i) == input || (i < own && by_values(input, i)))) return true;
    return false;
  }
  bool by_values(std::size_t input, std::size_t carry) const {
    return in_any_steps(input, carry, [&](std::size_t i, std::size_t k) { return body->reaches(i, k); });
  }
  bool reaches(std::size_t input, std::size_t output) const override {
    return decides(input) || (output < carried && by_values(input, output));
  }
  bool carries(std::size_t input, std::size_t output) const override {
    return output < carried &&
           in_any_steps(input, output, [&](std::size_t i, std::size_t k) { return body->carries(i, k); });
  }
  uint64_t hash() const override {
    uint64_t h = hash_mix(condition->hash(), body->hash());
    for (std::size_t v : {carried, own, invariants}) h = hash_mix(h, v);
    return hash_mix(h, static_cast<uint64_t>(options.max_steps));
  }
  std::size_t bytes() const override { return condition->bytes() + body->bytes(); }
  double work() const override { return body->work(); }
  bool has_user_ops() const override { return condition->has_user_ops() || body->has_user_ops(); }
};
const While& while_of(const Attrs* attrs) { return payload_of<While>(attrs); }

void infer_while(Inference& c) {
  const While& s = while_of(c.attrs());
  for (std::size_t i = 0; i < s.condition->inputs(); ++i) check_input(c, s.of_condition(i), s.condition->input(i));
  for (std::size_t i = 0; i < s.body->inputs(); ++i) check_input(c, s.of_body(i), s.body->input(i));
  for (std::size_t k = 0; k < s.carried; ++k) {
    const Spec& spec = s.body->output(k);
    c.out(spec.dtype, spec.shape, spec.weak && c.in(k).weak);
  }
  c.out(Dtype::int64, {});
}

void run_while(const KernelCall& c) {
  const While& s = while_of(c.attrs);
  const CarriedMemory carried(c, *s.body, s.carried);
  constexpr int64_t kExpected = 100;  // steps, before any is made
  const Body::Run condition(*s.condition, c, kExpected, 1), body(*s.body, c, kExpected, s.carried);
  for (std::size_t i = 0; i < s.condition->inputs(); ++i) condition.set_input(i, c.in[s.of_condition(i)].data);
  for (std::size_t i = 0; i < s.body->inputs(); ++i) body.set_input(i, c.in[s.of_body(i)].data);
  uint8_t goes_on = 0;
  condition.set_output(0, &goes_on);
  int64_t steps = 0;
  for (; s.options.max_steps == 0 || steps < s.options.max_steps; ++steps) {
    condition();
    if (!goes_on) break;
    for (std::size_t k = 0; k < s.carried; ++k) body.set_output(k, carried.at(k, steps));
    body();
    for (std::size_t k = 0; k < s.carried; ++k) body.set_input(k, carried.at(k, steps));
    for (std::size_t k = 0; k < s.own; ++k) condition.set_input(k, carried.at(k, steps));
  }
  for (std::size_t k = 0; k < s.carried; ++k)
    if (carried.bytes(k) > 0 && c.out[k].data)
      std::memcpy(c.out[k].data, steps > 0 ? carried.at(k, steps - 1) : c.in[k].data, carried.bytes(k));
  if (c.out[s.carried].data) *c.out[s.carried].as<int64_t>() = steps;
}

Tensors record(Recorder& r, std::string_view what, const Tensors& initial, const WhileOptions& options,
               const StepFunction& condition, const StepFunction& body);

// The number of steps, if it can be computed now; -1 inside a body that is recorded.
int64_t steps_made(const Tensor& count) {
  if (count.node()->symbolic) return -1;
  if (!count.value()) count.recorder().host().evaluate(Tensors{count});
  return *static_cast<const int64_t*>(count.value()->data());
}

// Options for the scan of the steps that the loop made.
ScanOptions scan_of_steps(const Call& c, const While& s) {
  if (s.options.max_steps == 0 && s.options.memory_budget == 0)
    fail(Status::failed_precondition,
         "while: reverse mode must keep what the steps carry: options.max_steps says how many there may be, or "
         "options.memory_budget how many bytes they may take");
  ScanOptions o;
  o.memory_budget = s.options.memory_budget;
  o.derives = true;
  o.flows = flows_of(*s.body, s.carried);
  // Counted also where the number is known: it depends on values, and what is connected and which entries a pattern has do
  // not.
  o.count = c.out(s.carried);
  o.length = steps_made(o.count);
  if (o.length >= 0) {
    o.length = std::max<int64_t>(o.length, 1);
    return o;
  }
  if (s.options.max_steps == 0)
    fail(Status::failed_precondition,
         "while: inside a function's body the number of steps is not known, and reverse mode needs options.max_steps");
  o.length = s.options.max_steps;
  return o;
}

// The steps that were made are those of a scan, which is differentiated in their place.
Tensors reverse_while(const Call& c, const Tensors& cotangents) {
  const While& s = while_of(c.given());
  Tensors targets, cts, sources(c.size());
  for (std::size_t k = 0; k < s.carried; ++k)
    if (cotangents[k]) cts.push_back(cotangents[k]);
  if (cts.empty()) return Tensors(c.size());
  ScanOptions o = scan_of_steps(c, s);
  const Passable made = recorded_since(c.recorder());
  Tensors inputs;  // each apart, though one tensor may be several inputs
  for (const Tensor& t : c.inputs()) inputs.push_back(identity(t));
  const Tensors in = s.for_body(inputs);
  o.invariants = part(in, s.carried, in.size() - s.carried);
  const Tensors out =
      scan(c.recorder(), "while", part(in, 0, s.carried), {}, o, [&](const Tensors& carries, const Tensors& others) {
        return s.body->on(joined({carries, others}));
      });
  for (std::size_t k = 0; k < s.carried; ++k)
    if (cotangents[k]) targets.push_back(out[k]);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (is_floating(inputs[i].dtype()) && c.wants(i)) sources[i] = inputs[i];
  return core::reverse({targets, cts, sources, made});
}

// The loop that carries tangents as well. Its invariants are those of this one and all that was captured, then
// tangents.
Tensors forward_while(const Call& c, const Tensors& tangents) {
  const While& s = while_of(c.given());
  std::vector<uint8_t> moves;
  for (std::size_t i = 0; i < s.body->inputs(); ++i) moves.push_back(static_cast<bool>(tangents[s.of_body(i)]));
  const std::vector<uint8_t> carries =
      reached_carries(s.carried, moves, [&](std::size_t i, std::size_t k) { return s.body->carries(i, k); });
  std::vector<std::size_t> moved, moved_carries;
  Tensors initial = part(c.inputs(), 0, s.carried);
  WhileOptions o = s.options;
  o.invariants = part(c.inputs(), s.carried, c.size() - s.carried);
  o.flows = flows_of(*s.body, s.carried);
  for (std::size_t k = 0; k < s.carried; ++k)
    if (carries[k] && is_floating(c.in(k).dtype())) {
      moved_carries.push_back(k);
      initial.push_back(or_zeros(tangents[k], c.in(k)));
      o.flows.push_back(kFlow);
    }
  Tensors results(c.outputs());
  if (moved_carries.empty()) return results;
  moved = moved_carries;
  for (std::size_t i = s.carried; i < s.body->inputs(); ++i)
    if (const Tensor& t = tangents[s.of_body(i)]) moved.push_back(i), o.invariants.push_back(t);
  const auto primal = [&](const Tensors& carried, const Tensors& others) {
    return joined({part(carried, 0, s.carried), part(others, 0, c.size() - s.carried)});
  };
  const Tensors out = record(
      c.recorder(), "while", initial, o,
      [&](const Tensors& carried, const Tensors& others) {
        return s.condition->on(s.for_condition(primal(carried, others)));
      },
      [&](const Tensors& carried, const Tensors& others) {
        const Tensors along = joined({part(carried, s.carried, moved_carries.size()),
                                      part(others, c.size() - s.carried, moved.size() - moved_carries.size())});
        return push_forward(*s.body, s.for_body(primal(carried, others)), moved, along, moved_carries);
      });
  for (std::size_t a = 0; a < moved_carries.size(); ++a) results[moved_carries[a]] = out[s.carried + a];
  return results;
}

// If the condition depends on the row, each row makes its own steps.
Tensors batch_while(const BatchCall& b) {
  const While& s = while_of(b.call.given());
  for (std::size_t i = 0; i < b.in.size(); ++i)
    if (b.size == 0 || (b.batched[i] && s.decides(i))) return map_rows(b);
  std::vector<uint8_t> of_body;
  for (std::size_t i = 0; i < s.body->inputs(); ++i) of_body.push_back(b.batched[s.of_body(i)]);
  const auto in_step = [&](std::size_t i, std::size_t k) { return s.body->reaches(i, k); };
  std::ranges::copy(reached_carries(s.carried, of_body, in_step), of_body.begin());
  std::vector<uint8_t> batched(b.batched.begin(), b.batched.end());
  std::copy_n(of_body.begin(), s.carried, batched.begin());
  Tensors initial;
  for (std::size_t k = 0; k < s.carried; ++k) initial.push_back(batched[k] ? full_input(b, k) : b.in[k]);
  WhileOptions o = s.options;
  o.invariants = part(b.in, s.carried, b.in.size() - s.carried);
  o.flows = flows_of(*s.body, s.carried);
  Tensors out = record(
      b.call.recorder(), "while", initial, o,
      [&](const Tensors& carried, const Tensors& others) {
        Tensors all = joined({carried, others});
        for (std::size_t i = 0; i < all.size(); ++i)
          if (batched[i]) all[i] = select_row(all[i], 0);  // not read: the answer does not depend on it
        return s.condition->on(s.for_condition(all));
      },
      [&](const Tensors& carried, const Tensors& others) {
        std::vector<uint8_t> made;
        Tensors results = on_batch(*s.body, s.for_body(joined({carried, others})), of_body, b.size, made);
        for (std::size_t k = 0; k < s.carried; ++k) fit_batch(results[k], made[k], batched[k] != 0, b.size);
        return results;
      });
  for (std::size_t k = 0; k < out.size(); ++k)
    if (k == s.carried || !batched[k]) out[k] = repeated(out[k], b.size);
  return out;
}

Dependence links_of_while(const LinkCall& l) {
  const While& s = while_of(l.call.given());
  if (!s.carries(l.input, l.output)) return no_dependence();
  std::size_t input = 0;
  while (s.of_body(input) != l.input) ++input;
  return by_ties(ties_of_carries(*s.body, s.carried, input)[l.output]);
}

void retrace_while(const Call& c) {
  const While& s = while_of(c.given());
  Tensors all(c.inputs().begin(), c.inputs().end());
  for (int64_t step = 0; s.options.max_steps == 0 || step < s.options.max_steps; ++step) {
    const std::string where = fmt::format("in step {}, ", step);
    const Tensor goes_on = computed(*s.condition, s.for_condition(all), where)[0];
    if (!*static_cast<const uint8_t*>(goes_on.value()->data())) return;
    const Tensors next = computed(*s.body, s.for_body(all), where);
    for (std::size_t k = 0; k < s.carried; ++k) all[k] = next[k];
  }
}

const Op& while_op() {
  static const Op op = make_op({"while", "A body repeated as long as a condition holds.", infer_while, run_while,
                                reverse_while, forward_while, batch_while, links_of_while, nullptr, retrace_while});
  return op;
}

void check_condition(std::string_view what, const Closure& c) {
  const Body& body = *c.body;
  if (body.outputs() != 1 || body.output(0).dtype != Dtype::boolean || body.output(0).shape.rank() != 0)
    invalid("{}: the condition must give one bool without axes, got {}", what,
            body.outputs() == 1 ? to_string(body.output(0)) : fmt::format("{} outputs", body.outputs()));
  if (c.draws > 0)
    fail(Status::unsupported, "{}: the condition draws random numbers; draw them in the body, and carry them", what);
}

// Returns all outputs of the op.
Tensors record(Recorder& r, std::string_view what, const Tensors& initial, const WhileOptions& options,
               const StepFunction& condition, const StepFunction& body) {
  if (initial.empty()) invalid("{}: there is no value to carry, so that the condition would never change", what);
  const std::vector<Parameter> others = parameters_like(options.invariants);
  const StepFunction step = [&](const Tensors& carries, const Tensors& rest) {
    Tensors out = body(carries, rest);
    if (out.size() > carries.size())
      invalid("{}: the body gives {} output(s) for {} carried value(s)", what, out.size(), carries.size());
    return out;
  };
  LoopBody loop = close_loop(r, what, initial, {}, options.invariants, options.flows, step);
  std::vector<Parameter> of_condition = parameters_like(loop.initial);
  of_condition.insert(of_condition.end(), others.begin(), others.end());
  const Closure c = close_over_loop(r, what, of_condition, options.invariants, [&](const Tensors& in) {
    return condition(part(in, 0, initial.size()), part(in, initial.size(), others.size()));
  });
  check_condition(what, c);
  draw_by_step(r, what, others.size(), loop);
  auto s = std::make_shared<While>();
  s->condition = c.body;
  s->body = loop.body;
  s->carried = loop.initial.size();
  s->own = initial.size();
  s->invariants = others.size();
  s->options.max_steps = options.max_steps;
  s->options.memory_budget = options.memory_budget;
  return record_with(while_op(), r, joined({loop.initial, options.invariants, c.captured, loop.captured}),
                     std::move(s));
}
}  // namespace

Tensors while_loop(Recorder& r, std::string_view what, const Tensors& initial, const WhileOptions& options,
                   const FunctionBody& condition, const FunctionBody& body) {
  const Tensors out = record(
      r, what, initial, options, [&](const Tensors& carries, const Tensors&) { return condition(carries); },
      [&](const Tensors& carries, const Tensors&) { return body(carries); });
  return part(out, 0, initial.size());
}

}  // namespace gradtape::core
