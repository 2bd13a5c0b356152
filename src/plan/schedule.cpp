#include "plan/schedule.hpp"

#include <algorithm>
#include <cstring>

#include "graph/walk.hpp"

namespace gradtape::core {

namespace {
bool is_symbol(const Node& node) { return &node.op == &placeholder_op() || &node.op == &parameter_op(); }

bool is_recorded(const Node& node) {
  return std::ranges::any_of(node.memberships, [](const Node::Membership& m) { return !m.watched; });
}

bool only_rearranges(const Node& node) {
  if (node.inputs.size() != 1 || node.outputs.size() != 1) return false;
  return std::holds_alternative<StridedView>(node.op.computation) || std::holds_alternative<Alias>(node.op.computation);
}

// visit: that of the walk which has found the nodes, and has marked no others.
void number_slots(Schedule& s, uint64_t visit) {
  for (Node* node : s.nodes)
    for (const Tensor& input : node->inputs) {
      Node* source = input.node();
      if (source->visit == visit) continue;  // a node of the schedule, or a leaf that is known
      source->visit = visit;
      source->slot = s.slots;
      for (std::size_t i = 0; i < source->outputs.size(); ++i) {
        s.leaves.push_back(Tensor(source, static_cast<uint32_t>(i)));
        ++s.slots;
      }
    }
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    Node* node = s.nodes[i];
    if (s.fixed && is_symbol(*node)) fail_without_value();
    node->slot = s.slots;
    node->position = static_cast<uint32_t>(i);
    node->uses = node->later_uses = 0;
    s.slots += static_cast<uint32_t>(node->outputs.size());
  }
}

// The outputs to keep, with those that the kernel cannot leave out.
uint8_t with_siblings(const Node& node, uint8_t kept) {
  return kept != 0 && !node.op.skips_outputs ? Schedule::kAll : kept;
}

// An output is kept if a handle, a variable, a tape or a node outside this schedule refers to it. So is an output that
// a node on a tape reads, since its derivative may ask for it.
void find_kept(Schedule& s, std::span<const Tensor> targets) {
  s.kept.assign(s.nodes.size(), 0);
  // Whatever a target or a node of the schedule reads and has no value is in the schedule.
  const auto inside = [](const Node* node) { return !node->evaluated; };
  const auto keep = [&](const Tensor& t) {
    s.kept[t.node()->position] |= with_siblings(*t.node(), t.index() == 0 ? Schedule::kFirst : Schedule::kLater);
  };
  for (const Node* node : s.nodes)
    for (const Tensor& input : node->inputs) {
      ++input.node()->uses;
      if (input.index() > 0) ++input.node()->later_uses;
    }
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    const Node* node = s.nodes[i];
    const uint32_t held = node->references() - node->uses, later_held = node->later_references() - node->later_uses;
    s.kept[i] |=
        with_siblings(*node, (held > later_held ? Schedule::kFirst : 0) | (later_held > 0 ? Schedule::kLater : 0));
    if (!is_recorded(*node)) continue;
    s.kept[i] = Schedule::kAll;
    for (const Tensor& input : node->inputs)
      if (inside(input.node())) keep(input);
  }
  std::vector<uint8_t> asked(s.nodes.size(), 0);
  for (const Tensor& t : targets)
    if (inside(t.node())) keep(t), asked[t.node()->position] = 1;
  // A view is not written out for a handle's sake: it stays pending, and its input is kept.
  for (std::size_t i = s.nodes.size(); i-- > 0;) {
    const Node* node = s.nodes[i];
    if (!s.kept[i] || asked[i] || is_recorded(*node) || !only_rearranges(*node)) continue;
    s.kept[i] = 0;
    if (inside(node->inputs[0].node())) keep(node->inputs[0]);
  }
}

// The targets are kept, and nothing else.
void keep_alone(Schedule& s, std::span<const Tensor> targets) {
  s.kept.assign(s.nodes.size(), 0);
  for (const Tensor& t : targets)
    if (!t.node()->evaluated && !is_symbol(*t.node())) s.kept[t.node()->position] = Schedule::kAll;
}

void compute_hash(Schedule& s) {
  StructureHash h;
  h.add(s.leaves.size());
  for (const Tensor& leaf : s.leaves) {
    h.add(leaf.spec());
    // A literal's value is part of the structure: the plan may have been made for it.
    uint64_t bits = 0;
    if (leaf.node()->literal) std::memcpy(&bits, leaf.value()->data(), size_of(leaf.dtype()));
    h.add(leaf.node()->literal ? ~bits : 0);
  }
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    const Node& node = *s.nodes[i];
    h.add(reinterpret_cast<uintptr_t>(&node.op));
    h.add(reinterpret_cast<uintptr_t>(node.within));  // messages name it
    // The attributes of an alias show in its shape alone.
    if (node.attrs && !std::holds_alternative<Alias>(node.op.computation)) h.add(hash_attrs(0, *node.attrs));
    for (const Tensor& input : node.inputs) h.add(input.node()->slot + input.index());
    for (const Node::Output& out : node.outputs) h.add(out.spec);
    h.add(s.kept[i]);
  }
  s.hash = h.value();
}
}  // namespace

void check_computable(std::span<const Tensor> targets) {
  for (const Tensor& t : targets) {
    if (!t.node()->symbolic) continue;
    const char* why = t.recorder().is_tracing()
                          ? "this tensor has no value while a function is being recorded (or a Jacobian or transposed "
                            "rule built): it depends on the function's inputs; return it as an output and read that"
                          : "this tensor has no value: it stands for one sample of many (in a vmap), or for the "
                            "cotangent or tangent of a Jacobian (or a transposed rule) that is being built, or belongs "
                            "to a function's body";
    t.recorder().refuse_value(fmt::format("{}: {}", t.node()->op.name, why));
  }
}

Schedule schedule(Recorder& recorder, std::span<const Tensor> targets) {
  check_computable(targets);
  Schedule s;
  s.recorder = &recorder;
  s.nodes = nodes_behind(targets, [](const Tensor& t) { return !t.node()->evaluated; });
  number_slots(s, recorder.visit());
  find_kept(s, targets);
  compute_hash(s);
  return s;
}

Schedule schedule_of_node(Recorder& recorder, Node& node) {
  Schedule s;
  s.recorder = &recorder;
  s.nodes = {&node};
  node.visit = recorder.next_visit();
  number_slots(s, node.visit);
  s.kept = {Schedule::kAll};
  compute_hash(s);
  return s;
}

void fail_without_value() {
  fail(
      Status::failed_precondition,
      "a function's body computes with a tensor that has no value: one that another function's body made or was given, "
      "or the cotangent of a Jacobian that is being built");
}

Schedule schedule_of_function(Recorder& recorder, std::span<const Tensor> targets) {
  Schedule s;
  s.recorder = &recorder;
  s.fixed = true;
  s.nodes = nodes_behind(targets, [](const Tensor& t) { return !t.node()->evaluated; });
  number_slots(s, recorder.visit());
  keep_alone(s, targets);
  return s;
}

Schedule schedule_of_symbols(Recorder& recorder, std::span<const Tensor> targets) {
  Schedule s;
  s.recorder = &recorder;
  s.nodes = nodes_behind(targets, [](const Tensor& t) { return !t.node()->evaluated && !is_symbol(*t.node()); });
  number_slots(s, recorder.visit());
  keep_alone(s, targets);
  return s;
}

}  // namespace gradtape::core
