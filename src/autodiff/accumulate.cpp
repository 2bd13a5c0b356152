// Factors of links, carried op by op.
#include "autodiff/accumulate.hpp"

#include <algorithm>

#include "autodiff/powers.hpp"
#include "ops/assemble.hpp"
#include "ops/functions.hpp"
#include "sparse/link_shift.hpp"

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
Tensor list_of(Recorder& r, const Table& list) {
  const BufferPtr memory = r.allocate(list->size() * sizeof(int32_t), "the links of a pattern");
  std::ranges::copy(*list, static_cast<int32_t*>(memory->data()));
  return r.constant({Dtype::int32, {static_cast<int64_t>(list->size())}, false}, memory);
}
Tensor flat(const Tensor& t) { return reshape(t, {t.shape().elements()}); }

// The factor of the link that this one comes from, in this one's box.
Tensor moved(const Tensor& factor, const Link& link) {
  if (!link.origin.list) return affine_view(factor, link.origin.at, link.box);
  const Tensor listed = gather(flat(factor), list_of(factor.recorder(), link.origin.list), 0, 0);
  return affine_view(listed, link.origin.at, link.box);
}
// The tensor's elements at the link's rows.
Tensor at_rows(const Tensor& t, const Link& link) {
  if (!link.row_list) return affine_view(t, link.rows, link.box);
  return gather(flat(t), list_of(t.recorder(), link.row_list), 0, 0);
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
// Each zero that means "not selected" wins.
Tensor times(const Tensor& factor, const Tensor& weight) {
  if (!factor) return weight;
  return weight ? Tensor(Flow(factor) * weight) : factor;
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
    auto& w = of_.try_emplace(source.tensor, WeightedLinks{Links(source.tensor.shape(), true), {}}).first->second;
    w.links.add(own);
    w.factors.resize(w.links.all().size());
  }
  for (Node* node : path.nodes)
    if (!step(*node, path)) {
      stopped_by_ = node;
      return;
    }
}

const WeightedLinks* Accumulation::of(const Tensor& t) const {
  const auto it = of_.find(t);
  return it == of_.end() || it->second.links.empty() ? nullptr : &it->second;
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
    WeightedLinks result{Links(node.outputs[o].spec.shape, true), {}};
    for (std::size_t i = 0; i < held.inputs.size(); ++i) {
      if (!this->of(held.inputs[i])) continue;
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
bool Accumulation::extend(const Call& call, uint32_t output, std::size_t input, const Dependence& d,
                          WeightedLinks& result) {
  if (d.kind == Dependence::Kind::none) return true;
  const bool has_partials = std::holds_alternative<Partials>(call.op().derivative) && call.op().is_elementwise();
  if (d.weight == Dependence::Weight::other && !has_partials) return false;
  const WeightedLinks& before = *of(call.in(input));
  const std::size_t first = result.links.all().size();
  add_dependent(before.links, d, static_cast<uint32_t>(input), result.links);
  for (std::size_t l = first; l < result.links.all().size(); ++l) {
    const Link& link = result.links.all()[l];
    if (size_of_box(link) > kMostElements) return false;
    elements_ += size_of_box(link);
    if (link.row_list && d.weight == Dependence::Weight::product) return false;
    if (link.origin.list && d.weight == Dependence::Weight::product) return false;
    result.factors.push_back({});
    if (!records_) continue;
    const Tensor& factor = before.factors[link.origin.link];
    const Tensor own = factor ? moved(factor, link) : Tensor();
    result.factors.back() = times(own, weight_of(call, input, d, link, before.links.all()[link.origin.link]));
    const Dtype dtype = call.out_spec(output).dtype;
    if (result.factors.back()) result.factors.back() = cast(result.factors.back(), dtype);
  }
  return true;
}

// The derivative of the output's elements by the input's, in the link's box; empty: all ones.
Tensor Accumulation::weight_of(const Call& call, std::size_t input, const Dependence& d, const Link& link,
                               const Link& before) {
  if (d.weight == Dependence::Weight::sum) return {};
  if (d.weight == Dependence::Weight::other) {
    if (call.in(input).dtype() != call.out_spec().dtype) return {};  // a cast
    const Tensor partial = partial_of(call, input);
    return partial ? at_rows(partial, link) : zeros(call.recorder(), {call.out_spec().dtype, Shape(link.box), false});
  }
  const Tensor& factor = call.in(d.factor.input);
  SmallVector<Affine, 4> at;
  for (std::size_t a = 0; a < factor.rank(); ++a) {
    const Dependence::Factor::Axis& axis = d.factor.axes[a];
    at.push_back(axis.of_output ? link.rows[axis.axis]
                                : composed(before.rows[axis.axis], link.origin.at, link.box.size()));
    if (factor.shape()[a] == 1) at.back() = {0, Shape::Dims(link.box.size(), 0)};
  }
  return affine_view(factor, at, link.box);
}

Tensor Accumulation::partial_of(const Call& call, std::size_t input) {
  Tensor& partial = partials_[input];
  if (partial) return partial;
  const Spec spec{call.out_spec().dtype, call.out_spec().shape, false};
  partial = std::get<Partials>(call.op().derivative).by_input[input](call, ones(call.recorder(), spec));
  if (partial) partial = broadcast_to(partial, spec.shape);
  return partial;
}

// Parameters that change neither row nor column are summed over, and links of the same pairs become one.
void Accumulation::tidy(WeightedLinks& w, Dtype dtype) const {
  Recorder& r = sources_[0].recorder();
  WeightedLinks tidied{Links(w.links.shape(), true), {}};
  for (std::size_t l = 0; l < w.links.all().size(); ++l) {
    Link link = w.links.all()[l];
    Tensor factor = w.factors[l];
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
    if (!summed.empty() && records_)
      factor = factor ? reduce_sum(factor, summed) : times_counted * ones(r, {dtype, Shape(link.box), false});
    link.origin = {};
    std::size_t same = 0;
    while (same < tidied.factors.size() && !same_pairs(tidied.links.all()[same], link)) ++same;
    if (same == tidied.factors.size()) {
      tidied.links.add(std::move(link));
      tidied.factors.push_back(factor);
    } else if (records_) {
      const Spec spec{dtype, Shape(link.box), false};
      const Tensor a = tidied.factors[same] ? tidied.factors[same] : ones(r, spec), b = factor ? factor : ones(r, spec);
      tidied.factors[same] = a + b;
    }
  }
  w = std::move(tidied);
}

namespace {
// The box that holds that of `a` and that of `b`, which begins at t in a's parameters. Nothing: the union is no box.
struct Union {
  Shape::Dims begin, box;  // in a's parameters
};
std::optional<Union> union_of(const Link& a, const Link& b, const Shape::Dims& t) {
  Union u;
  std::size_t different = 0;
  bool a_inside = true, b_inside = true, touch = true;
  for (std::size_t p = 0; p < a.box.size(); ++p) {
    const int64_t begin = std::min<int64_t>(0, t[p]), end = std::max(a.box[p], t[p] + b.box[p]);
    u.begin.push_back(begin);
    u.box.push_back(end - begin);
    a_inside &= begin == t[p] && end == t[p] + b.box[p];
    b_inside &= begin == 0 && end == a.box[p];
    different += t[p] != 0 || a.box[p] != b.box[p];
    touch &= t[p] < a.box[p] && t[p] + b.box[p] > 0;
  }
  if (!touch || !(a_inside || b_inside || different <= 1)) return std::nullopt;
  return u;
}
// The factor of a box that begins at `first` of a larger one, 0 elsewhere.
Tensor in_larger_box(const Tensor& factor, const Shape::Dims& first, const Shape::Dims& box) {
  Ints paddings;
  for (std::size_t p = 0; p < box.size(); ++p) {
    paddings.push_back(first[p]);
    paddings.push_back(box[p] - first[p] - factor.shape()[p]);
  }
  return pad(factor, paddings);
}
}  // namespace

void merge_links(WeightedLinks& w, Recorder& recorder, Dtype dtype) {
  std::vector<Link> links;
  std::vector<Tensor> factors;
  for (std::size_t l = 0; l < w.links.all().size(); ++l) {
    const Link& link = w.links.all()[l];
    const auto whole = [&](const Tensor& factor, const Link& of) {
      return factor ? factor : ones(recorder, {dtype, Shape(of.box), false});
    };
    bool merged = false;
    for (std::size_t k = 0; k < links.size() && !merged; ++k) {
      const auto t = shift_between(links[k], link);
      const auto u = t ? union_of(links[k], link, *t) : std::nullopt;
      if (!u) continue;
      Shape::Dims own, other;
      for (std::size_t p = 0; p < u->box.size(); ++p) {
        own.push_back(-u->begin[p]);
        other.push_back((*t)[p] - u->begin[p]);
      }
      factors[k] = in_larger_box(whole(factors[k], links[k]), own, u->box) +
                   in_larger_box(whole(w.factors[l], link), other, u->box);
      for (Affine& row : links[k].rows) row.first = row.at(u->begin);
      links[k].column.first = links[k].column.at(u->begin);
      links[k].box = u->box;
      merged = true;
    }
    if (merged) continue;
    links.push_back(link);
    factors.push_back(w.factors[l]);
  }
  WeightedLinks result{Links(w.links.shape(), true), std::move(factors)};
  for (Link& link : links) result.links.add(std::move(link));
  w = std::move(result);
}

}  // namespace gradtape::core
