// The factor of a link, as a product of terms. A sum over a parameter that two terms share is a product of matrices: no
// tensor of all parameters is made.
#pragma once

#include "graph/recorder.hpp"
#include "sparse/links.hpp"

namespace gradtape::core {

class Factor {
 public:
  struct Term {
    Tensor tensor;   // of the box's shape; empty while links alone are followed
    uint64_t along;  // bit p: its elements differ along parameter p
  };
  using Box = Shape::Dims;

  bool is_one() const { return terms_.empty(); }
  // Each zero that means "not selected" wins.
  void times(const Term& term, const Box& box);
  // Elements that have been computed or moved for the factor, and those that whole() computes beside.
  double cost() const { return cost_; }
  double cost_of_whole(const Box& box) const;
  // The same of another link, whose parameters give those of this one's.
  Factor moved(const Link& to, bool records) const;
  // All terms as one tensor of the box's shape, of this dtype; empty: all ones.
  Tensor whole(Dtype dtype) const;
  void cast_to(Dtype dtype, const Box& box);
  // The sum over parameters of the box, which go.
  void sum_over(const Ints& parameters, const Box& box);

 private:
  Term product(const Term& a, const Term& b, const Box& box);
  bool contract(uint64_t summed, const Box& box);

  std::vector<Term> terms_;
  double cost_ = 0;
};

Tensor constant_table(Recorder& r, const Table& table);
// The tensor's elements at places that are affine functions of a box. An axis of size 1 stands for any place; axes that the
// tensor lacks are the first ones.
Factor::Term view_along(const Tensor& t, std::span<const Affine> at, const Factor::Box& box, bool records = true);

}  // namespace gradtape::core
