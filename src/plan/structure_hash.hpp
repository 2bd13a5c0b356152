// A hash of 128 bits of a program's or a graph's structure: no two structures have the same one by chance.
#pragma once

#include <array>

#include "graph/node.hpp"

namespace gradtape::core {

class StructureHash {
 public:
  using Value = std::array<uint64_t, 2>;

  void add(uint64_t value) {
    lanes_ = {hash_mix(lanes_[0], value), hash_mix(lanes_[1], value ^ 0xD6E8FEB86659FD93ull)};
  }
  void add(const Spec& spec) {
    add(static_cast<uint64_t>(spec.dtype) << 8 | spec.shape.rank());
    for (int64_t d : spec.shape) add(d);
  }
  Value value() const { return lanes_; }

 private:
  Value lanes_ = {0x243F6A8885A308D3ull, 0x13198A2E03707344ull};
};

}  // namespace gradtape::core
