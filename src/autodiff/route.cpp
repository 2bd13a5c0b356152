#include "autodiff/route.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "graph/walk.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

Block when(const Recording& recording, uint64_t id) {
  const auto& periods = recording.periods();
  if (periods.empty() || id < periods.front().begin) return Block::not_begun;
  for (std::size_t i = 0; i < periods.size(); ++i)
    if (id < periods[i].begin)
      return Block::paused;
    else if (id < periods[i].end)
      return Block::none;
  return Block::ended;
}

uint64_t watched_since(const Recording& recording, const Tensor& t) {
  for (const Recording::Watched& w : recording.watched())
    if (w.tensor.same(t)) return w.since;
  return 0;
}

bool has_forgotten(const Node& node) { return node.evaluated && node.inputs.empty() && !node.op.inputs.empty(); }

namespace {
class Finder {
 public:
  Finder(const Tape& tape, const Tensors& sources)
      : recording_(tape.recording()), sources_(sources.begin(), sources.end()) {}

  std::optional<Route> find(const Tensor& target) {
    ask_users(target);
    for (Node* node : behind(target)) reach(*node);
    if (!reaches(target)) return std::nullopt;
    Route route;
    Tensor at = target;
    while (!is_source(at)) {
      const Best& best = best_.at(at.node());
      route.hops.push_back({at.node()->inputs[best.input], at.node(), best.input, best.block});
      at = route.hops.back().from;
    }
    std::ranges::reverse(route.hops);
    route.source = at;
    for (const Hop& hop : route.hops) {
      route.blocks += hop.block != Block::none;
      if (const auto failed = failures_.find(hop.node); failed != failures_.end()) route.failure = failed->second;
    }
    return route;
  }

 private:
  struct Best {
    std::size_t blocks, length, input;
    Block block;
    bool operator<(const Best& other) const {
      return std::pair(blocks, length) < std::pair(other.blocks, other.length);
    }
  };

  static std::vector<Node*> behind(const Tensor& target) {
    return nodes_behind(Tensors{target}, [](const Tensor&) { return true; });
  }
  bool is_source(const Tensor& t) const { return sources_.contains(t); }
  bool reaches(const Tensor& t) const { return is_source(t) || best_.contains(t.node()); }

  void reach(Node& node) {
    std::optional<Best> best;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Tensor& t = node.inputs[i];
      if (!reaches(t)) continue;
      const Best before = is_source(t) ? Best{0, 0, 0, Block::none} : best_.at(t.node());
      const Block block = block_at(node, i);
      const Best now{before.blocks + (block != Block::none), before.length + 1, i, block};
      if (!best || now < *best) best = now;
    }
    if (best) best_.emplace(&node, *best);
  }

  Block block_at(Node& node, std::size_t i) {
    const Tensor& t = node.inputs[i];
    if (!is_floating(t.dtype())) return Block::integer;
    if (node.bound) return Block::assignment;
    const bool held = recording_.holds(t), source = is_source(t);
    if (source && !held) return Block::unwatched;
    const Node::Membership* m = node.membership(&recording_);
    if (m && !m->watched) return by_rule(node, i);
    if (!held) return Block::none;  // something before it stopped the derivative already
    const Block time = when(recording_, node.id);
    if (time != Block::none) return time;
    if (node.id < watched_since(recording_, t)) return Block::too_early;
    return recording_.may_be_paused(node.id) ? Block::paused : Block::unseen;
  }

  Block by_rule(Node& node, std::size_t i) {
    const Derivative& d = node.op.derivative;
    if (const auto* none = std::get_if<Undifferentiable>(&d)) return none->fatal ? Block::none : Block::by_nature;
    if (const auto* p = std::get_if<Partials>(&d)) return p->by_input[i] ? Block::none : Block::no_partial;
    if (const auto* l = std::get_if<Linear>(&d))
      return l->to_all || l->by_input[std::min(i, l->by_input.size() - 1)] ? Block::none : Block::no_partial;
    return user_gives(node, i) ? Block::none : Block::no_result;
  }

  // A user's rule may leave out an input, or fail. It may also change the graph: rules are asked before the walk.
  void ask_users(const Tensor& target) {
    for (Node* node : behind(target))
      if ((node->op.by_user || node->op == op<"custom_gradient">)&&std::holds_alternative<Rules>(node->op.derivative))
        if (const Tensor t(node); recording_.recorded(t)) asked_.push_back(t);
    for (const Tensor& t : asked_) ask(*t.node());
  }
  void ask(Node& node) {
    const auto& rules = std::get<Rules>(node.op.derivative);
    std::vector<bool>& given = given_[&node];
    given.assign(node.inputs.size(), true);
    if (!rules.reverse) return;
    Tensors cotangents;
    for (const Node::Output& out : node.outputs)
      cotangents.push_back(is_floating(out.spec.dtype) ? node.recorder.placeholder(out.spec)
                                                       : zeros(node.recorder, out.spec));
    const Recorder::Attempt attempt(node.recorder);
    try {
      const Tensors results = rules.reverse(Call(node), cotangents);
      for (std::size_t i = 0; i < results.size(); ++i) given[i] = static_cast<bool>(results[i]);
    } catch (const Error& e) {
      if (e.code() == Status::cancelled) throw;
      if (!attempt.asked()) failures_.emplace(&node, e.message());
    }
  }
  bool user_gives(const Node& node, std::size_t i) const {
    const auto asked = given_.find(&node);
    return asked == given_.end() || asked->second[i];
  }

  const Recording& recording_;
  const std::unordered_set<Tensor, TensorHash, TensorSame> sources_;
  std::unordered_map<const Node*, Best> best_;
  std::vector<Tensor> asked_;  // held
  std::unordered_map<const Node*, std::vector<bool>> given_;
  std::unordered_map<const Node*, std::string> failures_;
};
}  // namespace

std::optional<Route> best_route(const Tape& tape, const Tensor& target, const Tensors& sources) {
  return Finder(tape, sources).find(target);
}

}  // namespace gradtape::core
