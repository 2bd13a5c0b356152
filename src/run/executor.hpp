// Runs plans over memory that is given.
#pragma once

#include "graph/recorder.hpp"
#include "plan/ir/plan.hpp"

namespace gradtape::core {

// The memory over which a plan runs, by slot: null where there is none, or none yet. The arena has plan.arena bytes,
// and plan.scratch more for each worker.
struct Memory {
  explicit Memory(Recorder& recorder) : cache(&recorder.memory()), interrupt(&recorder.interrupt) {}

  std::vector<void*> slots;
  std::byte* arena = nullptr;
  BlockCache* cache;     // for what kernels need while they run
  Interrupt* interrupt;  // asked before each step
  std::vector<View> in;  // what the kernel that runs reads and writes
  std::vector<MutableView> out;
};
inline std::size_t arena_bytes(const Plan& plan, const Workers& workers) {
  return plan.arena + plan.scratch * static_cast<std::size_t>(workers.threads());
}

// Fills in the slots of temporaries and constants; those of leaves and results are the caller's. Makes room for views.
void lay_out(const Plan& plan, Memory& memory);

// Runs the steps. Allocates nothing but what kernels take from the cache. seconds: of each step, where that is asked
// for.
void execute(const Plan& plan, Memory& memory, const Workers& workers, std::vector<double>* seconds = nullptr);

}  // namespace gradtape::core
