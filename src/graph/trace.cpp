// A recorder in a function's body: parameters stand for variables and random states, and tensors from outside are captured.
#include <algorithm>
#include <cstring>

#include "graph/recorder.hpp"

namespace gradtape::core {

Tensor Recorder::parameter(Spec spec) {
  Tensor t(new (*this) Node(*this, parameter_op(), next_id_++));
  t.node()->outputs.push_back({std::move(spec), nullptr});
  t.node()->count_memory();
  t.node()->symbolic = true;
  return t;
}

Recorder::Tracing::Tracing(Recorder& recorder, Trace& trace)
    : recorder_(recorder), outer_(std::exchange(recorder.trace_, &trace)), paused_(std::exchange(recorder.paused_, 0)) {
  trace.first_node = recorder.next_id_;
  trace.outer = outer_;
}
Recorder::Tracing::~Tracing() {
  for (const Trace::Use& use : recorder_.trace_->variables) use.variable->value = use.outer;
  for (std::size_t i = recorder_.active_.size(); i-- > 0;)  // a tape that the function left recording
    if (recorder_.active_[i]->activity.trace == recorder_.trace_) recorder_.deactivate(recorder_.active_[i]);
  recorder_.trace_->outer = nullptr;
  recorder_.trace_ = outer_;
  recorder_.paused_ = paused_;
}

const Tensor& Recorder::value_of(const VariablePtr& variable) {
  if (trace_ && trace_->met.insert(variable.get()).second) {
    trace_->variables.push_back({variable, variable->value, parameter(variable->value.spec())});
    variable->value = trace_->variables.back().parameter;
  }
  return variable->value;
}

Tensor Recorder::random_state() {
  const Spec spec{Dtype::int64, {2}, false};
  if (is_sampling() && sampling_->draws_apart_) {
    sampling_->states_.push_back(placeholder(spec));
    return sampling_->states_.back();
  }
  if (trace_) {
    trace_->random_states.push_back(parameter(spec));
    return trace_->random_states.back();
  }
  BufferPtr buffer = allocate(sizeof(std::array<int64_t, 2>), "random");
  const auto state = next_random();
  std::memcpy(buffer->data(), state.data(), sizeof state);
  return constant(spec, std::move(buffer));
}

bool Recorder::is_parameter(const Tensor& t) const {
  const auto same = [&](const Tensor& parameter) { return parameter.same(t); };
  for (const Sampling* s = sampling_; s; s = s->outer_)
    if (std::ranges::any_of(s->inputs_, same) || std::ranges::any_of(s->states_, same)) return true;
  if (&t.node()->op != &parameter_op()) return false;
  for (const Trace* trace = trace_; trace; trace = trace->outer)
    if (std::ranges::any_of(trace->inputs, same) || std::ranges::any_of(trace->random_states, same) ||
        std::ranges::any_of(trace->variables, same, &Trace::Use::parameter))
      return true;
  return false;
}

// A tape may watch the scalar later: the constant that a body computes with stays connected with it.
Tensor Recorder::strengthen_in_body(const Tensor& weak, const Tensor& strong) {
  const Trace::Strengthened key{weak.node()->id, weak.index(), strong.dtype()};
  if (const auto it = trace_->strengthened.find(key); it != trace_->strengthened.end()) return it->second;
  Tensor t = cast_to(weak, strong.dtype());
  Node& node = *t.node();
  node.outputs[0].value = strong.value();
  node.literal = strong.node()->literal;
  node.sparse = strong.node()->sparse;
  node.set_evaluated();
  trace_->strengthened.emplace(key, t);
  return t;
}

bool Recorder::captures(const Node& node) const {
  const auto* none = std::get_if<Undifferentiable>(&node.op.derivative);
  return !(none && !none->fatal) && std::ranges::any_of(node.inputs, [&](const Tensor& t) {
    return is_floating(t.dtype()) && (t.node()->captures || is_from_outside(t));
  });
}

}  // namespace gradtape::core
