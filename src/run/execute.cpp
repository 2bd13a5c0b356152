#include "run/evaluator.hpp"

namespace gradtape {

namespace {
// Runs the tile over each innermost run of the broadcast loop.
void run_loop(const Step& step, std::span<const View> in, void* out, std::size_t out_size) {
  const std::size_t rank = step.loop.rank(), operands = in.size();
  Tile tile{};
  tile.attrs = step.attrs.get();
  tile.out = out;
  tile.n = rank == 0 ? 1 : static_cast<std::size_t>(step.loop[rank - 1]);
  std::size_t sizes[3] = {};
  for (std::size_t k = 0; k < operands; ++k) {
    tile.in[k] = in[k].data;
    tile.fixed[k] = rank == 0 || step.strides[k][rank - 1] == 0;
    sizes[k] = size_of(in[k].dtype);
  }
  Shape::Dims at(rank, 0);
  for (;;) {
    step.tile(tile);
    tile.out = static_cast<char*>(tile.out) + tile.n * out_size;
    std::size_t axis = rank == 0 ? 0 : rank - 1;
    for (;;) {
      if (axis == 0) return;
      --axis;
      const bool again = ++at[axis] < step.loop[axis];
      for (std::size_t k = 0; k < operands; ++k) {
        const int64_t steps = again ? 1 : 1 - step.loop[axis];
        tile.in[k] =
            static_cast<const char*>(tile.in[k]) + steps * step.strides[k][axis] * static_cast<int64_t>(sizes[k]);
      }
      if (again) break;
      at[axis] = 0;
    }
  }
}

class Runner {
 public:
  Runner(const Plan& plan, Recorder& recorder, std::vector<BufferPtr>& slots)
      : plan_(plan), recorder_(recorder), slots_(slots) {}

  void run(const Step& step) {
    SmallVector<View, 3> in;
    for (uint32_t slot : step.in)
      in.push_back({slots_[slot]->data(), plan_.specs[slot].dtype, &plan_.specs[slot].shape});
    if (std::holds_alternative<Alias>(step.op->computation)) {
      const std::size_t first = step.in.size() - step.out.size();
      for (std::size_t i = 0; i < step.out.size(); ++i) slots_[step.out[i]] = slots_[step.in[first + i]];
    } else if (step.tile) {
      const Spec& spec = plan_.specs[step.out[0]];
      slots_[step.out[0]] = result_buffer(step);
      if (spec.shape.elements() > 0) run_loop(step, in, slots_[step.out[0]]->data(), size_of(spec.dtype));
    } else if (const auto* kernel = std::get_if<Kernel>(&step.op->computation)) {
      SmallVector<MutableView, 2> out;
      for (uint32_t slot : step.out) {
        slots_[slot] = fresh(plan_.specs[slot]);
        out.push_back({slots_[slot]->data(), plan_.specs[slot].dtype, &plan_.specs[slot].shape});
      }
      (*kernel)({*step.op, in, std::span<const MutableView>(out.data(), out.size()), step.attrs.get()});
    } else {
      fail(Status::internal, "{} cannot be computed", step.op->name);
    }
    for (uint32_t slot : step.last) slots_[slot] = nullptr;
  }

 private:
  BufferPtr fresh(const Spec& spec) {
    return recorder_.allocate(static_cast<std::size_t>(spec.shape.elements()) * size_of(spec.dtype));
  }

  BufferPtr result_buffer(const Step& step) {
    if (step.in_place >= 0) {
      BufferPtr& buffer = slots_[step.in[static_cast<std::size_t>(step.in_place)]];
      if (buffer.use_count() == 1 && !buffer->borrowed()) return buffer;
    }
    return fresh(plan_.specs[step.out[0]]);
  }

  const Plan& plan_;
  Recorder& recorder_;
  std::vector<BufferPtr>& slots_;
};
}  // namespace

void execute(const Plan& plan, Recorder& recorder, std::vector<BufferPtr>& slots) {
  Runner runner(plan, recorder, slots);
  for (const Step& step : plan.steps) runner.run(step);
}

}  // namespace gradtape
