#include "control/checkpoint.hpp"

#include "control/body_links.hpp"
#include "control/body_rules.hpp"

namespace gradtape::core {

namespace {
// The payload is the body itself.
const Body& body_of(const Attrs* attrs) { return payload_of<Body>(attrs); }

void infer_checkpoint(Inference& c) {
  const Body& body = body_of(c.attrs());
  for (std::size_t i = 0; i < body.inputs(); ++i) check_input(c, i, body.input(i));
  for (std::size_t k = 0; k < body.outputs(); ++k)
    c.out(body.output(k).dtype, body.output(k).shape, body.output(k).weak);
}

void run_checkpoint(const KernelCall& c) {
  body_of(c.attrs).run_once(c, [](std::size_t i) { return i; });
}

Tensors reverse_checkpoint(const Call& c, const Tensors& cotangents) {
  const Body& body = body_of(c.given());
  const Involved v = involved_backwards(c, body, cotangents);
  Tensors results(c.size());
  if (v.inputs.empty()) return results;
  const Tensors g = checkpoint(c.recorder(), "checkpoint", v.given, [&](const Tensors& in) {
    const Tensors own(in.begin(), in.begin() + body.inputs()), ct(in.begin() + body.inputs(), in.end());
    return pull_back(body, own, v.outputs, ct, v.inputs);
  });
  for (std::size_t a = 0; a < v.inputs.size(); ++a) results[v.inputs[a]] = g[a];
  return results;
}

Tensors forward_checkpoint(const Call& c, const Tensors& tangents) {
  const Body& body = body_of(c.given());
  const Involved v = involved_forwards(c, body, tangents);
  Tensors results(c.outputs());
  if (v.outputs.empty()) return results;
  const Tensors out = checkpoint(c.recorder(), "checkpoint", v.given, [&](const Tensors& in) {
    const Tensors own(in.begin(), in.begin() + body.inputs()), t(in.begin() + body.inputs(), in.end());
    return push_forward(body, own, v.inputs, t, v.outputs);
  });
  for (std::size_t a = 0; a < v.outputs.size(); ++a) results[v.outputs[a]] = out[body.outputs() + a];
  return results;
}

Tensors batch_checkpoint(const BatchCall& b) {
  const Body& body = body_of(b.call.given());
  const std::vector<uint8_t> batched(b.batched.begin(), b.batched.end());
  std::vector<uint8_t> made;
  Tensors out = checkpoint(b.call.recorder(), "checkpoint", b.in, [&](const Tensors& in) {
    made.clear();
    return on_batch(body, in, batched, b.size, made);
  });
  return all_rows(std::move(out), made, b.size);
}

std::optional<std::vector<Links>> links_through_checkpoint(const LinksCall& l) {
  return BodyWalk(l).through(body_of(l.call.given()), l.call.inputs(), l.in).links;
}

void retrace_checkpoint(const Call& c) { computed(body_of(c.given()), c.inputs(), "in its body, "); }

const Op& checkpoint_op() {
  static const Op op = make_op({"checkpoint", "A body whose inside is computed again for derivatives.",
                                infer_checkpoint, run_checkpoint, reverse_checkpoint, forward_checkpoint,
                                batch_checkpoint, nullptr, links_through_checkpoint, retrace_checkpoint});
  return op;
}
}  // namespace

Tensors checkpoint(Recorder& r, std::string_view what, const Tensors& inputs, const FunctionBody& function) {
  Closure c = close_over(r, what, parameters_like(inputs), function);
  if (c.body->outputs() == 0) return {};
  draw_once(r, c);
  return record_with(checkpoint_op(), r, joined({inputs, c.captured}), c.body);
}

}  // namespace gradtape::core
