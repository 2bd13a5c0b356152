#include "kernels/spread.hpp"
#include "run/evaluator.hpp"

namespace gradtape {

namespace {
using Buffers = std::vector<BufferPtr>;

// Runs a fused step, one tile of all its instructions after the other.
class TileRunner {
 public:
  TileRunner(const Step& step, Recorder& recorder, const Buffers& slots) : f_(*step.fused) {
    for (uint32_t slot : step.in) inputs_.push_back(static_cast<const char*>(slots[slot]->data()));
    for (uint32_t slot : step.out) outputs_.push_back(static_cast<char*>(slots[slot]->data()));
    scratch_ = recorder.allocate(f_.scratch_tiles * kTileBytes);
  }

  void run() {
    for (int64_t at = 0; at < f_.elements; at += Fused::kTile) {
      const auto n = static_cast<std::size_t>(std::min<int64_t>(Fused::kTile, f_.elements - at));
      for (std::size_t k = 0; k < f_.inputs.size(); ++k)
        if (const Fused::Input& in = f_.inputs[k]; in.kind == Fused::Input::strided)
          kernels::spread(inputs_[k], in.size, in.loop, in.strides, at, n, scratch(in.scratch));
      for (const Fused::Instruction& instruction : f_.instructions) run(instruction, at, n);
    }
  }

 private:
  // Tiles a multiple of 4 KiB apart would make the processor take a load for one that depends on a store to another
  // tile.
  static constexpr std::size_t kTileBytes = Fused::kTile * sizeof(double) + 192;

  void run(const Fused::Instruction& instruction, int64_t at, std::size_t n) {
    Tile tile{};
    tile.n = n;
    tile.attrs = instruction.attrs.get();
    for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
      const Fused::Place p = instruction.operands[k];
      tile.in[k] = address(p, at);
      tile.fixed[k] = p.kind == Fused::Place::input && f_.inputs[p.index].kind == Fused::Input::fixed;
    }
    tile.out = const_cast<char*>(address(instruction.result, at));
    instruction.tile(tile);
  }

  char* scratch(uint32_t index) const { return static_cast<char*>(scratch_->data()) + index * kTileBytes; }
  const char* address(Fused::Place p, int64_t at) const {
    if (p.kind == Fused::Place::scratch) return scratch(p.index);
    if (p.kind == Fused::Place::output) return outputs_[p.index] + at * f_.output_sizes[p.index];
    const Fused::Input& in = f_.inputs[p.index];
    if (in.kind == Fused::Input::strided) return scratch(in.scratch);
    return inputs_[p.index] + (in.kind == Fused::Input::fixed ? 0 : at * in.size);
  }

  const Fused& f_;
  SmallVector<const char*, 8> inputs_;
  SmallVector<char*, 4> outputs_;
  BufferPtr scratch_;
};

class Runner {
 public:
  Runner(const Plan& plan, Recorder& recorder, Buffers& slots) : plan_(plan), recorder_(recorder), slots_(slots) {}

  void run(const Step& step) {
    if (step.fused) {
      allocate_results(step);
      TileRunner(step, recorder_, slots_).run();
    } else if (std::holds_alternative<Alias>(step.op->computation)) {
      const std::size_t first = step.in.size() - step.out.size();
      for (std::size_t i = 0; i < step.out.size(); ++i) slots_[step.out[i]] = slots_[step.in[first + i]];
    } else if (const auto* kernel = std::get_if<Kernel>(&step.op->computation)) {
      allocate_results(step);
      call(*kernel, step);
    } else {
      fail(Status::internal, "{} cannot be computed", step.op->name);
    }
    for (uint32_t slot : step.last) slots_[slot] = nullptr;
  }

 private:
  void allocate_results(const Step& step) {
    for (uint32_t slot : step.out) {
      const Spec& spec = plan_.specs[slot];
      slots_[slot] = recorder_.allocate(static_cast<std::size_t>(spec.shape.elements()) * size_of(spec.dtype));
    }
  }
  void call(const Kernel& kernel, const Step& step) {
    SmallVector<View, 3> in;
    SmallVector<MutableView, 2> out;
    for (uint32_t slot : step.in)
      in.push_back({slots_[slot]->data(), plan_.specs[slot].dtype, &plan_.specs[slot].shape});
    for (uint32_t slot : step.out)
      out.push_back({slots_[slot]->data(), plan_.specs[slot].dtype, &plan_.specs[slot].shape});
    kernel({*step.op, in, std::span<const MutableView>(out.data(), out.size()), step.attrs.get()});
  }

  const Plan& plan_;
  Recorder& recorder_;
  Buffers& slots_;
};
}  // namespace

void execute(const Plan& plan, Recorder& recorder, Buffers& slots) {
  Runner runner(plan, recorder, slots);
  for (const Step& step : plan.steps) runner.run(step);
}

}  // namespace gradtape
