// Programs of the planner, made instruction by instruction.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "graph/recorder.hpp"
#include "ops/registry.hpp"
#include "plan/ir/program.hpp"

namespace gradtape::core {

inline const Op& op_named(const char* name) { return Registry::instance().builtin(name); }
inline Operand whole(uint32_t slot, const Shape& shape) { return {slot, row_major(shape)}; }

// The attributes of an op: those named, and for all others what holds where they are left out.
inline AttrsPtr attributes(const Op& op, const std::vector<std::pair<std::string, AttrValue>>& named = {}) {
  auto attrs = std::make_shared<Attrs>();
  for (const AttrSpec& a : op.attrs) attrs->values.push_back(a.fallback);
  for (const auto& [name, value] : named) attrs->values[op.attr_index(name)] = value;
  return attrs;
}

// The owner of a recorder whose tensors nobody computes.
struct IdleHost final : Host {
  void evaluate(std::span<const Tensor>) override {}
  void evaluate_into(std::span<const Tensor>, std::span<const Place>) override {}
  uint64_t working_memory(std::span<const Tensor>) override { return 0; }
  void forget_symbolic_error() noexcept override {}
  Tensors choose(const Tensor&, const Branch&, const Branch&) override { return {}; }
};

class ProgramByHand {
 public:
  uint32_t leaf(const Shape& shape, Dtype dtype = Dtype::float32) {
    ++program.leaves;
    return slot(shape, dtype);
  }
  // The slot of the result, which has the dtype of the first operand.
  uint32_t apply(const char* name, const std::vector<Operand>& in, const Shape& shape, AttrsPtr attrs = nullptr) {
    Instruction i{};
    i.op = i.of = &op_named(name);
    i.attrs = attrs ? std::move(attrs) : attributes(*i.op);
    for (const Operand& x : in) i.in.push_back(x);
    i.out.push_back(slot(shape, program.slots[in[0].slot].dtype));
    program.instructions.push_back(i);
    return i.out[0];
  }
  // An op on slots as they lie, with a result of the first one's shape.
  uint32_t apply(const char* name, const std::vector<uint32_t>& in) {
    std::vector<Operand> operands;
    for (uint32_t x : in) operands.push_back((*this)[x]);
    return apply(name, operands, shape(in[0]));
  }
  uint32_t reduce_sum(uint32_t x, const Ints& axes, const Shape& shape) {
    return apply("reduce_sum", {(*this)[x]}, shape, attributes(op_named("reduce_sum"), {{"axis", axes}}));
  }
  Operand operator[](uint32_t slot) const { return whole(slot, shape(slot)); }
  // The slot as an operand of a larger shape.
  Operand spread(uint32_t slot, const Shape& wide) const { return {slot, broadcast(row_major(shape(slot)), wide)}; }
  const Shape& shape(uint32_t slot) const { return program.slots[slot].shape; }
  void want(uint32_t slot) { program.wanted[slot] = 1; }

  Program program;

 private:
  uint32_t slot(const Shape& shape, Dtype dtype) {
    program.slots.push_back({dtype, shape, false});
    program.wanted.push_back(0);
    return static_cast<uint32_t>(program.slots.size() - 1);
  }
};

}  // namespace gradtape::core
