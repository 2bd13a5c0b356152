#include "control/while.hpp"

#include <algorithm>
#include <cstring>

#include "autodiff/reverse.hpp"
#include "control/body_rules.hpp"
#include "control/scan.hpp"
#include "ops/batching.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Inputs: the carries, what the condition captured, then what the body captured. Outputs: the last carries, then the
// number of steps.
struct While : Payload {
  BodyPtr condition, body;
  std::size_t carried = 0;
  // How many of the carries the condition is given: not the number of the step, by which the body draws.
  std::size_t own = 0;
  WhileOptions options;

  std::size_t captured_by_condition() const { return condition->inputs() - own; }
  uint64_t hash() const override {
    uint64_t h = hash_mix(condition->hash(), body->hash());
    h = hash_mix(hash_mix(h, carried), own);
    return hash_mix(h, static_cast<uint64_t>(options.max_steps));
  }
  // The inputs of the condition and of the body among those of the op.
  template <class List, class Range>
  List for_condition(const Range& all) const {
    List in(all.begin(), all.begin() + own);
    for (std::size_t i = 0; i < captured_by_condition(); ++i) in.push_back(all[carried + i]);
    return in;
  }
  template <class List, class Range>
  List for_body(const Range& all) const {
    List in(all.begin(), all.begin() + carried);
    for (std::size_t i = carried; i < body->inputs(); ++i) in.push_back(all[captured_by_condition() + i]);
    return in;
  }
};
const While& while_of(const Attrs* attrs) { return payload_of<While>(attrs); }

void infer(Inference& c) {
  const While& s = while_of(c.attrs());
  for (std::size_t k = 0; k < s.carried; ++k) c.out(s.body->output(k).dtype, s.body->output(k).shape);
  c.out(Dtype::int64, {});
}

void run(const KernelCall& c) {
  const While& s = while_of(c.attrs);
  std::size_t bytes = 0;
  std::vector<std::size_t> at;
  for (std::size_t k = 0; k < s.carried; ++k) {
    at.push_back(bytes);
    bytes += round_up(bytes_of(s.body->output(k)), BlockCache::kAlignment);
  }
  const CacheBlock places(c.memory, 2 * bytes, c.name);
  constexpr int64_t kExpected = 100;  // steps, before any is made
  const Body::Run condition(*s.condition, c, kExpected), body(*s.body, c, kExpected);
  std::vector<const void*> all;
  for (const View& x : c.in) all.push_back(x.data);
  auto of_condition = s.for_condition<std::vector<const void*>>(all);
  auto of_body = s.for_body<std::vector<const void*>>(all);
  std::vector<void*> made(s.carried);
  int64_t steps = 0;
  for (; s.options.max_steps == 0 || steps < s.options.max_steps; ++steps) {
    uint8_t goes_on = 0;
    void* answer = &goes_on;
    condition(of_condition, {&answer, 1});
    if (!goes_on) break;
    std::byte* next = places.data() + (steps % 2 == 0 ? 0 : bytes);
    for (std::size_t k = 0; k < s.carried; ++k) made[k] = next + at[k];
    body(of_body, made);
    std::ranges::copy(made, of_body.begin());
    std::copy_n(made.begin(), s.own, of_condition.begin());
  }
  for (std::size_t k = 0; k < s.carried; ++k)
    if (const std::size_t n = bytes_of(s.body->output(k)); n > 0 && c.out[k].data)
      std::memcpy(c.out[k].data, of_body[k], n);
  if (c.out[s.carried].data) *c.out[s.carried].as<int64_t>() = steps;
}

// The number of steps, if it can be computed now; -1 inside a body that is recorded.
int64_t steps_made(const Call& c, const While& s) {
  const Tensor count = c.out(s.carried);
  if (count.node()->symbolic) return -1;
  if (!count.value()) c.recorder().host().evaluate(Tensors{count});
  return *static_cast<const int64_t*>(count.value()->data());
}

// The steps that were made are those of a scan, which is differentiated in their place.
Tensors reverse(const Call& c, const Tensors& cotangents) {
  const While& s = while_of(c.given());
  Tensors results(c.size());
  if (std::ranges::none_of(cotangents, [](const Tensor& t) { return static_cast<bool>(t); })) return results;
  if (s.options.max_steps == 0 && s.options.memory_budget == 0)
    fail(Status::failed_precondition,
         "while: reverse mode must keep what the steps carry: options.max_steps says how many there may be, or "
         "options.memory_budget how many bytes they may take");
  ScanOptions o;
  o.length = steps_made(c, s);
  o.memory_budget = s.options.memory_budget;
  if (o.length < 0) {
    if (s.options.max_steps == 0)
      fail(Status::failed_precondition,
           "while: inside a function's body the number of steps is not known, and reverse mode needs "
           "options.max_steps");
    o.length = s.options.max_steps;
    o.count = c.out(s.carried);
  }
  const Recorder& r = c.recorder();
  const uint64_t first = r.next_id();
  Tensors inputs;  // each apart, though one tensor may be several inputs
  for (const Tensor& t : c.inputs()) inputs.push_back(identity(t));
  const Tensors in = s.for_body<Tensors>(inputs);
  o.invariants = Tensors(in.begin() + s.carried, in.end());
  const Tensors out = scan(c.recorder(), "while", Tensors(in.begin(), in.begin() + s.carried), {}, o,
                           [&](const Tensors& carries, const Tensors& rows) {
                             Tensors all = carries;
                             for (const Tensor& t : rows) all.push_back(t);
                             return s.body->on(all);
                           });
  Tensors targets, cts, sources(inputs.size());
  for (std::size_t k = 0; k < s.carried; ++k)
    if (cotangents[k]) targets.push_back(out[k]), cts.push_back(cotangents[k]);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (is_floating(inputs[i].dtype()) && c.wants(i)) sources[i] = inputs[i];
  return core::reverse({targets, cts, sources, [&](const Tensor& t) {
                          return t.node()->id >= first && !t.node()->inputs.empty();
                        }});
}

// The loop that carries tangents as well.
Tensors forward(const Call& c, const Tensors& tangents) {
  const While& s = while_of(c.given());
  const Tensors in = s.for_body<Tensors>(c.inputs()), t = s.for_body<Tensors>(tangents);
  std::vector<uint8_t> moves;
  for (const Tensor& x : t) moves.push_back(static_cast<bool>(x));
  for (bool grows = true; grows;) {
    grows = false;
    for (std::size_t k = 0; k < s.carried; ++k)
      for (std::size_t i = 0; i < in.size(); ++i)
        if (moves[i] && !moves[k] && s.body->carries(i, k)) moves[k] = 1, grows = true;
  }
  std::vector<std::size_t> moved, carries;
  Tensors initial(in.begin(), in.begin() + s.carried);
  for (std::size_t i = 0; i < in.size(); ++i)
    if (moves[i]) moved.push_back(i);
  for (std::size_t k = 0; k < s.carried; ++k)
    if (moves[k]) carries.push_back(k), initial.push_back(or_zeros(t[k], in[k]));
  Tensors results(c.outputs());
  if (carries.empty()) return results;
  const Tensors condition = s.for_condition<Tensors>(c.inputs());
  const Tensors out = while_loop(
      c.recorder(), "while", initial, s.options,
      [&](const Tensors& carried) {
        Tensors all(carried.begin(), carried.begin() + s.own);
        for (std::size_t i = s.own; i < condition.size(); ++i) all.push_back(condition[i]);
        return s.condition->on(all);
      },
      [&](const Tensors& carried) {
        Tensors all(carried.begin(), carried.begin() + s.carried), of_step;
        for (std::size_t i = s.carried; i < in.size(); ++i) all.push_back(in[i]);
        for (std::size_t a = 0; a < moved.size(); ++a)
          of_step.push_back(a < carries.size() ? carried[s.carried + a] : t[moved[a]]);
        return push_forward(*s.body, all, moved, of_step, carries);
      });
  for (std::size_t a = 0; a < carries.size(); ++a) results[carries[a]] = out[s.carried + a];
  return results;
}

// If the condition depends on the row, each row makes its own steps.
Tensors batch(const BatchCall& b) {
  const While& s = while_of(b.call.given());
  if (b.size == 0) return map_rows(b);
  const Tensors in = s.for_body<Tensors>(b.in);
  auto batched = s.for_body<std::vector<uint8_t>>(b.batched);
  for (bool grows = true; grows;) {
    grows = false;
    for (std::size_t k = 0; k < s.carried; ++k)
      for (std::size_t i = 0; i < in.size(); ++i)
        if (batched[i] && !batched[k] && s.body->reaches(i, k)) batched[k] = 1, grows = true;
  }
  for (std::size_t i = 0; i < s.condition->inputs(); ++i)
    if ((i < s.own ? batched[i] != 0 : b.batched[s.carried + i - s.own]) && s.condition->reaches(i, 0))
      return map_rows(b);
  Tensors initial;
  for (std::size_t k = 0; k < s.carried; ++k) initial.push_back(batched[k] ? full_input(b, k) : b.in[k]);
  const Tensors condition = s.for_condition<Tensors>(b.in);
  Tensors out = while_loop(
      b.call.recorder(), "while", initial, s.options,
      [&](const Tensors& carried) {
        Tensors all;
        for (std::size_t i = 0; i < s.condition->inputs(); ++i) {
          const Tensor& t = i < s.own ? carried[i] : condition[i];
          const bool is_batched = i < s.own ? batched[i] != 0 : b.batched[s.carried + i - s.own];
          all.push_back(is_batched ? select_row(t, 0) : t);  // not read: the answer does not depend on it
        }
        return s.condition->on(all);
      },
      [&](const Tensors& carried) {
        Tensors all = carried;
        for (std::size_t i = s.carried; i < in.size(); ++i) all.push_back(in[i]);
        std::vector<uint8_t> made;
        Tensors results = on_batch(*s.body, all, batched, b.size, made);
        for (std::size_t k = 0; k < s.carried; ++k)
          if (batched[k] && !made[k]) results[k] = broadcast_to(results[k], results[k].shape().with_leading(b.size));
        return results;
      });
  for (std::size_t k = 0; k < s.carried; ++k)
    if (!batched[k]) out[k] = broadcast_to(out[k], out[k].shape().with_leading(b.size));
  return out;
}

const Op& while_op() {
  static const Op op = make_op({"while", "A body repeated as long as a condition holds.", infer, run, reverse, forward,
                                batch});
  return op;
}
}  // namespace

Tensors while_loop(Recorder& r, std::string_view what, const Tensors& initial, const WhileOptions& options,
                   const FunctionBody& condition, const FunctionBody& body) {
  if (initial.empty()) invalid("{}: there is no value to carry, so that the condition would never change", what);
  const LoopBody loop = close_loop(r, what, initial, {}, false, [&](const Tensors& carries, const Tensors&) {
    Tensors out = body(carries);
    if (out.size() > carries.size())
      invalid("{}: the body gives {} output(s) for {} carried value(s)", what, out.size(), carries.size());
    return out;
  });
  const Tensors own(loop.initial.begin(), loop.initial.begin() + initial.size());
  const Closure c = close_over(r, what, parameters_like(own), condition);
  if (c.body->outputs() != 1 || c.body->output(0).dtype != Dtype::boolean || c.body->output(0).shape.rank() != 0)
    invalid("{}: the condition must give one bool without axes, got {}", what,
            c.body->outputs() == 1 ? to_string(c.body->output(0)) : fmt::format("{} outputs", c.body->outputs()));
  if (c.draws > 0)
    fail(Status::unsupported, "{}: the condition draws random numbers; draw them in the body, and carry them", what);
  auto s = std::make_shared<While>();
  s->condition = c.body;
  s->body = loop.body;
  s->carried = loop.initial.size();
  s->own = initial.size();
  s->options = options;
  Tensors inputs = loop.initial;
  for (const Tensors* more : {&c.captured, &loop.captured})
    for (const Tensor& t : *more) inputs.push_back(t);
  Tensors out = record_with(while_op(), r, inputs, std::move(s));
  out.resize(initial.size());
  return out;
}

}  // namespace gradtape::core
