#include "control/linear_system.hpp"

#include "autodiff/forward.hpp"
#include "autodiff/reverse.hpp"
#include "control/kept_nodes.hpp"
#include "control/scan.hpp"
#include "kernels/iterations/krylov.hpp"
#include "kernels/workspace.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Inputs: the right side, then what the map captured. The body takes x, and the same.
struct System : Control {
  BodyPtr map;
  LinearOptions options;

  bool reaches(std::size_t input, std::size_t) const override { return input == 0 || map->reaches(input, 0); }
  bool carries(std::size_t input, std::size_t) const override { return input == 0 || map->carries(input, 0); }
  std::size_t bytes() const override { return map->bytes(); }
  bool has_user_ops() const override { return map->has_user_ops(); }
  uint64_t hash() const override {
    uint64_t h = hash_mix(map->hash(), std::bit_cast<uint64_t>(options.tolerance));
    h = hash_mix(hash_mix(h, static_cast<uint64_t>(options.max_steps)), static_cast<uint64_t>(options.restart));
    return hash_mix(h, static_cast<uint64_t>(options.solver) * 2 + options.strict);
  }
};
const System& system_of(const Attrs* attrs) { return payload_of<System>(attrs); }

void infer_system(Inference& c) {
  const System& s = system_of(c.attrs());
  for (std::size_t i = 0; i < s.map->inputs(); ++i) check_input(c, i, s.map->input(i));
  c.out(c.in(0).dtype, c.shape(0));
}

template <class T>
void iterate(const KernelCall& c, const System& s) {
  using Method = kernels::Krylov<T>;
  const LinearOptions& o = s.options;
  const bool by_cg = o.solver == LinearSolver::cg;
  const int64_t n = c.out[0].elements();
  const int64_t vectors = by_cg ? Method::cg_vectors : Method::gmres_vectors(o.restart);
  const kernels::Workspace<T> memory(c, kernels::VectorSpace<T>::padded(n) * vectors, 1);
  const Body::Run run(*s.map, c, 100, 1);
  for (std::size_t i = 1; i < s.map->inputs(); ++i) run.set_input(i, c.in[i].data);
  const typename Method::Apply apply = [&](const T* x, T* y) {
    run.set_input(0, x);
    run.set_output(0, y);
    run();
  };
  Method method(n, apply, {o.tolerance, o.max_steps, o.restart}, memory.of(0));
  const T* b = c.in[0].as<T>();
  T* x = c.out[0].as<T>();
  const kernels::KrylovResult found = by_cg ? method.cg(b, x) : method.gmres(b, x);
  if (o.strict && !(found.residual <= o.tolerance))
    fail(Status::failed_precondition,
         "gt_root: {} did not converge: after {} product(s) with the Jacobian [{}, {}] the residual is {:.3g} times as "
         "long as the right side, and options.linear_tolerance {:.3g}; {}",
         by_cg ? "CG" : "GMRES", found.steps, n, n, found.residual, o.tolerance,
         by_cg ? "allow more by options.linear_max_steps, or take GT_ROOT_GMRES, if the Jacobian is not symmetric and "
                 "definite"
               : "allow more by options.linear_max_steps, or a longer options.linear_restart");
}
void run_system(const KernelCall& c) {
  const System& s = system_of(c.attrs);
  if (c.out[0].elements() == 0) return;
  if (c.out[0].dtype == Dtype::float32)
    iterate<float>(c, s);
  else
    iterate<double>(c, s);
}

// A(p) x = b, recorded anew at the solution, with x and p apart from what they were.
struct Recorded {
  KeptNodes kept;
  Passable made;
  Tensor x, y;  // y = A(p) x
  Tensors parameters;

  explicit Recorded(const Call& c) : made(recorded_since(c.recorder())), x(identity(c.out())) {
    for (const Tensor& t : c.inputs().subspan(1)) parameters.push_back(identity(t));
    const Tensors all = joined({Tensors{x}, parameters});
    y = kept(c.recorder(), all, [&] { return system_of(c.given()).map->on(all)[0]; });
  }
  Tensor transposed(const Tensor& w) const {
    return or_zeros(reverse({Tensors{y}, Tensors{w}, Tensors{x}, made})[0], x);
  }
  Tensor forwards(const Tensor& v) const { return or_zeros(forward({Tensors{y}, Tensors{x}, Tensors{v}, made})[0], y); }
};

// The cotangent l of b solves A' l = ct, and that of p is that of A(p) x for the cotangent -l.
Tensors reverse_system(const Call& c, const Tensors& ct) {
  const Recorded at(c);
  Tensors results(c.size()), sources(at.parameters.size());
  results[0] =
      solve_by_products([&](const Tensor& w) { return at.transposed(w); }, ct[0], system_of(c.given()).options);
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (is_floating(at.parameters[i].dtype()) && c.wants(i + 1)) sources[i] = at.parameters[i];
  const Tensors g = reverse({Tensors{at.y}, Tensors{-results[0]}, sources, at.made});
  std::ranges::copy(g, results.begin() + 1);
  return results;
}

// A x' = b' - A' x
Tensors forward_system(const Call& c, const Tensors& tangents) {
  const Recorded at(c);
  Tensors sources, along;
  for (std::size_t i = 0; i < at.parameters.size(); ++i)
    if (tangents[i + 1]) sources.push_back(at.parameters[i]), along.push_back(tangents[i + 1]);
  Tensor right = tangents[0];
  if (!sources.empty())
    if (const Tensor moved = forward({Tensors{at.y}, sources, along, at.made})[0])
      right = right ? right - moved : -moved;
  if (!right) return Tensors(1);
  return {solve_by_products([&](const Tensor& v) { return at.forwards(v); }, right, system_of(c.given()).options)};
}

const Op& system_op() {
  static const Op op = make_op({"solve_by_products", "x with A x = b, by products with A.", infer_system, run_system,
                                reverse_system, forward_system, map_rows});
  return op;
}
}  // namespace

Tensor solve_by_products(const std::function<Tensor(const Tensor&)>& map, const Tensor& rhs,
                         const LinearOptions& options) {
  Recorder& r = rhs.recorder();
  const Parameter like{{rhs.dtype(), rhs.shape(), false}, false};
  Closure c =
      close_over_loop(r, "gt_root", std::span(&like, 1), {}, [&](const Tensors& in) { return Tensors{map(in[0])}; });
  auto s = std::make_shared<System>();
  s->map = c.body;
  s->options = options;
  return record_with(system_op(), r, joined({Tensors{rhs}, c.captured}), std::move(s))[0];
}

}  // namespace gradtape::core
