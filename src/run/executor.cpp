#include "run/executor.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "kernels/kernels.hpp"
#include "plan/ir/reduction_axes.hpp"
#include "run/loop.hpp"

namespace gradtape::core {

namespace {
class Executor {
 public:
  Executor(const Plan& plan, Memory& memory, const Workers& workers)
      : plan_(plan), memory_(memory), workers_(workers) {}

  void run(const Step& step) const {
    switch (step.kind) {
      case Step::loop: return loop_runner(step).run(workers_);
      case Step::kernel: return call(step, nullptr);
      case Step::native:
        return step.unit->fn(reinterpret_cast<const std::byte* const*>(memory_.slots.data()), memory_.arena, 1);
      case Step::reduce: {
        const View x = view(step.in[0]);
        const auto& reduction = std::get<Reduction>(step.op->computation);
        return kernels::reduce(reduction.table[static_cast<int>(x.dtype)], axes_of(*step.op, *step.attrs), x,
                               output(step.out[0]), *memory_.cache, step.op->name);
      }
      case Step::copy:
        kernels::copy(memory_.slots[step.in[0].slot], size_of(plan_.slots[step.out[0]].dtype), step.in[0].layout,
                      memory_.slots[step.out[0]], workers_);
        return;
    }
  }
  // A kernel and the loop after it, which reads the kernel's rows as they are complete where the kernel lets it.
  void run(const Step& kernel, const Step& loop) const {
    struct State {
      LoopRunner runner;
      int64_t columns, block, elements;
    };
    const Loop& body = *loop.body;
    State state{loop_runner(loop), plan_.slots[kernel.out[0]].shape.dims().back(), body.block_elements(),
                body.elements()};
    RowReader reader{kernel.grain, &state, [](void* to, int64_t first, int64_t rows, int worker) {
                       const auto& s = *static_cast<State*>(to);
                       const int64_t end = std::min(s.elements, (first + rows) * s.columns);
                       for (int64_t at = first * s.columns; at < end; at += s.block)
                         s.runner.run_block(at / s.block, worker);
                     }};
    state.runner.start(workers_.threads());
    call(kernel, &reader);
    if (!reader.taken) return state.runner.run_blocks(workers_);
    state.runner.finish();
  }

 private:
  LoopRunner loop_runner(const Step& step) const {
    return LoopRunner(*step.body, memory_, memory_.arena + plan_.workspace_at, memory_.arena + plan_.arena,
                      plan_.scratch);
  }
  View view(const Operand& x) const {
    const Dtype dtype = plan_.slots[x.slot].dtype;
    const auto* data = static_cast<const std::byte*>(memory_.slots[x.slot]);
    return {data + x.layout.offset * static_cast<int64_t>(size_of(dtype)), dtype, &x.layout.shape};
  }
  MutableView output(uint32_t slot) const {
    return {memory_.slots[slot], plan_.slots[slot].dtype, &plan_.slots[slot].shape};
  }
  void call(const Step& step, RowReader* reader) const {
    memory_.in.clear();
    memory_.out.clear();
    for (const Operand& x : step.in) memory_.in.push_back(view(x));
    for (uint32_t slot : step.out) memory_.out.push_back(output(slot));
    const auto* kernel = std::get_if<Kernel>(&step.op->computation);
    if (!kernel) fail(Status::internal, "{} cannot be computed", step.op->name);
    (*kernel)({{*step.op, step.attrs.get()}, step.of->name, memory_.in, memory_.out, workers_, *memory_.cache, reader});
  }

  const Plan& plan_;
  Memory& memory_;
  const Workers& workers_;
};
}  // namespace

void lay_out(const Plan& plan, Memory& memory) {
  for (std::size_t i = 0; i < plan.locations.size(); ++i) {
    const Location& location = plan.locations[i];
    if (location.kind == Location::arena) memory.slots[i] = memory.arena + location.at;
    if (location.kind == Location::constant) memory.slots[i] = plan.constants[location.at]->data();
    if (location.kind == Location::none) memory.slots[i] = nullptr;
  }
  std::size_t in = 0, out = 0;
  for (const Step& step : plan.steps) in = std::max(in, step.in.size()), out = std::max(out, step.out.size());
  memory.in.reserve(in);
  memory.out.reserve(out);
}

void execute(const Plan& plan, Memory& memory, const Workers& workers, std::vector<double>* seconds) {
  std::optional<SingleThreadedBlas> blas;
  if (plan.has_kernels) blas.emplace();
  const Executor executor(plan, memory, workers);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    memory.interrupt->check();
    const auto start = seconds ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
    if (step.grain > 0)
      executor.run(step, plan.steps[++i]);
    else
      executor.run(step);
    if (!seconds) continue;
    seconds->push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (step.grain > 0) seconds->push_back(0);  // in the kernel's
  }
}

}  // namespace gradtape::core
