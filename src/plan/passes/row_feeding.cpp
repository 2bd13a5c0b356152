#include "plan/passes/row_feeding.hpp"

#include <algorithm>
#include <numeric>

namespace gradtape::core {

namespace {
constexpr std::size_t kFarthest = 16;  // steps between a kernel and its loop

// Whether the loop walks the slot element by element, and no other way.
bool walks(const Loop& loop, uint32_t slot) {
  if (loop.shifted > 0) return false;
  for (std::size_t k = 0; k < loop.ports.size(); ++k) {
    const Loop::Port& p = loop.ports[k];
    if (p.slot != slot) continue;
    if (!p.is_walked()) return false;
    if (std::ranges::find(loop.fills, k, &Loop::Fill::port) != loop.fills.end()) return false;
  }
  return true;
}

// Rows of the kernel's output that are whole blocks of the loop; 0 where it cannot read them apart.
int64_t grain_of(const Program& program, const Step& kernel, const Step& loop) {
  const Shape& shape = program.slots[kernel.out[0]].shape;
  const int64_t block = loop.body->block_elements(), elements = shape.elements();
  if (block == 0 || loop.body->elements() != elements || !walks(*loop.body, kernel.out[0])) return 0;
  const int64_t columns = shape.dims().back(), grain = block / std::gcd(block, columns);
  return grain < elements / columns ? grain : 0;
}
}  // namespace

void feed_rows(const Program& program, std::vector<Step>& steps) {
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    Step& kernel = steps[i];
    if (kernel.kind != Step::kernel || !kernel.op->product) continue;
    const std::size_t end = std::min(steps.size(), i + 1 + kFarthest);
    std::size_t j = i + 1;
    while (j < end && !steps[j].reads(kernel.out[0])) ++j;
    if (j == end || steps[j].kind != Step::loop) continue;
    const bool waits = std::any_of(steps.begin() + i + 1, steps.begin() + j, [&](const Step& between) {
      return std::ranges::any_of(between.out, [&](uint32_t slot) { return steps[j].reads(slot); });
    });
    kernel.grain = waits ? 0 : grain_of(program, kernel, steps[j]);
    if (kernel.grain > 0) std::rotate(steps.begin() + i + 1, steps.begin() + j, steps.begin() + j + 1);
  }
}

}  // namespace gradtape::core
