// A Wengert list: which nodes were recorded while a tape was active and depended on something it watches.
// It holds nodes weakly, so that a branch nobody can reach any more is freed while recording goes on; what a target
// depends on is reached through the target.
#pragma once

#include <unordered_map>
#include <vector>

#include "graph/node.hpp"

namespace gradtape {

// A variable: a tensor that can be bound anew. Its value is never connected to what it was assigned from.
struct Variable {
  Tensor value;
  bool trainable = true;
  bool is_pending = false;  // the recorder's: on the list of those whose values may be pending
};
using VariablePtr = std::shared_ptr<Variable>;

class Recording {
 public:
  explicit Recording(bool watches_variables) : watches_variables_(watches_variables) {}
  ~Recording() { clear(); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  struct Read {
    VariablePtr variable;
    Tensors values;  // the values it was read with, in order
  };

  bool holds(const Tensor& t) const;     // recorded, or watched
  bool recorded(const Tensor& t) const;  // the result of an op that is on the list
  // What a call has added.
  struct News {
    bool read = false, watched = false;
  };
  bool watch(const Tensor& t);  // false: it was held already
  News watch(const VariablePtr& variable);
  News note_read(const VariablePtr& variable);
  void take_back(const Variable* variable, const Tensor& value, bool watched) noexcept;  // the last read of it
  void add(Node& node);
  void drop(std::size_t index) noexcept { nodes_[index] = nullptr, ++dropped_; }
  void clear() noexcept;  // forgets everything, watches included

  // The recorder's: the level at which it is active (0: it is not), and its place in the list of those that are.
  uint64_t active_in = 0;
  std::size_t position = 0;

  const std::vector<Read>& reads() const { return reads_; }
  const Read* read_of(const Variable* variable) const;
  bool watches_variables() const { return watches_variables_; }

 private:
  void compact() noexcept;
  void unwatch(const Tensor& t) noexcept;

  bool watches_variables_;
  std::vector<Node*> nodes_;  // null: freed since
  std::size_t dropped_ = 0;
  std::vector<Tensor> watched_;
  std::vector<Read> reads_;  // in the order in which the variables were met
  std::unordered_map<const Variable*, std::size_t> read_at_;
};

}  // namespace gradtape
