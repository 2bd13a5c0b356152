// Links op by op along a path, and the samples of a batch that they keep apart.
#include "autodiff/dependence.hpp"

#include <algorithm>

#include "autodiff/forward.hpp"
#include "ops/names.hpp"
#include "sparse/hull.hpp"

namespace gradtape::core {

Dependence dependence_of(const LinkCall& c) {
  const Call& call = c.call;
  const Op& op = call.op();
  if (!is_floating(call.in(c.input).dtype()) || !is_floating(call.out_spec(c.output).dtype)) return no_dependence();
  if (const auto* u = std::get_if<Undifferentiable>(&op.derivative); u && !u->fatal) return no_dependence();
  if (const auto* l = std::get_if<Linear>(&op.derivative); l && !l->by_input.empty())
    if (!l->by_input[std::min(c.input, l->by_input.size() - 1)]) return no_dependence();
  if (op.links) return op.links(c);
  if (!op.is_elementwise()) return {};
  const auto* partials = std::get_if<Partials>(&op.derivative);
  if (partials && !partials->by_input[c.input]) return no_dependence();
  return related({broadcast_relation(call.in(c.input).shape(), call.out_spec().shape)});
}

Indices IndicesAlong::of(const Node& node) {
  const bool follow =
      std::ranges::any_of(node.inputs, [&](const Tensor& t) { return !is_floating(t.dtype()) && follows_sources(t); });
  return follow ? Indices::any : asked_;
}
bool IndicesAlong::follows_sources(const Tensor& indices) {
  if (asked_ == Indices::any) return false;
  std::unordered_set<uint64_t> met;
  std::vector<Tensor> stack{indices};
  while (!stack.empty()) {
    const Tensor t = std::move(stack.back());
    stack.pop_back();
    const Node& node = *t.node();
    if (path_.on_path(t) || following_.contains(node.id)) {
      following_.insert(indices.node()->id);
      return true;
    }
    if (node.op == op<"stop_gradient"> || fixed_.contains(node.id) || !met.insert(node.id).second) continue;
    for (const Tensor& input : node.inputs) stack.push_back(input);
  }
  fixed_.merge(met);
  return false;
}

namespace {
LinkWalk::Known links_of(std::span<const LinkSource> sources) {
  LinkWalk::Known links;
  for (const LinkSource& source : sources) {
    const Links own = links_of_source(source.tensor.shape(), source.first);
    const auto [it, is_new] = links.try_emplace(source.tensor, own);
    if (!is_new) it->second.add(own);
  }
  return links;
}
}  // namespace

LinkWalk::LinkWalk(const Path& path, Known known, std::span<const Tensor> kept, Indices indices)
    : path_(path), asked_(indices), indices_(path, indices), links_(std::move(known)) {
  for (const Tensor& t : kept) ++readers_[t];
  for (const Node* node : path.nodes)
    for (const Tensor& t : node->inputs) ++readers_[t];
}

const Links* LinkWalk::of(const Tensor& t) const {
  const auto it = links_.find(t);
  return it == links_.end() || it->second.empty() ? nullptr : &it->second;
}

void LinkWalk::add(const Tensor& t, const Links& links) {
  for (const Link& link : links.all())
    if (link.row_list) listed_ += static_cast<double>(link.size());
  const auto [it, is_new] = links_.try_emplace(t, links);
  if (!is_new) it->second.add(links);  // an intermediate may be a source as well
}

const Node* LinkWalk::next() {
  if (next_ == path_.nodes.size()) return nullptr;
  Node* node = path_.nodes[next_++];
  const Held held(*node);
  if (!follow_rule(*node)) {
    const Call call(node->op, node->recorder, held.inputs, held.attrs.get(), node);
    follow_links(*node, call);
  }
  drop_inputs(*node);
  return node;
}

namespace {
// Whether lists would grow by the axes that the op of bodies does not keep apart.
bool would_grow(const Links& links, const Dependence& d, const Shape& out) {
  constexpr double kMostListed = 1 << 22;
  double pairs = 0, free = 0;
  for (const Link& link : links.all()) pairs += link.row_list ? static_cast<double>(link.size()) : 0;
  for (const Relation& r : d.relations) {
    double of_relation = static_cast<double>(out.elements());
    for (const Tie& t : r.ties) of_relation /= static_cast<double>(out[t.out]);
    free += of_relation;
  }
  return pairs > 0 && pairs * std::max(free, 1.0) > kMostListed;
}
}  // namespace

void LinkWalk::follow_links(Node& node, const Call& call) {
  const Indices indices = indices_.of(node);
  std::vector<const Links*> in;
  for (const Tensor& t : call.inputs()) in.push_back(of(t));
  if (node.op.links_through)
    if (auto found = node.op.links_through({call, in, indices, path_.on_path})) {
      for (uint32_t o = 0; o < found->size(); ++o) add(Tensor(&node, o), (*found)[o]);
      return;
    }
  for (uint32_t o = 0; o < node.outputs.size(); ++o) {
    Links links(node.outputs[o].spec.shape);
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (!in[i]) continue;
      const Dependence d = dependence_of({call, i, o, indices});
      const bool grows =
          node.op.links_through && d.kind == Dependence::Kind::related && would_grow(*in[i], d, links.shape());
      Links hull(in[i]->shape());
      if (grows) hull.add(regular_hull(in[i]->all(), in[i]->shape()));
      add_dependent(grows ? hull : *in[i], d, static_cast<uint32_t>(i), links);
    }
    add(Tensor(&node, o), links);
  }
}

// A rule that the user gave tells its links by its own ops. These lead from placeholders for the inputs' tangents to
// the tangents of the outputs. False: the op has no such rule, or the rule reads values.
bool LinkWalk::follow_rule(Node& node) {
  const auto* rules = std::get_if<Rules>(&node.op.derivative);
  if (!rules || !rules->reverse || rules->forward || node.op.links) return false;
  Recorder& r = node.recorder;
  Tensors inputs, tangents, outputs;
  Known known;
  for (const Tensor& t : node.inputs) {
    const Links* links = is_floating(t.dtype()) ? of(t) : nullptr;
    if (!links) continue;
    inputs.push_back(t);
    tangents.push_back(r.placeholder(t.spec()));
    known.emplace(tangents.back(), *links);
  }
  for (uint32_t o = 0; o < node.outputs.size(); ++o)
    if (is_floating(node.outputs[o].spec.dtype)) outputs.push_back(Tensor(&node, o));
  const Recorder::Attempt attempt(r);
  Tensors results;
  try {
    results = forward({outputs, inputs, tangents, [&](const Tensor& t) { return t.node() == &node; }});
  } catch (const Error& e) {
    if (e.code() == Status::cancelled) throw;
  }
  if (attempt.asked()) r.host().forget_symbolic_error();
  if (attempt.asked() || results.empty()) return false;
  Tensors connected;
  for (const Tensor& t : results)
    if (t) connected.push_back(t);
  Path path = path_between(connected, tangents, is_symbolic_result);
  path.on_path = [this, inner = path.on_path](const Tensor& t) { return inner(t) || path_.on_path(t); };
  LinkWalk walk(path, std::move(known), connected, asked_);
  while (walk.next()) {
  }
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (const Links* links = results[k] ? walk.of(results[k]) : nullptr) add(outputs[k], *links);
  return true;
}

void LinkWalk::drop_inputs(const Node& node) {
  for (const Tensor& t : node.inputs)
    if (const auto it = readers_.find(t); it != readers_.end() && --it->second == 0) links_.erase(t);
}

std::vector<Links> links_between(std::span<const Tensor> targets, std::span<const LinkSource> sources,
                                 const Passable& passable, Indices indices) {
  Tensors from;
  for (const LinkSource& source : sources) from.push_back(source.tensor);
  const Path path = path_between(targets, from, passable);
  LinkWalk walk(path, links_of(sources), targets, indices);
  while (walk.next()) {
  }
  std::vector<Links> results;
  for (const Tensor& t : targets) {
    const Links* links = walk.of(t);
    results.push_back(links ? *links : Links(t.shape()));
  }
  return results;
}

namespace {
// Whether an element may depend on several samples by one of the links alone.
bool mixes_samples(const Links& links, int64_t sample_size) {
  return std::ranges::any_of(links.all(), [&](const Link& link) {
    if (link.row_list || link.column_list) return false;
    Affine within = link.column;
    for (std::size_t p = 0; p < link.box.size(); ++p)
      if (std::ranges::any_of(link.rows, [&](const Affine& row) { return row.steps[p] != 0; })) within.steps[p] = 0;
    return within.most(link.box) - within.least(link.box) >= sample_size;
  });
}

// Whether a tensor has its elements in the order of the samples, along one of its axes. Each run of `run` coordinates then
// belongs to the next sample, from any sample on.
bool in_order_along(std::size_t axis, int64_t run, const Links& links, int64_t sample_size) {
  constexpr int64_t kMostLookedAt = 1 << 16;  // the answer decides on a message alone
  const int64_t stride = links.shape().product(axis + 1, links.shape().rank()), size = links.shape()[axis];
  std::optional<int64_t> shift;
  bool in_order = true;
  for (const Link& link : links.all()) {
    if (link.size() > kMostLookedAt) continue;
    for_each_entry(link, links.shape(), [&](int64_t i, int64_t j) {
      const int64_t found = j / sample_size - i / stride % size / run;
      in_order &= shift.value_or(found) == found;
      shift = found;
    });
  }
  return in_order;
}
bool of_one_sample(const Links& links, int64_t sample_size) {
  const auto sample = [&](int64_t column) { return column / sample_size; };
  std::optional<int64_t> one;
  return std::ranges::all_of(links.all(), [&](const Link& link) {
    if (link.column_list) return false;
    const int64_t first = sample(link.column.least(link.box));
    const bool same = first == sample(link.column.most(link.box)) && one.value_or(first) == first;
    one = first;
    return same;
  });
}
// Whether samples are still to be told apart, so that a later op can bring them back.
bool knows_samples(const Links& links, int64_t samples, int64_t sample_size) {
  if (of_one_sample(links, sample_size)) return true;
  for (std::size_t axis = 0; axis < links.shape().rank(); ++axis) {
    const int64_t size = links.shape()[axis];
    if (in_order_along(axis, 1, links, sample_size)) return true;
    if (size > samples && size % samples == 0 && in_order_along(axis, size / samples, links, sample_size)) return true;
  }
  return false;
}
}  // namespace

const Node* where_samples_mix(const Tensor& to, const Tensor& from, const Passable& passable) {
  const Path path = path_between(Tensors{to}, Tensors{from}, passable);
  if (path.nodes.empty()) return nullptr;
  const int64_t size = std::max<int64_t>(1, from.shape().without_leading().elements());
  const LinkSource source{from, 0};
  const auto walk = [&](const auto& look) -> const Node* {
    LinkWalk links(path, links_of(std::span(&source, 1)), Tensors{to}, Indices::any);
    while (const Node* node = links.next())
      if (look(*node, links)) return node;
    return nullptr;
  };
  bool apart = true;
  walk([&](const Node& node, const LinkWalk& links) {
    if (&node != to.node()) return false;
    const Links* of = links.of(to);
    apart = !of || (of->shape().rank() > 0 && samples_stay_apart(*of, size));
    return true;
  });
  if (apart) return nullptr;
  const auto any_output = [&](const Node& node, const LinkWalk& links, const auto& is) {
    for (uint32_t o = 0; o < node.outputs.size(); ++o)
      if (const Links* of = links.of(Tensor(const_cast<Node*>(&node), o)); of && is(*of)) return true;
    return false;
  };
  const Node* mixer = walk([&](const Node& node, const LinkWalk& links) {
    return any_output(node, links, [&](const Links& of) { return mixes_samples(of, size); });
  });
  if (mixer) return mixer;
  const Node* loser = walk([&](const Node& node, const LinkWalk& links) {
    return any_output(node, links, [&](const Links& of) { return !knows_samples(of, from.shape()[0], size); });
  });
  return loser ? loser : path.nodes.back();
}

}  // namespace gradtape::core
