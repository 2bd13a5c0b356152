// Finds the first op that makes a nan or an infinity of numbers without them, while nodes are computed one by one.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>

#include "graph/recorder.hpp"

namespace gradtape::core {

// An op of the user's is at fault at once. One inside a composite, or of a derivative, may mask what it makes. It is at
// fault once the number reaches an op of the user's, or a target. Creation ops and infinite attributes are meant.
class NotFinite {
 public:
  // in_body: the nodes are those of a body that is computed again, and have no numbers that the user knows.
  NotFinite(std::function<const BufferPtr&(const Tensor&)> value, bool in_body)
      : value_(std::move(value)), in_body_(in_body) {}

  // All three throw, naming the op at fault.
  void before(const Node& node) const;
  void after(Node& node);  // its outputs have values
  void at_end(const Tensor& target) const;
  bool is_at_fault(Node& node) const;  // an output of a node that has been computed

 private:
  struct State {
    bool nan = false, infinite = false;
    const std::string* fault = nullptr;  // whose, as a message
  };
  const State& state_of(const Tensor& t);
  State scanned(const Tensor& t) const;
  std::string message(Node& node, std::size_t output, bool of_finite) const;
  std::string fault_inside(Node& node) const;  // of an op whose operands are functions; empty: none comes out

  std::function<const BufferPtr&(const Tensor&)> value_;
  bool in_body_;
  std::unordered_map<Tensor, State, TensorHash, TensorSame> states_;
  std::deque<std::string> faults_;
};

}  // namespace gradtape::core
