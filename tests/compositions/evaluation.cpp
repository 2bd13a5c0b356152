// Programs under tapes.
#include "evaluation.hpp"

#include <stdexcept>

namespace test {

namespace {
void must_be_ok(gt_context c, gt_status status, const char* call) {
  if (status == GT_OK) return;
  char text[1024] = "";
  gt_take_error(c, text, sizeof text, nullptr);
  throw std::runtime_error(std::string(call) + ": " + text);
}
gt_jacobian_options with_zeros() {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.unconnected = GT_UNCONNECTED_ZERO;
  return o;
}
}  // namespace

void Evaluation::must(gt_status status, const char* call) const { must_be_ok(c, status, call); }

Evaluation::Evaluation(gt_context context, const Program& p, Handles given, bool step_by_step)
    : c(context), sources(std::move(given)) {
  outer = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  inner = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  for (gt_tensor s : sources)
    for (gt_tape tape : {inner, outer}) must(gt_tape_watch(c, tape, s), "watch");
  const auto outputs = build(c, p, sources);
  if (outputs.size() < p.nodes.size() || outputs.back().empty()) must(GT_INVALID_ARGUMENT, "build");
  if (step_by_step)
    for (const Handles& of_node : outputs) must(gt_eval(c, of_node.data(), of_node.size()), "gt_eval");
  target = outputs.at(p.target.node).at(p.target.output);
  end(inner);
}

void Evaluation::end(gt_tape tape) const { must(gt_tape_end(c, tape), "gt_tape_end"); }

Handles Evaluation::jacobian(gt_tape tape, gt_tensor of, int32_t mode) const {
  gt_jacobian_options o = with_zeros();
  o.mode = mode;
  Handles j(sources.size());
  must(gt_tape_jacobian(c, tape, of, sources.data(), sources.size(), &o, j.data()), "gt_tape_jacobian");
  return j;
}
Handles Evaluation::gradient(gt_tape tape, const Handles& of, const Handles& weights) const {
  Handles g(sources.size());
  must(gt_tape_gradient(c, tape, of.data(), of.size(), sources.data(), sources.size(), weights.data(),
                        GT_UNCONNECTED_ZERO, g.data()),
       "gt_tape_gradient");
  return g;
}
Handles Evaluation::jvp(gt_tape tape, const Handles& of, const Handles& tangents) const {
  Handles out(of.size());
  must(gt_tape_jvp(c, tape, of.data(), of.size(), sources.data(), sources.size(), tangents.data(), GT_UNCONNECTED_ZERO,
                   out.data()),
       "gt_tape_jvp");
  return out;
}

Handles Evaluation::hessian(gt_tensor of, int32_t mode, uint64_t budget) const {
  gt_jacobian_options o = with_zeros();
  o.mode = mode;
  o.memory_budget = budget;
  Handles h(sources.size() * sources.size());
  must(gt_tape_hessian(c, inner, of, sources.data(), sources.size(), &o, h.data()), "gt_tape_hessian");
  return h;
}
Handles Evaluation::hvp(gt_tensor of, const Handles& vectors) const {
  Handles out(sources.size());
  must(gt_tape_hvp(c, inner, of, sources.data(), sources.size(), vectors.data(), GT_UNCONNECTED_ZERO, out.data()),
       "gt_tape_hvp");
  return out;
}
Handles Evaluation::hessian_diagonal(gt_tensor of) const {
  const gt_jacobian_options o = with_zeros();
  Handles out(sources.size());
  must(gt_tape_hessian_diagonal(c, inner, of, sources.data(), sources.size(), &o, out.data()),
       "gt_tape_hessian_diagonal");
  return out;
}

gt_tensor Evaluation::weighted(gt_tensor weights) const {
  must(gt_tape_resume_recording(c, inner), "gt_tape_resume_recording");
  gt_tensor sum = gt_reduce_sum(c, gt_multiply(c, target, weights), nullptr, 0, 0);
  end(inner);
  return sum;
}

Handles source_tensors(gt_context c, const Program& p, double step, const std::vector<Values>& direction) {
  Handles result;
  for (std::size_t node : p.sources()) {
    Values v = p.nodes[node].values;
    for (std::size_t k = 0; step != 0 && k < v.size(); ++k) v[k] += step * direction[result.size()][k];
    result.push_back(leaf_tensor(c, p.nodes[node], &v));
  }
  return result;
}

Values values_of(gt_context c, const Handles& tensors) {
  Values all;
  must_be_ok(c, gt_eval(c, tensors.data(), tensors.size()), "gt_eval");
  for (gt_tensor t : tensors) {
    const Values v = numbers(c, t);
    all.insert(all.end(), v.begin(), v.end());
  }
  return all;
}

}  // namespace test
