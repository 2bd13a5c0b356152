// Calls that take a user's gradients and ops.
#include "callbacks.hpp"
#include "calls.hpp"

namespace fuzz {

namespace {
void custom_gradient(World& w) {
  std::vector<gt_tensor> inputs = w.tensors(3);
  Room<gt_tensor> outputs(w.in.pick<size_t>({2, 1, 4, 0}));
  size_t n_outputs = 0;
  const char* name = w.in.below(2) == 0 ? nullptr : draw_text(w);
  const Data data(w);
  const auto [in, n, honest] = w.array(inputs);
  const gt_forward_fn forward = w.wrong() ? nullptr : body;
  const gt_gradient_fn backward = w.wrong() ? nullptr : gradient;
  const gt_status s = gt_custom_gradient(w.context(), name, forward, backward, data.data, data.free, in, n,
                                         outputs.data(), outputs.size(), w.pointer(&n_outputs));
  w.made("gt_custom_gradient", s, outputs, n_outputs);
}
// Names that are taken, and definitions that do not hold: what is registered stays for the whole process.
void register_op(World& w) {
  const Data data(w);
  gt_op_definition d = definition(w.in.byte() % kUserOps);
  const bool taken = w.in.below(2) == 0;
  if (!taken) {
    if (w.in.below(2) == 0) d.infer = nullptr;
    d.compute = nullptr, d.composite = nullptr;
  }
  Sized sized(w, d);
  const char* name = taken ? user_op(w.in.byte()) : "fuzz_never";
  if (w.wrong()) name = w.in.pick<const char*>({nullptr, "", "add"});
  if (gt_register_op(name, w.pointer(sized.as<gt_op_definition>()), data.data, data.free) == GT_OK)
    broken("gt_register_op", "a definition that does not hold");
}
void register_gradient(World& w) {
  const Data data(w);
  const char* name = w.in.pick<const char*>({"fuzz_rule", "fuzz_op_1", "add", "", nullptr, "fuzz_op_3"});
  if (gt_register_gradient(name, w.wrong() ? nullptr : gradient, data.data, data.free) == GT_OK)
    broken("gt_register_gradient", "a name that has a gradient");
}
}  // namespace

void add_own_calls(std::vector<Call>& all) {
  all.push_back({"gt_custom_gradient", 6, custom_gradient});
  all.push_back({"gt_register_op", 1, register_op});
  all.push_back({"gt_register_gradient", 1, register_gradient});
}

}  // namespace fuzz
