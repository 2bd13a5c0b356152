#include "autodiff/explain.hpp"

#include <algorithm>

#include "autodiff/flow_of_gradient.hpp"
#include "autodiff/jacobian.hpp"
#include "autodiff/route.hpp"
#include "graph/print.hpp"
#include "graph/walk.hpp"
#include "ops/custom.hpp"

namespace gradtape::core {

namespace {
struct Reason {
  std::string what, remedy;
};

std::string ops(std::size_t n) { return n == 1 ? "1 op" : fmt::format("{} ops", n); }

class Explainer {
 public:
  Explainer(const Tape& tape, const Tensor& target, const Source& source)
      : tape_(tape),
        recording_(tape.recording()),
        target_(target),
        source_(source),
        sources_(tape.tensors_of(source)) {}

  std::string text() {
    if (tape_.is_used_up())
      return broken({"the tape is used up: it served its one derivative, and has forgotten what it recorded",
                     "begin it with GT_TAPE_PERSISTENT to take more than one"});
    if (!is_floating(source_.tensor.dtype()))
      return broken({fmt::format("the source is {}, and only floating tensors have derivatives", to_string(source_)),
                     "cast it to a floating dtype, watch the result, and compute from that"});
    if (std::ranges::any_of(sources_, [&](const Tensor& s) { return s.same(target_); }))
      return fmt::format("connected: the target {} is the source, and its derivative by itself is 1\n",
                         labelled(target_));
    const std::optional<Route> route = best_route(tape_, target_, sources_);
    if (route && route->blocks == 0 && is_floating(target_.dtype())) return connected(*route);
    if (!is_floating(target_.dtype()))
      return broken({fmt::format("the target {} of {} carries no derivative: only floating tensors do",
                                 labelled(target_), title_of(*target_.node())),
                     "take the derivative of a floating tensor"},
                    route ? way(*route) : "");
    if (!route) return without_route();
    const Hop& hop = *std::ranges::find_if(route->hops, [](const Hop& h) { return h.block != Block::none; });
    return broken(reason_at(hop), way(*route));
  }

 private:
  static std::string broken(const Reason& reason, const std::string& details = "") {
    return fmt::format("not connected: {}\n{}remedy: {}\n", reason.what, details, reason.remedy);
  }

  std::string connected(const Route& route) const {
    const bool is_recorded_only = target_.node()->symbolic;
    std::string text = fmt::format("connected: {} depends on {} through {}\n{}", labelled(target_), to_string(source_),
                                   ops(route.hops.size()), way(route));
    if (sources_.size() > 1 && source_.variable)
      text += fmt::format("the variable counts with the {} values that it was read with\n", sources_.size());
    if (!is_recorded_only) text += flow_of_gradient(tape_, target_, source_, route);
    return text + modes();
  }

  // The cost of a Jacobian of the pair.
  std::string modes() const {
    const int64_t rows = target_.shape().elements(), columns = source_.tensor.shape().elements();
    std::string automatic;
    try {
      const JacobianWay way = automatic_way(tape_, target_, std::span(&source_, 1));
      automatic = fmt::format("; GT_MODE_AUTO takes {}, {} sweep{}", way.name, way.sweeps, way.sweeps == 1 ? "" : "s");
    } catch (const Error& e) {  // a rule that fails has told so above
      if (e.code() == Status::cancelled || e.code() == Status::out_of_memory) throw;
    }
    return fmt::format("Jacobian: rows {0}, columns {1}; sweeps in reverse mode {0}, in forward mode {1}{2}\n", rows,
                       columns, automatic);
  }

  // The ops of a route, a line each; the middle of a long one is left out, but for what first stops the derivative.
  std::string way(const Route& route) const {
    constexpr std::size_t kEnd = 6;
    const std::size_t n = route.hops.size();
    std::string text = fmt::format("  from {}\n", to_string(source_));
    std::size_t left_out = 0;
    bool stopped = false;
    for (std::size_t i = 0; i < n; ++i) {
      const Hop& hop = route.hops[i];
      const bool shown = n <= 2 * kEnd || i < kEnd || i + kEnd >= n || (hop.block != Block::none && !stopped);
      stopped |= hop.block != Block::none;
      if (shown && left_out > 0) text += fmt::format("  ... {}\n", ops(std::exchange(left_out, 0)));
      if (!shown) ++left_out;
      if (shown) text += line_of(hop, i + 1 < n ? route.hops[i + 1].from : target_);
    }
    return text;
  }
  static std::string line_of(const Hop& hop, const Tensor& result) {
    std::string inputs;
    for (const Tensor& t : hop.node->inputs) inputs += (inputs.empty() ? "" : ", ") + labelled(t);
    if (hop.node->inputs.size() > 4) inputs = fmt::format("{} inputs", hop.node->inputs.size());
    return fmt::format("  {}({}) -> {}{}\n", title_of(*hop.node), inputs, labelled(result),
                       hop.block == Block::none ? "" : "   <- stops here");
  }

  Reason reason_at(const Hop& hop) const {
    const std::string op = title_of(*hop.node), from = labelled(hop.from);
    switch (hop.block) {
      case Block::unwatched: return unwatched(hop.node);
      case Block::too_early:
        return {fmt::format("{} was watched after {} had used it", to_string(source_), op), kWatchFirst};
      case Block::not_begun:
        return {fmt::format("{} ran before the tape began to record", op),
                "begin the tape, and watch the source, before the ops"};
      case Block::paused:
        return {fmt::format("{} was recorded while the tape was paused", op),
                "run it before gt_tape_stop_recording, or after gt_tape_resume_recording"};
      case Block::ended:
        return {fmt::format("{} ran after the tape had ended or stopped", op),
                "run it before gt_tape_end, or resume the tape first"};
      case Block::unseen:
        return {fmt::format("{} is on no tape: a custom gradient's forward function, or the body of a function, ran it",
                            op),
                "use what that function returns"};
      case Block::integer:
        return {fmt::format("{} takes {} of {}, and integers and bools carry no derivative", op, from,
                            title_of(*hop.from.node())),
                "stay with floating dtypes between source and target"};
      case Block::assignment:
        return {fmt::format("a variable was assigned {} of {}, and no derivative goes through an assignment", from,
                            title_of(*hop.from.node())),
                "compute with the tensor itself, and assign it afterwards"};
      case Block::by_nature: {
        const bool stops = hop.node->op == core::op<"stop_gradient">;
        return {fmt::format("{} has no derivative: {}", op, std::get<Undifferentiable>(hop.node->op.derivative).reason),
                stops ? "leave stop_gradient out" : "gt_apply_with_gradient or gt_custom_gradient give it one"};
      }
      case Block::no_partial: {
        const auto& specs = hop.node->op.inputs;
        return {fmt::format("{} has no derivative by its input {} ({})", op, hop.input,
                            specs[std::min(hop.input, specs.size() - 1)].name),
                "gt_custom_gradient can give it one"};
      }
      case Block::no_result:
        return {fmt::format("the gradient function of {} leaves the gradient of its input {} NULL", op, hop.input),
                "let the gradient function give one"};
      case Block::none: break;
    }
    return {};
  }

  static constexpr const char* kWatchFirst = "gt_tape_watch comes first, then the ops that use the source";

  // user: the first op that used the source, null where none is known.
  Reason unwatched(const Node* user) const {
    const Block time = user ? when(recording_, user->id) : Block::none;
    const std::string by = user ? fmt::format(" when {} used it", title_of(*user)) : "";
    if (time == Block::not_begun)
      return {fmt::format("{} ran before the tape began to record, and the tape does not know {}", title_of(*user),
                          to_string(source_)),
              "begin the tape, watch the source, and only then run the ops"};
    if (time == Block::paused || time == Block::ended)
      return {fmt::format("{} ran while the tape {}, and the tape does not know {}", title_of(*user),
                          time == Block::paused ? "was paused" : "had ended or stopped", to_string(source_)),
              "run the ops while the tape records"};
    if (!source_.variable)
      return {
          fmt::format("{} was never watched by this tape{}{}", to_string(source_), made_before(), watched_instead()),
          kWatchFirst};
    if (!source_.variable->trainable)
      return {fmt::format("{} is not trainable, and was not watched{}", to_string(source_), by),
              "give it to gt_tape_watch before it is read, or make it trainable"};
    if (!recording_.watches_variables())
      return {fmt::format("{} was not watched{}: the tape began with GT_TAPE_MANUAL_WATCH", to_string(source_), by),
              "give it to gt_tape_watch before it is read"};
    return {fmt::format("{} was never read while the tape recorded", to_string(source_)),
            "let the ops that read the variable run while the tape records"};
  }

  std::string made_before() const {
    const bool before = when(recording_, source_.tensor.node()->id) == Block::not_begun;
    return before ? ", which began after the source was made" : "";
  }
  std::string watched_instead() const {
    std::string names;
    std::size_t n = 0;
    for (const Recording::Watched& w : recording_.watched())
      if (++n <= 3) names += (names.empty() ? "" : ", ") + labelled(w.tensor);
    if (n == 0) return "; it watches nothing";
    return fmt::format("; it watches {}{}", names, n > 3 ? fmt::format(" and {} more", n - 3) : "");
  }

  // ---- The graph says nothing of a way: it was forgotten, or there is none.

  std::string without_route() const {
    const bool known = std::ranges::any_of(sources_, [&](const Tensor& s) { return recording_.holds(s); });
    const std::vector<Node*> behind = nodes_behind(Tensors{target_}, [](const Tensor&) { return true; });
    const std::string origin = origins(behind);
    for (const Node* node : behind)
      if (has_forgotten(*node)) return broken(forgotten(*node, known), origin);
    if (!known) return broken(unwatched(nullptr), origin);
    for (const Node* node : behind)
      if (node->bound && node->id > first_source())
        return broken({"the target was computed from the value of a variable that was assigned after the source was "
                       "made, and no derivative goes through an assignment",
                       "compute with the tensor itself, and assign it afterwards"},
                      origin);
    for (const Node* node : behind)
      if (node->op.inputs.empty() && node->evaluated && node->id > first_source() &&
          node->outputs[0].spec.shape.rank() > 0)
        return broken(
            {fmt::format("the target was computed from data that came in after the source was made (op {} {}): a "
                         "value that was read and made into a tensor again is a constant",
                         node->id, node->op.name),
             "stay with tensors between source and target"},
            origin);
    return broken({fmt::format("{} does not depend on {}", labelled(target_), to_string(source_)),
                   "is it the tensor that was used? every op makes a new tensor, and a name may stand for another one "
                   "by now"},
                  origin);
  }
  uint64_t first_source() const {
    uint64_t first = UINT64_MAX;
    for (const Tensor& s : sources_) first = std::min(first, s.node()->id);
    return first;
  }

  Reason forgotten(const Node& node, bool source_is_known) const {
    const std::string op = title_of(node);
    Reason while_paused{fmt::format("{} was recorded while the tape was paused, and has been computed since", op),
                        "run it before gt_tape_stop_recording, or after gt_tape_resume_recording"};
    switch (when(recording_, node.id)) {
      case Block::not_begun:
        return {fmt::format("{} was computed before the tape began to record", op),
                "begin the tape, watch the source, and only then run the ops"};
      case Block::paused: return while_paused;
      case Block::ended:
        return {fmt::format("{} ran after the tape had ended or stopped", op),
                "run it before gt_tape_end, or resume the tape first"};
      default: break;
    }
    if (!source_is_known) return unwatched(nullptr);
    uint64_t since = 0;
    for (const Tensor& s : sources_) since = std::max(since, watched_since(recording_, s));
    if (node.id < since)
      return {fmt::format("{} was computed before {} was watched", op, to_string(source_)), kWatchFirst};
    if (recording_.may_be_paused(node.id)) return while_paused;
    return {fmt::format("{} was computed from nothing that the tape watches", op),
            "is the source the tensor that was used? every op makes a new tensor"};
  }

  // The origins of the target, as far as they are known.
  std::string origins(const std::vector<Node*>& behind) const {
    constexpr std::size_t kMost = 6;
    std::string text;
    std::size_t n = 0;
    for (const Node* node : behind) {
      if (!node->inputs.empty() || node->literal) continue;
      if (++n > kMost) continue;
      const Tensor t(const_cast<Node*>(node));
      text += fmt::format("  {}: {}{}\n", title_of(*node), labelled(t), kind_of(*node, t));
    }
    if (n == 0) return "";
    if (n > kMost) text += fmt::format("  and {} more\n", n - kMost);
    return fmt::format("the target {} of {} was computed from\n", labelled(target_), title_of(*target_.node())) + text;
  }
  std::string kind_of(const Node& node, const Tensor& t) const {
    for (const Recording::Read& read : recording_.reads())
      if (std::ranges::any_of(read.values, [&](const Tensor& v) { return v.same(t); }))
        return ", " + to_string(Source{t, read.variable});
    if (recording_.holds(t)) return ", watched";
    if (node.bound) return ", the value of a variable";
    if (has_forgotten(node)) return ", which has forgotten its inputs";
    return "";
  }

  const Tape& tape_;
  const Recording& recording_;
  const Tensor& target_;
  const Source& source_;
  const Tensors sources_;
};
}  // namespace

std::string explain(const Tape& tape, const Tensor& target, const Source& source) {
  return Explainer(tape, target, source).text();
}

}  // namespace gradtape::core
