// Steps that only move elements, or add elements of blocks: copies, concatenations, paddings by zeros, sums of blocks.
#pragma once

#include <optional>
#include <vector>

#include "plan/ir/plan.hpp"

namespace gradtape::core::jit {

// By element of the result: the elements that are added up, or the only one. None: 0.
struct Moves {
  struct From {
    uint32_t slot;
    int64_t offset;  // bytes
  };
  std::vector<SmallVector<From, 2>> sources;
  bool adds = false;  // each sum begins with 0
};
// Nothing: the step is no such one, or its result has more than so many elements.
std::optional<Moves> moves_of(const Step& step, const Plan& plan, int64_t most_elements);

// The place of an element from the begin of its tensor, in elements. Elements are numbered in the order of the shape.
int64_t element_at(const Layout& layout, int64_t number);

}  // namespace gradtape::core::jit
