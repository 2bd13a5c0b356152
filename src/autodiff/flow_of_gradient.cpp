#include "autodiff/flow_of_gradient.hpp"

#include "autodiff/part.hpp"
#include "autodiff/values.hpp"
#include "graph/print.hpp"
#include "ops/custom.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
std::string range_of(const Tensor& t) {
  if (t.node()->symbolic || t.shape().elements() == 0) return "";
  const Extent e = extent_of(t);
  if (e.finite() == 0) return ", which has no finite element";
  return e.least == e.most ? fmt::format(", which is {} everywhere", e.least)
                           : fmt::format(", which lies between {} and {}", e.least, e.most);
}

// Whether the op's derivative is zero whatever its values are.
bool is_zero_everywhere(const Hop& hop, const Tensor& result) {
  const Tensor ct = result.recorder().placeholder(result.spec());
  const Recorder::Attempt attempt(result.recorder());
  try {
    const Tensors g = reverse(
        {Tensors{result}, Tensors{ct}, Tensors{hop.from}, [&](const Tensor& t) { return t.node() == hop.node; }});
    return g[0] && !g[0].node()->symbolic;
  } catch (const Error&) {
    if (!attempt.asked()) throw;
    return false;  // a user's gradient function looks at its cotangent
  }
}

// The part of the result's cotangent that goes to one input alone. The tensor may have other uses, which cancel it.
Tensor contribution(const Hop& hop, const Tensor& result, const Tensor& cotangent) {
  Tensors in;
  for (const Tensor& t : hop.node->inputs) in.push_back(identity(t));
  const Tensors outputs = reapply_all(Call(*hop.node), in);
  check_alike(*hop.node, outputs);
  const Tensor& out = outputs[result.index()];
  return reverse({Tensors{out}, Tensors{cotangent}, Tensors{in[hop.input]},
                  [&](const Tensor& t) { return t.node() == out.node(); }})[0];
}

std::string where_it_vanishes(const Tape& tape, const Tensor& target, const Route& route) {
  Tensors on_route;
  for (const Hop& hop : route.hops) on_route.push_back(hop.from);
  const Tensors cotangents =
      reverse({Tensors{target}, Tensors{ones(tape.recorder(), target.spec())}, on_route, tape.passable()});
  for (std::size_t i = route.hops.size(); i-- > 0;) {
    if (cotangents[i] && !extent_of(cotangents[i]).is_zero()) continue;
    const Hop& hop = route.hops[i];
    const Tensor result = i + 1 < route.hops.size() ? route.hops[i + 1].from : target;
    const bool last = i + 1 == route.hops.size();
    const Tensor g = contribution(hop, result, last ? ones(tape.recorder(), target.spec()) : cotangents[i + 1]);
    if (g && !extent_of(g).is_zero())
      return fmt::format("{}: what the uses of {} contribute cancels", title_of(*hop.node), labelled(hop.from));
    if (is_zero_everywhere(hop, result))
      return fmt::format("{}, whose derivative is 0 everywhere", title_of(*hop.node));
    return fmt::format("{}: its derivative is 0, or underflows, at its input {}{}", title_of(*hop.node),
                       labelled(hop.from), range_of(hop.from));
  }
  return "";
}

std::string described(const Tape& tape, const Tensor& target, const Source& source, const Route& route) {
  const Tensor g =
      tape.pull_back(Tensors{target}, Tensors{ones(tape.recorder(), target.spec())}, std::span(&source, 1))[0];
  if (!g) return "no rule on the way gives anything: the gradient is NULL";
  const Extent e = extent_of(g);
  if (e.elements == 0) return "the source has no elements";
  if (e.nans + e.infinities > 0)
    return fmt::format(
        "{} of its {} elements are not finite; gt_set_checks names the first op that makes such a number",
        e.nans + e.infinities, e.elements);
  if (!e.is_zero()) return fmt::format("{} of its {} elements are not 0", e.elements - e.zeros, e.elements);
  const std::string vanishes = where_it_vanishes(tape, target, route);
  return vanishes.empty() ? "all its elements are 0: what the values of the variable contribute cancels"
                          : "all its elements are 0, from here on: " + vanishes;
}
}  // namespace

std::string flow_of_gradient(const Tape& tape, const Tensor& target, const Source& source, const Route& route) {
  const auto line = [](const std::string& text) { return fmt::format("gradient of the target's sum: {}\n", text); };
  if (!route.failure.empty()) return line("it cannot be taken: " + route.failure);
  try {
    return line(described(tape, target, source, route));
  } catch (const Error& e) {
    if (e.code() == Status::cancelled || e.code() == Status::out_of_memory) throw;
    return line("it cannot be taken: " + e.message());
  }
}

}  // namespace gradtape::core
