// Walks a graph forwards and carries tangents through the five kinds of derivatives.
#include "autodiff/forward.hpp"

#include <algorithm>
#include <unordered_map>

#include "autodiff/powers.hpp"
#include "graph/walk.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
Tensor plus(const Tensor& a, const Tensor& b) {
  if (!a) return b;
  return b ? a + b : a;
}

// The nodes that read placeholders, directly or through others, and the tensors whose values depend on them. An op with
// bodies may read one for some outputs alone.
struct Readers {
  std::vector<Node*> nodes;
  std::unordered_set<Tensor, TensorHash, TensorSame> depend;
};
Readers readers_of(const Tensors& placeholders, const Tensors& results) {
  Readers found;
  std::unordered_set<const Node*> reading;
  for (const Tensor& p : placeholders)
    if (p.node()->symbolic) reading.insert(p.node()), found.depend.insert(p);
  for (Node* node : nodes_behind(results, [](const Tensor& t) { return t.node()->symbolic; })) {
    if (std::ranges::none_of(node->inputs, [&](const Tensor& t) { return reading.contains(t.node()); })) continue;
    reading.insert(node);
    found.nodes.push_back(node);
    const Payload* payload = node->attrs ? node->attrs->payload() : nullptr;
    for (uint32_t k = 0; k < node->outputs.size(); ++k)
      for (std::size_t i = 0; i < node->inputs.size(); ++i)
        if (found.depend.contains(node->inputs[i]) && (!payload || payload->reaches(i, k)))
          found.depend.insert(Tensor(node, k));
  }
  return found;
}

// The same values, of nodes that read zeros in place of the placeholders.
Tensors without(const Tensors& placeholders, const Readers& readers, Tensors results) {
  std::unordered_map<Tensor, Tensor, TensorHash, TensorSame> fresh;
  for (const Tensor& p : placeholders)
    if (p.node()->symbolic) fresh.emplace(p, zeros(p.recorder(), p.spec()));
  const auto now = [&](const Tensor& t) {
    const auto it = fresh.find(t);
    return it == fresh.end() ? t : it->second;
  };
  for (Node* node : readers.nodes) {
    Tensors in;
    for (const Tensor& t : node->inputs) in.push_back(now(t));
    const Tensors out = node->recorder.record_again(*node, in);
    for (std::size_t k = 0; k < out.size(); ++k) fresh.emplace(Tensor(node, static_cast<uint32_t>(k)), out[k]);
  }
  for (Tensor& t : results)
    if (t) t = now(t);
  return results;
}

// The transpose of a rule that is only known in reverse. The function ct -> <rule(ct), tangent> is linear in ct; its
// derivative by ct is the tangent of the output.
Tensors transpose_rule(const Call& c, const Rules& rules, const Tensors& tangents) {
  Recorder& recorder = c.recorder();
  Tensors placeholders;
  for (std::size_t i = 0; i < c.outputs(); ++i)
    placeholders.push_back(is_floating(c.out_spec(i).dtype) ? recorder.placeholder(c.out_spec(i))
                                                            : zeros(recorder, c.out_spec(i)));
  const Recorder::Attempt attempt(recorder);
  Tensors gradients;
  try {
    gradients = rules.reverse(c, placeholders);
  } catch (const Error& e) {
    if (!attempt.asked() || e.code() == Status::cancelled) throw;
    fail(Status::unsupported,
         "{}: its gradient function reads the value of a cotangent, so that forward mode cannot derive a tangent from "
         "it; use reverse mode",
         c.op().name);
  }
  Tensors targets, cotangents;
  for (std::size_t i = 0; i < c.size(); ++i)
    if (gradients[i] && tangents[i]) {
      targets.push_back(gradients[i]);
      cotangents.push_back(tangents[i]);
    }
  Tensors results = reverse({targets, cotangents, placeholders, is_symbolic_result});
  Tensors connected;
  for (const Tensor& result : results)
    if (result) connected.push_back(result);
  const Readers readers = readers_of(placeholders, connected);
  if (std::ranges::any_of(connected, [&](const Tensor& t) { return readers.depend.contains(t); }))
    fail(Status::unsupported,
         "{}: its gradient is not linear in the output's cotangent (a clipped one, say): there is no tangent in "
         "forward mode; use reverse mode",
         c.op().name);
  return readers.nodes.empty() ? results : without(placeholders, readers, std::move(results));
}

struct ForwardStep {
  const Call& c;
  const Tensors& tangents;
  Tensors results;

  void operator()(const Partials& p) {
    Tensor sum;
    for (std::size_t i = 0; i < c.size(); ++i)
      if (tangents[i] && p.by_input[i]) sum = plus(sum, p.by_input[i](c, tangents[i]));
    if (sum) results[0] = broadcast_to(sum, c.out_spec().shape);
  }
  void operator()(const Linear& l) {
    const auto linear_in = [&](std::size_t i) { return l.by_input[std::min(i, l.by_input.size() - 1)] != nullptr; };
    if (l.jointly) {
      Tensors inputs;
      for (std::size_t i = 0; i < c.size(); ++i) inputs.push_back(tangents[i] ? tangents[i] : zeros_like(c.in(i)));
      results = reapply_all(c, inputs);
      return;
    }
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (!tangents[i] || !linear_in(i)) continue;
      Tensors inputs(c.inputs().begin(), c.inputs().end());
      inputs[i] = tangents[i];
      results[0] = plus(results[0], reapply_all(c, inputs)[0]);
    }
  }
  void operator()(const Rules& r) {
    if (r.forward)
      results = r.forward(c, tangents);
    else if (r.reverse)
      results = transpose_rule(c, r, tangents);
    else
      no_derivative(c.op(), "none was registered");
  }
  void operator()(const Undifferentiable& u) {
    if (u.fatal) no_derivative(c.op(), u.reason);
  }
  void operator()(std::monostate) { fail(Status::internal, "{} has no derivative declared", c.op().name); }
};
}  // namespace

Tensors forward(const ForwardRequest& request) {
  std::unordered_map<Tensor, Tensor, TensorHash, TensorSame> tangents;
  Tensors sources;
  for (std::size_t i = 0; i < request.sources.size(); ++i)
    if (request.sources[i] && request.tangents[i]) {
      sources.push_back(request.sources[i]);
      Tensor& t = tangents[request.sources[i]];
      t = plus(t, request.tangents[i]);
    }
  const auto tangent_of = [&](const Tensor& t) {
    auto it = tangents.find(t);
    return it == tangents.end() ? Tensor() : it->second;
  };
  const Path path = path_between(request.targets, sources, request.passable);
  const auto stands = [&](const Tensor& t) {
    return !path.on_path(t) || std::ranges::any_of(sources, [&](const Tensor& s) { return s.same(t); });
  };
  for (Node* node : path.nodes) {
    const Tensor keep(node);
    Tensors in;
    bool any = false;
    for (const Tensor& input : node->inputs) {
      in.push_back(tangent_of(input));
      any |= static_cast<bool>(in.back());
    }
    if (!any) continue;
    const Recorder::Deriving of(node->recorder, *node);
    const Held held(*node);
    const Call call(node->op, node->recorder, held.inputs, held.attrs.get(), node);
    ForwardStep step{call, in, Tensors(node->outputs.size())};
    if (const auto s = smooth_power(*node, stands)) {
      Tensors moved;
      for (const Tensor& x : s->inputs) moved.push_back(tangent_of(x));
      step.results = forward({Tensors{s->value}, s->inputs, moved, [&](const Tensor& t) { return s->between(t); }});
    } else {
      std::visit(step, node->op.derivative);
    }
    for (std::size_t i = 0; i < node->outputs.size(); ++i)
      if (step.results[i] && is_floating(node->outputs[i].spec.dtype)) {
        Tensor& t = tangents[Tensor(node, static_cast<uint32_t>(i))];
        t = plus(t, step.results[i]);  // an intermediate may be a source as well
      }
  }
  Tensors results;
  for (const Tensor& t : request.targets) results.push_back(tangent_of(t));
  return results;
}

}  // namespace gradtape::core
