#include "autodiff/op_check.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/differences.hpp"
#include "autodiff/forward.hpp"
#include "autodiff/values.hpp"
#include "graph/print.hpp"
#include "ops/custom.hpp"

namespace gradtape::core {

namespace {
using Values = std::vector<double>;

double dot(const std::vector<Values>& a, const std::vector<Values>& b, double& size) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) {
      sum += a[i][k] * b[i][k];
      size += std::abs(a[i][k] * b[i][k]);
    }
  return sum;
}
Values line_of(const std::vector<Values>& values) {
  Values all;
  for (const Values& v : values) all.insert(all.end(), v.begin(), v.end());
  return all;
}
double largest(const std::vector<Values>& all) {
  double most = 0;
  for (const Values& v : all)
    for (double x : v) most = std::isfinite(x) ? std::max(most, std::abs(x)) : INFINITY;
  return most;
}

class OpCheck {
 public:
  OpCheck(const Part& part, const CheckOptions& options, std::mt19937_64& random)
      : part_(part), node_(part.end()), r_(node_.recorder), options_(options), random_(random) {
    for (std::size_t i : part.carrying()) {
      at_.push_back(values_of(part.inputs()[i]));
      directions_.push_back(direction_at(at_.back()));
    }
    for (std::size_t i = 0; i < node_.outputs.size(); ++i)
      if (is_floating(node_.outputs[i].spec.dtype)) targets_.push_back(i);
    Tensors out;
    if (part.is_by_user() || !fits_in_double(out)) {
      widens_ = false;
      out = pick(made_at(0, directions_));
    }
    for (const Tensor& t : out) {
      out_specs_.push_back(strong(t.spec()));
      single_ |= t.dtype() == Dtype::float32;
    }
    for (std::size_t i : part.carrying()) {
      specs_.push_back(strong(widened(part.inputs()[i].spec())));
      single_ |= specs_.back().dtype == Dtype::float32;
    }
    tolerance_ = options.tolerance > 0 ? options.tolerance : single_ ? 2e-3 : 1e-6;
  }

  OpFindings findings() {
    const std::vector<Values> ct = cotangents();
    const std::vector<Values> backward = pulled(ct);
    const std::optional<std::vector<Values>> forward = pushed();
    if (wants(kCompareModes) && forward) compare_modes(ct, backward, *forward);
    if (wants(kCompareDifferences) && is_comparable()) {
      if (forward)
        compare_differences();
      else
        compare_differences(ct, backward);
    }
    if (wants(kCompareLinearity)) compare_linearity(ct, backward);
    if (wants(kCompareSymmetry)) compare_symmetry(ct);
    return std::move(found_);
  }

 private:
  bool wants(Comparison c) const { return (options_.compare & c) != 0; }

  // Inside the library an op may rely on what its inputs are: points nearby need not be of that kind. An op of bodies is the
  // user's. Two of them only pass on values: a gradient of the user's own in a body, and a root that was found before.
  bool is_comparable() {
    if (!node_.op.internal || node_.within || part_.is_by_user()) return true;
    if (!node_.attrs || !node_.attrs->payload()) return false;
    const bool is_root = node_.op.name == "root";
    if (node_.op.name != "custom_gradient" && !is_root) return true;
    found_.agreed += fmt::format("{}no differences: {}", found_.agreed.empty() ? "" : ", ",
                                 is_root ? "the root was found before" : "the gradient is the user's own, in a body");
    return false;
  }
  void fault(double ratio, std::string text) {
    if (found_.ratio >= ratio) return;
    found_.ratio = ratio;
    found_.fault = std::move(text);
  }
  void agreed(std::string_view what, double off) {
    found_.agreed += fmt::format("{}{} {:.1g}", found_.agreed.empty() ? "" : ", ", what, off);
  }

  // In proportion to the values, so that one step suits all of them.
  Values direction_at(const Values& x) {
    double typical = 0;
    for (double v : x)
      if (std::isfinite(v)) typical = std::max(typical, std::abs(v));
    std::uniform_real_distribution<double> spread(0.5, 1);
    Values t;
    for (double v : x) {
      const double size = v != 0 ? std::abs(v) : typical > 0 ? typical : 1;
      t.push_back(std::isfinite(v) ? (random_() & 1 ? 1 : -1) * spread(random_) * size : 0);
    }
    return t;
  }
  std::vector<Values> cotangents() {
    std::uniform_real_distribution<double> spread(0.5, 1);
    std::vector<Values> all;
    for (const Spec& spec : out_specs_) {
      Values& v = all.emplace_back(static_cast<std::size_t>(spec.shape.elements()));
      for (double& x : v) x = (random_() & 1 ? 1 : -1) * spread(random_);
    }
    return all;
  }

  // ---- The part, recorded anew

  Spec widened(const Spec& spec) const {
    return widens_ && is_floating(spec.dtype) ? Spec{Dtype::float64, spec.shape, false} : spec;
  }
  // The spec of a cotangent or tangent.
  static Spec strong(const Spec& spec) { return {spec.dtype, spec.shape, false}; }
  // A part may hold an op that gives float32 whatever its inputs are.
  bool fits_in_double(Tensors& out) {
    widens_ = true;
    try {
      out = pick(made_at(0, directions_));
      return true;
    } catch (const Error& e) {
      if (e.code() != Status::invalid_argument) throw;
      return false;
    }
  }
  Tensors leaves_at(double step, const std::vector<Values>& directions) const {
    Tensors in;
    for (const Tensor& t : part_.inputs())
      in.push_back(is_floating(t.dtype()) ? tensor_of(r_, widened(t.spec()), values_of(t)) : t);
    for (std::size_t k = 0; k < part_.carrying().size(); ++k) {
      Values x = at_[k];
      for (std::size_t i = 0; i < x.size(); ++i) x[i] += step * directions[k][i];
      Tensor& t = in[part_.carrying()[k]];
      t = tensor_of(r_, t.spec(), x);
    }
    return in;
  }
  Tensors made_at(double step, const std::vector<Values>& directions) const {
    return part_.replay(leaves_at(step, directions));
  }
  Tensors pick(const Tensors& outputs) const {
    Tensors picked;
    for (std::size_t i : targets_) picked.push_back(outputs[i]);
    return picked;
  }
  // The carrying inputs and the floating outputs of a fresh application, of which nothing is computed yet.
  struct Fresh {
    Tensors in, out;
    Passable passable;
  };
  Fresh fresh() const { return fresh_at(0, directions_); }
  Fresh fresh_at(double step, const std::vector<Values>& directions) const {
    const Tensors in = leaves_at(step, directions);
    std::unordered_set<const Node*> made;
    const Tensors out = pick(part_.replay(in, &made));
    Tensors sources;
    for (std::size_t i : part_.carrying()) sources.push_back(in[i]);
    return {sources, out, [made](const Tensor& t) { return made.contains(t.node()); }};
  }
  Tensors tensors_of(const std::vector<Values>& values, const std::vector<Spec>& specs) const {
    Tensors all;
    for (std::size_t i = 0; i < values.size(); ++i) all.push_back(tensor_of(r_, specs[i], values[i]));
    return all;
  }
  std::vector<Values> read(const Tensors& results, const std::vector<Spec>& specs) const {
    std::vector<Values> all;
    for (std::size_t i = 0; i < results.size(); ++i)
      all.push_back(results[i] ? values_of(results[i])
                               : Values(static_cast<std::size_t>(specs[i].shape.elements()), 0.0));
    return all;
  }
  std::vector<Values> pulled(const std::vector<Values>& ct) const { return pulled_at(ct, 0, directions_); }
  std::vector<Values> pulled_at(const std::vector<Values>& ct, double step,
                                const std::vector<Values>& directions) const {
    const Fresh f = fresh_at(step, directions);
    return read(reverse({f.out, tensors_of(ct, out_specs_), f.in, f.passable}), specs_);
  }
  // Nothing: the rule is known in reverse only, and does not let itself be transposed.
  std::optional<std::vector<Values>> pushed() {
    const Fresh f = fresh();
    try {
      const Tensors tangents = forward({f.out, f.in, tensors_of(directions_, specs_), f.passable});
      Tensors all = f.out;
      for (const Tensor& t : tangents)
        if (t) all.push_back(t);
      r_.host().evaluate(all);
      outputs_ = line_of(read(f.out, out_specs_));
      tangents_ = line_of(read(tangents, out_specs_));
      return read(tangents, out_specs_);
    } catch (const Error& e) {
      if (e.code() != Status::unsupported) throw;
      return std::nullopt;
    }
  }
  // All outputs in one line, at points in some direction.
  Along along(const std::vector<Values>& directions) const {
    return [this, &directions](double step) -> std::optional<Values> {
      try {
        Values all;
        for (const Tensor& t : pick(made_at(step, directions))) {
          const Values v = values_of(t);
          all.insert(all.end(), v.begin(), v.end());
        }
        return all;
      } catch (const Error& e) {
        if (e.code() == Status::cancelled || e.code() == Status::out_of_memory) throw;
        return std::nullopt;  // a matrix that is singular there, say
      }
    };
  }

  // ---- The comparisons

  void compare_modes(const std::vector<Values>& ct, const std::vector<Values>& backward,
                     const std::vector<Values>& forward) {
    double size = 0;
    const double pulled = dot(backward, directions_, size), pushed = dot(ct, forward, size);
    const double off = std::abs(pulled - pushed), error = (single_ ? 2e-3 : 1e-8) * size;
    if (!std::isfinite(size)) return;
    if (off > error)
      fault(
          off / std::max(error, 1e-300),
          fmt::format("reverse and forward mode differ: <J'c, t> is {:.6g} and <c, Jt> is {:.6g}, off by {:.2g} where "
                      "rounding explains {:.2g}",
                      pulled, pushed, off, error));
    else
      agreed("modes", size > 0 ? off / size : 0);
  }

  // The tangents are compared.
  void compare_differences() {
    const Values& all = tangents_;
    if (!has_outputs_again()) {
      found_.agreed +=
          fmt::format("{}no differences: computed again, the op gives other values", found_.agreed.empty() ? "" : ", ");
      return;
    }
    Compared c = compare_with_differences(along(directions_), all, single_, tolerance_);
    drop_what_is_not_linear(c);
    if (!c.defects.empty()) {
      const Defect& d = *std::ranges::max_element(c.defects, {}, &Defect::ratio);
      fault(d.ratio(),
            fmt::format("the derivative differs from differences in {} of {} elements: it gives {:.6g} at "
                        "element {}, differences give {:.6g} with an error of {:.2g}",
                        c.defects.size(), all.size(), d.derivative, d.entry, d.estimate.value, d.estimate.error));
      return;
    }
    if (c.agree > 0 || all.empty()) agreed("differences", c.worst);
    if (c.undecided > 0)
      found_.agreed += fmt::format("{}{} of {} elements undecided (a pole, a jump, or rounding)",
                                   found_.agreed.empty() ? "" : ", ", c.undecided, all.size());
  }
  // Whether the op gives the values that the tangents belong to once more. The signs of singular vectors, for one, may
  // depend on rounding.
  bool has_outputs_again() const {
    const std::optional<Values> again = along(directions_)(0);
    double most = 0;
    for (double v : outputs_)
      if (std::isfinite(v)) most = std::max(most, std::abs(v));
    return again && std::ranges::equal(*again, outputs_, [&](double a, double b) {
             return a == b || (std::isnan(a) == std::isnan(b) && !(std::abs(a - b) > (single_ ? 1e-3 : 1e-6) * most));
           });
  }
  // A function without derivative, such as a sort at ties, has a slope that is not linear in the direction. Any derivative
  // is a convention there.
  void drop_what_is_not_linear(Compared& c) {
    constexpr int kTrials = 8;
    for (int trial = 0; trial < kTrials && !c.defects.empty(); ++trial) {
      std::vector<Values> other, sum = directions_;
      for (const Values& x : at_) other.push_back(direction_at(x));
      for (std::size_t i = 0; i < sum.size(); ++i)
        for (std::size_t k = 0; k < sum[i].size(); ++k) sum[i][k] += other[i][k];
      std::size_t n = 0;
      for (const Spec& spec : out_specs_) n += static_cast<std::size_t>(spec.shape.elements());
      const auto of_other = slopes(along(other), n, single_), of_sum = slopes(along(sum), n, single_);
      c.undecided += std::erase_if(c.defects, [&](const Defect& d) {
        const auto &one = of_other[d.entry], &both = of_sum[d.entry];
        if (!one || !both) return true;
        const double off = std::abs(both->value - one->value - d.estimate.value);
        const double size = std::abs(both->value) + std::abs(one->value) + std::abs(d.estimate.value);
        return off > 4 * (both->error + one->error + d.estimate.error) + (single_ ? 1e-2 : 1e-5) * size;
      });
    }
  }
  // In reverse mode alone: one number, of all elements.
  void compare_differences(const std::vector<Values>& ct, const std::vector<Values>& backward) {
    std::size_t n = 0;
    for (const Values& v : ct) n += v.size();
    const auto estimates = slopes(along(directions_), n, single_);
    double size = 0;
    const double pulled = dot(backward, directions_, size);
    const bool known = std::ranges::all_of(estimates, [](const auto& e) { return e.has_value(); });
    if (!known || !std::isfinite(size)) return;
    double want = 0, error = tolerance_ * size;
    std::size_t at = 0;
    for (const Values& v : ct)
      for (double c : v) {
        const Estimate& e = *estimates[at++];
        want += c * e.value;
        error += std::abs(c) * (2 * e.error + tolerance_ * std::abs(e.value));
      }
    const double off = std::abs(pulled - want);
    if (off > error)
      fault(off / error, fmt::format("the gradient differs from differences: along a direction it gives {:.6g}, "
                                     "differences give {:.6g} with an error of {:.2g}",
                                     pulled, want, error));
    else
      agreed("differences", size > 0 ? off / size : 0);
  }

  void compare_linearity(const std::vector<Values>& a, const std::vector<Values>& of_a) {
    constexpr double kFactor = 2.5;
    const std::vector<Values> b = cotangents();
    std::vector<Values> sum = a;
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t k = 0; k < a[i].size(); ++k) sum[i][k] += kFactor * b[i][k];
    const std::vector<Values> of_b = pulled(b), of_sum = pulled(sum);
    const double size = largest(of_a) + kFactor * largest(of_b) + largest(of_sum);
    if (!std::isfinite(size)) return;
    double off = 0;
    for (std::size_t i = 0; i < of_a.size(); ++i)
      for (std::size_t k = 0; k < of_a[i].size(); ++k)
        off = std::max(off, std::abs(of_sum[i][k] - of_a[i][k] - kFactor * of_b[i][k]));
    const double error = (single_ ? 1e-3 : 1e-8) * size;
    if (off > error)
      fault(
          off / std::max(error, 1e-300),
          fmt::format("the reverse rule is not linear in the cotangent: the rule of a sum is off the sum of the rules "
                      "by {:.2g} where rounding explains {:.2g}",
                      off, error));
    else
      agreed("linearity", size > 0 ? off / size : 0);
  }

  // <u, Hv> and <v, Hu> of the weighted sum of the outputs.
  void compare_symmetry(const std::vector<Values>& ct) {
    std::vector<Values> other;
    for (const Values& x : at_) other.push_back(direction_at(x));
    try {
      const std::vector<Values> along_one = second(ct, directions_), along_two = second(ct, other);
      double size = 0;
      const double one = dot(other, along_one, size), two = dot(directions_, along_two, size);
      const double off = std::abs(one - two), error = (single_ ? 5e-3 : 1e-6) * size;
      if (!std::isfinite(size)) return;
      if (off <= error) return agreed("symmetry", size > 0 ? off / size : 0);
      if (is_slope_of_gradient(ct, directions_, along_one) && is_slope_of_gradient(ct, other, along_two))
        fault(off / std::max(error, 1e-300),
              fmt::format("the second derivative is not symmetric: <u, Hv> is {:.6g} and <v, Hu> is {:.6g}, off by "
                          "{:.2g} where rounding explains {:.2g}",
                          one, two, off, error));
    } catch (const Error& e) {
      if (e.code() == Status::cancelled || e.code() == Status::out_of_memory) throw;
    }
  }
  std::vector<Values> second(const std::vector<Values>& ct, const std::vector<Values>& direction) const {
    const Passable passable = recorded_since(r_);
    const Fresh f = fresh();
    const Tensors g = reverse({f.out, tensors_of(ct, out_specs_), f.in, f.passable});
    Tensors connected;
    for (const Tensor& t : g) connected.push_back(t ? t : zeros_like(f.in[connected.size()]));
    return read(forward({connected, f.in, tensors_of(direction, specs_), passable}), specs_);
  }
  // At a kink or a pole there is no second derivative that could be symmetric.
  bool is_slope_of_gradient(const std::vector<Values>& ct, const std::vector<Values>& direction,
                            const std::vector<Values>& second) const {
    const Compared c =
        compare_with_differences([&](double step) { return std::optional(line_of(pulled_at(ct, step, direction))); },
                                 line_of(second), single_, tolerance_);
    return c.defects.empty() && c.undecided == 0;
  }

  const Part& part_;
  Node& node_;
  Recorder& r_;
  const CheckOptions& options_;
  std::mt19937_64& random_;
  bool widens_ = true, single_ = false;
  std::vector<std::size_t> targets_;     // which outputs carry derivatives
  std::vector<Spec> specs_, out_specs_;  // of carrying inputs, of these
  std::vector<Values> at_, directions_;  // by carrying input
  Values outputs_, tangents_;            // in one line, of one evaluation in forward mode
  double tolerance_;
  OpFindings found_;
};
}  // namespace

OpFindings check_part(const Part& part, const CheckOptions& options, std::mt19937_64& random) {
  const Node& node = part.end();
  if (const auto* none = std::get_if<Undifferentiable>(&node.op.derivative); none && !none->fatal)
    return {{}, 0, "no derivative: " + none->reason};
  if (std::ranges::none_of(node.outputs, [](const Node::Output& o) { return is_floating(o.spec.dtype); }))
    return {{}, 0, "no floating output"};
  try {
    return OpCheck(part, options, random).findings();
  } catch (const Error& e) {  // of a singular matrix, say; but what a user's function gives must fit
    if (part.is_by_user() || e.code() != Status::invalid_argument) throw;
    return {{}, 0, "the derivative cannot be computed here: " + e.message()};
  }
}

}  // namespace gradtape::core
