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
  hash = hash_spec(hash, t.spec());
  if (!t.value()) return hash_mix(hash, reinterpret_cast<uintptr_t>(t.node()));
  const std::string_view bytes(static_cast<const char*>(t.value()->data()), t.bytes());
  return hash_mix(hash, std::hash<std::string_view>{}(bytes));
}
}  // namespace

// ---- Bodies

Body::Body(Recorder& recorder, Tensors parameters, Tensors results)
    : recorder_(recorder), parameters_(std::move(parameters)), results_(std::move(results)) {
  find_reach();
  find_facts();
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
  using Row = std::vector<uint8_t>;
  std::unordered_map<Tensor, Row, TensorHash, TensorSame> reach;
  const auto of = [&](const Tensor& t) {
    const auto it = reach.find(t);
    Row row = it == reach.end() ? Row(parameters_.size(), 0) : it->second;
    if (!is_floating(t.dtype()))
      for (uint8_t& bits : row) bits &= kValue;
    return row;
  };
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Row& row = reach.emplace(parameters_[i], Row(parameters_.size(), 0)).first->second;
    row[i] = kValue | kDerivative;
  }
  for (Node* node : nodes_behind(results_, [](const Tensor& t) { return t.node()->symbolic; })) {
    const auto* control = node->attrs ? dynamic_cast<const Control*>(node->attrs->payload()) : nullptr;
    const auto* none = std::get_if<Undifferentiable>(&node->op.derivative);
    const uint8_t all = none && !none->fatal ? kValue : kValue | kDerivative;
    std::vector<Row> in;
    for (const Tensor& t : node->inputs) in.push_back(of(t));
    for (std::size_t k = 0; !in.empty() && k < node->outputs.size(); ++k) {
      Row& row = reach.emplace(Tensor(node, static_cast<uint32_t>(k)), Row(parameters_.size(), 0)).first->second;
      for (std::size_t i = 0; i < in.size(); ++i) {
        uint8_t passes = all;
        if (control) passes = (control->reaches(i, k) ? kValue : 0) | (control->carries(i, k) ? kDerivative : 0);
        for (std::size_t p = 0; p < row.size(); ++p) row[p] |= in[i][p] & passes;
      }
    }
  }
  for (const Tensor& t : results_) reach_.push_back(of(t));
}

// The hash of the structure, the memory that the body holds, its ops, and whether it calls the user.
void Body::find_facts() {
  constexpr std::size_t kBytesOfNode = 1000;  // as recorded here, in the function, and in the plan
  std::unordered_map<const Node*, uint64_t> number;
  std::unordered_set<const Node*> constants;
  uint64_t hash = parameters_.size();
  const auto name = [&](const Tensor& t) {
    if (const auto it = number.find(t.node()); it != number.end()) return hash_mix(it->second, t.index());
    if (t.value() && constants.insert(t.node()).second) bytes_ += t.bytes();
    return hash_value(~t.index(), t);
  };
  for (const Tensor& p : parameters_) {
    hash = hash_spec(hash_mix(hash, p.node()->sparse), p.spec());
    number.emplace(p.node(), number.size());
  }
  for (const Node* node : nodes_behind(results_, [](const Tensor& t) { return !t.node()->evaluated; })) {
    if (number.contains(node)) continue;
    hash = hash_mix(hash, reinterpret_cast<uintptr_t>(&node->op));
    hash = hash_mix(hash, reinterpret_cast<uintptr_t>(node->within));
    if (node->attrs) hash = hash_attrs(hash, *node->attrs);
    for (const Tensor& t : node->inputs) hash = hash_mix(hash, name(t));
    for (const Node::Output& out : node->outputs) hash = hash_spec(hash, out.spec);
    has_user_ops_ |= calls_user(node->op, node->attrs.get());
    const auto* control = node->attrs ? dynamic_cast<const Control*>(node->attrs->payload()) : nullptr;
    work_ += control ? control->work() : 1;
    number.emplace(node, number.size());
  }
  for (const Tensor& t : results_) hash = hash_mix(hash, name(t));
  hash_ = hash;
  bytes_ += number.size() * kBytesOfNode;
}

// ---- Running

namespace {
std::size_t aligned(std::size_t bytes) { return round_up(bytes, BlockCache::kAlignment); }
}  // namespace

Body::Run::Run(const Body& body, const KernelCall& call, int64_t times, std::size_t first)
    : function_(body.function(call.workers, times)),
      interrupt_(body.recorder_.interrupt),
      is_empty_(function_.plan().steps.empty()) {
  const auto is_unread = [&](std::size_t k) { return k >= first && !call.out[k].data; };
  const std::size_t arena = aligned(function_.arena_bytes());
  std::size_t bytes = arena;
  for (std::size_t k = 0; k < body.outputs(); ++k)
    if (is_unread(k)) bytes += aligned(bytes_of(body.output(k)));
  block_.emplace(call.memory, bytes, call.name);
  function_.borrow_arena(block_->data());
  std::byte* room = block_->data() + arena;
  for (std::size_t k = first; k < body.outputs(); ++k) {
    set_output(k, is_unread(k) ? room : call.out[k].data);
    if (is_unread(k)) room += aligned(bytes_of(body.output(k)));
  }
}

RecordedFunction& Body::function(const Workers& workers, int64_t times) const {
  if (!function_) {
    std::vector<Spec> specs;
    for (const Tensor& p : parameters_) specs.push_back(p.spec());
    function_ = std::make_unique<RecordedFunction>(recorder_, workers, specs,
                                                   [this](const Tensors& inputs) { return on(inputs); });
    function_->return_arena();
    function_->expect(times);
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
      const Recorder::Drafting drafting(r);
      for (const Parameter& p : inputs) {
        trace_.inputs.push_back(r.parameter(p.spec));
        trace_.inputs.back().node()->sparse = p.sparse;
      }
      outputs_ = function(trace_.inputs);
      for (const Trace::Use& use : trace_.variables)
        if (!use.variable->value.same(use.parameter))
          fail(Status::failed_precondition,
               "{}: the body assigns a variable; return its new value as an output instead", what);
    }
    find_nodes();
  }

  // Records outside what depends on captured tensors and invariants alone.
  void hoist(std::span<const Tensor> invariants) {
    for (std::size_t i = 0; i < invariants.size(); ++i)
      outside_[trace_.inputs[trace_.inputs.size() - invariants.size() + i]] = invariants[i];
    std::erase_if(nodes_, [&](Node* node) {
      if (!can_be_hoisted(*node)) return false;
      Tensors in;
      for (const Tensor& t : node->inputs) in.push_back(now(outside_, t));
      const Tensors out = r_.record_again(*node, in);
      for (std::size_t k = 0; k < out.size(); ++k) outside_[Tensor(node, static_cast<uint32_t>(k))] = out[k];
      return true;
    });
  }

  Closure closed() {
    find_captured();
    Tensors parameters;
    TensorMap known;
    const auto add = [&](const Tensor& old) {
      Tensor fresh = r_.parameter(old.spec());
      fresh.node()->sparse = old.node()->sparse;
      parameters.push_back(fresh);
      known[old] = fresh;
      return fresh;
    };
    for (const Tensor& t : trace_.inputs) add(t);
    Tensors captured;
    for (const Trace::Use& use : trace_.variables)
      if (is_met(use.parameter)) add(use.parameter), captured.push_back(r_.read(use.variable));
    for (const Tensor& t : captured_) add(t), captured.push_back(now(outside_, t));
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
    return node.evaluated && (is_inside(t) || (node.literal && !r_.is_from_outside(t) && !r_.is_held(t)));
  }
  void find_nodes() {
    nodes_ = nodes_behind(
        outputs_, [&](const Tensor& t) { return is_inside(t) && (!t.node()->evaluated || t.node()->captures); });
  }
  void find_captured() {
    const auto meet = [&](const Tensor& t) {
      const bool is_outside = !is_inside(t) || (outside_.contains(t) && !t.node()->inputs.empty());  // or hoisted
      if (met_.insert(t).second && is_outside && !is_fixed(t)) captured_.push_back(t);
    };
    for (const Node* node : nodes_)
      for (const Tensor& t : node->inputs) meet(t);
    for (const Tensor& t : outputs_) meet(t);
  }

  // An op that cannot fail, calls nobody, and gives no more than it is given.
  bool can_be_hoisted(const Node& node) const {
    const Op& op = node.op;
    const auto& how = op.computation;
    const bool is_view = std::holds_alternative<StridedView>(how) || std::holds_alternative<Alias>(how);
    if (!(op.is_elementwise() || is_view || std::holds_alternative<Reduction>(how) || op.product || op.pad))
      return false;
    if (node.attrs && node.attrs->payload()) return false;
    int64_t given = 0;
    bool any = false;
    for (const Tensor& t : node.inputs) {
      const bool is_known = outside_.contains(t) || (!is_inside(t) && !is_fixed(t));
      if (!is_known && !(is_fixed(t) && !node_is_parameter(t))) return false;
      any |= is_known;
      given += t.shape().elements();
    }
    for (const Node::Output& out : node.outputs) given -= out.spec.shape.elements();
    return any && given >= 0;
  }
  static bool node_is_parameter(const Tensor& t) { return &t.node()->op == &parameter_op(); }

  Recorder& r_;
  Trace trace_;
  Tensors outputs_, captured_;
  TensorMap outside_;  // what invariants and hoisted results are outside
  std::vector<Node*> nodes_;
  std::unordered_set<Tensor, TensorHash, TensorSame> met_;
};
}  // namespace

Closure close_over(Recorder& r, std::string_view what, std::span<const Parameter> inputs,
                   const FunctionBody& function) {
  return Closing(r, what, inputs, function).closed();
}

Closure close_over_loop(Recorder& r, std::string_view what, std::span<const Parameter> inputs,
                        std::span<const Tensor> invariants, const FunctionBody& function) {
  Closing closing(r, what, inputs, function);
  closing.hoist(invariants);
  return closing.closed();
}

void draw_once(Recorder& r, Closure& c) {
  for (; c.draws > 0; --c.draws) c.captured.push_back(r.random_state());
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
  op.links = d.links;
  op.links_through = d.links_through;
  op.retrace = d.retrace;
  op.internal = op.many_outputs = op.skips_outputs = true;
  return op;
}

Tensors record_with(const Op& op, Recorder& r, std::span<const Tensor> inputs, PayloadPtr payload) {
  auto attrs = std::make_shared<Attrs>();
  attrs->values.push_back(std::move(payload));
  return r.record(op, inputs, std::move(attrs));
}

void check_input(const Inference& c, std::size_t input, const Spec& want, std::optional<int64_t> rows) {
  const Shape shape = rows ? want.shape.with_leading(*rows) : want.shape;
  if (input >= c.size() || c.in(input).dtype != want.dtype || !(c.shape(input) == shape))
    invalid("{}: its body was recorded for {} as input {}, got {}", c.name(),
            to_string(Spec{want.dtype, shape, want.weak}), input,
            input < c.size() ? to_string(c.in(input)) : std::string("none"));
}

Tensors joined(std::initializer_list<std::span<const Tensor>> lists) {
  Tensors all;
  for (std::span<const Tensor> list : lists)
    for (const Tensor& t : list) all.push_back(t);
  return all;
}
Tensor or_zeros(const Tensor& t, const Tensor& like) { return t ? t : zeros_like(like); }

}  // namespace gradtape::core
