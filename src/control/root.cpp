// The op of roots, and the methods that find them. Newton's method with backtracking runs in a while loop that no tape
// sees (Nocedal and Wright, "Numerical Optimization", 2nd edition, chapter 11). The rules of the op solve linear systems
// with the Jacobian at the root.
#include "control/root.hpp"

#include <cmath>
#include <cstring>

#include "control/anderson.hpp"
#include "control/body_links.hpp"
#include "control/equations.hpp"
#include "control/scan.hpp"
#include "control/while.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Inputs: the unknowns' values, the largest residual, then the parameters. Outputs: the unknowns.
struct Root : Control {
  BodyPtr body;
  std::size_t unknowns = 0;
  double tolerance = 0;
  JacobianSolverPtr solver;

  Equations equations() const { return {body, unknowns}; }
  Tensors parameters(std::span<const Tensor> inputs) const {
    return Tensors(inputs.begin() + unknowns + 1, inputs.end());
  }
  // Each unknown depends on all parameters that a residual depends on.
  bool any_residual(std::size_t input, bool by_derivative) const {
    for (std::size_t k = 0; input > unknowns && k < unknowns; ++k)
      if (by_derivative ? body->carries(input - 1, k) : body->reaches(input - 1, k)) return true;
    return false;
  }
  bool reaches(std::size_t input, std::size_t) const override {
    return input <= unknowns || any_residual(input, false);
  }
  bool carries(std::size_t input, std::size_t) const override { return any_residual(input, true); }
  std::size_t bytes() const override { return body->bytes() + solver->bytes(); }
  double work() const override { return body->work(); }
  bool has_user_ops() const override { return body->has_user_ops(); }
  uint64_t hash() const override {
    return hash_mix(hash_mix(hash_mix(body->hash(), unknowns), std::bit_cast<uint64_t>(tolerance)), solver->hash());
  }
};
const Root& root_of(const Attrs* attrs) { return payload_of<Root>(attrs); }

void infer_root(Inference& c) {
  const Root& s = root_of(c.attrs());
  for (std::size_t k = 0; k < s.unknowns; ++k) check_input(c, k, s.body->input(k));
  for (std::size_t i = s.unknowns; i < s.body->inputs(); ++i) check_input(c, i + 1, s.body->input(i));
  for (std::size_t k = 0; k < s.unknowns; ++k) c.out(c.in(k).dtype, c.shape(k));
}

void run_root(const KernelCall& c) {
  const Root& s = root_of(c.attrs);
  const View& residual = c.in[s.unknowns];
  const double largest = residual.dtype == Dtype::float32 ? double{*residual.as<float>()} : *residual.as<double>();
  if (!(largest <= s.tolerance))
    fail(Status::failed_precondition,
         "gt_root: no root was found: the largest residual is {:.3g}, and options.tolerance {:.3g}; begin nearer to "
         "one, or allow more steps",
         largest, s.tolerance);
  for (std::size_t k = 0; k < s.unknowns; ++k)
    if (const std::size_t n = bytes_of(s.body->input(k)); n > 0 && c.out[k].data)
      std::memcpy(c.out[k].data, c.in[k].data, n);
}

// 0 = F(x, p) at the outputs x.
EquationsAt equations_at(const Call& c) {
  const Root& s = root_of(c.given());
  Tensors x;
  for (std::size_t k = 0; k < s.unknowns; ++k) x.push_back(c.out(k));
  return {s.equations(), in_line(x), s.parameters(c.inputs())};
}

// The cotangent of p is that of F for the cotangent -l, where J' l = ct.
Tensors reverse_root(const Call& c, const Tensors& cotangents) {
  const Root& s = root_of(c.given());
  const EquationsAt at = equations_at(c);
  Tensors results(c.size()), cts, sources;
  for (std::size_t k = 0; k < s.unknowns; ++k) cts.push_back(or_zeros(cotangents[k], c.out(k)));
  for (std::size_t i = 0; i < at.parameters().size(); ++i) {
    const Tensor& p = at.parameters()[i];
    sources.push_back(is_floating(p.dtype()) && c.wants(s.unknowns + 1 + i) ? p : Tensor());
  }
  const Tensors g = at.pull_back(-at.solve(*s.solver, in_line(cts), true), sources);
  std::ranges::copy(g, results.begin() + static_cast<std::ptrdiff_t>(s.unknowns + 1));
  return results;
}

// J x' = -F'
Tensors forward_root(const Call& c, const Tensors& tangents) {
  const Root& s = root_of(c.given());
  const EquationsAt at = equations_at(c);
  Tensors sources, along;
  for (std::size_t i = 0; i < at.parameters().size(); ++i)
    if (const Tensor& t = tangents[s.unknowns + 1 + i]) sources.push_back(at.parameters()[i]), along.push_back(t);
  const Tensor moved = sources.empty() ? Tensor() : at.push_forward(sources, along);
  if (!moved) return Tensors(c.outputs());
  return s.equations().split(-at.solve(*s.solver, moved, false));
}

// The inverse of the Jacobian is a polynomial in it. So it has the ties of any number of steps from unknowns to residuals,
// which stand for the unknowns of the same number.
Dependence links_of_root(const LinkCall& l) {
  const Root& s = root_of(l.call.given());
  if (!s.carries(l.input, l.output)) return no_dependence();
  for (std::size_t k = 0; k < s.unknowns; ++k)
    if (!(s.body->output(k).shape == s.body->input(k).shape)) return {};
  return by_ties(ties_of_carries(*s.body, s.unknowns, l.input - 1)[l.output]);
}

const Op& root_op() {
  static const Op op = make_op({"root", "Unknowns at which residuals are 0.", infer_root, run_root, reverse_root,
                                forward_root, map_rows, links_of_root});
  return op;
}

// ---- Newton's method

Tensor largest_of(const Tensor& line) {
  return line.shape().elements() == 0 ? number_like(line, 0) : reduce_max(abs(line), Ints{0});
}

// Half a step as long as the residual does not fall enough.
Tensor step_length(const Equations& equations, const Tensors& parameters, const Tensor& x, const Tensor& move,
                   const Tensor& before) {
  const auto residual_after = [&](const Tensor& length) {
    return largest_of(equations.residual(x - length * move, parameters));
  };
  const Tensor whole = number_like(x, 1);
  WhileOptions halvings;
  halvings.max_steps = 30;
  return while_loop(
      x.recorder(), "gt_root", {whole, residual_after(whole)}, halvings,
      [&](const Tensors& c) {  // a nan is no descent either
        return Tensors{logical_not(less_equal(c[1], (1.0 - 1e-4 * c[0]) * before))};
      },
      [&](const Tensors& c) {
        const Tensor half = c[0] * 0.5;
        return Tensors{half, residual_after(half)};
      })[0];
}

// A step need not be exact: the largest residual falls to a tenth at least if the linear system's residual is as short
// as this.
JacobianSolver for_steps(const JacobianSolver& solver, int64_t n) {
  JacobianSolver loose = solver;
  loose.options.tolerance =
      std::max(solver.options.tolerance, 0.1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, n))));
  loose.options.strict = false;
  return loose;
}

Tensor newton(const Equations& equations, const Tensors& parameters, const Tensor& guess, const RootOptions& o,
              const JacobianSolver& solver) {
  WhileOptions steps;
  steps.max_steps = o.max_steps > 0 ? o.max_steps : 100;
  const JacobianSolver loose = for_steps(solver, equations.size());
  const auto residual = [&](const Tensor& x) { return equations.residual(x, parameters); };
  return while_loop(
      guess.recorder(), "gt_root", {guess, largest_of(residual(guess))}, steps,
      [&](const Tensors& c) { return Tensors{greater(c[1], number_like(c[1], o.tolerance))}; },
      [&](const Tensors& c) {
        const EquationsAt at(equations, c[0], parameters);
        const Tensor move = at.solve(loose, at.residual(), false);
        const Tensor x = c[0] - step_length(equations, parameters, c[0], move, c[1]) * move;
        return Tensors{x, largest_of(residual(x))};
      })[0];
}

// ---- The call

void check(std::string_view what, const Tensors& guess, const Body& body) {
  if (guess.empty()) invalid("{}: there is no guess", what);
  if (body.outputs() < guess.size())
    invalid("{}: the function gives {} output(s), fewer than the {} unknowns", what, body.outputs(), guess.size());
  int64_t unknowns = 0, residuals = 0;
  for (std::size_t k = 0; k < guess.size(); ++k) {
    const Spec &x = body.input(k), &y = body.output(k);
    if (!is_floating(x.dtype) || x.dtype != body.input(0).dtype || y.dtype != x.dtype)
      invalid("{}: unknowns and residuals must have one floating dtype; unknown {} is {}, and its residual {}", what, k,
              to_string(x), to_string(y));
    unknowns += x.shape.elements();
    residuals += y.shape.elements();
  }
  if (unknowns != residuals)
    invalid("{}: there are {} unknowns and {} residuals; both must be as many", what, unknowns, residuals);
}

Tensor by_solver(std::string_view what, const FunctionBody& solver, const Tensors& guess) {
  const Tensors x = solver(guess);
  if (x.size() != guess.size())
    invalid("{}: options.solver gives {} output(s) for {} unknowns", what, x.size(), guess.size());
  for (std::size_t k = 0; k < x.size(); ++k)
    if (x[k].dtype() != guess[k].dtype() || !(x[k].shape() == guess[k].shape()))
      invalid("{}: options.solver gives {} for unknown {}, which is {}", what, to_string(x[k].spec()), k,
              to_string(guess[k].spec()));
  return in_line(x);
}
// The residuals x - f(x) of a function that gives the unknowns anew.
FunctionBody residuals_of(std::string_view what, const FunctionBody& function, std::size_t unknowns) {
  return [what, &function, unknowns](const Tensors& x) {
    Tensors out = function(x);
    for (std::size_t k = 0; k < std::min(unknowns, out.size()); ++k) {
      if (out[k].dtype() != x[k].dtype() || !(out[k].shape() == x[k].shape()))
        invalid("{}: with options.fixed_point the function gives each unknown anew, but {} for unknown {}, which is {}",
                what, to_string(out[k].spec()), k, to_string(x[k].spec()));
      out[k] = x[k] - out[k];
    }
    return out;
  };
}

JacobianSolverPtr solver_of(const Equations& equations, const Tensors& guess, const Tensors& parameters,
                            const LinearOptions& options) {
  auto s = std::make_shared<JacobianSolver>();
  s->options = options;
  const int64_t n = equations.size();
  if (s->options.tolerance == 0) s->options.tolerance = guess[0].dtype() == Dtype::float32 ? 1e-5 : 1e-10;
  if (s->options.max_steps == 0) s->options.max_steps = std::clamp<int64_t>(10 * n, 10, 10000);
  s->options.restart = std::clamp<int64_t>(options.restart > 0 ? options.restart : 30, 1,
                                           std::max<int64_t>(1, std::min(n, s->options.max_steps)));
  if (options.solver != LinearSolver::banded && options.solver != LinearSolver::sparse) return s;
  const EquationsAt at(equations, in_line(guess), parameters);
  s->pattern = std::make_shared<const BandedPattern>(at.pattern(), options.solver == LinearSolver::sparse);
  s->products = std::make_shared<const Compression>(compress_jacobian(s->pattern->pattern, {}));
  return s;
}

RootOptions completed(std::string_view what, const RootOptions& options, Dtype dtype) {
  RootOptions o = options;
  if (o.tolerance == 0) o.tolerance = dtype == Dtype::float32 ? 1e-5 : 1e-10;
  if (o.method == RootMethod::anderson && !o.fixed_point && !o.solver)
    invalid(
        "{}: options.method GT_ROOT_ANDERSON repeats a function that gives the unknowns anew; options.fixed_point "
        "must be 1 for it",
        what);
  return o;
}

Tensor found(std::string_view what, const Equations& equations, const Tensors& parameters, const Tensors& guess,
             const RootOptions& o, const JacobianSolver& solver) {
  if (o.solver) return by_solver(what, o.solver, guess);
  const Tensor line = in_line(guess);
  if (o.method == RootMethod::newton) return newton(equations, parameters, line, o, solver);
  AndersonOptions a;
  a.tolerance = o.tolerance;
  if (o.max_steps > 0) a.max_steps = o.max_steps;
  if (o.history > 0) a.history = o.history;
  a.history = std::min({a.history, a.max_steps, std::max<int64_t>(1, equations.size())});
  if (o.damping > 0) a.damping = o.damping;
  return anderson([&](const Tensor& x) { return equations.residual(x, parameters); }, line, a);
}
}  // namespace

Tensors root(Recorder& r, std::string_view what, const Tensors& given, const RootOptions& options,
             const FunctionBody& function) {
  Tensors guess;
  for (const Tensor& t : given) guess.push_back(stop_gradient(t));
  const Closure c = close_over(r, what, parameters_like(guess),
                               options.fixed_point ? residuals_of(what, function, guess.size()) : function);
  check(what, guess, *c.body);
  if (c.draws > 0)
    fail(Status::unsupported, "{}: the residuals draw random numbers; draw them outside, and use them", what);
  const RootOptions o = completed(what, options, guess[0].dtype());
  const Equations equations(c.body, guess.size());
  auto s = std::make_shared<Root>();
  Tensors inputs;
  {
    const Recorder::Pause pause(r);
    s->solver = solver_of(equations, guess, c.captured, o.linear);
    const Tensor line = found(what, equations, c.captured, guess, o, *s->solver);
    const Tensor residual = largest_of(equations.residual(line, c.captured));
    for (const Tensor& t : equations.split(line)) inputs.push_back(stop_gradient(t));
    inputs.push_back(stop_gradient(residual));
  }
  s->body = c.body;
  s->unknowns = guess.size();
  s->tolerance = o.tolerance;
  for (const Tensor& t : c.captured) inputs.push_back(t);
  Tensors outputs = record_with(root_op(), r, inputs, std::move(s));
  const Tensors all = equations.all(outputs, c.captured);
  for (std::size_t k = guess.size(); k < all.size(); ++k) outputs.push_back(all[k]);
  return outputs;
}

}  // namespace gradtape::core
