// Bodies of loops: functions of the values that a loop carries, closed over the tensors from outside that they use.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

// The outputs of one step, of the carried values and of others (rows, then invariants): the new carried values, then
// further results.
using StepFunction = std::function<Tensors(const Tensors& carries, const Tensors& others)>;

struct LoopBody {
  BodyPtr body;     // of the carried values, the others and what was captured
  Tensors initial;  // as the loop begins with them
  Tensors captured;
  std::size_t draws = 0;
};
// flows: by carried value; empty: none is one. A flow is sparse if its first value is, or if that of a later step may
// be.
enum FlowKind : uint8_t { kNoFlow, kFlow, kSparseFlow };  // a cotangent or tangent, and one with zeros "not selected"
// The flows of a loop that carries what this body carries: none but those that the body already has as sparse.
std::vector<uint8_t> flows_of(const Body& body, std::size_t carried);
LoopBody close_loop(Recorder& r, std::string_view what, const Tensors& initial, std::span<const Parameter> rows,
                    const Tensors& invariants, const std::vector<uint8_t>& flows, const StepFunction& step);
// Lets each step draw apart. The loop then carries one more value, the number of the step, behind its own ones. No
// callback may run after it in the call (draw_once).
void draw_by_step(Recorder& r, std::string_view what, std::size_t others, LoopBody& loop);

// Whether a derivative may be asked of what is recorded now on these inputs.
bool may_be_differentiated(Recorder& r, std::span<const Tensor> inputs);

// Adds to a set of carried values all those that others of the set reach in further steps.
template <class Reaches>
void close_under_steps(std::vector<uint8_t>& carries, Reaches&& reaches) {
  for (bool grows = true; grows;) {
    grows = false;
    for (std::size_t from = 0; from < carries.size(); ++from)
      for (std::size_t to = 0; to < carries.size(); ++to)
        if (carries[from] && !carries[to] && reaches(from, to)) carries[to] = 1, grows = true;
  }
}
// The carried values that depend on a marked input of the body after some steps. reaches(input, output): in one step.
template <class Reaches>
std::vector<uint8_t> reached_carries(std::size_t carried, std::span<const uint8_t> marked, Reaches&& reaches) {
  std::vector<uint8_t> carries(marked.begin(), marked.begin() + static_cast<std::ptrdiff_t>(carried));
  for (std::size_t i = carried; i < marked.size(); ++i)
    for (std::size_t k = 0; k < carried; ++k) carries[k] |= marked[i] && reaches(i, k);
  close_under_steps(carries, reaches);
  return carries;
}

inline Tensors part(std::span<const Tensor> all, std::size_t first, std::size_t n) {
  return Tensors(all.begin() + static_cast<std::ptrdiff_t>(first),
                 all.begin() + static_cast<std::ptrdiff_t>(first + n));
}

}  // namespace gradtape::core
