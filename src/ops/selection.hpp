// The selected entries of a cotangent or tangent. A zero that came from a factor was selected; a zero of an entry that
// was left out was not (Node::sparse).
#pragma once

#include <unordered_map>

#include "ops/functions.hpp"

namespace gradtape::core {

// The condition, but false where nothing selected the entry of t.
Tensor where_selected(const Tensor& t, const Tensor& condition);

// Remembers the results of where_selected while it lives, so many calls cost no more than the graph that they look at.
// One lives while a derivative is taken; the innermost counts.
class Selections {
 public:
  Selections();
  ~Selections();
  Selections(const Selections&) = delete;
  Selections& operator=(const Selections&) = delete;

 private:
  friend Tensor where_selected(const Tensor& t, const Tensor& condition);
  class Finder;
  std::unordered_map<Tensor, Tensor, TensorHash, TensorSame> found_;  // empty: the entries that are not 0
  Selections* outer_;
};

}  // namespace gradtape::core
