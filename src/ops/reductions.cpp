// Reductions over the axes named by "axis": null means all, keepdims leaves them as axes of size 1.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "kernels/kernels.hpp"
#include "ops/define.hpp"
#include "ops/selection.hpp"

namespace gradtape::core {

// The mean of the differences corrects the rounding of the first mean, which derivatives may take for a constant.
Moments moments_of(const Tensor& x, const Ints& axes) {
  const Tensor first = stop_gradient(reduce_mean(x, axes, true)), rest = x - first;
  const Tensor correction = reduce_mean(rest, axes, true);
  return {first + correction, rest - correction};
}

namespace {
bool is_reduced(const Ints& axes, std::size_t axis) {
  return std::ranges::find(axes, static_cast<int64_t>(axis)) != axes.end();
}

Shape reduced_shape(const Shape& in, const Ints& axes, bool keepdims) {
  Shape out;
  for (std::size_t i = 0; i < in.rank(); ++i)
    if (!is_reduced(axes, i))
      out.push_back(in[i]);
    else if (keepdims)
      out.push_back(1);
  return out;
}

void infer_reduction(Inference& c) {
  c.like(0, reduced_shape(c.shape(), c.axes("axis", c.rank()), c.flag("keepdims")));
}

// x, one value per reduced group, with the reduced axes back as axes of size 1.
Tensor restore_axes(const Call& c, const Tensor& x) {
  return reshape(x, reduced_shape(c.in().shape(), c.ints("axis"), true));
}

Tensors batch_reduction(const BatchCall& b) {
  return {reapply(b.call, {b.in[0]}, {axes_in_batch(b.call.ints("axis")), b.call.flag("keepdims")})};
}

// The axes that are not reduced, one by one.
Dependence kept_axes(const LinkCall& c, bool keepdims, Dependence::Weight weight) {
  Relation r;
  std::size_t out = 0;
  for (std::size_t k = 0; k < c.call.in(c.input).rank(); ++k) {
    const bool reduced = is_reduced(c.call.ints("axis"), k);
    if (!reduced) r.ties.push_back({k, out});
    if (!reduced || keepdims) ++out;
  }
  return related({r}, weight);
}
Dependence links_of_reduction(const LinkCall& c) {
  const bool sums = c.call.op().name == "reduce_sum";
  return kept_axes(c, c.call.flag("keepdims"), sums ? Dependence::Weight::sum : Dependence::Weight::other);
}

OpBuilder reduction(Registry& r, const char* name, const char* doc) {
  OpBuilder d(r, name, doc);
  d.inputs({{"x"}}).attr("axis", kAttrInts).attr("keepdims", kAttrBool, false).infer(infer_reduction);
  d.batch(batch_reduction).links(links_of_reduction);
  d.sample("f[2,3]").sample("f[2,3,2]", R"({"axis": [0, 2], "keepdims": true})").sample("f[2,3]", R"({"axis": 1})");
  return d;
}

// The share of each element in the derivative of a maximum or minimum: tied entries share evenly.
Tensor shares(const Call& c) {
  const Tensor chosen = cast(equal(c.in(), restore_axes(c, c.out())), c.in().dtype());
  return chosen / reduce_sum(chosen, c.ints("axis"), true);
}
void extreme(OpBuilder d, const Reduction& loops, OpName of_bools) {
  d.dtypes(kAllDtypes).reduction(loops);
  d.instead([of_bools](const Call& c) {
    if (c.in().dtype() != Dtype::boolean) return Tensors{};
    return Tensors{of_bools(c.in(), c.attr("axis"), c.attr("keepdims"))};
  });
  d.rules([](const Call& c, const Tensors& ct) { return Tensors{carry(shares(c), restore_axes(c, ct[0]))}; },
          [](const Call& c, const Tensors& t) {
            return Tensors{reduce_sum(carry(shares(c), t[0]), c.ints("axis"), c.flag("keepdims"))};
          });
}

// For each entry the product of all others that it is reduced with: those before it times those behind. Nothing is
// divided, so that any number of zeros does no harm to any derivative.
Tensor product_of_others(const Call& c) {
  const Tensor& x = c.in();
  const Ints& axes = c.ints("axis");
  Ints perm, back(x.rank(), 0);
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (!is_reduced(axes, i)) perm.push_back(i);
  for (int64_t a : axes) perm.push_back(a);
  for (std::size_t i = 0; i < perm.size(); ++i) back[perm[i]] = static_cast<int64_t>(i);
  const Tensor moved = transpose(x, perm);
  Shape lines = reduced_shape(x.shape(), axes, false);
  const auto last = static_cast<int64_t>(lines.rank());
  lines.push_back(moved.shape().product(lines.rank(), x.rank()));
  const Tensor line = reshape(moved, lines);
  const Tensor others = op<"cumprod">(line, last, true, false) * op<"cumprod">(line, last, true, true);
  return transpose(reshape(others, moved.shape()), back);
}
void product(OpBuilder d) {
  d.dtypes(kAllDtypes).reduction(kernels::product_reduction()).instead(bools_as_int64);
  d.rules([](const Call& c, const Tensors& ct) { return Tensors{Flow(restore_axes(c, ct[0])) * product_of_others(c)}; },
          [](const Call& c, const Tensors& t) {
            return Tensors{reduce_sum(Flow(t[0]) * product_of_others(c), c.ints("axis"), c.flag("keepdims"))};
          });
}

double count_of(const Tensor& x, const Ints& axes) {
  double n = 1;
  for (int64_t a : axes) n *= static_cast<double>(x.shape()[a]);
  return n;
}

Tensor mean_of(const Call& c) {
  const Ints& axes = c.ints("axis");
  return reduce_sum(c.in(), axes, c.flag("keepdims")) / count_of(c.in(), axes);
}

// The largest over the axes, or of negative orders the smallest.
Tensor outermost(const Tensor& x, double ord, const Ints& axes) {
  return ord > 0 ? reduce_max(x, axes, true) : op<"reduce_min">(x, axes, true);
}
// A power of two near the entry over the axes that weighs most. Divided by it, squares neither over- nor underflow. It
// is 1 if all entries are 0, or one is infinite. Lengths do not depend on it, so derivatives take it for a constant.
Tensor scale_of(const Tensor& x, const Ints& axes, double ord) {
  const double most = x.dtype() == Dtype::float32 ? 120 : 1000;
  const Tensor top = stop_gradient(outermost(abs(x), ord, axes));
  const Tensor exponent = floor(log2(top));
  const Tensor within = maximum(minimum(exponent, number_like(x, most)), number_like(x, -most));
  return where(is_finite(exponent), exp2(within), number_like(x, 1));
}
// (sum |x|^ord)^(1 / ord). A high power of a number up to 2 can leave the range: it is taken over the entry that weighs
// most.
Tensor length_value(const Tensor& x, const Ints& axes, double ord, const Tensor& scale) {
  if (ord == 2) return scale * sqrt(reduce_sum(square(x * (1.0 / scale)), axes, true));
  const Tensor top = outermost(abs(x), ord, axes);
  const Tensor most = where(logical_and(is_finite(top), greater(top, number_like(x, 0))), top, number_like(x, 1));
  const Tensor sum = reduce_sum(pow(abs(x) / most, number_like(x, ord)), axes, true);
  return most * pow(sum, number_like(x, 1 / ord));
}
// The length of order ord over the axes, which stay as axes of size 1.
Tensor length_of(const Tensor& x, const Ints& axes, double ord) {
  const Tensor scale = scale_of(x, axes, ord);
  return op<"length">(x, scale, stop_gradient(length_value(x, axes, ord, scale)), axes, ord);
}
Tensor euclidean(const Tensor& x, const Ints& axes) { return length_of(x, axes, 2); }

// d length / dx times t: with u = x / length it is u |u|^(ord - 2), and 0 where all is 0.
Tensor along_length(const Call& c, const Tensor& t) {
  const double ord = c.number("ord");
  const Tensor &x = c.in(0), none = equal(c.out(), number_like(x, 0)), inverse = 1.0 / c.in(1);
  const Tensor relative = where(none, number_like(x, 1), c.out() * inverse);
  const Tensor u = (x * inverse) * (1.0 / relative);
  Tensor slope = u;
  if (ord != 2 && std::fmod(ord, 2) == 0) slope = pow(u, number_like(u, ord - 1));
  if (std::fmod(ord, 2) != 0) slope = carry(u, pow(u * sign(u), number_like(u, ord - 2)));  // smooth where u is 0
  return once_only(Flow(t) * slope, x, where_selected(t, none));
}
void define_length(Registry& r) {
  OpBuilder(r, "length", "The length of x over the axes, as it was computed with a scale; see norm.")
      .internal()
      .inputs({{"x"}, {"scale"}, {"length"}})
      .attr("axis", kAttrInts)
      .attr("ord", kAttrFloat)
      .alias()
      .infer([](Inference& c) { c.like(2, c.shape(2)); })
      .rules(
          [](const Call& c, const Tensors& ct) {
            return Tensors{along_length(c, ct[0]), Tensor(), Tensor()};
          },
          [](const Call& c, const Tensors& t) {
            return Tensors{t[0] ? reduce_sum(along_length(c, t[0]), c.ints("axis"), true) : Tensor()};
          })
      .batch([](const BatchCall& b) {
        return reapply_all(b.call, full_inputs(b), {axes_in_batch(b.call.ints("axis")), b.call.number("ord")});
      })
      .links([](const LinkCall& c) {
        return c.input == 0 ? kept_axes(c, true, Dependence::Weight::other) : no_dependence();
      });
}

Tensor variance_of(const Call& c) {
  return reduce_mean(square(moments_of(c.in(), c.ints("axis")).deviations), c.ints("axis"), c.flag("keepdims"));
}
Tensor deviation_of(const Call& c) {
  const Tensor length = euclidean(moments_of(c.in(), c.ints("axis")).deviations, c.ints("axis"));
  return reshape(length, reduced_shape(c.in().shape(), c.ints("axis"), c.flag("keepdims"))) /
         std::sqrt(count_of(c.in(), c.ints("axis")));
}

// log sum e^(x - m) + m with the maximum m, on which the derivative does not depend. If all entries are -inf, so is the
// result, with derivative 0. Infinite entries share the derivative of an infinite sum.
Tensor logsumexp_of(const Call& c) {
  const Tensor& x = c.in();
  const Ints& axes = c.ints("axis");
  const Tensor top = stop_gradient(reduce_max(x, axes, true));
  const Tensor lowest = number_like(x, -std::numeric_limits<double>::infinity()), none = equal(top, lowest);
  const Tensor m = where(none, number_like(x, 0), top);
  const Tensor sum = reduce_sum(exp(op<"difference">(x, m)), axes, true);
  const Tensor y = where(none, lowest, log(where(none, number_like(x, 1), sum)) + m);
  return reshape(y, reduced_shape(x.shape(), axes, c.flag("keepdims")));
}

void define_norm(Registry& r);
}  // namespace

void define_reductions(Registry& r) {
  reduction(r, "reduce_sum", "Sum over the axes; of bools their count, int64.")
      .dtypes(kAllDtypes)
      .reduction(kernels::sum_reduction())
      .instead(bools_as_int64)
      .linear({[](const Call& c, const Tensor& ct, std::size_t) {
        return broadcast_to(restore_axes(c, ct), c.in().shape());
      }});
  reduction(r, "reduce_mean", "Mean over the axes; of integers and bools in float64.")
      .dtypes(kAllDtypes)
      .instead(integers_as_float64)
      .composite(mean_of);
  extreme(reduction(r, "reduce_max", "Largest entry over the axes; tied entries share the gradient evenly."),
          kernels::max_reduction(), op<"reduce_any">);
  extreme(reduction(r, "reduce_min", "Smallest entry over the axes; tied entries share the gradient evenly."),
          kernels::min_reduction(), op<"reduce_all">);
  product(reduction(r, "reduce_prod",
                    "Product over the axes, of bools in int64; its derivatives are right with zeros among the "
                    "factors, to any order."));
  reduction(r, "reduce_logsumexp", "log(sum(e^x)) over the axes, without overflow.").composite(logsumexp_of);
  reduction(r, "reduce_variance",
            "Biased variance over the axes: mean((x - mean(x))^2); of integers and bools in float64.")
      .dtypes(kAllDtypes)
      .instead(integers_as_float64)
      .composite(variance_of);
  reduction(r, "reduce_std",
            "Square root of the biased variance; its derivative is 0 where all entries are the same. Of integers and "
            "bools in float64.")
      .dtypes(kAllDtypes)
      .instead(integers_as_float64)
      .composite(deviation_of);
  for (bool all : {true, false})
    OpBuilder(r, all ? "reduce_all" : "reduce_any",
              all ? "Whether all entries over the axes are true." : "Whether any entry over the axes is true.")
        .inputs({{"x"}})
        .dtypes(kBoolean)
        .attr("axis", kAttrInts)
        .attr("keepdims", kAttrBool, false)
        .infer(infer_reduction)
        .reduction(all ? kernels::all_reduction() : kernels::any_reduction())
        .none("its result is a bool")
        .batch(batch_reduction)
        .sample("b[2,3]", R"({"axis": 1})");
  for (bool largest : {true, false})
    OpBuilder(r, largest ? "argmax" : "argmin",
              largest ? "Index of the first largest entry along the axis."
                      : "Index of the first smallest entry along the axis.")
        .inputs({{"x"}})
        .dtypes(kAllDtypes)
        .attr("axis", kAttrInt, int64_t{0})
        .instead(bools_as_int64)
        .infer([](Inference& c) {
          const std::size_t axis = c.axis("axis", c.rank());
          if (c.shape()[axis] == 0)
            invalid("{}: axis {} of shape {} has no entries", c.name(), axis, to_string(c.shape()));
          c.out(Dtype::int64, c.shape().without(axis));
        })
        .kernel(largest ? kernels::argmax : kernels::argmin)
        .none("its result is an index")
        .batch([](const BatchCall& b) { return Tensors{reapply(b.call, {b.in[0]}, {b.call.integer("axis") + 1})}; })
        .sample("f[2,3]", R"({"axis": 1})");
  define_length(r);
  define_norm(r);
}

namespace {
double order_of(const AttrValue& ord) {
  if (const auto* i = std::get_if<int64_t>(&ord)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&ord)) return *d;
  const std::string& name = std::get<std::string>(ord);
  if (name == "euclidean" || name == "fro") return 2;
  char* end = nullptr;
  const double number = std::strtod(name.c_str(), &end);  // "inf" too
  return name.empty() || *end != '\0' ? std::numeric_limits<double>::quiet_NaN() : number;
}

// The singular values of the matrices in two axes, in a new last axis.
Tensor singular_values(const Tensor& x, const Ints& axes) {
  Ints perm;
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (!is_reduced(axes, i)) perm.push_back(i);
  perm.push_back(axes[0]);
  perm.push_back(axes[1]);
  return op<"svd">(transpose(x, perm));
}

// Orders of matrices that have a name.
bool is_nuclear(const AttrValue& ord) {
  const auto* name = std::get_if<std::string>(&ord);
  return name && *name == "nuc";
}
bool is_euclidean(const AttrValue& ord) {
  return std::holds_alternative<std::string>(ord) && std::get<std::string>(ord) != "2" && order_of(ord) == 2;
}

Tensor matrix_norm(const Tensor& x, const AttrValue& given, const Ints& axes) {
  if (is_euclidean(given)) return euclidean(x, axes);
  const double ord = order_of(given);
  if (is_nuclear(given) || std::abs(ord) == 2) {
    const Tensor values = singular_values(x, axes);
    const std::size_t last = values.rank() - 1;
    const int64_t n = values.shape()[last];
    if (is_nuclear(given) || n == 0) return reduce_sum(values, {static_cast<int64_t>(last)});
    return slice_along(values, last, ord > 0 ? 0 : n - 1, 1);
  }
  // Sums over one of the two axes, of which the other has the largest or smallest.
  const std::size_t summed = std::isinf(ord) ? 1 : 0;
  return outermost(reduce_sum(abs(x), {axes[summed]}, true), ord, {axes[1 - summed]});
}

Tensor vector_norm(const Tensor& x, double ord, const Ints& axes) {
  if (std::isinf(ord)) return outermost(abs(x), ord, axes);
  if (ord == 1) return reduce_sum(abs(x), axes, true);
  if (ord == 0) return reduce_sum(cast(is_not_zero(x), x.dtype()), axes, true);
  return length_of(x, axes, ord);
}

Tensor norm_of(const Call& c) {
  const Ints& axes = c.ints("axis");
  const Tensor norm =
      c.flag("matrix") ? matrix_norm(c.in(), c.attr("ord"), axes) : vector_norm(c.in(), order_of(c.attr("ord")), axes);
  return reshape(norm, reduced_shape(c.in().shape(), axes, c.flag("keepdims")));
}

void define_norm(Registry& r) {
  OpBuilder(
      r, "norm",
      "Vector norm of order ord: euclidean, inf and -inf (largest and smallest magnitude), 0 (entries that are not 0, "
      "with derivative 0), else sum(|x|^ord)^(1 / ord). Over two axes the matrix norm: euclidean or fro (Frobenius), "
      "nuc (sum of the singular values), 2 and -2 (largest and smallest of them), 1 and -1 (largest and smallest "
      "column sum), inf and -inf (row sum). Its derivative at 0 is 0, the second one nan.")
      .inputs({{"x"}})
      .attr("ord", kAttrInt | kAttrFloat | kAttrString, std::string("euclidean"))
      .attr("axis", kAttrInts)
      .attr("keepdims", kAttrBool, false)
      .attr("matrix", kAttrPayload, false)
      .infer([](Inference& c) {
        const AttrValue& ord = c.attr("ord");
        const double order = order_of(ord);
        const bool two_axes = c.has("axis") && c.ints("axis").size() == 2;
        const Ints given = two_axes ? c.ints("axis") : Ints{};
        const Ints& axes = c.axes("axis", c.rank());
        // Rows come first in what was given, whatever order the sorted list has.
        const bool swapped =
            two_axes && normalize_axis("norm", given[0], c.rank()) > normalize_axis("norm", given[1], c.rank());
        const bool of_matrices = is_nuclear(ord) || std::isinf(order) || std::abs(order) == 1 || std::abs(order) == 2;
        if (two_axes && !of_matrices)
          invalid("norm: over two axes ord must be euclidean, fro, nuc, 1, -1, 2, -2, inf or -inf, got {}",
                  to_string(ord));
        if (!two_axes && std::isnan(order))
          invalid("norm: ord must be euclidean, inf, -inf or a number, got {}{}", to_string(ord),
                  is_nuclear(ord) ? ", which is of two axes" : "");
        c.attr("matrix") = two_axes;
        if (swapped) c.attr("axis") = Ints{axes[1], axes[0]};
      })
      .composite(norm_of)
      .sample("f[2,3]")
      .sample("f[2,3]", R"({"ord": 3, "axis": 1})")
      .sample("f[2,3]", R"({"ord": 1, "axis": [0, 1]})")
      .sample("f[2,3]", R"({"ord": -1.5, "axis": 0})")
      .sample("f[2,3]", R"({"ord": "-inf", "axis": 0})")
      .sample("f[2,2,3]", R"({"ord": "nuc", "axis": [0, 2]})")
      .sample("f[2,3]", R"({"ord": -2, "axis": [1, 0]})");
}
}  // namespace

}  // namespace gradtape::core
