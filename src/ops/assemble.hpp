// The op that writes the values of a sparse matrix from the factors of its links, and the view that reads factors.
#pragma once

#include "ops/functions.hpp"
#include "sparse/places.hpp"

namespace gradtape::core {

// The places of the factors. Two of one content stand for each other in plans.
struct Assembly : Payload {
  explicit Assembly(Places given);
  std::vector<uint32_t> factors;  // the links that have places; `places` counts these alone
  Places places;
  uint64_t content;
  uint64_t hash() const override { return content; }
  std::size_t bytes() const override;

 private:
  void number_factors();
};
// Values [places.size] of factors, one for each link in the order of their numbers. A factor of rank 0 is that of all the
// link's entries.
Tensor assemble(std::span<const Tensor> factors, std::shared_ptr<const Assembly> assembly);

// Element u of the result, of shape `box`, is the element of x whose coordinate along axis a is at[a](u).
Tensor affine_view(const Tensor& x, std::span<const Affine> at, const Shape::Dims& box);

}  // namespace gradtape::core
