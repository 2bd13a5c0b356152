// Records nodes: infers shapes, unifies dtypes, runs bodies of composites, and notes nodes on active tapes. The part for
// bodies of functions is in trace.cpp.
#include "graph/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace gradtape::core {

namespace {
Op leaf(const char* name, const char* doc) {
  Op op;
  op.name = name;
  op.doc = doc;
  op.internal = true;
  op.derivative = Undifferentiable{"a leaf depends on nothing"};
  return op;
}

template <class T>
bool holds_exactly(double value) {
  return value >= -std::ldexp(1.0, std::numeric_limits<T>::digits) &&
         value < std::ldexp(1.0, std::numeric_limits<T>::digits) && std::trunc(value) == value;
}

bool holds_exactly(Dtype dtype, double value) {
  switch (dtype) {
    case Dtype::int32: return holds_exactly<int32_t>(value);
    case Dtype::int64: return std::abs(value) < 0x1p53 && holds_exactly<int64_t>(value);
    case Dtype::boolean: return value == 0 || value == 1;
    default: return true;
  }
}

std::string dtype_names(DtypeSet set) {
  std::string text;
  for (int d = 1; d < kDtypeSlots; ++d)
    if (set & bit(static_cast<Dtype>(d)))
      text += (text.empty() ? "" : ", ") + std::string(name_of(static_cast<Dtype>(d)));
  return text;
}

bool kind_allows(InputKind kind, Dtype dtype) {
  if (kind == InputKind::integer) return is_integer(dtype);
  if (kind == InputKind::boolean) return dtype == Dtype::boolean;
  return true;
}
}  // namespace

const Op& constant_op() {
  static const Op op = leaf("constant", "A value.");
  return op;
}
const Op& placeholder_op() {
  static const Op op =
      leaf("placeholder", "A value that is not there: the cotangent or tangent of a Jacobian under construction.");
  return op;
}

const Op& parameter_op() {
  static const Op op = leaf("parameter", "An input of a function that is being recorded.");
  return op;
}

Recorder::~Recorder() { trim(); }

void Recorder::trim() noexcept {
  for (void* memory : free_nodes_) ::operator delete(memory);
  free_nodes_.clear();
}

void Recorder::refuse_value(std::string message) {
  if (attempt_) attempt_->asked_ = true;
  throw SymbolicRead(Status::failed_precondition, std::move(message));
}

Tensor Recorder::constant(Spec spec, BufferPtr value) {
  Tensor t(new (*this) Node(*this, constant_op(), next_id_++));
  t.node()->outputs.push_back({std::move(spec), std::move(value)});
  t.node()->count_memory();
  t.node()->set_evaluated();
  return t;
}

Tensor Recorder::scalar(double value, Dtype dtype, bool weak) {
  BufferPtr buffer = allocate(size_of(dtype), "scalar");
  dispatch(dtype, [&]<class T>(Type<T>) {
    const T element = static_cast<T>(value);
    std::memcpy(buffer->data(), &element, sizeof element);
  });
  Tensor t = constant({dtype, {}, weak}, std::move(buffer));
  t.node()->sparse = value == 0;
  return t;
}

Tensor Recorder::literal(double value, Dtype dtype, bool weak) {
  Tensor t = scalar(value, dtype, weak);
  t.node()->literal = true;
  return t;
}

Tensor Recorder::placeholder(Spec spec) {
  Tensor t(new (*this) Node(*this, placeholder_op(), next_id_++));
  t.node()->outputs.push_back({std::move(spec), nullptr});
  t.node()->count_memory();
  t.node()->symbolic = true;
  t.node()->sparse = t.shape().elements() != 1;  // it will be rows of an identity matrix
  return t;
}

Tensor Recorder::read(const VariablePtr& variable) {
  value_of(variable);
  if (trace_ && &variable->value.node()->op != &parameter_op()) {
    trace_->reread.emplace(variable->value.node()->id, variable);
    variable->value.node()->captures = true;  // a tape meets the value in each call
  }
  if (paused_ > 0) return variable->value;
  for (Recording* recording : active_) {
    if (!sees(recording)) continue;
    if (noted_.size() == noted_.capacity()) noted_.reserve(noted_.size() * 2 + 4);
    const Recording::News news = recording->note_read(variable);
    if (news.read) noted_.push_back({recording, variable, variable->value, news.watched});
  }
  return variable->value;
}

Tensor Recorder::read_with(const VariablePtr& variable, const Tensor& value) {
  struct Back {
    Variable& variable;
    Tensor own;
    ~Back() { variable.value = own; }
  } const back{*variable, std::exchange(variable->value, value)};
  return read(variable);
}

void Recorder::roll_back(const Mark& mark) noexcept {
  while (noted_.size() > mark.noted) {
    const Noted& n = noted_.back();
    n.recording->take_back(n.variable.get(), n.value, n.watched);
    noted_.pop_back();
  }
  if (seedings_ == mark.seedings) random_counter_ = std::max(mark.drawn, kept_draws_);
}

VariablePtr Recorder::new_variable(const Tensor& initial) {
  if (trace_)
    fail(Status::failed_precondition,
         "gt_variable: a function's body cannot make a variable; make it outside, the body may read and assign it");
  auto variable = std::make_shared<Variable>(next_id_++);
  bind(variable, initial);
  return variable;
}

Tensor Recorder::unconnected(const Tensor& value) {
  if (is_sampling())
    fail(
        Status::failed_precondition,
        "the function of a sample (gt_vmap) cannot assign a variable, nor make one: each sample would have a value of it");
  if (value.node()->symbolic && !trace_)
    fail(Status::failed_precondition, "a variable cannot be assigned a cotangent or tangent that has no value yet");
  Pause pause(*this);
  // A fresh leaf, or an unrecorded cast to its own dtype: either way no tape connects it with where it came from.
  const bool known = static_cast<bool>(value.value());
  Tensor bound = known ? constant(value.spec(), value.value()) : cast_to(value, value.dtype());
  bound.node()->outputs[0].spec.weak = value.spec().weak;
  bound.node()->bound = true;
  return bound;
}

void Recorder::assign(const VariablePtr& variable, Tensor unconnected) noexcept {
  variable->value = std::move(unconnected);
  variable->unlink();
  if (!variable->value.value()) variable->link_before(pending_variables_);
}

void Recorder::add_pending_variables(Tensors& wanted) {
  for (PendingLink* link = pending_variables_.next; link != &pending_variables_;) {
    auto* variable = static_cast<Variable*>(link);
    link = link->next;
    const Tensor& value = variable->value;
    // While a function is recorded a variable may have another value for a time: it stays on the list.
    if (value.value() && !trace_) variable->unlink();
    if (!value.value() && !value.node()->symbolic) wanted.push_back(value);
  }
}

void Recorder::activate(Recording* recording) {
  recording->begin_period(next_id_);
  enlist(recording);
}
void Recorder::enlist(Recording* recording) {
  active_.push_back(recording);
  recording->activity = {true, false, trace_, active_.size() - 1};
  ++listening_;
}

Recorder::Listening::Listening(Recorder& recorder, Recording& recording)
    : recorder_(recorder), recording_(recording), before_(recording.activity) {
  if (!before_.listed) {
    recorder.enlist(&recording);
    return;
  }
  recorder.suspend(&recording, false);
  recording.activity.trace = recorder.trace_;
}
Recorder::Listening::~Listening() {
  if (!before_.listed) {
    recorder_.deactivate(&recording_);
    return;
  }
  recording_.activity.trace = before_.trace;
  recorder_.suspend(&recording_, before_.suspended);
}

void Recorder::suspend(Recording* recording, bool suspended) noexcept {
  listening_ -= is_active(recording);
  recording->activity.suspended = suspended;
  listening_ += is_active(recording);
}

void Recorder::deactivate(Recording* recording) noexcept {
  if (!recording->activity.listed) return;
  recording->end_period(next_id_);
  listening_ -= is_active(recording);
  const std::size_t place = recording->activity.place;
  active_[place] = active_.back();
  active_[place]->activity.place = place;
  active_.pop_back();
  recording->activity = {};
  std::erase_if(noted_, [&](const Noted& n) { return n.recording == recording; });
}

bool Recorder::is_held(const Tensor& t) const {
  return std::ranges::any_of(t.node()->memberships,
                             [&](const Node::Membership& m) { return sees(m.recording) && m.recording->holds(t); });
}

void Recorder::check_arity(const Op& op, std::size_t n) const {
  const auto optional = static_cast<std::size_t>(std::ranges::count_if(op.inputs, &InputSpec::optional));
  const std::size_t most = op.inputs.size(), least = most - optional;
  if (op.variadic ? n < least : n < least || n > most) {
    std::string names;
    for (const InputSpec& input : op.inputs) names += (names.empty() ? "" : ", ") + input.name;
    std::string want = fmt::format("{}", most);
    if (op.variadic)
      want = fmt::format("at least {}", least);
    else if (optional)
      want = fmt::format("{} to {}", least, most);
    invalid("{}: takes {} input(s) ({}), got {}", op.name, want, names, n);
  }
}

Tensor Recorder::cast_to(const Tensor& t, Dtype dtype) {
  auto attrs = std::make_shared<Attrs>();
  attrs->values.push_back(dtype);
  return record(cast_, std::span(&t, 1), std::move(attrs))[0];
}

Tensor Recorder::strengthen(const Tensor& weak, Dtype dtype, const Op& op) {
  Tensor& known = weak.node()->strengthened;
  const bool on_tape = !weak.node()->memberships.empty(), captured = is_from_outside(weak) && is_floating(dtype);
  if (known && known.dtype() == dtype && !on_tape) return captured ? strengthen_in_body(weak, known) : known;
  if (&weak.node()->op == &constant_op() && weak.rank() == 0) {
    double value;
    std::memcpy(&value, weak.value()->data(), sizeof value);
    if (!holds_exactly(dtype, value))
      invalid("{}: the scalar {} is no {}; make a tensor of the dtype that is meant, or cast", op.name, value,
              name_of(dtype));
    if (!on_tape) {
      known = weak.node()->literal ? literal(value, dtype) : scalar(value, dtype);
      return captured ? strengthen_in_body(weak, known) : known;
    }
  }
  return cast_to(weak, dtype);
}

void Recorder::unify_dtypes(const Op& op, Tensors& inputs) {
  const auto spec_of = [&](std::size_t i) -> const InputSpec& { return op.inputs[std::min(i, op.inputs.size() - 1)]; };
  std::optional<Dtype> shared;
  bool weak = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Spec& s = inputs[i].spec();
    weak |= s.weak;
    if (spec_of(i).kind == InputKind::shared && !s.weak && !shared) shared = s.dtype;
  }
  for (std::size_t i = 0; weak && i < inputs.size(); ++i) {
    if (!inputs[i].spec().weak) continue;
    const InputKind kind = spec_of(i).kind;
    if (kind == InputKind::shared && shared) inputs[i] = strengthen(inputs[i], *shared, op);
    if (kind == InputKind::integer) inputs[i] = strengthen(inputs[i], Dtype::int64, op);
    if (kind == InputKind::boolean) inputs[i] = strengthen(inputs[i], Dtype::boolean, op);
  }
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const InputSpec& input = spec_of(i);
    const Dtype dtype = inputs[i].dtype();
    if (!kind_allows(input.kind, dtype))
      invalid("{}: {} must be {}, got {}", op.name, input.name,
              input.kind == InputKind::integer ? "int32 or int64" : "bool", name_of(dtype));
    if (input.kind != InputKind::shared) continue;
    if (!(op.dtypes & bit(dtype)))
      invalid("{}: {} must be one of {}, got {}", op.name, input.name, dtype_names(op.dtypes), name_of(dtype));
    if (first && inputs[*first].dtype() != dtype)
      invalid("{}: inputs must have one dtype, got {} for {} and {} for {}; cast one of them", op.name,
              name_of(inputs[*first].dtype()), spec_of(*first).name, name_of(dtype), input.name);
    if (!first) first = i;
  }
}

void Recorder::note(Node& node) {
  for (const Tensor& input : node.inputs) {
    if (!is_floating(input.dtype())) continue;
    for (const Node::Membership& m : input.node()->memberships)
      if (sees(m.recording) && !node.membership(m.recording) && m.recording->holds(input, m)) m.recording->add(node);
  }
}

// Errors from inside name the op the user called as well.
Tensors Recorder::record_body(const Composite& body, const Call& c) {
  const Op* outer = std::exchange(composite_, composite_ ? composite_ : &c.op());
  try {
    Tensors outputs = body(c);
    composite_ = outer;
    return outputs;
  } catch (const Error& e) {
    composite_ = outer;
    if (outer || e.message().starts_with(c.op().name + ":")) throw;
    const std::string message = fmt::format("{}: {}", c.op().name, e.message());
    if (dynamic_cast<const SymbolicRead*>(&e)) throw SymbolicRead(e.code(), message);
    throw Error(e.code(), message);
  } catch (...) {
    composite_ = outer;
    throw;
  }
}

// An elementwise result may be 0 for want of a selection if all operands of a set in `zero_where` may be. Any other op
// may hand on the zeros of its inputs.
bool Recorder::is_sparse(const Node& node) {
  const auto sparse = [](const Tensor& t) { return t.node()->sparse || t.dtype() == Dtype::boolean; };
  const Op& op = node.op;
  const auto* e = std::get_if<Elementwise>(&op.computation);
  if (op.leaves_out) return true;
  if (!e || op.picks)
    return std::ranges::any_of(node.inputs, [&](const Tensor& t) { return is_floating(t.dtype()) && sparse(t); });
  if (e->zero_where.empty()) return false;
  std::size_t operands = 0;  // those that are, as bits
  for (std::size_t i = 0; i < node.inputs.size(); ++i) operands |= std::size_t{sparse(node.inputs[i])} << i;
  return operands != 0 && std::ranges::any_of(e->zero_where, [&](uint8_t set) { return (set & ~operands) == 0; });
}

Tensors Recorder::record(const Op& op, std::span<const Tensor> given, std::shared_ptr<Attrs> attrs, std::size_t room) {
  check_arity(op, given.size());
  Tensors inputs(given.begin(), given.end());
  unify_dtypes(op, inputs);
  if (op.instead)
    if (Tensors outputs = record_body(op.instead, Call(op, *this, inputs, attrs.get(), nullptr)); !outputs.empty())
      return outputs;
  if (const auto* body = std::get_if<Composite>(&op.computation)) {
    if (op.infer) {
      Inference check(op, *this, inputs, attrs.get(), room);
      op.infer(check);
    }
    return record_body(*body, Call(op, *this, inputs, attrs.get(), nullptr));
  }
  Inference inference(op, *this, inputs, attrs.get(), room);
  op.infer(inference);
  inference.need_room(static_cast<int64_t>(inference.outputs.size()));
  for (const Spec& spec : inference.outputs) check_bytes(op.name, spec.shape, size_of(spec.dtype));

  Tensor keep(new (*this) Node(*this, op, next_id_++));
  Node& node = *keep.node();
  for (const Tensor& input : inputs) node.symbolic |= input.node()->symbolic;
  node.inputs = std::move(inputs);
  node.sparse = is_sparse(node);
  node.attrs = std::move(attrs);
  node.within = composite_ == &op ? nullptr : composite_;
  node.outputs.reserve(inference.outputs.size());
  for (Spec& spec : inference.outputs) node.outputs.push_back({std::move(spec), nullptr});
  node.count_memory();
  if (deriving_) annotations.set_origin(node, annotations.origin_for(*deriving_));
  if (paused_ == 0 && listening_ > 0) note(node);
  if (trace_) node.captures = captures(node);
  Tensors outputs;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) outputs.push_back(Tensor(&node, static_cast<uint32_t>(i)));
  return outputs;
}

Tensors Recorder::record_again(const Node& node, std::span<const Tensor> inputs) {
  Tensors out = record(node.op, inputs, node.attrs ? std::make_shared<Attrs>(*node.attrs) : nullptr);
  const auto same = [](const Tensor& now, const Node::Output& before) {
    return now.dtype() == before.spec.dtype && now.shape() == before.spec.shape;
  };
  if (!std::ranges::equal(out, node.outputs, same))
    fail(Status::callback_failed, "{}: recorded again on inputs of the same shapes, it has other outputs",
         node.op.name);
  if (node.within) out[0].node()->within = node.within;
  annotations.copy(node, *out[0].node());
  return out;
}

}  // namespace gradtape::core
