#include "control/body.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "graph/walk.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
using TensorMap = std::unordered_map<Tensor, Tensor, TensorHash, TensorSame>;

Tensor now(const TensorMap& known, const Tensor& t) {
  const auto it = known.find(t);
  return it == known.end() ? t : it->second;
}

// Records the nodes anew, with known tensors in place of others, and notes the results among those.
void copy_nodes(std::span<Node* const> nodes, TensorMap& known) {
  for (Node* node : nodes) {
    if (known.contains(Tensor(node)) || &node->op == &parameter_op()) continue;
    Tensors in;
    for (const Tensor& t : node->inputs) in.push_back(now(known, t));
    const Tensors out = node->recorder.record_again(*node, in);
    for (std::size_t k = 0; k < out.size(); ++k) known[Tensor(node, static_cast<uint32_t>(k))] = out[k];
  }
}

uint64_t hash_spec(uint64_t hash, const Spec& spec) {
  hash = hash_mix(hash, static_cast<uint64_t>(spec.dtype) << 8 | spec.shape.rank());
  for (int64_t d : spec.shape) hash = hash_mix(hash, static_cast<uint64_t>(d));
  return hash;
}
uint64_t hash_value(uint64_t hash, const Tensor& t) {
  constexpr std::size_t kMostBytes = 1024;  // of longer constants the node counts
  hash = hash_spec(hash, t.spec());
  if (!t.value() || t.bytes() > kMostBytes) return hash_mix(hash, reinterpret_cast<uintptr_t>(t.node()));
  const std::string_view bytes(static_cast<const char*>(t.value()->data()), t.bytes());
  return hash_mix(hash, std::hash<std::string_view>{}(bytes));
}
}  // namespace

// ---- Bodies

Body::Body(Recorder& recorder, Tensors parameters, Tensors results)
    : recorder_(recorder),
      parameters_(std::move(parameters)),
      results_(std::move(results)) {
  find_reach();
  find_hash();
}

Tensors Body::on(std::span<const Tensor> inputs) const {
  TensorMap known;
  for (std::size_t i = 0; i < inputs.size(); ++i) known[parameters_[i]] = inputs[i];
  copy_nodes(nodes_behind(results_, [](const Tensor& t) { return !t.node()->evaluated; }), known);
  Tensors outputs;
  for (const Tensor& t : results_) outputs.push_back(now(known, t));
  return outputs;
}

void Body::find_reach() {
  std::unordered_map<const Node*, std::vector<uint8_t>> reach;
  std::unordered_map<const Node*, std::size_t> parameter;
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameter[parameters_[i].node()] = i;
  const auto of = [&](const Tensor& t) {
    std::vector<uint8_t> row(parameters_.size(), 0);
    if (const auto p = parameter.find(t.node()); p != parameter.end())
      row[p->second] = kValue | kDerivative;
    else if (const auto it = reach.find(t.node()); it != reach.end())
      row = it->second;
    if (!is_floating(t.dtype()))
      for (uint8_t& bits : row) bits &= kValue;
    return row;
  };
  for (Node* node : nodes_behind(results_, [](const Tensor& t) { return t.node()->symbolic; })) {
    if (node->inputs.empty()) continue;
    std::vector<uint8_t> row(parameters_.size(), 0);
    for (const Tensor& t : node->inputs) {
      const std::vector<uint8_t> more = of(t);
      for (std::size_t i = 0; i < row.size(); ++i) row[i] |= more[i];
    }
    if (const auto* none = std::get_if<Undifferentiable>(&node->op.derivative); none && !none->fatal)
      for (uint8_t& bits : row) bits &= kValue;
    reach[node] = std::move(row);
  }
  for (const Tensor& t : results_) reach_.push_back(of(t));
}

void Body::find_hash() {
  std::unordered_map<const Node*, uint64_t> number;
  uint64_t hash = parameters_.size();
  const auto name = [&](const Tensor& t) {
    const auto it = number.find(t.node());
    return it != number.end() ? hash_mix(it->second, t.index()) : hash_value(~t.index(), t);
  };
  for (const Tensor& p : parameters_) {
    hash = hash_spec(hash_mix(hash, p.node()->sparse), p.spec());
    number.emplace(p.node(), number.size());
  }
  for (const Node* node : nodes_behind(results_, [](const Tensor& t) { return !t.node()->evaluated; })) {
    if (number.contains(node)) continue;
    hash = hash_mix(hash, reinterpret_cast<uintptr_t>(&node->op));
    hash = hash_mix(hash, reinterpret_cast<uintptr_t>(node->within));
    if (node->attrs) {
      for (const AttrValue& value : node->attrs->values) hash = hash_attr(hash, value);
      for (const std::string& attr : node->attrs->names) hash = hash_mix(hash, std::hash<std::string>{}(attr));
    }
    for (const Tensor& t : node->inputs) hash = hash_mix(hash, name(t));
    for (const Node::Output& out : node->outputs) hash = hash_spec(hash, out.spec);
    number.emplace(node, number.size());
  }
  for (const Tensor& t : results_) hash = hash_mix(hash, name(t));
  hash_ = hash;
}

// ---- Running

Body::Run::Run(const Body& body, const KernelCall& call, int64_t times, std::span<const uint8_t> unread)
    : body_(body), function_(body.function(call.workers)), arena_(function_.arena_bytes()) {
  function_.expect(times);
  arena_ = function_.arena_bytes();
  std::size_t bytes = arena_;
  for (std::size_t i = 0; i < unread.size(); ++i)
    if (unread[i]) bytes += round_up(bytes_of(body.output(i)), BlockCache::kAlignment);
  block_.emplace(call.memory, bytes, call.name);
  function_.borrow_arena(block_->data());
}

std::byte* Body::Run::room(std::size_t output) {
  std::byte* at = block_->data() + arena_;
  arena_ += round_up(bytes_of(body_.output(output)), BlockCache::kAlignment);
  return at;
}

RecordedFunction& Body::function(const Workers& workers) const {
  if (!function_) {
    std::vector<Spec> specs;
    for (const Tensor& p : parameters_) specs.push_back(p.spec());
    function_ = std::make_unique<RecordedFunction>(recorder_, workers, specs,
                                                   [this](const Tensors& inputs) { return on(inputs); });
    function_->return_arena();
  }
  return *function_;
}

// ---- Recording

namespace {
// A function's trace, as it becomes a body.
class Closing {
 public:
  Closing(Recorder& r, std::string_view what, std::span<const Parameter> inputs, const FunctionBody& function) : r_(r) {
    {
      const Recorder::Tracing tracing(r, trace_);
      for (const Parameter& p : inputs) {
        trace_.inputs.push_back(r.parameter(p.spec));
        trace_.inputs.back().node()->sparse = p.sparse;
      }
      outputs_ = function(trace_.inputs);
      for (const Trace::Use& use : trace_.variables)
        if (!use.variable->value.same(use.parameter))
          fail(Status::failed_precondition, "{}: the body assigns a variable; return its new value as an output instead",
               what);
    }
    find_nodes();
    find_captured();
  }

  Closure closed() {
    Tensors parameters;
    TensorMap known;
    const auto add = [&](const Tensor& old) {
      const Tensor fresh = r_.parameter(old.spec());
      fresh.node()->sparse = old.node()->sparse;
      parameters.push_back(fresh);
      known[old] = fresh;
      return fresh;
    };
    for (const Tensor& t : trace_.inputs) add(t);
    Tensors captured;
    for (const Trace::Use& use : trace_.variables)
      if (is_met(use.parameter)) add(use.parameter), captured.push_back(r_.read(use.variable));
    for (const Tensor& t : captured_) add(t), captured.push_back(t);
    std::size_t draws = 0;
    for (const Tensor& t : trace_.random_states)
      if (is_met(t)) add(t), ++draws;
    copy_nodes(nodes_, known);
    Tensors results;
    for (const Tensor& t : outputs_) results.push_back(now(known, t));
    return {std::make_shared<Body>(r_, std::move(parameters), std::move(results)), std::move(captured), draws};
  }

 private:
  bool is_inside(const Tensor& t) const { return t.node()->id >= trace_.first_node; }
  bool is_met(const Tensor& t) const { return met_.contains(t); }
  // Whether the body may hold it as a constant.
  bool is_fixed(const Tensor& t) const {
    const Node& node = *t.node();
    return node.evaluated && (is_inside(t) || (node.literal && !r_.is_tracing() && !r_.is_held(t)));
  }
  void find_nodes() {
    nodes_ = nodes_behind(outputs_, [&](const Tensor& t) {
      return is_inside(t) && (!t.node()->evaluated || t.node()->captures);
    });
  }
  void find_captured() {
    const auto meet = [&](const Tensor& t) {
      if (met_.insert(t).second && !is_inside(t) && !is_fixed(t)) captured_.push_back(t);
    };
    for (const Node* node : nodes_)
      for (const Tensor& t : node->inputs) meet(t);
    for (const Tensor& t : outputs_) meet(t);
  }

  Recorder& r_;
  Trace trace_;
  Tensors outputs_, captured_;
  std::vector<Node*> nodes_;
  std::unordered_set<Tensor, TensorHash, TensorSame> met_;
};
}  // namespace

Closure close_over(Recorder& r, std::string_view what, std::span<const Parameter> inputs,
                   const FunctionBody& function) {
  return Closing(r, what, inputs, function).closed();
}

Closure close_over_with_draws(Recorder& r, std::string_view what, std::span<const Parameter> inputs,
                              const FunctionBody& function) {
  Closure c = close_over(r, what, inputs, function);
  for (; c.draws > 0; --c.draws) c.captured.push_back(r.random_state());
  return c;
}

Parameter parameter_like(const Tensor& t) { return {t.spec(), t.node()->sparse}; }
std::vector<Parameter> parameters_like(std::span<const Tensor> tensors) {
  std::vector<Parameter> all;
  for (const Tensor& t : tensors) all.push_back(parameter_like(t));
  return all;
}

// ---- Ops

Op make_op(const ControlOp& d) {
  Op op;
  op.name = d.name;
  op.doc = d.doc;
  op.inputs = {{"inputs", InputKind::any, true}};
  op.variadic = true;
  op.dtypes = kAllDtypes;
  op.attrs = {{"body", kAttrPayload, true, {}, {}}};
  op.infer = d.infer;
  op.computation = Kernel(d.kernel);
  op.derivative = Rules{d.reverse, d.forward};
  op.batch = d.batch;
  op.internal = op.many_outputs = op.skips_outputs = true;
  return op;
}

const Payload& payload_of(const Attrs* attrs) { return *std::get<PayloadPtr>(attrs->values[0]); }

Tensors record_with(const Op& op, Recorder& r, std::span<const Tensor> inputs, PayloadPtr payload) {
  auto attrs = std::make_shared<Attrs>();
  attrs->values.push_back(std::move(payload));
  return r.record(op, inputs, std::move(attrs));
}

Tensor or_zeros(const Tensor& t, const Tensor& like) { return t ? t : zeros_like(like); }

}  // namespace gradtape::core
