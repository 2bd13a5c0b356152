// A Wengert list: the nodes that were recorded while a tape was active and that depend on a watched tensor. It refers
// to nodes weakly, so a branch that nobody can reach is freed while recording goes on. A derivative reaches nodes
// through its targets.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "graph/node.hpp"

namespace gradtape::core {

struct Trace;

// A place in the list of those variables whose values may be pending.
struct PendingLink {
  PendingLink *before = this, *next = this;

  PendingLink() = default;
  ~PendingLink() { unlink(); }
  PendingLink(const PendingLink&) = delete;
  PendingLink& operator=(const PendingLink&) = delete;
  void unlink() noexcept {
    before->next = next, next->before = before;
    before = next = this;
  }
  void link_before(PendingLink& other) noexcept {
    before = other.before, next = &other;
    before->next = next->before = this;
  }
};

// A variable: a tensor that can be bound anew. Its value is never connected to what it was assigned from.
struct Variable : PendingLink {
  explicit Variable(uint64_t id) : id(id) {}
  const uint64_t id;
  std::string label;
  Tensor value;
  bool trainable = true;
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

  bool holds(const Tensor& t) const {  // recorded, or watched
    const Node::Membership* m = t.node()->membership(this);
    return m && holds(t, *m);
  }
  bool holds(const Tensor& t, const Node::Membership& of_its_node) const;
  bool recorded(const Tensor& t) const;  // the result of an op that is on the list
  // The entries that a call has added.
  struct News {
    bool read = false, watched = false;
  };
  bool watch(const Tensor& t);  // false: it was held already
  News watch(const VariablePtr& variable);
  News note_read(const VariablePtr& variable);
  void take_back(const Variable* variable, const Tensor& value, bool watched) noexcept;  // the last read of it
  void add(Node& node);
  void drop(std::size_t index) noexcept { nodes_[index] = nullptr, ++dropped_; }
  void forget_since(uint64_t id) noexcept;  // the nodes from this id on
  void clear() noexcept;                    // forgets everything, watches included
  struct Watched {
    Tensor tensor;
    uint64_t since;  // the id of the next node at that time
  };
  const std::vector<Watched>& watched() const { return watched_; }

  // The recorder's: whether it is on the list of those that are active, and where; the body that it belongs to.
  struct Activity {
    bool listed = false, suspended = false;
    const Trace* trace = nullptr;
    std::size_t place = 0;
  };
  Activity activity;

  // When it recorded, by the ids of nodes. The first of many periods count as one.
  struct Period {
    uint64_t begin, end;  // end: kOpen while it lasts
  };
  static constexpr uint64_t kOpen = UINT64_MAX;
  const std::vector<Period>& periods() const { return periods_; }
  void begin_period(uint64_t now);
  void end_period(uint64_t now) noexcept {
    if (!periods_.empty() && periods_.back().end == kOpen) periods_.back().end = now;
  }
  // Whether the time lies in a period that stands for several, with the pauses between them.
  bool may_be_paused(uint64_t id) const { return merged_ && id < periods_.front().end; }

  const std::vector<Read>& reads() const { return reads_; }
  const Read* read_of(const Variable* variable) const;
  bool watches_variables() const { return watches_variables_; }

 private:
  void compact() noexcept;
  void unwatch(const Tensor& t) noexcept;
  void forget_read(const Variable* variable) noexcept;

  bool watches_variables_;
  std::vector<Node*> nodes_;  // null: freed since
  std::size_t dropped_ = 0;
  std::vector<Watched> watched_;
  std::vector<Period> periods_;
  bool merged_ = false;      // the first stands for several
  std::vector<Read> reads_;  // in the order in which the variables were met
  std::unordered_map<const Variable*, std::size_t> read_at_;
};

}  // namespace gradtape::core
