// Factors of links, carried op by op.
#include "autodiff/accumulate.hpp"

#include <algorithm>

#include "autodiff/powers.hpp"
#include "ops/assemble.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
constexpr std::size_t kMostAtOnce = 256;      // before links of the same pairs become one
constexpr std::size_t kMostLinks = 32;        // of a tensor, beyond which products with vectors are cheaper
constexpr double kMostElements = 1ull << 28;  // of a factor

double size_of_box(const Link& link) {
  double n = 1;
  for (const int64_t d : link.box) n *= static_cast<double>(d);
  return n;
}
// The tensor's elements at the link's rows.
Factor::Term at_rows(const Tensor& t, const Link& link, const Shape& shape) {
  if (!link.row_list) return view_along(t, link.rows, link.box);
  const Tensor flat = reshape(broadcast_to(t, shape), {shape.elements()});
  return {gather(flat, constant_table(t.recorder(), link.row_list), 0, 0), 1};
}
// The parameters that tell rows apart.
uint64_t parameters_of(const Link& link) {
  uint64_t all = link.row_list ? 1 : 0;
  for (const Affine& row : link.rows)
    for (std::size_t p = 0; p < link.box.size(); ++p)
      if (row.steps[p] != 0) all |= uint64_t{1} << p;
  return all;
}
// f of the values that `at` has.
Affine composed(const Affine& f, std::span<const Affine> at, std::size_t parameters) {
  Affine result{f.first, Shape::Dims(parameters, 0)};
  for (std::size_t k = 0; k < at.size(); ++k) {
    result.first += f.steps[k] * at[k].first;
    for (std::size_t p = 0; p < parameters; ++p) result.steps[p] += f.steps[k] * at[k].steps[p];
  }
  return result;
}
bool same_pairs(const Link& a, const Link& b) {
  const auto same = [](const Affine& x, const Affine& y) { return x == y; };
  return std::ranges::equal(a.box, b.box) && a.column == b.column && std::ranges::equal(a.rows, b.rows, same) &&
         a.row_list == b.row_list && a.column_list == b.column_list;
}
}  // namespace

Accumulation::Accumulation(const Path& path, std::span<const LinkSource> sources, Indices indices, bool records)
    : indices_(path, indices), records_(records) {
  for (const LinkSource& source : sources) {
    sources_.push_back(source.tensor);
    const Links own = links_of_source(source.tensor.shape(), source.first, true);
    auto& c = of_.try_emplace(source.tensor, Carried{Links(source.tensor.shape(), true), {}}).first->second;
    c.links.add(own);
    c.factors.resize(c.links.all().size());
  }
  for (Node* node : path.nodes)
    if (!step(*node, path)) {
      stopped_by_ = node;
      return;
    }
}

const Accumulation::Carried* Accumulation::carried(const Tensor& t) const {
  const auto it = of_.find(t);
  return it == of_.end() || it->second.links.empty() ? nullptr : &it->second;
}

std::optional<WeightedLinks> Accumulation::of(const Tensor& t) const {
  const Carried* c = carried(t);
  if (!c) return std::nullopt;
  WeightedLinks w{c->links, {}};
  for (const Factor& f : c->factors) w.factors.push_back(f.whole(t.dtype()));
  return w;
}

bool Accumulation::step(Node& node, const Path& path) {
  const Tensor keep(&node);
  const auto stands = [&](const Tensor& t) {
    return !path.on_path(t) || std::ranges::any_of(sources_, [&](const Tensor& s) { return s.same(t); });
  };
  if (smooth_power(node, stands)) return false;
  const Recorder::Deriving of(node.recorder, node);
  const Held held(node);
  const Call call(node.op, node.recorder, held.inputs, held.attrs.get(), &node);
  const Indices indices = indices_.of(node);
  partials_ = Tensors(held.inputs.size());
  for (uint32_t o = 0; o < node.outputs.size(); ++o) {
    if (!is_floating(node.outputs[o].spec.dtype)) continue;
    path_elements_ += static_cast<double>(node.outputs[o].spec.shape.elements());
    Carried result{Links(node.outputs[o].spec.shape, true), {}};
    for (std::size_t i = 0; i < held.inputs.size(); ++i) {
      if (!carried(held.inputs[i])) continue;
      if (!extend(call, o, i, dependence_of({call, i, o, indices}), result)) return false;
      if (result.links.all().size() > kMostAtOnce) return false;
    }
    tidy(result, node.outputs[o].spec.dtype);
    if (result.links.all().size() > kMostLinks) return false;
    if (result.links.empty()) continue;
    const auto [it, is_new] = of_.try_emplace(Tensor(&node, o), result);
    if (is_new) continue;
    it->second.links.add(result.links);  // an intermediate may be a source as well
    it->second.factors.insert(it->second.factors.end(), result.factors.begin(), result.factors.end());
  }
  return true;
}

// Adds the links by one input.
bool Accumulation::extend(const Call& call, uint32_t output, std::size_t input, const Dependence& d, Carried& result) {
  if (d.kind == Dependence::Kind::none) return true;
  const bool has_partials = std::holds_alternative<Partials>(call.op().derivative) && call.op().is_elementwise();
  if (d.weight == Dependence::Weight::other && !has_partials) return false;
  const Carried& before = *carried(call.in(input));
  const std::size_t first = result.links.all().size();
  add_dependent(before.links, d, static_cast<uint32_t>(input), result.links);
  for (std::size_t l = first; l < result.links.all().size(); ++l) {
    const Link& link = result.links.all()[l];
    if (size_of_box(link) > kMostElements) return false;
    if (link.row_list && d.weight == Dependence::Weight::product) return false;
    if (link.origin.list && d.weight == Dependence::Weight::product) return false;
    Factor factor = before.factors[link.origin.link].moved(link, records_);
    if (const auto weight = weight_of(call, input, d, link, before.links.all()[link.origin.link]))
      factor.times(*weight, link.box);
    if (records_) factor.cast_to(call.out_spec(output).dtype, link.box);
    result.factors.push_back(std::move(factor));
  }
  return true;
}

// The derivative of the output's elements by the input's, in the link's box; nothing: all ones.
std::optional<Factor::Term> Accumulation::weight_of(const Call& call, std::size_t input, const Dependence& d,
                                                    const Link& link, const Link& before) {
  if (d.weight == Dependence::Weight::sum) return std::nullopt;
  if (d.weight == Dependence::Weight::other) {
    if (call.in(input).dtype() != call.out_spec().dtype) return std::nullopt;  // a cast
    if (!records_) return Factor::Term{{}, parameters_of(link)};
    const Spec spec{call.out_spec().dtype, Shape(link.box), false};
    if (const Tensor partial = partial_of(call, input)) return at_rows(partial, link, call.out_spec().shape);
    return Factor::Term{zeros(call.recorder(), spec), 0};
  }
  const Tensor& factor = call.in(d.factor.input);
  SmallVector<Affine, 4> at;
  for (std::size_t a = 0; a < factor.rank(); ++a) {
    const Dependence::Factor::Axis& axis = d.factor.axes[a];
    at.push_back(axis.of_output ? link.rows[axis.axis]
                                : composed(before.rows[axis.axis], link.origin.at, link.box.size()));
  }
  return view_along(factor, at, link.box, records_);
}

Tensor Accumulation::partial_of(const Call& call, std::size_t input) {
  Tensor& partial = partials_[input];
  if (partial) return partial;
  const Spec spec{call.out_spec().dtype, call.out_spec().shape, false};
  partial = std::get<Partials>(call.op().derivative).by_input[input](call, ones(call.recorder(), spec));
  return partial;
}

// Parameters that change neither row nor column are summed over, and links of the same pairs become one.
void Accumulation::tidy(Carried& c, Dtype dtype) {
  Recorder& r = sources_[0].recorder();
  Carried tidied{Links(c.links.shape(), true), {}};
  for (std::size_t l = 0; l < c.links.all().size(); ++l) {
    Link link = c.links.all()[l];
    Factor factor = std::move(c.factors[l]);
    const Shape::Dims box = link.box;
    Ints summed;
    double times_counted = 1;
    for (std::size_t p = link.box.size(); p-- > 0 && !link.row_list && !link.column_list;) {
      const bool is_used = link.column.steps[p] != 0 ||
                           std::ranges::any_of(link.rows, [&](const Affine& row) { return row.steps[p] != 0; });
      if (is_used) continue;
      summed.push_back(static_cast<int64_t>(p));
      times_counted *= static_cast<double>(link.box[p]);
      link.box.erase(p);
      for (Affine& row : link.rows) row.steps.erase(p);
      link.column.steps.erase(p);
    }
    std::ranges::reverse(summed);
    const Spec spec{dtype, Shape(link.box), false};
    if (!summed.empty() && factor.is_one())
      factor.times({records_ ? times_counted * ones(r, spec) : Tensor(), 0}, link.box);
    else if (!summed.empty())
      factor.sum_over(summed, box);
    elements_ += factor.cost();
    link.origin = {};
    std::size_t same = 0;
    while (same < tidied.factors.size() && !same_pairs(tidied.links.all()[same], link)) ++same;
    if (same == tidied.factors.size()) {
      tidied.links.add(std::move(link));
      tidied.factors.push_back(std::move(factor));
      continue;
    }
    elements_ += tidied.factors[same].cost_of_whole(link.box) + factor.cost_of_whole(link.box) + size_of_box(link);
    Factor sum;
    const auto whole = [&](const Factor& f) { return f.is_one() ? ones(r, spec) : f.whole(dtype); };
    sum.times({records_ ? whole(tidied.factors[same]) + whole(factor) : Tensor(), ~uint64_t{0}}, link.box);
    tidied.factors[same] = std::move(sum);
  }
  c = std::move(tidied);
}

}  // namespace gradtape::core
