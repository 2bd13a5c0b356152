// Links op by op along a path, and the samples of a batch that they keep apart.
#include "autodiff/dependence.hpp"

#include <algorithm>

#include "ops/names.hpp"

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

LinkWalk::LinkWalk(const Path& path, std::span<const LinkSource> sources, std::span<const Tensor> kept, Indices indices)
    : path_(path), indices_(indices) {
  for (const LinkSource& source : sources) {
    const Links own = links_of_source(source.tensor.shape(), source.first);
    const auto [it, is_new] = links_.try_emplace(source.tensor, own);
    if (!is_new) it->second.add(own);
  }
  for (const Tensor& t : kept) ++readers_[t];
  for (const Node* node : path.nodes)
    for (const Tensor& t : node->inputs) ++readers_[t];
}

const Links* LinkWalk::of(const Tensor& t) const {
  const auto it = links_.find(t);
  return it == links_.end() || it->second.empty() ? nullptr : &it->second;
}

const Node* LinkWalk::next() {
  if (next_ == path_.nodes.size()) return nullptr;
  Node* node = path_.nodes[next_++];
  const Held held(*node);
  const Call call(node->op, node->recorder, held.inputs, held.attrs.get(), node);
  const Indices indices = indices_of(*node);
  for (uint32_t o = 0; o < node->outputs.size(); ++o) {
    Links links(node->outputs[o].spec.shape);
    for (std::size_t i = 0; i < held.inputs.size(); ++i)
      if (const Links* in = of(held.inputs[i]))
        add_dependent(*in, dependence_of({call, i, o, indices}), static_cast<uint32_t>(i), links);
    const auto [it, is_new] = links_.try_emplace(Tensor(node, o), links);
    if (!is_new) it->second.add(links);  // an intermediate may be a source as well
  }
  drop_inputs(*node);
  return node;
}

// Index tensors that depend on a source (the places of the largest entries, an order) have other values at other points.
Indices LinkWalk::indices_of(const Node& node) {
  const bool follow =
      std::ranges::any_of(node.inputs, [&](const Tensor& t) { return !is_floating(t.dtype()) && follows_sources(t); });
  return follow ? Indices::any : indices_;
}
bool LinkWalk::follows_sources(const Tensor& indices) {
  if (indices_ == Indices::any) return false;
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

void LinkWalk::drop_inputs(const Node& node) {
  for (const Tensor& t : node.inputs)
    if (const auto it = readers_.find(t); it != readers_.end() && --it->second == 0) links_.erase(t);
}

std::vector<Links> links_between(std::span<const Tensor> targets, std::span<const LinkSource> sources,
                                 const Passable& passable, Indices indices) {
  Tensors from;
  for (const LinkSource& source : sources) from.push_back(source.tensor);
  const Path path = path_between(targets, from, passable);
  LinkWalk walk(path, sources, targets, indices);
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
}  // namespace

const Node* where_samples_mix(const Tensor& to, const Tensor& from, const Passable& passable) {
  const Path path = path_between(Tensors{to}, Tensors{from}, passable);
  if (path.nodes.empty()) return nullptr;
  const int64_t size = std::max<int64_t>(1, from.shape().without_leading().elements());
  const auto are_apart = [&](const Links* links) {
    return !links || (links->shape().rank() > 0 && samples_stay_apart(*links, size));
  };
  const LinkSource source{from, 0};
  LinkWalk walk(path, std::span(&source, 1), Tensors{to}, Indices::any);
  const Node *mixer = nullptr, *loser = nullptr, *last = nullptr;
  while (const Node* node = walk.next()) {
    last = node;
    for (uint32_t o = 0; o < node->outputs.size(); ++o) {
      const Links* links = walk.of(Tensor(const_cast<Node*>(node), o));
      if (!links) continue;
      if (!mixer && mixes_samples(*links, size)) mixer = node;
      if (!loser && !are_apart(links)) loser = node;
    }
  }
  if (are_apart(walk.of(to))) return nullptr;
  return mixer ? mixer : loser ? loser : last;
}

}  // namespace gradtape::core
