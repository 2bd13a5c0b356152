#include "control/body_links.hpp"

#include "autodiff/dependence.hpp"
#include "sparse/list_limit.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kMostListedByTies = int64_t{1} << 22;

// listed: the pairs of lists that the walk met.
std::vector<Links> links_by(const Tensors& results, const Path& path, LinkWalk::Known known, Indices indices,
                            double& listed) {
  LinkWalk walk(path, std::move(known), results, indices);
  while (walk.next()) {
  }
  listed += walk.listed();
  std::vector<Links> found;
  for (const Tensor& t : results) {
    const Links* links = is_floating(t.dtype()) ? walk.of(t) : nullptr;
    found.push_back(links ? *links : Links(t.shape()));
  }
  return found;
}
}  // namespace

const Ties& Body::ties(std::size_t input, std::size_t output) const {
  if (ties_.empty()) ties_.resize(inputs());
  std::vector<Ties>& by_output = ties_[input];
  if (!by_output.empty()) return by_output[output];
  for (const Indices indices : {Indices::known, Indices::any}) {  // lists come from the values of indices, mostly
    try {
      by_output = ties_by(input, indices);
      return by_output[output];
    } catch (const Error& e) {  // a pattern without a regular form that is too large
      if (e.code() != Status::out_of_memory && e.code() != Status::unsupported) throw;
    }
  }
  for (std::size_t k = 0; k < outputs(); ++k) by_output.push_back({carries(input, k), {}});
  return by_output[output];
}

std::vector<Ties> Body::ties_by(std::size_t input, Indices indices) const {
  const Recorder::Pause pause(recorder_);
  const ListLimit limit(kMostListedByTies);
  const Tensor& parameter = parameters_[input];
  const Path path = path_between(results_, Tensors{parameter}, is_symbolic_result);
  LinkWalk::Known known;
  known.emplace(parameter, links_of_source(parameter.shape(), 0));
  double listed = 0;
  std::vector<Ties> found;
  for (const Links& links : links_by(results_, path, std::move(known), indices, listed)) {
    found.push_back(ties_of(links, parameter.shape()));
    links_say_more_ |= say_more(links, found.back(), parameter.shape());
  }
  return found;
}

bool Body::is_told_by_ties() const {
  for (std::size_t i = 0; i < inputs() && outputs() > 0; ++i)
    if (is_floating(input(i).dtype)) ties(i, 0);
  return !links_say_more_;
}

BodyWalk::Results BodyWalk::through(const Body& body, std::span<const Tensor> inputs,
                                    std::span<const Links* const> links) {
  Tensors in(inputs.begin(), inputs.end()), sources;
  LinkWalk::Known known;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!links[i] || links[i]->empty() || !is_floating(body.input(i).dtype)) continue;
    in[i] = recorder_.placeholder(body.input(i));
    stand_ins_.insert(in[i].node()->id);
    sources.push_back(in[i]);
    known.emplace(in[i], *links[i]);
  }
  Tensors results = body.on(in);
  Path path = path_between(results, sources, is_symbolic_result);
  path.on_path = [this, inner = path.on_path](const Tensor& t) {
    return inner(t) || stand_ins_.contains(t.node()->id) || call_.on_path(t);
  };
  std::vector<Links> found = links_by(results, path, std::move(known), call_.indices, listed_);
  return {std::move(results), std::move(found)};
}

Dependence by_ties(const Ties& ties, std::size_t in_front_of_source, std::size_t in_front) {
  if (!ties.connected) return no_dependence();
  return related({relation_of(ties, in_front_of_source, in_front)});
}

std::vector<Ties> ties_of_carries(const Body& body, std::size_t carried, std::size_t input) {
  std::vector<Ties> ties(carried);
  for (std::size_t k = 0; k < carried; ++k)
    if (input >= carried)
      ties[k] = body.ties(input, k);
    else if (k == input)
      ties[k] = tied_to_itself(body.input(k).shape);
  for (bool changes = true; changes;) {
    changes = false;
    for (std::size_t from = 0; from < carried; ++from)
      for (std::size_t to = 0; to < carried && ties[from].connected; ++to) {
        Ties more = either(ties[to], chained(ties[from], body.ties(from, to)));
        changes |= !(more == ties[to]);
        ties[to] = std::move(more);
      }
  }
  return ties;
}

}  // namespace gradtape::core
