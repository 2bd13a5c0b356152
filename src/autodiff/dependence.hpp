// Links along a graph: which elements of the sources the tensors between them and a target depend on.
#pragma once

#include <unordered_set>

#include "autodiff/reverse.hpp"
#include "sparse/relate.hpp"

namespace gradtape::core {

// How the derivative of the call's output by its input is sparse.
Dependence dependence_of(const LinkCall& c);

// A source, whose elements are the columns from `first` on.
struct LinkSource {
  Tensor tensor;
  int64_t first;
};
// How rules look at the index tensors of nodes along a path. Those that depend on a source (the places of the largest
// entries, an order) have other values at other points: any index is possible.
class IndicesAlong {
 public:
  IndicesAlong(const Path& path, Indices asked) : path_(path), asked_(asked) {}
  Indices of(const Node& node);

 private:
  bool follows_sources(const Tensor& indices);

  const Path& path_;
  Indices asked_;
  // Ids of nodes behind index tensors: those that do not depend on a source, and those that do.
  std::unordered_set<uint64_t> fixed_, following_;
};
// Goes along a path and has the links of the tensors that the walk has reached and that nodes ahead still read.
class LinkWalk {
 public:
  using Known = std::unordered_map<Tensor, Links, TensorHash, TensorSame>;
  // known: the links of the path's sources. kept: tensors whose links stay.
  LinkWalk(const Path& path, Known known, std::span<const Tensor> kept, Indices indices);
  // Makes the links of the next node's outputs; null: there is none.
  const Node* next();
  const Links* of(const Tensor& t) const;    // null: none reaches it
  double listed() const { return listed_; }  // pairs of lists that the walk has met

 private:
  void add(const Tensor& t, const Links& links);
  bool follow_rule(Node& node);
  void follow_links(Node& node, const Call& call);
  void drop_inputs(const Node& node);

  const Path& path_;
  Indices asked_;
  IndicesAlong indices_;
  double listed_ = 0;
  std::size_t next_ = 0;
  Known links_;
  std::unordered_map<Tensor, std::size_t, TensorHash, TensorSame> readers_;  // ahead
};
// The links of the targets; empty where none reaches one.
std::vector<Links> links_between(std::span<const Tensor> targets, std::span<const LinkSource> sources,
                                 const Passable& passable, Indices indices);

// Null: each sample of `to`, along axis 0, depends on the same sample of `from` alone. Otherwise the op in which samples
// may mix.
const Node* where_samples_mix(const Tensor& to, const Tensor& from, const Passable& passable);

}  // namespace gradtape::core
