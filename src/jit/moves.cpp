#include "jit/moves.hpp"

#include "graph/op.hpp"

namespace gradtape::core::jit {

int64_t element_at(const Layout& layout, int64_t number) {
  int64_t at = layout.offset;
  for (std::size_t axis = layout.shape.rank(); axis-- > 0; number /= layout.shape[axis])
    at += number % layout.shape[axis] * layout.strides[axis];
  return at;
}

namespace {
class Mover {
 public:
  Mover(const Step& step, const Plan& plan)
      : step_(step), out_(plan.slots[step.out[0]].shape), size_(size_of(plan.slots[step.out[0]].dtype)) {
    moves_.sources.resize(static_cast<std::size_t>(out_.elements()));
  }

  std::optional<Moves> run() {
    if (step_.kind == Step::copy) {
      const Operand& x = step_.in[0];
      for (std::size_t e = 0; e < moves_.sources.size(); ++e)
        moves_.sources[e].push_back({x.slot, element_at(x.layout, static_cast<int64_t>(e)) * size_});
      return std::move(moves_);
    }
    const Attributes attributes{*step_.op, step_.attrs.get()};
    if (step_.op->name == "concat") return concatenated(static_cast<std::size_t>(attributes.integer("axis")));
    if (step_.op->name == "add_blocks") return added(attributes.ints("begins"));
    if (!step_.op->pad) return std::nullopt;
    const std::optional<Ints> paddings = step_.op->pad->zeros_around(attributes);
    if (!paddings) return std::nullopt;
    Shape::Dims begin;
    for (std::size_t axis = 0; axis < out_.rank(); ++axis) begin.push_back((*paddings)[2 * axis]);
    place(step_.in[0], begin);
    return std::move(moves_);
  }

 private:
  // Adds the elements of an operand to those of the result from `begin` on.
  void place(const Operand& x, const Shape::Dims& begin) {
    const Shape& shape = x.layout.shape;
    for (int64_t e = 0; e < shape.elements(); ++e) {
      int64_t to = 0, step = 1, left = e;
      for (std::size_t axis = shape.rank(); axis-- > 0; left /= shape[axis], step *= out_[axis])
        to += (left % shape[axis] + begin[axis]) * step;
      moves_.sources[static_cast<std::size_t>(to)].push_back({x.slot, element_at(x.layout, e) * size_});
    }
  }
  Moves concatenated(std::size_t axis) {
    Shape::Dims begin(out_.rank(), 0);
    for (const Operand& x : step_.in) {
      place(x, begin);
      begin[axis] += x.layout.shape[axis];
    }
    return std::move(moves_);
  }
  Moves added(const Ints& begins) {
    moves_.adds = true;
    for (std::size_t i = 0; i < step_.in.size(); ++i) {
      Shape::Dims begin;
      for (std::size_t axis = 0; axis < out_.rank(); ++axis) begin.push_back(begins[i * out_.rank() + axis]);
      place(step_.in[i], begin);
    }
    return std::move(moves_);
  }

  const Step& step_;
  const Shape& out_;
  int64_t size_;
  Moves moves_;
};
}  // namespace

std::optional<Moves> moves_of(const Step& step, const Plan& plan, int64_t most_elements) {
  if ((step.kind != Step::copy && step.kind != Step::kernel) || step.out.size() != 1 || step.grain > 0)
    return std::nullopt;
  const Spec& out = plan.slots[step.out[0]];
  if (out.dtype == Dtype::boolean || out.shape.elements() > most_elements) return std::nullopt;
  for (const Operand& x : step.in)
    if (plan.slots[x.slot].dtype != out.dtype ||
        (step.kind == Step::kernel && x.layout.shape.rank() != out.shape.rank()))
      return std::nullopt;
  return Mover(step, plan).run();
}

}  // namespace gradtape::core::jit
