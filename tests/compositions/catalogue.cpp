// The ops that compositions use, and their domains.
#include "catalogue.hpp"

#include <algorithm>
#include <set>

namespace test {

namespace {
// An op that is cut off from its input has a derivative other than its differences on purpose.
const std::set<std::string> kCut{"stop_gradient", "ones_like", "zeros_like"};
// Ops with kinks in places where an input is one of these numbers, or two of its entries are equal.
const std::set<std::string> kKinked{"abs",        "relu",          "relu6",    "sign",       "elu",        "selu",
                                    "leaky_relu", "clip_by_value", "softsign", "huber_loss", "log_sigmoid"};
const std::set<std::string> kOrdered{"reduce_max", "reduce_min", "sort",    "top_k",
                                     "max_pool2d", "maximum",    "minimum", "norm"};
// Factorizations need columns that are far from dependent.
const std::set<std::string> kFactored{"svd", "svd_with_vectors", "eigh", "eigh_with_vectors", "qr", "lstsq"};
// Their results must not be 0, or coincide.
const std::set<std::string> kRoots{"norm",         "reduce_std",          "l2_normalize", "hypot",
                                   "clip_by_norm", "clip_by_global_norm", "atan2"};
const std::set<std::string> kSpectra{"svd", "svd_with_vectors", "eigh", "eigh_with_vectors", "qr"};

double least_gap(std::vector<double> v) {
  std::ranges::sort(v);
  double least = INFINITY;
  for (std::size_t i = 1; i < v.size(); ++i) least = std::min(least, v[i] - v[i - 1]);
  return least;
}
double least_magnitude(const Values& v) {
  double least = INFINITY;
  for (double x : v) least = std::min(least, std::abs(x));
  return least;
}
}  // namespace

bool SampleOf::any_shape() const { return elementwise; }

const std::vector<SampleOf>& catalogue() {
  static const std::vector<SampleOf> all = [] {
    std::vector<SampleOf> result;
    for (std::size_t i = 0; i < gt_op_count(); ++i) {
      const std::string op = gt_op_name(i);
      const json d = describe_op(op);
      if (d["derivative"] == "none" || kCut.contains(op)) continue;
      for (const json& sample : d["samples"]) {
        Random random(std::hash<std::string>{}(op));
        SampleOf s{op, sample["attrs"], parse_inputs(sample["inputs"], random), d["computed"] == "elementwise"};
        if (std::ranges::any_of(s.inputs, &Input::is_float)) result.push_back(std::move(s));
      }
    }
    return result;
  }();
  return all;
}

bool is_defined(char letter, const Values& values) {
  return std::ranges::all_of(values, [&](double x) {
    switch (letter) {
      case 'p': return x > 0.1;
      case 'u': return std::abs(x) < 0.9;
      case 'g': return x > 1.1;
      default: return true;
    }
  });
}

bool is_smooth(const std::string& op, const std::vector<Values>& inputs, const std::vector<Values>& outputs) {
  constexpr double kNear = 1e-2;
  for (const Values& v : outputs)
    for (double x : v)
      if (!std::isfinite(x) || std::abs(x) > 50) return false;
  if (kKinked.contains(op))
    for (const Values& v : inputs)
      for (double x : v)
        for (double kink : {0.0, 0.5, 0.75, 1.0, 6.0})
          if (std::abs(std::abs(x) - kink) < kNear) return false;
  if (kOrdered.contains(op) || kFactored.contains(op)) {
    Values all;
    for (const Values& v : inputs) all.insert(all.end(), v.begin(), v.end());
    if (least_gap(all) < kNear) return false;
  }
  if (kRoots.contains(op) || kSpectra.contains(op))
    for (const Values& v : outputs)
      if (least_magnitude(v) < kNear) return false;
  if (kRoots.contains(op))
    for (const Values& v : inputs)
      if (least_magnitude(v) < kNear) return false;
  if (kSpectra.contains(op) && least_gap(outputs[0]) < kNear) return false;
  return true;
}

Ref into_domain(Program& p, Ref x, char letter, const Dims& shape) {
  switch (letter) {
    case 'p': return p.apply("add", {p.apply("sigmoid", {x}), p.leaf('c', {}, {0.2})});
    case 'u': return p.apply("multiply", {p.apply("tanh", {x}), p.leaf('c', {}, {0.8})});
    case 'g': return p.apply("add", {p.apply("square", {x}), p.leaf('c', {}, {1.2})});
    case 's': {
      const auto n = static_cast<std::size_t>(shape.back());
      Values diagonal(n * n, 0.0);
      for (std::size_t i = 0; i < n; ++i) diagonal[i * n + i] = 3;
      return p.apply("add", {p.apply("tanh", {x}), p.leaf('c', {shape.back(), shape.back()}, diagonal)});
    }
    default: return x;
  }
}

}  // namespace test
