// The checks of a composition.
#include "checks.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "evaluation.hpp"

namespace test {

Counts& counts() {
  static Counts c;
  return c;
}

namespace {
constexpr int32_t kReverse = GT_MODE_REVERSE, kForward = GT_MODE_FORWARD;
constexpr double kLeastScale = 1e-2;  // below it, numbers may be what is left of larger ones

double largest(const Values& v) {
  double most = 0;
  for (double x : v)
    if (std::isfinite(x)) most = std::max(most, std::abs(x));
  return most;
}
// The first difference of two arrays above the tolerance times the largest entry or the scale, as text.
std::string mismatch(const std::string& what, const Values& got, const Values& want, double tolerance, double scale) {
  char text[256];
  if (got.size() != want.size()) {
    std::snprintf(text, sizeof text, "%s: %zu entries for %zu", what.c_str(), got.size(), want.size());
    return text;
  }
  scale = std::max({kLeastScale, scale, largest(want), largest(got)});
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] == want[i] || (std::isnan(got[i]) && std::isnan(want[i]))) continue;
    if (std::abs(got[i] - want[i]) <= tolerance * scale) continue;
    std::snprintf(text, sizeof text, "%s: [%zu] of %zu is %.17g for %.17g", what.c_str(), i, got.size(), got[i],
                  want[i]);
    return text;
  }
  return "";
}

const Values& array(const Derivatives& d, const std::string& name) {
  for (const auto& [key, values] : d.arrays)
    if (key == name) return values;
  throw std::logic_error("no " + name);
}

std::vector<Values> directions(const Program& p, uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<double> spread(-1, 1);
  std::vector<Values> result;
  for (std::size_t node : p.sources()) {
    Values v(p.nodes[node].values.size());
    for (double& x : v) x = spread(random);
    result.push_back(std::move(v));
  }
  return result;
}
Handles tensors_like(gt_context c, const Program& p, const std::vector<Values>& values) {
  Handles result;
  for (std::size_t node : p.sources()) result.push_back(tensor<double>(c, p.nodes[node].shape, values[result.size()]));
  return result;
}
Values weights_for(std::size_t n) {
  Values w(n);
  for (std::size_t i = 0; i < n; ++i) w[i] = std::cos(1.3 * static_cast<double>(i) + 0.4);
  return w;
}

class Checker {
 public:
  explicit Checker(const Program& p) : p_(p), direction_(directions(p, 7)) {}

  std::string run(const Derivatives& d) {
    scale_ = std::max(largest(array(d, "value")), largest(array(d, "J r")));
    for (const auto& [name, values] : d.arrays)
      if (name.starts_with("J ")) expect(name + " against J r", values, array(d, "J r"));
    for (const auto& [name, values] : d.arrays)
      if (name.starts_with("H ")) expect(name + " against H rr", values, array(d, "H rr"));
    check_products(array(d, "J r"), array(d, "H rr"));
    check_one_tape(array(d, "H rr"));
    check_step_by_step(array(d, "J r"));
    check_function(d);
    check_differences(d);
    return found_;
  }

 private:
  void expect(const std::string& what, const Values& got, const Values& want, double tolerance = 1e-9) {
    if (found_.empty()) found_ = mismatch(what, got, want, tolerance, scale_);
  }

  std::size_t entries() const {
    std::size_t n = 0;
    for (const Values& v : direction_) n += v.size();
    return n;
  }
  Values flat_direction() const {
    Values all;
    for (const Values& v : direction_) all.insert(all.end(), v.begin(), v.end());
    return all;
  }
  // The Jacobian lies as [target, source] for one source after the other: its product with the direction.
  Values times_direction(const Values& j, std::size_t rows) const {
    Values result(rows, 0.0);
    std::size_t at = 0;
    for (const Values& v : direction_)
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t k = 0; k < v.size(); ++k) result[row] += j[at++] * v[k];
    return result;
  }
  // Second derivatives lie as Jacobians of each part of the Jacobian: their products with the direction, as Jacobians.
  Values second_times_direction(const Values& h, std::size_t rows) const {
    Values result;
    std::size_t at = 0;
    for (const Values& v : direction_) {
      const std::size_t part = rows * v.size() * entries();
      const Values of_part(h.begin() + static_cast<long>(at), h.begin() + static_cast<long>(at + part));
      const Values product = times_direction(of_part, rows * v.size());
      result.insert(result.end(), product.begin(), product.end());
      at += part;
    }
    return result;
  }
  static Values dot(const Values& a, const Values& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return {sum};
  }

  // One row and one column at a time: gradients, tangents, and the second order by all orders of modes.
  void check_products(const Values& j, const Values& h) {
    Ctx c;
    const Evaluation e(c, p_, source_tensors(c, p_, 0, {}));
    const Dims shape = shape_of(c, e.target);
    const std::size_t rows = count(shape);
    const Values w = weights_for(rows);
    const Handles weight{tensor<double>(c, shape, w)}, along = tensors_like(c, p_, direction_);
    const Handles g = e.gradient(e.inner, {e.target}, weight), t = e.jvp(e.inner, {e.target}, along);
    const Values jv = times_direction(j, rows);
    expect("jvp", values_of(c, t), jv);
    expect("gradient", dot(values_of(c, g), flat_direction()), dot(w, jv));
    const Values whv = dot(w, times_direction(second_times_direction(h, rows), rows));
    expect("rr", dot(values_of(c, e.gradient(e.outer, g, along)), flat_direction()), whv);
    expect("fr", dot(values_of(c, e.jvp(e.outer, g, along)), flat_direction()), whv);
    expect("rf", dot(values_of(c, e.gradient(e.outer, t, weight)), flat_direction()), whv);
    expect("ff", dot(values_of(c, e.jvp(e.outer, t, along)), w), whv);
    check_rows(e, shape, j);
  }
  // The Hessian of the weighted sum of the target, block after block.
  Values weighted_hessian(const Values& h, const Values& w) const {
    Values result;
    std::size_t at = 0;
    for (const Values& a : direction_)
      for (const Values& b : direction_) {
        const std::size_t n = a.size() * b.size();
        Values block(n, 0.0);
        for (double weight : w)
          for (std::size_t k = 0; k < n; ++k) block[k] += weight * h[at++];
        result.insert(result.end(), block.begin(), block.end());
      }
    return result;
  }
  // Second derivatives of one tape: in both modes, at once and row by row; products; the diagonal.
  void check_one_tape(const Values& h) {
    Ctx c;
    const Evaluation e(c, p_, source_tensors(c, p_, 0, {}));
    e.end(e.outer);
    const Dims shape = shape_of(c, e.target);
    const Values w = weights_for(count(shape));
    gt_tensor of = e.weighted(tensor<double>(c, shape, w));
    const Values want = weighted_hessian(h, w);
    for (int32_t mode : {kReverse, kForward})
      for (uint64_t budget : {uint64_t{0}, uint64_t{1}})
        expect("hessian", values_of(c, e.hessian(of, mode, budget)), want);
    Values product, diagonal;
    std::size_t at = 0;
    for (std::size_t i = 0; i < direction_.size(); ++i) {
      Values rows(direction_[i].size(), 0.0);
      for (std::size_t k = 0; k < direction_.size(); ++k)
        for (std::size_t row = 0; row < rows.size(); ++row)
          for (std::size_t column = 0; column < direction_[k].size(); ++column, ++at) {
            rows[row] += want[at] * direction_[k][column];
            if (i == k && row == column) diagonal.push_back(want[at]);
          }
      product.insert(product.end(), rows.begin(), rows.end());
    }
    expect("hvp", values_of(c, e.hvp(of, tensors_like(c, p_, direction_))), product);
    expect("hessian_diagonal", values_of(c, e.hessian_diagonal(of)), diagonal);
  }
  void check_rows(const Evaluation& e, const Dims& shape, const Values& j) {
    const std::size_t rows = count(shape);
    std::vector<Values> parts(direction_.size());
    for (std::size_t row = 0; row < rows; ++row) {
      Values hot(rows, 0.0);
      hot[row] = 1;
      const Handles g = e.gradient(e.inner, {e.target}, {tensor<double>(e.c, shape, hot)});
      for (std::size_t i = 0; i < g.size(); ++i) {
        const Values v = values_of(e.c, {g[i]});
        parts[i].insert(parts[i].end(), v.begin(), v.end());
      }
    }
    Values all;
    for (const Values& part : parts) all.insert(all.end(), part.begin(), part.end());
    expect("J row by row", all, j);
  }

  void check_step_by_step(const Values& j) {
    Ctx c;
    const Evaluation e(c, p_, source_tensors(c, p_, 0, {}), true);
    expect("J of values computed one by one", values_of(c, e.jacobian(e.inner, e.target, GT_MODE_AUTO)), j);
  }

  // A function of the sources that gives value, Jacobian and Hessian, called at another point and at this one.
  static gt_status body(gt_context c, void* user, const gt_tensor* inputs, size_t n, gt_tensor* outputs, size_t,
                        size_t* n_outputs) {
    const Program& p = *static_cast<const Program*>(user);
    try {
      const Evaluation e(c, p, Handles(inputs, inputs + n));
      const bool odd = p.nodes.size() % 2 != 0;
      Handles out{e.target};
      for (gt_tensor j : e.jacobian(e.inner, e.target, odd ? kReverse : kForward)) out.push_back(j);
      e.end(e.outer);
      for (std::size_t i = 0; i < n; ++i)
        for (gt_tensor h : e.jacobian(e.outer, out[1 + i], odd ? kForward : kReverse)) out.push_back(h);
      std::ranges::copy(out, outputs);
      *n_outputs = out.size();
    } catch (const std::exception&) {
      return GT_INTERNAL;
    }
    return GT_OK;
  }
  void check_function(const Derivatives& d) {
    Ctx c;
    std::vector<gt_spec> specs;
    for (std::size_t node : p_.sources()) {
      gt_spec spec{GT_FLOAT64, static_cast<int32_t>(p_.nodes[node].shape.size()), {}};
      std::ranges::copy(p_.nodes[node].shape, spec.dims);
      specs.push_back(spec);
    }
    Program copy = p_;
    gt_function f = gt_function_create(c, body, &copy, nullptr, specs.data(), specs.size());
    if (!f) throw std::runtime_error("gt_function_create: " + c.message());
    for (double step : {0.01, 0.0}) {
      const Handles in = source_tensors(c, p_, step, direction_);
      Handles out(256);
      std::size_t n = 0;
      if (gt_function_call(c, f, in.data(), in.size(), out.data(), out.size(), &n) != GT_OK)
        throw std::runtime_error("gt_function_call: " + c.message());
      if (step != 0) continue;
      out.resize(n);
      const auto middle = out.begin() + 1 + static_cast<long>(in.size());
      expect("value of the function", values_of(c, {out[0]}), array(d, "value"));
      expect("J of the function", values_of(c, Handles(out.begin() + 1, middle)), array(d, "J r"));
      expect("H of the function", values_of(c, Handles(middle, out.end())), array(d, "H rr"));
    }
  }

  // Value, then Jacobian, at a moved point.
  std::pair<Values, Values> at(double step) {
    Ctx c;
    const Evaluation e(c, p_, source_tensors(c, p_, step, direction_));
    return {values_of(c, {e.target}), values_of(c, e.jacobian(e.inner, e.target, kReverse))};
  }
  void check_differences(const Derivatives& d) {
    if (!found_.empty()) return;
    constexpr double h = 1e-4;
    const auto u2 = at(h), d2 = at(-h), u1 = at(h / 2), d1 = at(-h / 2);
    const std::size_t rows = array(d, "value").size();
    const auto check = [&](const char* what, const Values& a2, const Values& b2, const Values& a1, const Values& b1,
                           const Values& got) {
      Values wide(a2.size()), best(a2.size());
      for (std::size_t i = 0; i < a2.size(); ++i) {
        wide[i] = (a2[i] - b2[i]) / (2 * h);
        best[i] = (4 * (a1[i] - b1[i]) / h - wide[i]) / 3;
      }
      const double scale = largest(a2);
      // Near a kink, or where it is too steep, differences tell nothing.
      if (!mismatch(what, wide, best, 1e-5, scale).empty())
        ++counts().near_kinks;
      else if (found_.empty())
        found_ = mismatch(what, got, best, 1e-5, scale);
    };
    check("J against differences", u2.first, d2.first, u1.first, d1.first, times_direction(array(d, "J r"), rows));
    check("H against differences", u2.second, d2.second, u1.second, d1.second,
          second_times_direction(array(d, "H rr"), rows));
  }

  const Program& p_;
  std::vector<Values> direction_;
  double scale_ = 0;
  std::string found_;
};
}  // namespace

Derivatives derivatives_of(const Program& p) {
  Ctx c;
  const Evaluation e(c, p, source_tensors(c, p, 0, {}));
  Derivatives d;
  std::vector<std::pair<std::string, Handles>> all{{"value", {e.target}}};
  const std::pair<const char*, int32_t> modes[] = {{"r", kReverse}, {"f", kForward}};
  std::vector<Handles> first;
  for (const auto& [name, mode] : modes) {
    first.push_back(e.jacobian(e.inner, e.target, mode));
    all.emplace_back(std::string("J ") + name, first.back());
  }
  e.end(e.outer);
  for (std::size_t k = 0; k < 2; ++k)
    for (const auto& [name, mode] : modes) {
      Handles second;
      for (gt_tensor j : first[k])
        for (gt_tensor h : e.jacobian(e.outer, j, mode)) second.push_back(h);
      all.emplace_back(std::string("H ") + name + modes[k].first, second);
    }
  for (const auto& [name, handles] : all) d.arrays.emplace_back(name, values_of(c, handles));
  return d;
}

std::string inconsistency(const Program& p, const Derivatives& d) {
  ++counts().programs;
  return Checker(p).run(d);
}
std::string inconsistency(const Program& p) {
  try {
    return inconsistency(p, derivatives_of(p));
  } catch (const std::exception& e) {
    return e.what();
  }
}

std::string difference(const Derivatives& got, const Derivatives& want) {
  const double scale = std::max(largest(array(want, "value")), largest(array(want, "J r")));
  for (const auto& [name, values] : want.arrays)
    if (std::string text = mismatch(name, array(got, name), values, 1e-9, scale); !text.empty()) return text;
  return "";
}

}  // namespace test
