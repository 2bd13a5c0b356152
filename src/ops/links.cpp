// The vocabulary of link rules.
#include "ops/links.hpp"

#include <cmath>

#include "graph/host.hpp"
#include "ops/names.hpp"

namespace gradtape::core {

Dependence same_element(const LinkCall&) { return same_places(); }

Dependence within_axes(std::size_t axes) {
  Relation r;
  for (std::size_t k = 0; k < axes; ++k) r.ties.push_back({k, k});
  return related({r});
}

Dependence along_axis(const LinkCall& c) {
  Relation r;
  const auto axis = static_cast<std::size_t>(c.call.integer("axis"));
  for (std::size_t k = 0; k < c.call.in(c.input).rank(); ++k)
    if (k != axis) r.ties.push_back({k, k});
  return related({r});
}

Dependence up_to_place(const LinkCall& c) {
  Dependence d = along_axis(c);
  const auto axis = static_cast<std::size_t>(c.call.integer("axis"));
  const bool has_exclusive =
      std::ranges::any_of(c.call.op().attrs, [](const AttrSpec& a) { return a.name == "exclusive"; });
  const bool excludes = has_exclusive && c.call.flag("exclusive");
  d.relations[0].order = OrderedAxes{axis, axis, c.call.flag("reverse"), excludes ? 1 : 0};
  return d;
}

Dependence within_matrices(const LinkCall& c) { return within_axes(c.call.in().rank() - 2); }

Dependence shifted(std::span<const int64_t> begin) {
  Relation r;
  for (std::size_t k = 0; k < begin.size(); ++k) r.ties.push_back({k, k, begin[k]});
  return related({r}, Dependence::Weight::sum);
}

namespace {
struct Progression {
  int64_t first, step;
};
// The values of a range that is not computed yet.
std::optional<Progression> progression_of(const Node& node) {
  if (!(node.op == op<"range">) || !node.attrs) return std::nullopt;
  const auto whole = [&](std::string_view name) -> std::optional<int64_t> {
    const AttrValue& value = node.attrs->values[node.op.attr_index(name)];
    if (const auto* i = std::get_if<int64_t>(&value)) return *i;
    const double d = std::get<double>(value);
    if (d != std::floor(d) || std::abs(d) > 1e15) return std::nullopt;
    return static_cast<int64_t>(d);
  };
  const auto first = whole("start"), step = whole("delta");
  if (!first || !step || *step == 0) return std::nullopt;
  return Progression{*first, *step};
}
std::optional<Progression> progression_of(std::span<const int64_t> values) {
  if (values.size() < 2) return values.empty() ? std::nullopt : std::optional(Progression{values[0], 1});
  const int64_t step = values[1] - values[0];
  for (std::size_t k = 1; k < values.size(); ++k)
    if (values[k] - values[k - 1] != step) return std::nullopt;
  return step == 0 ? std::nullopt : std::optional(Progression{values[0], step});
}

bool may_be_read(const LinkCall& c, const Tensor& indices) {
  if (c.indices == Indices::any || indices.dtype() == Dtype::boolean) return false;
  if (!indices.node()->symbolic) return true;
  if (c.indices == Indices::needed)
    fail(Status::failed_precondition,
         "{}: the values of its indices {} decide which entries the pattern has, and they depend on a tensor without a "
         "value; options.dependence GT_DEPENDENCE_CONSERVATIVE takes any index for possible",
         c.call.op().name, to_string(indices.spec()));
  return false;
}
std::vector<int64_t> values_of_indices(const Tensor& indices) {
  indices.recorder().host().evaluate(std::span(&indices, 1));
  std::vector<int64_t> values(static_cast<std::size_t>(indices.shape().elements()));
  dispatch(indices.dtype(), [&]<class T>(Type<T>) {
    const auto* from = static_cast<const T*>(indices.value()->data());
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<int64_t>(from[k]);
  });
  return values;
}
}  // namespace

bool relate_indexed(const LinkCall& c, const Tensor& indices, const Indexed& group, Relation& relation) {
  const SmallVector<std::size_t, 4>& counted = group.by_output ? group.in : group.out;
  const SmallVector<std::size_t, 4>& listed = group.by_output ? group.out : group.in;
  const auto tie_progression = [&](const Progression& p) {
    Tie tie{group.in[0], group.out[0], p.first, 1, p.step};
    if (!group.by_output) tie = {group.in[0], group.out[0], -p.first, p.step, 1};
    relation.ties.push_back(tie);
    return true;
  };
  const bool is_line = group.batch == 0 && listed.size() == 1;
  if (is_line && !indices.value())
    if (const auto p = progression_of(*indices.node())) return tie_progression(*p);
  if (!may_be_read(c, indices)) {
    for (std::size_t k = 0; k < group.batch; ++k) relation.ties.push_back({group.in[k], group.out[k]});
    return false;
  }
  const std::vector<int64_t> values = values_of_indices(indices);
  if (is_line)
    if (const auto p = progression_of(values)) return tie_progression(*p);
  const Shape& shape = group.by_output ? c.call.in(c.input).shape() : c.call.out_spec(c.output).shape;
  const int64_t size = shape[counted.back()];
  int64_t batches = 1;
  for (std::size_t k = 0; k < group.batch; ++k) batches *= shape[counted[k]];
  const std::size_t of_batch = batches > 0 ? values.size() / static_cast<std::size_t>(batches) : 1;
  auto table = std::make_shared<std::vector<int32_t>>(values.size(), -1);
  for (std::size_t k = 0; k < values.size(); ++k)
    if (values[k] >= 0 && values[k] < size)
      (*table)[k] = static_cast<int32_t>(static_cast<int64_t>(k / of_batch) * size + values[k]);
  relation.lookup = Lookup{group.in, group.out, std::move(table), group.by_output};
  return true;
}

}  // namespace gradtape::core
