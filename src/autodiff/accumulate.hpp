// Derivatives accumulated along links: each link of a tensor has a factor, the derivative of its elements by their
// columns. So the values of a sparse Jacobian take no vectors, and cost in proportion to its entries. The idea is
// ExaModels' (Shin, Anitescu, Pacaud 2024), without generators by the user.
#pragma once

#include "autodiff/dependence.hpp"
#include "autodiff/factor.hpp"

namespace gradtape::core {

// Links with their factors, of the shapes of their boxes; an empty factor is all ones.
struct WeightedLinks {
  Links links;
  std::vector<Tensor> factors;
};

class Accumulation {
 public:
  // records: factors are recorded; else links alone are followed, to see whether they last.
  Accumulation(const Path& path, std::span<const LinkSource> sources, Indices indices, bool records);

  // Null: the links last to the end. Else the op that ended them.
  const Node* stopped_by() const { return stopped_by_; }
  std::optional<WeightedLinks> of(const Tensor& t) const;  // nothing: none
  double elements() const { return elements_; }            // of all factors, as far as they are computed
  double path_elements() const { return path_elements_; }

 private:
  struct Carried {
    Links links;
    std::vector<Factor> factors;
  };
  const Carried* carried(const Tensor& t) const;  // null: none

  bool step(Node& node, const Path& path);
  bool extend(const Call& call, uint32_t output, std::size_t input, const Dependence& d, Carried& result);
  std::optional<Factor::Term> weight_of(const Call& call, std::size_t input, const Dependence& d, const Link& link,
                                        const Link& before);
  Tensor partial_of(const Call& call, std::size_t input);
  void tidy(Carried& c, Dtype dtype);

  IndicesAlong indices_;
  bool records_;
  Tensors sources_;
  const Node* stopped_by_ = nullptr;
  double elements_ = 0, path_elements_ = 0;
  std::unordered_map<Tensor, Carried, TensorHash, TensorSame> of_;
  Tensors partials_;  // of the node at hand, by input
};

// Links whose boxes overlap along one affine function become one, so that entries rarely come twice.
void merge_links(WeightedLinks& w, Recorder& recorder, Dtype dtype);

}  // namespace gradtape::core
