// Newton's method with backtracking, in a while loop that no tape sees (Nocedal and Wright, "Numerical Optimization", 2nd
// edition, chapter 11). The rules of the op solve linear systems with the Jacobian at the root.
#include "control/root.hpp"

#include <cstring>

#include "autodiff/batch.hpp"
#include "autodiff/forward.hpp"
#include "autodiff/reverse.hpp"
#include "control/body_links.hpp"
#include "control/scan.hpp"
#include "control/while.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// Several tensors in one line, and back.
Tensor in_line(const Tensors& parts) {
  Tensors flat;
  for (const Tensor& t : parts) flat.push_back(reshape(t, {t.shape().elements()}));
  return flat.size() == 1 ? flat[0] : concat(flat, 0);
}
Tensors apart(const Tensor& line, std::span<const Spec> specs) {
  Tensors parts;
  int64_t first = 0;
  for (const Spec& s : specs) {
    const int64_t n = s.shape.elements();
    parts.push_back(reshape(slice_along(line, 0, first, n), s.shape));
    first += n;
  }
  return parts;
}

// The residuals as a function of the unknowns and of parameters, both as lists.
class System {
 public:
  System(BodyPtr body, std::size_t unknowns) : body_(std::move(body)), unknowns_(unknowns) {
    for (std::size_t k = 0; k < unknowns; ++k) {
      specs_.push_back({body_->input(k).dtype, body_->input(k).shape, false});
      residual_specs_.push_back(body_->output(k));
    }
  }

  const Body& body() const { return *body_; }
  std::size_t unknowns() const { return unknowns_; }
  std::size_t parameters() const { return body_->inputs() - unknowns_; }
  std::span<const Spec> specs() const { return specs_; }
  Tensors split(const Tensor& line) const { return apart(line, specs_); }
  Tensors split_residuals(const Tensor& line) const { return apart(line, residual_specs_); }

  Tensors all(const Tensors& x, const Tensors& parameters) const {
    Tensors in = x;
    for (const Tensor& t : parameters) in.push_back(t);
    return body_->on(in);
  }
  Tensors residuals(const Tensors& x, const Tensors& parameters) const {
    const Tensors out = all(x, parameters);
    return Tensors(out.begin(), out.begin() + unknowns_);
  }
  // [residuals, unknowns]
  Tensor jacobian(const Tensor& x, const Tensors& parameters) const {
    Recorder& r = x.recorder();
    const Passable made = recorded_since(r);
    const Tensor point = identity(x);
    const Tensor y = in_line(residuals(split(point), parameters));
    const Tensor row = r.placeholder(y.spec());
    const Tensor g = reverse({Tensors{y}, Tensors{row}, Tensors{point}, made})[0];
    const int64_t n = y.shape().elements();
    if (!g) return zeros(r, {y.dtype(), {n, n}, false});
    const Tensor rows = identity_rows(r, n, 0, n, y.dtype());
    return batch(Tensors{g}, Tensors{row}, Tensors{rows}, n)[0].value;
  }

 private:
  BodyPtr body_;
  std::size_t unknowns_;
  std::vector<Spec> specs_, residual_specs_;
};

// Inputs: the unknowns' values, the largest residual, then the parameters. Outputs: the unknowns.
struct Root : Control {
  BodyPtr body;
  std::size_t unknowns = 0;
  double tolerance = 0;

  System system() const { return {body, unknowns}; }
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
  std::size_t bytes() const override { return body->bytes(); }
  double work() const override { return body->work(); }
  bool has_user_ops() const override { return body->has_user_ops(); }
  uint64_t hash() const override {
    return hash_mix(hash_mix(body->hash(), unknowns), std::bit_cast<uint64_t>(tolerance));
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

Tensor solved(const Tensor& matrix, const Tensor& line, bool adjoint) {
  const int64_t n = line.shape().elements();
  return reshape(solve(matrix, reshape(line, {n, 1}), adjoint), {n});
}

Tensors outputs_of(const Call& c) {
  Tensors all;
  for (std::size_t k = 0; k < c.outputs(); ++k) all.push_back(c.out(k));
  return all;
}

// 0 = F(x, p): the cotangent of p is that of -F pulled back, with a solution of J' l = ct for its cotangent.
Tensors reverse_root(const Call& c, const Tensors& cotangents) {
  const Root& s = root_of(c.given());
  const System system = s.system();
  Tensors results(c.size()), cts, sources;
  for (std::size_t k = 0; k < s.unknowns; ++k) cts.push_back(or_zeros(cotangents[k], c.out(k)));
  const Tensors x = outputs_of(c), given = s.parameters(c.inputs());
  const Tensor multiplier = -solved(system.jacobian(in_line(x), given), in_line(cts), true);
  const Passable made = recorded_since(c.recorder());
  Tensors parameters;
  for (const Tensor& t : given) parameters.push_back(identity(t));  // each apart
  for (std::size_t i = 0; i < parameters.size(); ++i)
    sources.push_back(is_floating(parameters[i].dtype()) && c.wants(s.unknowns + 1 + i) ? parameters[i] : Tensor());
  const Tensors y = system.residuals(x, parameters);
  const Tensors g = reverse({y, system.split_residuals(multiplier), sources, made});
  for (std::size_t i = 0; i < g.size(); ++i) results[s.unknowns + 1 + i] = g[i];
  return results;
}

Tensors forward_root(const Call& c, const Tensors& tangents) {
  const Root& s = root_of(c.given());
  const System system = s.system();
  Tensors results(c.outputs());
  const Tensors x = outputs_of(c), given = s.parameters(c.inputs());
  const Passable made = recorded_since(c.recorder());
  Tensors parameters, sources, along;
  for (std::size_t i = 0; i < given.size(); ++i) {
    parameters.push_back(identity(given[i]));
    if (const Tensor& t = tangents[s.unknowns + 1 + i]) sources.push_back(parameters[i]), along.push_back(t);
  }
  if (sources.empty()) return results;
  const Tensors y = system.residuals(x, parameters);
  Tensors moved = forward({y, sources, along, made});
  if (std::ranges::none_of(moved, [](const Tensor& t) { return static_cast<bool>(t); })) return results;
  for (std::size_t k = 0; k < moved.size(); ++k) moved[k] = or_zeros(moved[k], y[k]);
  return system.split(-solved(system.jacobian(in_line(x), given), in_line(moved), false));
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

Tensor largest_of(const Tensor& line) { return reduce_max(abs(line), Ints{0}); }

// Half a step as long as the residual does not fall enough.
Tensor step_length(const System& system, const Tensors& parameters, const Tensor& x, const Tensor& move,
                   const Tensor& before) {
  const auto residual_after = [&](const Tensor& length) {
    return largest_of(in_line(system.residuals(system.split(x - length * move), parameters)));
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

Tensor newton(const System& system, const Tensors& parameters, const Tensor& guess, const RootOptions& o) {
  WhileOptions steps;
  steps.max_steps = o.max_steps > 0 ? o.max_steps : 100;
  const auto residual = [&](const Tensor& x) { return in_line(system.residuals(system.split(x), parameters)); };
  return while_loop(
      guess.recorder(), "gt_root", {guess, largest_of(residual(guess))}, steps,
      [&](const Tensors& c) { return Tensors{greater(c[1], number_like(c[1], o.tolerance))}; },
      [&](const Tensors& c) {
        const Tensor move = solved(system.jacobian(c[0], parameters), residual(c[0]), false);
        const Tensor x = c[0] - step_length(system, parameters, c[0], move, c[1]) * move;
        return Tensors{x, largest_of(residual(x))};
      })[0];
}

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
}  // namespace

Tensors root(Recorder& r, std::string_view what, const Tensors& given, const RootOptions& options,
             const FunctionBody& function) {
  Tensors guess;
  for (const Tensor& t : given) guess.push_back(stop_gradient(t));
  const Closure c = close_over(r, what, parameters_like(guess), function);
  check(what, guess, *c.body);
  if (c.draws > 0)
    fail(Status::unsupported, "{}: the residuals draw random numbers; draw them outside, and use them", what);
  RootOptions o = options;
  if (o.tolerance == 0) o.tolerance = guess[0].dtype() == Dtype::float32 ? 1e-5 : 1e-10;
  const System system(c.body, guess.size());
  Tensors inputs;
  {
    const Recorder::Pause pause(r);
    const Tensor line = o.solver ? by_solver(what, o.solver, guess) : newton(system, c.captured, in_line(guess), o);
    const Tensor residual = largest_of(in_line(system.residuals(system.split(line), c.captured)));
    for (const Tensor& t : system.split(line)) inputs.push_back(stop_gradient(t));
    inputs.push_back(stop_gradient(residual));
  }
  auto s = std::make_shared<Root>();
  s->body = c.body;
  s->unknowns = guess.size();
  s->tolerance = o.tolerance;
  for (const Tensor& t : c.captured) inputs.push_back(t);
  Tensors outputs = record_with(root_op(), r, inputs, std::move(s));
  const Tensors all = system.all(outputs, c.captured);
  for (std::size_t k = guess.size(); k < all.size(); ++k) outputs.push_back(all[k]);
  return outputs;
}

}  // namespace gradtape::core
