#include "run/function.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "graph/walk.hpp"
#include "jit/compile.hpp"
#include "kernels/kernels.hpp"
#include "ops/functions.hpp"
#include "plan/passes/hoist_constants.hpp"
#include "plan/settings.hpp"

namespace gradtape::core {

RecordedFunction::RecordedFunction(Recorder& recorder, const Workers& workers, const std::vector<Spec>& inputs,
                                   const FunctionBody& body)
    : recorder_(recorder), workers_(workers), input_specs_(inputs), memory_(recorder) {
  {
    const Recorder::Tracing tracing(recorder, trace_);
    for (const Spec& spec : inputs) trace_.inputs.push_back(recorder.parameter(spec));
    outputs_ = body(trace_.inputs);
    for (const Trace::Use& use : trace_.variables)
      if (!use.variable->value.same(use.parameter)) assignments_.push_back({use.variable, use.variable->value});
  }
  for (const Tensor& t : outputs_) output_specs_.push_back(t.spec());
  for (const Spec& spec : input_specs_) bytes_.push_back(bytes_of(spec));
  for (const Spec& spec : output_specs_) bytes_.push_back(bytes_of(spec));
  extents_.reserve(bytes_.size());
  sound_.reserve(bytes_.size());
  for (Trace::Use& use : trace_.variables) use.outer = {};
  trace_.strengthened.clear();
  find_captured();
  Tensors targets = outputs_;
  for (const Assignment& a : assignments_) targets.push_back(a.value);
  const Recorder::Pause pause(recorder);
  for (Tensor& t : targets)  // whatever comes out is an op's result, if only an input's identity
    if (t.node()->evaluated || &t.node()->op == &parameter_op()) t = identity(t);
  find_open(targets);
  make(targets);
}

void RecordedFunction::find_captured() {
  std::unordered_set<Tensor, TensorHash, TensorSame> met;
  nodes_behind(outputs_, [&](const Tensor& t) {
    if (!is_floating(t.dtype())) return false;
    if (is_inside(t)) return t.node()->captures && !trace_.reread.contains(t.node()->id);
    if (met.insert(t).second) captured_.push_back(t);
    return false;
  });
}

void RecordedFunction::find_open(const Tensors& targets) {
  if (!recorder_.is_tracing() && !recorder_.is_sampling()) return;
  for (Node* node : nodes_behind(targets, [](const Tensor& t) { return t.node()->symbolic && !t.node()->evaluated; }))
    if (const Tensor t(node); recorder_.is_parameter(t)) open_.push_back(t);
}

void RecordedFunction::make(const Tensors& targets) {
  std::unordered_map<const Node*, Origin> parameters;
  const auto add = [&](const Tensor& t, Origin origin) {
    parameters[t.node()] = origin;
    t.node()->set_evaluated();  // a leaf from here on
  };
  for (std::size_t i = 0; i < trace_.inputs.size(); ++i) add(trace_.inputs[i], {Origin::input, i});
  for (std::size_t i = 0; i < trace_.variables.size(); ++i) add(trace_.variables[i].parameter, {Origin::variable, i});
  for (std::size_t i = 0; i < trace_.random_states.size(); ++i) add(trace_.random_states[i], {Origin::random, i});
  random_.resize(trace_.random_states.size());
  if (!open_.empty()) return;

  const Schedule s = schedule_of_function(recorder_, targets);
  std::vector<uint8_t> varies;
  for (const Tensor& leaf : s.leaves) {
    const auto it = parameters.find(leaf.node());
    if (it == parameters.end() && leaf.node()->symbolic) fail_without_value();
    varies.push_back(it != parameters.end());
    origins_.push_back(it != parameters.end() ? it->second : Origin{Origin::constant, held_.size()});
    if (it == parameters.end()) held_.push_back(leaf.value());
  }
  Program program = make_program(s);
  // An op with several outputs gives out those alone that are asked for.
  std::vector<uint8_t> asked(program.slots.size(), 0);
  for (const Tensor& t : targets) asked[program.results[t.node()->slot + t.index()]] = 1;
  for (std::size_t slot = 0; slot < asked.size(); ++slot) program.wanted[slot] &= asked[slot];
  memory_.slots.assign(program.slots.size(), nullptr);
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (const Origin origin = origins_[i]; origin.kind == Origin::constant && held_[origin.index])
      memory_.slots[i] = held_[origin.index]->data();
  compute_constants(program, varies);
  plan_ = make_plan(std::move(program), recorder_.memory());
  jit::compile_loops(*plan_, jit::kRunsOfAFunction);
  prepare_arena();
  list_results(targets);
}

void RecordedFunction::list_results(const Tensors& targets) {
  for (const Tensor& t : targets) {
    const uint32_t slot = plan_->results[t.node()->slot + t.index()];
    const bool is_first = std::ranges::find(results_, slot, &Result::slot) == results_.end();
    const bool is_computed = plan_->locations[slot].kind == Location::result;
    if (!is_first || !is_computed) copied_.push_back(results_.size());
    results_.push_back({slot, bytes_of(plan_->slots[slot]), is_first && is_computed});
  }
  input_places_.assign(input_specs_.size(), &unread_);
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (origins_[i].kind == Origin::input) input_places_[origins_[i].index] = &memory_.slots[i];
}

// Again where the context has been given more threads since, or compiled loops need more scratch.
void RecordedFunction::prepare_arena() {
  if (borrows_) return;
  const std::size_t bytes = arena_bytes();
  if (arena_ && arena_->bytes() >= bytes) return;
  arena_ = recorder_.allocate(bytes, plan_->arena_op);
  memory_.arena = static_cast<std::byte*>(arena_->data());
  lay_out(*plan_, memory_);
}

void RecordedFunction::borrow_arena(std::byte* arena) {
  borrows_ = true;
  memory_.arena = arena;
  lay_out(*plan_, memory_);
}
void RecordedFunction::return_arena() noexcept {
  borrows_ = false;
  arena_.reset();
}

void RecordedFunction::expect(int64_t runs) {
  plan_->runs += runs;
  if (plan_->runs >= plan_->compile_at) jit::compile_loops(*plan_, plan_->runs);
}

void RecordedFunction::compute_constants(Program& program, const std::vector<uint8_t>& varies) {
  const Recorder::Computing computing(recorder_);
  Program constants = hoist_constants(program, varies);
  if (constants.instructions.empty() && !Settings::instance().dumps_any()) return;
  const PlanPtr plan = make_plan(std::move(constants), recorder_.memory());
  for (std::size_t i = 0; i < plan->result_slots.size(); ++i) {
    const uint32_t slot = plan->result_slots[i];
    program.constants.emplace_back(slot, recorder_.allocate(bytes_of(program.slots[slot]), plan->result_ops[i]));
    memory_.slots[slot] = program.constants.back().second->data();
  }
  const BufferPtr arena = recorder_.allocate(core::arena_bytes(*plan, workers_), plan->arena_op);
  memory_.arena = static_cast<std::byte*>(arena->data());
  lay_out(*plan, memory_);
  execute(*plan, memory_, workers_);
}

void RecordedFunction::collect_variables(Tensors& wanted) const {
  for (const Trace::Use& use : trace_.variables) wanted.push_back(use.variable->value);
}

// results: memory for each output, then for each assignment.
void RecordedFunction::compute(std::span<const void* const> inputs, std::span<void* const> results,
                               std::vector<double>* seconds) {
  prepare_arena();
  for (std::size_t i = 0; i < inputs.size(); ++i) bind_input(i, inputs[i]);
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    const Origin origin = origins_[i];
    void*& slot = memory_.slots[i];
    if (origin.kind == Origin::variable) slot = trace_.variables[origin.index].variable->value.value()->data();
    if (origin.kind == Origin::random) {
      random_[origin.index] = recorder_.next_random();
      slot = random_[origin.index].data();
    }
  }
  for (std::size_t k = 0; k < results.size(); ++k) bind_output(k, results[k]);
  execute_bound(seconds);
}

void RecordedFunction::execute_bound(std::vector<double>* seconds) {
  const Recorder::Computing computing(recorder_);
  execute(*plan_, memory_, workers_, seconds);
  copy_results();
}

void RecordedFunction::copy_result(const Result& r) const {
  if (const void* value = memory_.slots[r.slot]; value != r.memory)
    kernels::copy_bytes(value, static_cast<int64_t>(r.bytes), r.memory, workers_);
}

void RecordedFunction::check_memory(const char* what, std::span<const void* const> inputs,
                                    std::span<void* const> outputs) {
  if (!sound_.empty() && std::ranges::equal(inputs, std::span(sound_).first(inputs.size())) &&
      std::ranges::equal(outputs, std::span(sound_).last(outputs.size())))
    return;
  const auto need = [&](const void* memory, std::size_t bytes, const char* role, std::size_t i) {
    if (!memory && bytes > 0) invalid("{}: {} {} is NULL", what, role, i);
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) need(inputs[i], input_bytes()[i], "input", i);
  for (std::size_t i = 0; i < outputs.size(); ++i) need(outputs[i], output_bytes()[i], "output", i);
  check_apart(what, inputs, outputs);
  sound_.assign(inputs.begin(), inputs.end());
  sound_.insert(sound_.end(), outputs.begin(), outputs.end());
}

void RecordedFunction::check_apart(const char* what, std::span<const void* const> inputs,
                                   std::span<void* const> outputs) {
  extents_.clear();  // has room for all
  const auto add = [&](const void* memory, std::size_t i, bool output) {
    const auto begin = reinterpret_cast<uintptr_t>(memory);
    if (const std::size_t bytes = bytes_[output ? inputs.size() + i : i])
      extents_.push_back({begin, begin + bytes, static_cast<uint32_t>(i), output});
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) add(inputs[i], i, false);
  for (std::size_t i = 0; i < outputs.size(); ++i) add(outputs[i], i, true);
  std::ranges::sort(extents_, {}, &Extent::begin);
  const Extent *any = nullptr, *output = nullptr;  // of those before, what reaches furthest
  const auto reaches = [](const Extent* before, const Extent& e) { return before && before->end > e.begin; };
  for (const Extent& e : extents_) {
    if (const Extent* under = e.output ? any : output; reaches(under, e)) {
      const Extent &one = e.output ? e : *under, &other = e.output ? *under : e;
      invalid("{}: output {} overlaps {} {}; an output's memory must lie apart from all others'", what, one.index,
              other.output ? "output" : "input", other.index);
    }
    if (!any || e.end > any->end) any = &e;
    if (e.output && (!output || e.end > output->end)) output = &e;
  }
}

// A constant for each assignment, whose memory is still to be filled.
Tensors RecordedFunction::new_values(std::vector<void*>& memory) {
  Tensors values;
  for (const Assignment& a : assignments_) {
    values.push_back(recorder_.constant(a.value.spec(), recorder_.allocate(bytes_of(a.value.spec()), "gt_assign")));
    memory.push_back(values.back().value()->data());
  }
  return values;
}

void RecordedFunction::assign(Tensors values) noexcept {
  for (std::size_t i = 0; i < values.size(); ++i) recorder_.assign(assignments_[i].variable, values[i]);
}

const Plan& RecordedFunction::plan() const {
  if (!plan_) fail_without_value();
  return *plan_;
}

void RecordedFunction::run(std::span<const void* const> inputs, std::span<void* const> outputs) {
  if (!plan_) fail_without_value();
  if (assignments_.empty()) return compute(inputs, outputs, nullptr);
  std::vector<void*> results(outputs.begin(), outputs.end());
  Tensors assigned = new_values(results);
  compute(inputs, results, nullptr);
  assign(std::move(assigned));
}

void RecordedFunction::compile() {
  if (!plan_) return;
  jit::compile_loops(*plan_, jit::kEveryLoop);
  prepare_arena();
}

void RecordedFunction::time_steps(std::vector<double>& seconds) {
  if (!plan_) fail_without_value();
  std::vector<BufferPtr> buffers;
  const auto zeros = [&](const Spec& spec) {
    buffers.push_back(recorder_.allocate(bytes_of(spec), "gt_function_describe"));
    std::memset(buffers.back()->data(), 0, bytes_of(spec));
    return buffers.back()->data();
  };
  std::vector<const void*> inputs;
  std::vector<void*> results;
  for (const Spec& spec : input_specs_) inputs.push_back(zeros(spec));
  for (const Result& r : results_) results.push_back(zeros(plan_->slots[r.slot]));
  for (const Trace::Use& use : trace_.variables)
    if (!use.variable->value.value())
      fail(Status::failed_precondition, "gt_function_describe: a variable that the function reads is not computed yet");
  const auto mark = recorder_.mark();
  for (int round = 0; round < 5; ++round) {
    std::vector<double> again;
    compute(inputs, results, &again);
    if (round == 0) seconds = again;
    for (std::size_t i = 0; i < again.size(); ++i) seconds[i] = std::min(seconds[i], again[i]);
  }
  recorder_.roll_back(mark);  // what it drew
}

// Only calls compile: runs may be part of a program that must answer in time.
FunctionResults RecordedFunction::call(std::span<const Tensor> inputs) {
  if (++plan_->runs >= plan_->compile_at) jit::compile_loops(*plan_, plan_->runs);
  std::vector<const void*> in;
  std::vector<void*> out;
  FunctionResults results;
  for (const Tensor& t : inputs) in.push_back(t.value()->data());
  for (const Spec& spec : output_specs_) {
    results.outputs.push_back(recorder_.constant(spec, recorder_.allocate(bytes_of(spec), "gt_function_call")));
    out.push_back(results.outputs.back().value()->data());
  }
  results.assigned = new_values(out);
  compute(in, out, nullptr);
  return results;
}

namespace {
// The outputs of `to` have the values of those of `from`, where all of these are computed.
void share_values(const Node& from, std::span<const Tensor> to) {
  Node& node = *to[0].node();
  if (!from.evaluated || &node.op != &from.op ||
      std::ranges::any_of(from.outputs, [](const Node::Output& o) { return !o.value; }))
    return;
  for (std::size_t k = 0; k < from.outputs.size(); ++k) node.outputs[k].value = from.outputs[k].value;
  node.sparse = from.sparse;
  node.set_evaluated();
}
}  // namespace

// Nodes that depend on captured tensors alone are recorded anew where a tape knows one of these. The same holds where
// another function's body is being recorded, which then captures these tensors itself.
FunctionResults RecordedFunction::inlined(std::span<const Tensor> inputs) const {
  if (!is_usable()) fail_without_value();
  std::unordered_map<Tensor, Tensor, TensorHash, TensorSame> known;
  for (std::size_t i = 0; i < inputs.size(); ++i) known[trace_.inputs[i]] = inputs[i];
  for (const Trace::Use& use : trace_.variables) known[use.parameter] = recorder_.read(use.variable);
  std::unordered_set<const Node*> states;
  for (const Tensor& state : trace_.random_states) states.insert(state.node());
  const auto now = [&](const Tensor& t) {
    auto it = known.find(t);
    return it == known.end() ? t : it->second;
  };
  const auto on_a_tape = [&](const Tensor& t) { return recorder_.is_tracing() || recorder_.is_held(t); };
  const bool captures = std::ranges::any_of(captured_, on_a_tape) || !trace_.reread.empty();
  const auto is_new = [&](const Tensor& t) {
    return known.contains(t) || (captures && !is_inside(t) && is_floating(t.dtype()) && on_a_tape(t));
  };
  Tensors targets = outputs_;
  for (const Assignment& a : assignments_) targets.push_back(a.value);
  const std::vector<Node*> body = nodes_behind(targets, [&](const Tensor& t) {
    const Node& node = *t.node();
    return is_inside(t) && ((node.symbolic && !node.evaluated) || (captures && node.captures));
  });
  for (Node* node : body) {
    if (const auto it = trace_.reread.find(node->id); it != trace_.reread.end()) {
      const Tensor own(node), assigned = node->inputs.empty() ? own : now(node->inputs[0]);
      known[own] = recorder_.read_with(it->second, recorder_.unconnected(assigned));
      continue;
    }
    for (const Tensor& t : node->inputs)  // a state that nothing needs draws nothing
      if (states.contains(t.node()) && !known.contains(t)) known[t] = recorder_.random_state();
    if (std::ranges::none_of(node->inputs, is_new)) continue;
    Tensors in;
    for (const Tensor& t : node->inputs) in.push_back(now(t));
    const Tensors out = recorder_.record_again(*node, in);
    share_values(*node, out);
    for (std::size_t k = 0; k < out.size(); ++k) known[Tensor(node, static_cast<uint32_t>(k))] = out[k];
  }
  FunctionResults results;
  for (const Assignment& a : assignments_) {
    const bool reread = trace_.reread.contains(a.value.node()->id) && known.contains(a.value);
    results.assigned.push_back(reread ? now(a.value) : recorder_.unconnected(now(a.value)));
  }
  for (const Tensor& t : outputs_) results.outputs.push_back(now(t));
  return results;
}

// ---- Recordings by shape

Function::Function(Recorder& recorder, const Workers& workers, std::vector<Spec> inputs, FunctionBody body)
    : recorder_(recorder), workers_(workers), inputs_(std::move(inputs)), body_(std::move(body)) {
  open_ = std::ranges::any_of(
      inputs_, [](const Spec& s) { return std::ranges::any_of(s.shape, [](int64_t d) { return d < 0; }); });
  if (!open_) recording_for("gt_function_create", inputs_);
}

void Function::check(const char* what, std::span<const Spec> given) const {
  if (given.size() != inputs_.size())
    invalid("{}: the function takes {} input(s), got {}", what, inputs_.size(), given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Spec& want = inputs_[i];
    bool fits = given[i].dtype == want.dtype && given[i].shape.rank() == want.shape.rank();
    for (std::size_t k = 0; fits && k < want.shape.rank(); ++k)
      fits = want.shape[k] < 0 || want.shape[k] == given[i].shape[k];
    if (!fits)
      invalid("{}: input {} must be {}, got {}; a function takes other sizes where its spec says -1", what, i,
              to_string(want), to_string(given[i]));
  }
}

const RecordedFunctionPtr& Function::recording_for(const char* what, std::span<const Spec> given) {
  check(what, given);
  const auto matches = [&](std::span<const Spec> specs) {
    return std::ranges::equal(specs, given, [](const Spec& a, const Spec& b) { return a.shape == b.shape; });
  };
  if (find(matches)) return latest_;
  if (std::ranges::any_of(under_way_, matches))
    fail(Status::failed_precondition, "{}: the function's body calls the function itself with the same sizes", what);
  std::vector<Spec> specs;
  for (const Spec& s : given) specs.push_back({s.dtype, s.shape, false});
  recordings_.reserve(kMostRecordings);
  under_way_.push_back(specs);
  RecordedFunctionPtr fresh;
  try {
    fresh = std::make_shared<RecordedFunction>(recorder_, workers_, specs, body_);
    if (compiles_) fresh->compile();
  } catch (...) {
    under_way_.pop_back();
    throw;
  }
  under_way_.pop_back();
  std::erase_if(recordings_, [](const RecordedFunctionPtr& r) { return !r->is_usable(); });
  if (recordings_.size() == kMostRecordings) recordings_.erase(recordings_.begin());
  recordings_.push_back(fresh);
  return latest_ = std::move(fresh);
}

void Function::compile() {
  for (const RecordedFunctionPtr& recording : recordings_) recording->compile();
  compiles_ = true;
}

}  // namespace gradtape::core
