#include "jit/partition.hpp"

#include <array>
#include <queue>

namespace gradtape::core::jit {

namespace {
constexpr int kLeastOfUnit = 2;  // of a unit

// Takes members whose predecessors are done (A. B. Kahn, "Topological sorting of large networks", CACM 5(11), 1962).
class Partitioner {
 public:
  explicit Partitioner(const LoopGraph& graph)
      : g_(graph), waits_for_(g_.members.size()), followers_(g_.members.size()) {
    result_.group_of.resize(g_.members.size());
    for (std::size_t i = 0; i < g_.members.size(); ++i) {
      waits_for_[i] = g_.members[i].after.size();
      for (int32_t before : g_.members[i].after)
        followers_[static_cast<std::size_t>(before)].push_back(static_cast<int32_t>(i));
    }
    for (std::size_t i = 0; i < g_.members.size(); ++i)
      if (waits_for_[i] == 0) ready(static_cast<int32_t>(i));
  }

  Partition run() {
    for (;;) {
      if (!others_.empty())
        add_group({{next(others_)}, 0});
      else if (Queue* first = first_ready())
        add_unit(static_cast<std::size_t>(first - inlined_.data()) / kSizes);
      else
        return std::move(result_);
    }
  }

 private:
  using Group = Partition::Group;
  using Queue = std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>>;
  static constexpr std::size_t kLevels = 3, kSizes = 3;

  static std::size_t size_class(int size) { return static_cast<std::size_t>(size / 4); }  // 0, 4, 8
  void ready(int32_t i) {
    const LoopMember& m = g_.member(i);
    if (m.element_size)
      inlined_[static_cast<std::size_t>(m.instruction->level) * kSizes + size_class(*m.element_size)].push(i);
    else
      others_.push(i);
  }
  int32_t next(Queue& queue) {
    const int32_t i = queue.top();
    queue.pop();
    for (int32_t follower : followers_[static_cast<std::size_t>(i)])
      if (--waits_for_[static_cast<std::size_t>(follower)] == 0) ready(follower);
    return i;
  }
  // The queue of the first inlined member.
  Queue* first_ready() {
    Queue* first = nullptr;
    for (Queue& queue : inlined_)
      if (!queue.empty() && (!first || queue.top() < first->top())) first = &queue;
    return first;
  }

  void add_unit(std::size_t level) {
    Queue* queues = &inlined_[level * kSizes];
    Group group;
    int operations = 0;
    for (;;) {
      Queue* best = nullptr;
      for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
        const bool fits = size == 0 || group.element_size == 0 || size == size_class(group.element_size);
        if (fits && !queues[size].empty() && (!best || queues[size].top() < best->top())) best = &queues[size];
      }
      if (!best) break;
      const int32_t i = next(*best);
      group.members.push_back(i);
      operations += g_.member(i).operations();
      if (const int size = *g_.member(i).element_size) group.element_size = size;
    }
    if (group.element_size != 0 && operations >= kLeastOfUnit) return add_group(std::move(group));
    for (int32_t i : group.members) add_group({{i}, 0});
  }
  void add_group(Group group) {
    for (int32_t i : group.members)
      result_.group_of[static_cast<std::size_t>(i)] = static_cast<int32_t>(result_.groups.size());
    result_.groups.push_back(std::move(group));
  }

  const LoopGraph& g_;
  std::vector<std::size_t> waits_for_;              // by member
  std::vector<SmallVector<int32_t, 4>> followers_;  // by member
  std::array<Queue, kLevels * kSizes> inlined_;
  Queue others_;
  Partition result_;
};
}  // namespace

Partition partition(const LoopGraph& graph) { return Partitioner(graph).run(); }

}  // namespace gradtape::core::jit
