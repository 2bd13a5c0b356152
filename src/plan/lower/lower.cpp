// Nodes become instructions, one after the other.
#include "plan/lower/lower.hpp"

namespace gradtape::core {

namespace {
class Lowering {
 public:
  Lowering(const Schedule& s, std::span<const Rule* const> active)
      : s_(s), active_(active), b_(*s.recorder, s.fixed, active), values_(s.slots) {
    b_.reserve(s_.slots + s_.slots / 4, s_.nodes.size() + s_.nodes.size() / 4);
  }

  Program program() {
    for (std::size_t i = 0; i < s_.leaves.size(); ++i) values_[i] = b_.add_leaf(s_.leaves[i]);
    for (std::size_t i = 0; i < s_.leaves.size(); ++i)  // numbers of a function: equal ones are one
      if (const Tensor& leaf = s_.leaves[i]; s_.fixed && leaf.value() && leaf.rank() == 0)
        values_[i] = {b_.constant(leaf.dtype(), leaf.value()->data()), values_[i].layout};
    for (const Node* node : s_.nodes) add(*node);
    keep_results();
    return b_.take();
  }

 private:
  static const Op& user_op(const Node& node) { return node.within ? *node.within : node.op; }

  void add(const Node& node) {
    b_.set_user_op(user_op(node));
    SmallVector<Operand, 2> in;
    for (const Tensor& t : node.inputs) in.push_back(values_[t.node()->slot + t.index()]);
    const Computation& how = node.op.computation;
    if (std::holds_alternative<Alias>(how)) {
      const std::size_t first = in.size() - node.outputs.size();
      for (std::size_t i = 0; i < node.outputs.size(); ++i)
        values_[node.slot + i] = b_.reshape(in[first + i], node.outputs[i].spec.shape);
    } else if (const auto* view = std::get_if<StridedView>(&how)) {
      const Shape& shape = node.outputs[0].spec.shape;
      values_[node.slot] = {in[0].slot, view->layout({{node.op, node.attrs.get()}, in[0].layout, shape})};
    } else {
      add_expression(node, std::move(in));
    }
  }
  void add_expression(const Node& node, SmallVector<Operand, 2> in) {
    Expression e{&node.op, node.attrs, std::move(in), {}};
    for (const Node::Output& out : node.outputs) e.out.push_back(out.spec);
    ProgramBuilder::Operands results;
    if (b_.bands().empty() && !node.op.is_identity) {  // then there is nothing to note
      results = b_.add(std::move(e));
    } else {
      results = b_.add(e);
      for (const Rule* rule : active_)
        if (rule->note) rule->note(b_, e, {results.data(), results.size()});
    }
    for (std::size_t i = 0; i < results.size(); ++i) values_[node.slot + i] = results[i];
  }

  // A kept value needs memory that holds it and nothing else.
  void keep_results() {
    std::vector<uint32_t> results(s_.slots, kNone);
    for (std::size_t i = 0; i < s_.nodes.size(); ++i) {
      const Node& node = *s_.nodes[i];
      b_.set_user_op(user_op(node));
      for (std::size_t k = 0; k < node.outputs.size(); ++k)
        if (s_.keeps(i, k)) results[node.slot + k] = kept(values_[node.slot + k]);
    }
    b_.set_results(std::move(results));
  }
  uint32_t kept(Operand& x) {
    const bool whole_slot =
        x.layout.offset == 0 && is_dense(x.layout) && x.layout.shape.elements() == b_.spec(x).shape.elements();
    if (!whole_slot) {
      std::optional<Banded> banded;
      if (b_.bands().in(x.slot)) banded = b_.bands().of(b_, x, x.layout.shape);
      x = b_.copy(x);
      if (banded) b_.bands().note(x.slot, std::move(*banded));
    }
    if (const std::optional<Operand> sparse = from_bands(b_, x)) x = *sparse;
    return x.slot;
  }

  const Schedule& s_;
  std::span<const Rule* const> active_;
  ProgramBuilder b_;
  std::vector<Operand> values_;  // by output of the schedule's nodes
};
}  // namespace

Program lower(const Schedule& schedule, std::span<const Rule* const> active) {
  return Lowering(schedule, active).program();
}

}  // namespace gradtape::core
