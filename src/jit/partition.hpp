// The order in which a compiled loop runs: units of inlined members, and members that stay as they are.
#pragma once

#include "jit/members.hpp"

namespace gradtape::core::jit {

struct Partition {
  struct Group {
    std::vector<int32_t> members;  // in order
    int element_size = 0;          // of a unit; 0: the one member stays an instruction of its own
    bool is_unit() const { return element_size != 0; }
  };
  std::vector<Group> groups;
  std::vector<int32_t> group_of;  // by member
};

// Members join a unit as soon as all they need is in it or behind it. Units of one operation are not worth a call.
Partition partition(const LoopGraph& graph);

}  // namespace gradtape::core::jit
