// A part of a recording that can be computed again on other inputs: one op, or those of a composite.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "autodiff/reverse.hpp"

namespace gradtape::core {

// The inside of a composite keeps promises of its own, such as a symmetric matrix, that single ops need not bear apart.
class Part {
 public:
  // The part that ends in the node, which has its value: an evaluation would let nodes beside the path forget their inputs.
  // Those of the part's inputs that are on the path carry derivatives.
  Part(Node& end, const Path& path);

  Node& end() const { return *nodes_.back(); }
  const std::vector<Node*>& nodes() const { return nodes_; }              // by rising id; held
  const Tensors& inputs() const { return inputs_; }                       // from outside
  const std::vector<std::size_t>& carrying() const { return carrying_; }  // which of these carry derivatives
  // Whether the functions of a user's compute it.
  bool is_by_user() const { return by_user_; }
  // The last node's outputs, recorded anew on other inputs. made: the nodes, of which nothing is computed yet. A forward
  // function of the user's draws the random numbers that it drew at first: the caller takes draws back. Throws where
  // outputs are not as they were (check_alike).
  Tensors replay(const Tensors& inputs, std::unordered_set<const Node*>* made = nullptr) const;
  std::string title() const;

 private:
  std::vector<Node*> nodes_;
  Tensors held_, inputs_;
  std::vector<std::size_t> carrying_;
  Recorder::Draws draws_;  // from which each replay draws
  bool by_user_ = false;
};
// Throws where a node that was recorded again has another number of outputs, or other shapes. Those of a user's
// function may depend on values.
void check_alike(const Node& node, const Tensors& again);
// Each node of the path is in one of these.
std::vector<Part> parts_of(const Path& path);

}  // namespace gradtape::core
