#include "control/closed_gradient.hpp"

#include <algorithm>
#include <cstring>

#include "control/body_rules.hpp"
#include "ops/batching.hpp"

namespace gradtape::core {

namespace {
// Inputs: those of the user, what the rule captured, then the values to pass on. The body is given cotangents of the
// outputs, the outputs and what was captured, and gives cotangents of the inputs in `given`.
struct ClosedGradient : Control {
  BodyPtr body;
  std::size_t inputs = 0, outputs = 0;
  std::vector<std::size_t> given;

  std::size_t captured() const { return body->inputs() - 2 * outputs; }
  std::size_t values() const { return inputs + captured(); }  // the input that is the first of them
  bool reaches(std::size_t input, std::size_t output) const override { return input == values() + output; }
  bool carries(std::size_t input, std::size_t) const override { return std::ranges::find(given, input) != given.end(); }
  uint64_t hash() const override {
    uint64_t h = hash_mix(hash_mix(body->hash(), inputs), outputs);
    for (std::size_t i : given) h = hash_mix(h, i);
    return h;
  }
  std::size_t bytes() const override { return body->bytes(); }
};
const ClosedGradient& closed_of(const Attrs* attrs) { return payload_of<ClosedGradient>(attrs); }

void infer_closed(Inference& c) {
  const ClosedGradient& s = closed_of(c.attrs());
  for (std::size_t i = 0; i < s.captured(); ++i) check_input(c, s.inputs + i, s.body->input(2 * s.outputs + i));
  for (std::size_t k = 0; k < s.outputs; ++k) {
    const Spec& value = c.in(s.values() + k);
    c.out(value.dtype, value.shape, value.weak);
  }
}

void run_closed(const KernelCall& c) {
  const ClosedGradient& s = closed_of(c.attrs);
  for (std::size_t k = 0; k < s.outputs; ++k) {
    const View& value = c.in[s.values() + k];
    const std::size_t bytes = static_cast<std::size_t>(value.elements()) * size_of(value.dtype);
    if (bytes > 0 && c.out[k].data) std::memcpy(c.out[k].data, value.data, bytes);
  }
}

Tensors reverse_closed(const Call& c, const Tensors& cotangents) {
  const ClosedGradient& s = closed_of(c.given());
  Tensors in, results(c.size());
  for (std::size_t k = 0; k < s.outputs; ++k) in.push_back(or_zeros(cotangents[k], c.out(k)));
  for (std::size_t k = 0; k < s.outputs; ++k) in.push_back(c.out(k));
  for (std::size_t i = 0; i < s.captured(); ++i) in.push_back(c.in(s.inputs + i));
  const Tensors g = s.body->on(in);
  for (std::size_t a = 0; a < g.size(); ++a) results[s.given[a]] = g[a];
  return results;
}

const Op& closed_gradient_op();

// rule: gives cotangents of the inputs for those of the outputs and for the outputs; empty ones where there is none.
template <class Rule>
Tensors record_closed(Recorder& r, std::string_view what, const Tensors& inputs, const Tensors& values, Rule&& rule) {
  auto s = std::make_shared<ClosedGradient>();
  s->inputs = inputs.size();
  s->outputs = values.size();
  std::vector<Parameter> parameters;
  for (const Tensor& t : values) parameters.push_back({{t.dtype(), t.shape(), false}, true});
  for (const Tensor& t : values) parameters.push_back({{t.dtype(), t.shape(), false}, t.node()->sparse});
  Closure c = close_over(r, what, parameters, [&](const Tensors& in) {
    const Tensors all =
        rule(Tensors(in.begin(), in.begin() + values.size()), Tensors(in.begin() + values.size(), in.end()));
    Tensors given;
    s->given.clear();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i]) given.push_back(all[i]), s->given.push_back(i);
    return given;
  });
  draw_once(r, c);
  s->body = c.body;
  return record_with(closed_gradient_op(), r, joined({inputs, c.captured, values}), std::move(s));
}

// The rule of a batch gives rows for an input that has rows, and their sum for one that all rows share.
Tensors batch_closed(const BatchCall& b) {
  const ClosedGradient& s = closed_of(b.call.given());
  Recorder& r = b.call.recorder();
  const Tensors inputs(b.in.begin(), b.in.begin() + s.inputs);
  Tensors values;
  for (std::size_t k = 0; k < s.outputs; ++k) values.push_back(full_input(b, s.values() + k));
  return record_closed(r, b.call.op().name, inputs, values, [&](const Tensors& cotangents, const Tensors& outputs) {
    Tensors in = joined({cotangents, outputs}), results(s.inputs);
    std::vector<uint8_t> batched(in.size(), 1), made;
    for (std::size_t i = 0; i < s.captured(); ++i) {
      in.push_back(b.in[s.inputs + i]);
      batched.push_back(b.batched[s.inputs + i]);
    }
    const Tensors g = on_batch(*s.body, in, batched, b.size, made);
    for (std::size_t a = 0; a < g.size(); ++a) {
      const Tensor rows = made[a] ? g[a] : repeated(g[a], b.size);
      results[s.given[a]] = b.batched[s.given[a]] ? rows : reduce_sum(rows, Ints{0});
    }
    return results;
  });
}

const Op& closed_gradient_op() {
  static const Op op = make_op({"custom_gradient", "Values with a derivative that the user gives, in a body.",
                                infer_closed, run_closed, reverse_closed, nullptr, batch_closed});
  return op;
}
}  // namespace

Tensors with_closed_gradient(Recorder& r, const Tensors& inputs, const Tensors& values,
                             const std::shared_ptr<const CustomRule>& rule) {
  Tensors plain = with_gradient(inputs, values, rule);
  const Call call(*plain[0].node());
  const Recorder::Attempt attempt(r);
  try {
    const Tensors closed =
        record_closed(r, rule->name, inputs, values, [&](const Tensors& cotangents, const Tensors& outputs) {
          return rule->backward({call, rule->name, inputs, outputs, rule->attrs, rule->op}, cotangents);
        });
    return attempt.asked() ? plain : closed;  // a rule that goes on without the value would be another one
  } catch (const SymbolicRead&) {
    return plain;
  }
}

}  // namespace gradtape::core
