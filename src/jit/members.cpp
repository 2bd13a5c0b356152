#include "jit/members.hpp"

#include <unordered_map>

#include "graph/op.hpp"

namespace gradtape::core::jit {

namespace {
using Instruction = Loop::Instruction;
using math::LaneInstruction;
using math::LaneOp;
using math::LaneProgram;

const Elementwise& elementwise(const Op& op) { return std::get<Elementwise>(op.computation); }

bool writes_tile(const Instruction& i) { return !i.is_partial() && !i.only_writes(); }
bool writes_port(const Instruction& i) { return !i.is_partial() && i.result.kind == Loop::TileRef::port; }
}  // namespace

Dtype operand_dtype(const Instruction& i, std::size_t operand) {
  if (i.before) return i.to;  // pairs have one dtype
  return i.op->inputs[operand].kind == InputKind::boolean ? Dtype::boolean : i.from;
}

std::optional<int32_t> record(const Instruction& i, std::span<const int32_t> operands, LaneProgram& program) {
  const LaneFn fn = elementwise(*i.op).lane(i.from, i.to);
  if (!fn) return std::nullopt;
  if (!i.before) return fn(program, operands, i.attrs.get());
  const LaneFn before = elementwise(*i.before).lane(i.to, i.to);
  if (!before) return std::nullopt;
  const int32_t first = before(program, operands.first(2), nullptr), other = operands[2];
  const int32_t both[] = {i.right ? other : first, i.right ? first : other};
  return fn(program, std::span<const int32_t>(both), i.attrs.get());
}

std::optional<int> inlined_size(const Instruction& i) {
  if (i.kind != Instruction::tile) return std::nullopt;
  LaneProgram program;
  SmallVector<int32_t, 3> operands;
  for (std::size_t k = 0; k < i.operands.size(); ++k) operands.push_back(program.input(operand_dtype(i, k)));
  const std::optional<int32_t> result = record(i, operands, program);
  // A function that gives an operand or a constant has nothing to compute.
  if (!result || program[*result].op == LaneOp::input || program[*result].op == LaneOp::constant) return std::nullopt;
  std::size_t size = 0;
  for (const LaneInstruction& x : program.code()) {
    if (!can_emit(x)) return std::nullopt;
    if (x.dtype == Dtype::boolean) continue;
    if (size != 0 && size != size_of(x.dtype)) return std::nullopt;
    size = size_of(x.dtype);
  }
  return static_cast<int>(size);
}

std::optional<Combine> combine_of(const Op& reduction, Dtype dtype) {
  const std::string& name = reduction.name;
  if (name == "reduce_sum") return Combine::sum;
  if (!is_floating(dtype)) return std::nullopt;
  if (name == "reduce_prod") return Combine::product;
  if (name == "reduce_max") return Combine::maximum;
  if (name == "reduce_min") return Combine::minimum;
  return std::nullopt;
}

LoopGraph::LoopGraph(const Loop& loop) {
  std::unordered_map<uint64_t, int32_t> known;  // by tile or port: the value that it holds
  const auto key = [](Loop::TileRef at) { return uint64_t{at.index} << 1 | (at.kind == Loop::TileRef::port); };
  SmallVector<int32_t, 4> since;  // readers of ports behind the last writer, and that one
  for (const Instruction& i : loop.instructions) {
    const auto number = static_cast<int32_t>(members.size());
    LoopMember m{&i, {}, LoopMember::kNoValue, inlined_size(i), {}};
    bool reads_port = false;
    for (const Loop::TileRef at : i.operands) {
      const auto [it, fresh] = known.try_emplace(key(at), static_cast<int32_t>(values.size()));
      if (fresh) values.push_back({at, LoopValue::kOutside});
      LoopValue& v = values[static_cast<std::size_t>(it->second)];
      m.in.push_back(it->second);
      v.readers.push_back(number);
      if (v.producer != LoopValue::kOutside) m.after.push_back(v.producer);
      reads_port |= v.producer == LoopValue::kOutside && at.kind == Loop::TileRef::port;
    }
    // A result may take the place of an operand that the instructions before have read.
    if (writes_port(i)) {
      for (int32_t before : since) m.after.push_back(before);
      since.clear();
    }
    if (writes_port(i) || reads_port) since.push_back(number);
    if (writes_tile(i)) {
      m.out = static_cast<int32_t>(values.size());
      known[key(i.result)] = m.out;
      values.push_back({i.result, number});
    }
    members.push_back(std::move(m));
  }
}

}  // namespace gradtape::core::jit
