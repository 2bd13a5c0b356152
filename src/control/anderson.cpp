#include "control/anderson.hpp"

#include "control/scan.hpp"
#include "kernels/iterations/anderson.hpp"
#include "kernels/workspace.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Inputs: the guess, then what the residual captured. The body takes the same.
struct Iteration : Control {
  BodyPtr residual;
  AndersonOptions options;

  bool reaches(std::size_t input, std::size_t) const override { return input == 0 || residual->reaches(input, 0); }
  bool carries(std::size_t, std::size_t) const override { return false; }
  std::size_t bytes() const override { return residual->bytes(); }
  bool has_user_ops() const override { return residual->has_user_ops(); }
  uint64_t hash() const override {
    uint64_t h = hash_mix(residual->hash(), std::bit_cast<uint64_t>(options.tolerance));
    h = hash_mix(hash_mix(h, static_cast<uint64_t>(options.max_steps)), static_cast<uint64_t>(options.history));
    return hash_mix(h, std::bit_cast<uint64_t>(options.damping));
  }
};

void infer_iteration(Inference& c) {
  const auto& s = payload_of<Iteration>(c.attrs());
  for (std::size_t i = 0; i < s.residual->inputs(); ++i) check_input(c, i, s.residual->input(i));
  c.out(c.in(0).dtype, c.shape(0));
}

template <class T>
void iterate(const KernelCall& c, const Iteration& s) {
  using Method = kernels::Anderson<T>;
  const AndersonOptions& o = s.options;
  const int64_t n = c.out[0].elements();
  const kernels::Workspace<T> memory(c, kernels::VectorSpace<T>::padded(n) * Method::vectors(o.history), 1);
  const Body::Run run(*s.residual, c, 100, 1);
  for (std::size_t i = 1; i < s.residual->inputs(); ++i) run.set_input(i, c.in[i].data);
  const typename Method::Apply apply = [&](const T* x, T* r) {
    run.set_input(0, x);
    run.set_output(0, r);
    run();
  };
  T* x = c.out[0].as<T>();
  std::copy_n(c.in[0].as<T>(), n, x);
  Method(n, apply, {o.tolerance, o.max_steps, o.history, o.damping}, memory.of(0)).run(x);
}
void run_iteration(const KernelCall& c) {
  const auto& s = payload_of<Iteration>(c.attrs);
  if (c.out[0].elements() == 0) return;
  if (c.out[0].dtype == Dtype::float32)
    iterate<float>(c, s);
  else
    iterate<double>(c, s);
}

const Op& iteration_op() {
  static const Op op = make_op({"anderson", "The last point of Anderson's method.", infer_iteration, run_iteration,
                                [](const Call& c, const Tensors&) { return Tensors(c.size()); },
                                [](const Call& c, const Tensors&) { return Tensors(c.outputs()); }, map_rows});
  return op;
}
}  // namespace

Tensor anderson(const std::function<Tensor(const Tensor&)>& residual, const Tensor& guess,
                const AndersonOptions& options) {
  Recorder& r = guess.recorder();
  const Parameter like{{guess.dtype(), guess.shape(), false}, false};
  Closure c = close_over_loop(r, "gt_root", std::span(&like, 1), {},
                              [&](const Tensors& in) { return Tensors{residual(in[0])}; });
  auto s = std::make_shared<Iteration>();
  s->residual = c.body;
  s->options = options;
  return record_with(iteration_op(), r, joined({Tensors{guess}, c.captured}), std::move(s))[0];
}

}  // namespace gradtape::core
