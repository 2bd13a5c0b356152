// The memory of values that a loop's kernel carries: two places for each, by turns.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

class CarriedMemory {
 public:
  CarriedMemory(const KernelCall& call, const Body& body, std::size_t carried)
      : places_(lay_out(body, carried)), block_(call.memory, 2 * turn_, call.name) {}

  std::size_t size() const { return places_.size(); }
  std::size_t bytes(std::size_t carry) const { return places_[carry].bytes; }
  std::byte* at(std::size_t carry, int64_t turn) const {
    return block_.data() + (turn % 2 == 0 ? 0 : turn_) + places_[carry].at;
  }

 private:
  struct Place {
    std::size_t at, bytes;
  };
  using Places = SmallVector<Place, 8>;
  Places lay_out(const Body& body, std::size_t carried) {
    Places places;
    for (std::size_t k = 0; k < carried; ++k) {
      places.push_back({turn_, bytes_of(body.output(k))});
      turn_ += round_up(places.back().bytes, BlockCache::kAlignment);
    }
    return places;
  }

  std::size_t turn_ = 0;  // bytes of one of the two
  Places places_;
  CacheBlock block_;
};

}  // namespace gradtape::core
