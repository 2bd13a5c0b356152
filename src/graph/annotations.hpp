// Facts that few nodes have, kept beside them: labels of outputs, and the op that a derivative's node belongs to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/node.hpp"

namespace gradtape::core {

// An op of the user's, by what outlives its node.
struct OpOrigin {
  const Op* op;
  const Op* within;  // the composite that it belongs to; null: none
  uint64_t id;
  std::string label;  // of its first output that has one
};

// By node, until it dies. A node that is not annotated costs the look at a bit (Node::annotated).
class Annotations {
 public:
  void set_label(const Tensor& t, std::string label);                     // an empty one takes it away
  std::string_view label_of(const Node& node, std::size_t output) const;  // empty: it has none
  void set_origin(Node& node, OpOrigin origin);
  const OpOrigin* origin_of(const Node& node) const;  // null: none is known
  OpOrigin origin_for(const Node& node) const;        // for a derivative of it: its own origin, or itself
  void copy(const Node& from, Node& to);              // a node that was recorded anew
  void forget(const Node* node) noexcept { by_node_.erase(node); }

 private:
  struct Annotation {
    std::vector<std::pair<uint32_t, std::string>> labels;  // by output
    std::unique_ptr<OpOrigin> origin;
  };
  std::unordered_map<const Node*, Annotation> by_node_;
};

// One line of at most kLongestLabel bytes of a label that a user gives.
inline constexpr std::size_t kLongestLabel = 100;
std::string tidy_label(std::string_view given);

}  // namespace gradtape::core
