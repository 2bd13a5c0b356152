// Walks a graph backwards and carries cotangents through the five kinds of derivatives.
#include "autodiff/reverse.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "autodiff/powers.hpp"
#include "graph/walk.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// True if a derivative can come from this input: integers and bools carry none.
bool carries(const Tensor& t) { return is_floating(t.dtype()); }

// The sum of each tensor's cotangents. Cotangents that are mostly zeros (of a slice, of entries by indices) wait until
// `take`. Many of them are then added together, at the cost of their other elements.
class Cotangents {
 public:
  void add(const Tensor& t, const Tensor& cotangent) {
    Sum& sum = sums_[t];
    if (is_mostly_zeros(cotangent))
      sum.waiting.push_back(cotangent);
    else
      sum.dense = plus(sum.dense, cotangent);
  }
  Tensor take(const Tensor& t) {
    auto it = sums_.find(t);
    if (it == sums_.end()) return {};
    Sum& sum = it->second;
    for (const Op* op : ops_of(sum.waiting)) sum.dense = plus(sum.dense, sum_of(*op, sum.waiting));
    sum.waiting.clear();
    return sum.dense;
  }
  void drop(const Tensor& t) { sums_.erase(t); }

 private:
  struct Sum {
    Tensor dense;
    std::vector<Tensor> waiting;
  };
  static constexpr std::size_t kMany = 4;  // from here on they are added up together

  static Tensor plus(const Tensor& a, const Tensor& b) { return a ? a + b : b; }
  // True if at most half of its elements are not 0.
  static bool is_mostly_zeros(const Tensor& cotangent) {
    const Node& node = *cotangent.node();
    if (!node.op.sum_of_calls || node.inputs.empty()) return false;
    int64_t held = 0;
    for (const Tensor& x : node.inputs)
      if (carries(x)) held += x.shape().elements();
    return held <= cotangent.shape().elements() / 2;
  }
  static std::vector<const Op*> ops_of(const std::vector<Tensor>& tensors) {
    std::vector<const Op*> ops;
    for (const Tensor& t : tensors)
      if (std::ranges::find(ops, &t.node()->op) == ops.end()) ops.push_back(&t.node()->op);
    return ops;
  }
  static Tensor sum_of(const Op& op, const std::vector<Tensor>& tensors) {
    std::vector<Call> calls;
    for (const Tensor& t : tensors)
      if (&t.node()->op == &op) calls.emplace_back(*t.node());
    if (calls.size() >= kMany)
      if (Tensor sum = op.sum_of_calls(calls)) return sum;
    Tensor sum;
    for (const Call& call : calls) sum = plus(sum, call.out());
    return sum;
  }

  std::unordered_map<Tensor, Sum, TensorHash, TensorSame> sums_;
};

struct ReverseStep {
  const Call& c;
  const Tensors& cotangents;
  const std::function<bool(const Tensor&)>& wanted;
  Tensors results;

  bool want(std::size_t i) const { return carries(c.in(i)) && wanted(c.in(i)); }

  void operator()(const Partials& p) {
    for (std::size_t i = 0; i < c.size(); ++i)
      if (want(i) && p.by_input[i])
        if (Tensor g = p.by_input[i](c, cotangents[0])) {
          if (!(g.shape() == c.out_spec().shape)) g = broadcast_to(g, c.out_spec().shape);
          results[i] = sum_to(g, c.in(i).shape());
        }
  }
  void operator()(const Linear& l) {
    if (l.to_all) {
      results = l.to_all(c, cotangents[0]);
      return;
    }
    for (std::size_t i = 0; i < c.size(); ++i)
      if (Transpose transpose = l.by_input[std::min(i, l.by_input.size() - 1)]; want(i) && transpose)
        results[i] = transpose(c, cotangents[0], i);
  }
  void operator()(const Rules& r) {
    if (!r.reverse) no_derivative(c.op(), "none was registered");
    results = r.reverse(c, cotangents);
  }
  void operator()(const Undifferentiable& u) {
    if (u.fatal) no_derivative(c.op(), u.reason);
  }
  void operator()(std::monostate) { fail(Status::internal, "{} has no derivative declared", c.op().name); }
};
}  // namespace

void no_derivative(const Op& op, const std::string& reason) {
  fail(Status::not_found, "{}: no gradient: {}; gt_register_gradient gives it one", op.name, reason);
}

Path path_between(std::span<const Tensor> targets, std::span<const Tensor> sources, const Passable& passable) {
  auto sources_set = std::make_shared<std::unordered_set<Tensor, TensorHash, TensorSame>>();
  for (const Tensor& s : sources)
    if (s) sources_set->insert(s);
  auto dependent = std::make_shared<std::unordered_set<const Node*>>();
  Path path;
  path.on_path = [=](const Tensor& t) { return dependent->contains(t.node()) || sources_set->contains(t); };
  for (Node* node : nodes_behind(targets, [&](const Tensor& t) { return carries(t) && passable(t); })) {
    // A leaf that is a target itself has nothing in front of it.
    const bool depends =
        std::ranges::any_of(node->inputs, [&](const Tensor& t) { return carries(t) && path.on_path(t); });
    if (!depends) continue;
    dependent->insert(node);
    path.nodes.push_back(node);
  }
  return path;
}

std::unordered_set<Tensor, TensorHash, TensorSame> inputs_of(const Path& path) {
  std::unordered_set<Tensor, TensorHash, TensorSame> read;
  for (const Node* node : path.nodes)
    for (const Tensor& t : node->inputs)
      if (carries(t)) read.insert(t);
  return read;
}

Tensors reverse(const ReverseRequest& request) {
  const Path path = path_between(request.targets, request.sources, request.passable);
  Cotangents cotangents;
  for (std::size_t i = 0; i < request.targets.size(); ++i)
    if (path.on_path(request.targets[i])) cotangents.add(request.targets[i], request.cotangents[i]);

  std::unordered_set<Tensor, TensorHash, TensorSame> sources(request.sources.begin(), request.sources.end());
  const auto stands = [&](const Tensor& t) { return sources.contains(t) || !path.on_path(t); };
  for (std::size_t k = path.nodes.size(); k-- > 0;) {
    Node& node = *path.nodes[k];
    const Tensor keep(&node);
    Tensors ct;
    bool any = false;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const Tensor out(&node, static_cast<uint32_t>(i));
      ct.push_back(cotangents.take(out));
      any |= static_cast<bool>(ct.back());
      if (!sources.contains(out)) cotangents.drop(out);
    }
    if (!any) continue;
    const Recorder::Deriving of(node.recorder, node);
    if (const auto s = smooth_power(node, stands)) {
      const Tensors g = reverse({Tensors{s->value}, ct, s->inputs, [&](const Tensor& t) { return s->between(t); }});
      for (std::size_t i = 0; i < g.size(); ++i)
        if (g[i] && path.on_path(s->inputs[i])) cotangents.add(s->inputs[i], g[i]);
      continue;
    }
    const Held held(node);
    Call call(node.op, node.recorder, held.inputs, held.attrs.get(), &node);
    call.set_wanted(path.on_path);
    ReverseStep step{call, ct, path.on_path, Tensors(held.inputs.size())};
    std::visit(step, node.op.derivative);
    for (std::size_t i = 0; i < held.inputs.size(); ++i)
      if (step.results[i] && step.want(i)) cotangents.add(held.inputs[i], step.results[i]);
  }
  Tensors results;
  for (const Tensor& s : request.sources) results.push_back(s ? cotangents.take(s) : Tensor());
  return results;
}

}  // namespace gradtape::core
