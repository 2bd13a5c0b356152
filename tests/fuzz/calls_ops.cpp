// Calls of ops: any op, on samples of its own or on whatever is there.
#include "callbacks.hpp"
#include "calls.hpp"

namespace fuzz {

namespace {
gt_dtype dtype_of(World& w, char kind, gt_dtype real) {
  if (kind == 'b') return GT_BOOL;
  return kind == 'i' ? w.in.pick<gt_dtype>({GT_INT32, GT_INT64}) : real;
}
// Inputs of the op: those of a sample, new; or what is there already, in some of their places.
std::vector<gt_tensor> sample_inputs(World& w, const OpInfo::Sample& sample) {
  std::vector<gt_tensor> inputs;
  const gt_dtype real = w.in.pick<gt_dtype>({GT_FLOAT32, GT_FLOAT64, GT_INT32, GT_FLOAT32});
  for (const test::SampleInput& in : sample.inputs) {
    inputs.push_back(new_tensor(w, spec_of(dtype_of(w, in.kind, real), in.shape)));
    w.made(inputs.back());
  }
  for (gt_tensor& t : inputs)
    if (w.in.below(4) == 3) t = w.tensor();
  return inputs;
}
std::vector<gt_tensor> any_inputs(World& w, size_t n) {
  std::vector<gt_tensor> inputs(n);
  const bool same = w.in.below(2) == 0;
  for (size_t i = 0; i < n; ++i) inputs[i] = i > 0 && same ? inputs[0] : w.tensor();
  if (n > 1 && w.in.below(4) == 3) inputs[n - 1] = gt_scalar(w.here().ctx, w.in.byte());
  return inputs;
}

// The arguments of gt_apply and gt_apply_with_gradient.
struct Application {
  const char* op = nullptr;
  std::vector<gt_tensor> inputs;
  Attrs attrs;
  std::vector<gt_attr> list;
};
Application draw_application(World& w) {
  Application a;
  const unsigned kind = w.in.byte();
  if (kind >= 240) {
    a.op = w.wrong() ? draw_text(w) : user_op(kind);
    a.inputs = w.tensors(3);
    return a;
  }
  const OpInfo& op = builtin_ops()[w.in.byte() % builtin_ops().size()];
  a.op = op.name.c_str();
  if (kind < 140 && !op.samples.empty()) {
    const OpInfo::Sample& sample = op.samples[kind % op.samples.size()];
    a.inputs = sample_inputs(w, sample);
    if (kind < 100) {
      a.list.assign(sample.attrs->data(), sample.attrs->data() + sample.attrs->size());
      return a;
    }
  } else {
    a.inputs = any_inputs(w, op.variadic ? 1 + w.in.below(4) : op.n_inputs);
  }
  a.attrs = draw_attrs(w, op);
  a.list = a.attrs.list;
  return a;
}

void apply(World& w) {
  Application a = draw_application(w);
  Room<gt_tensor> outputs(w.in.pick<size_t>({4, 1, 16, 0}));
  size_t n_outputs = 0;
  const auto [in, n, in_honest] = w.array(a.inputs);
  const auto [attrs, n_attrs, attrs_honest] = w.array(a.list);
  const gt_status s = gt_apply(w.context(), a.op, in, n, attrs, n_attrs, outputs.data(), outputs.size(), &n_outputs);
  w.made("gt_apply", s, outputs, n_outputs);
}
void apply_with_gradient(World& w) {
  Application a = draw_application(w);
  Room<gt_tensor> outputs(4);
  size_t n_outputs = 0;
  const char* rule = w.wrong() ? draw_text(w) : "fuzz_rule";
  const auto [in, n, in_honest] = w.array(a.inputs);
  const auto [attrs, n_attrs, attrs_honest] = w.array(a.list);
  const gt_status s = gt_apply_with_gradient(w.context(), a.op, rule, in, n, attrs, n_attrs, outputs.data(),
                                             outputs.size(), w.pointer(&n_outputs));
  w.made("gt_apply_with_gradient", s, outputs, n_outputs);
}
// Ops that many programs have, without attributes to be drawn.
void common(World& w) {
  const gt_context c = w.here().ctx;
  const gt_tensor x = w.tensor();
  switch (w.in.below(12)) {
    case 0: return w.made(gt_multiply(c, x, w.tensor()));
    case 1: return w.made(gt_add(c, x, w.tensor()));
    case 2: return w.made(gt_multiply(c, x, x));
    case 3: return w.made(gt_sin(c, x));
    case 4: return w.made(gt_reduce_sum(c, x, nullptr, 0, 0));
    case 5: return w.made(gt_exp(c, x));
    case 6: return w.made(gt_tanh(c, x));
    case 7: return w.made(gt_multiply(c, x, gt_scalar(c, w.in.byte())));
    case 8: return w.made(gt_matmul(c, x, x, 0, 1));
    case 9: return w.made(gt_sort(c, x, -1, 0));
    case 10: return w.made(gt_relu(c, x));
    default: return w.made(gt_stop_gradient(c, x));
  }
}
}  // namespace

void add_op_calls(std::vector<Call>& all) {
  all.push_back({"gt_apply", 34, apply});
  all.push_back({"gt_apply_with_gradient", 4, apply_with_gradient});
  all.push_back({"gt_sin", 18, common});
}

}  // namespace fuzz
