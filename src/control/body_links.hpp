// The links of ops with bodies, from those of the bodies.
#pragma once

#include <unordered_set>

#include "control/body.hpp"
#include "sparse/ties.hpp"

namespace gradtape::core {

// Follows links through bodies whose results other bodies may take.
class BodyWalk {
 public:
  explicit BodyWalk(const LinksCall& call) : call_(call), recorder_(call.call.recorder()), pause_(recorder_) {}

  struct Results {
    Tensors tensors;
    std::vector<Links> links;
  };
  // The body on these inputs, of which those with links have no value; null: none.
  Results through(const Body& body, std::span<const Tensor> inputs, std::span<const Links* const> links);
  double listed() const { return listed_; }  // pairs of lists that the walk has met

 private:
  const LinksCall& call_;
  Recorder& recorder_;
  const Recorder::Pause pause_;
  double listed_ = 0;
  std::unordered_set<uint64_t> stand_ins_;  // ids of placeholders for inputs with links
};

// How results depend on one input: by no relation, or by the union of these.
Dependence by_ties(const Ties& ties, std::size_t in_front_of_source = 0, std::size_t in_front = 0);

// How the carried values depend on an input of a loop's body after any number of steps, also after none.
std::vector<Ties> ties_of_carries(const Body& body, std::size_t carried, std::size_t input);

}  // namespace gradtape::core
