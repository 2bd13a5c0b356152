// A plan: how a schedule is computed, free of the graph it was made from, so that the next schedule of the same
// structure can use it.
#pragma once

#include <memory>
#include <vector>

#include "plan/schedule.hpp"

namespace gradtape {

struct Step {
  const Op* op;
  AttrsPtr attrs;
  SmallVector<uint32_t, 3> in, out;  // slots
  SmallVector<uint32_t, 3> last;     // slots that nothing reads after this step
  int in_place = -1;                 // an operand whose memory the result may take, where nothing else holds it
  // Elementwise: the broadcast loop, with neighbouring axes merged; one stride per axis for each operand.
  TileFn tile = nullptr;
  Shape loop;
  SmallVector<Shape::Dims, 3> strides;
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Spec> specs;  // by slot
};
using PlanPtr = std::shared_ptr<const Plan>;

PlanPtr make_plan(const Schedule& schedule);

}  // namespace gradtape
