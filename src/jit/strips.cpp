#include "jit/strips.hpp"

#include <algorithm>
#include <cstdlib>

#include "graph/op.hpp"
#include "jit/frame.hpp"
#include "jit/members.hpp"

namespace gradtape::core::jit {

namespace {
using Instruction = Loop::Instruction;
using Strip = Unit::Strip;

// The unit of some batches, and where its addresses are.
struct StripUnit {
  Unit unit;
  Loop::NativeUnit native;
  std::vector<Loop::Port> ports;
};

class StripMaker {
 public:
  StripMaker(const Loop& loop, const LoopGraph& graph, int64_t batches)
      : l_(loop), g_(graph), batches_(batches), values_(graph.values.size()) {}

  std::optional<StripUnit> run() {
    Strip strip{};
    const LoopMember& last = g_.members.back();
    for (int64_t b = 0; b < batches_; ++b) {
      for (std::size_t k = 0; k + 1 < g_.members.size(); ++k)
        if (!add(g_.members[k], b)) return std::nullopt;
      if (b == 0 && !add_reduction(last, strip)) return std::nullopt;
      if (!add_result(last, b, strip)) return std::nullopt;
    }
    if (of_.native.addresses.size() > Frame::kMostMoved) return std::nullopt;
    strip.steps = std::move(steps_);
    of_.unit.strip = std::move(strip);
    of_.unit.addresses = static_cast<uint32_t>(of_.native.addresses.size());
    of_.native.batches = batches_;
    return std::move(of_);
  }

 private:
  // An operand's memory: its port, and bytes from one row or column to the next.
  struct Walk {
    uint32_t port;
    int64_t row, column;
  };
  struct Value {
    UnitMemory memory{};              // of the first batch
    int64_t per_batch = 0;            // bytes
    bool shared = true;               // by the batches
    SmallVector<int32_t, 4> numbers;  // by batch, or of all: the instruction of the unit that gives it
  };
  Value& value(int32_t i) { return values_[static_cast<std::size_t>(i)]; }

  // A value that batches share is recorded once.
  bool add(const LoopMember& m, int64_t batch) {
    const Instruction& i = *m.instruction;
    if (!m.element_size || i.level != Loop::Level::full || i.result.kind != Loop::TileRef::scratch) return false;
    if (*m.element_size != 0 && size_ != 0 && size_ != *m.element_size) return false;
    if (*m.element_size != 0) of_.unit.element_size = size_ = *m.element_size;
    Value& result = value(m.out);
    if (batch > 0 && result.shared) return true;
    SmallVector<int32_t, 3> operands;
    for (std::size_t k = 0; k < m.in.size(); ++k) {
      const std::optional<int32_t> number = number_of(m.in[k], operand_dtype(i, k), batch);
      if (!number) return false;
      operands.push_back(*number);
      result.shared &= value(m.in[k]).shared;
    }
    const std::optional<int32_t> number = record(i, operands, of_.unit.program);
    if (!number) return false;
    result.numbers.push_back(*number);
    for (const Op* op : {i.before, i.op})
      if (op && batch == 0) of_.native.ops.push_back(op);
    return true;
  }
  // The instruction that gives a value of the batch.
  std::optional<int32_t> number_of(int32_t i, Dtype dtype, int64_t batch) {
    Value& v = value(i);
    const auto at = static_cast<std::size_t>(v.shared ? 0 : batch);
    if (at < v.numbers.size()) return v.numbers[at];
    if (at == 0 && !find_memory(i)) return std::nullopt;
    v.numbers.push_back(of_.unit.program.input(dtype));
    UnitMemory memory = v.memory;
    memory.offset = static_cast<int32_t>(batch * v.per_batch);
    of_.unit.inputs.push_back({v.numbers.back(), memory});
    return v.numbers.back();
  }

  bool find_memory(int32_t i) {
    const Loop::TileRef at = g_.value(i).at;
    const std::optional<Walk> walk = at.kind == Loop::TileRef::port ? of_port(at.index, 0, 0) : of_fill(at.index);
    if (!walk || walk->row < 0 || walk->row > INT32_MAX) return false;
    const Loop::Port& from = l_.ports[walk->port];
    Loop::Port port{from.slot, from.offset, 0, static_cast<uint32_t>(walk->row), static_cast<uint32_t>(walk->column)};
    port.per_batch = from.per_batch, port.per_outer = from.per_outer;
    of_.native.addresses.push_back({static_cast<uint32_t>(of_.ports.size())});
    of_.ports.push_back(port);
    steps_.push_back(static_cast<int32_t>(walk->row));
    Value& v = value(i);
    v.memory = {UnitMemory::address, static_cast<uint32_t>(steps_.size() - 1), walk->column == 0};
    v.per_batch = from.per_batch;
    v.shared = v.per_batch == 0;
    return lies_near(v.per_batch);
  }
  // Whether the batches lie within the reach of an instruction's address.
  bool lies_near(int64_t per_batch) const { return batches_ == 1 || std::abs(per_batch) <= INT32_MAX / (2 * batches_); }
  std::optional<Walk> of_port(uint32_t port, int64_t row, int64_t column) const {
    const Loop::Port& p = l_.ports[port];
    return Walk{port, row + l_.width * p.per_element + p.per_row, column + p.per_element + p.per_column};
  }
  std::optional<Walk> of_fill(uint32_t tile) const {
    const auto fill = std::ranges::find(l_.fills, tile, &Loop::Fill::scratch);
    if (fill == l_.fills.end()) return std::nullopt;
    if (fill->kind != Loop::Fill::strided) return of_port(fill->port, 0, 0);
    const Layout& x = fill->layout;
    if (x.shape.rank() == 1 && (x.strides[0] < 0 || x.strides[0] > 1)) return std::nullopt;
    if (x.shape.rank() == 1)
      return of_port(fill->port, l_.width * x.strides[0] * fill->size, x.strides[0] * fill->size);
    if (x.shape.rank() != 2 || x.shape[1] != l_.width || x.strides[0] < 0 || x.strides[1] < 0 || x.strides[1] > 1)
      return std::nullopt;
    return of_port(fill->port, x.strides[0] * fill->size, x.strides[1] * fill->size);
  }

  // Extremes need registers that several batches have no room for.
  bool add_reduction(const LoopMember& m, Strip& strip) {
    const Instruction& i = *m.instruction;
    if (i.kind != Instruction::partial_columns || value(m.in[0]).numbers.empty()) return false;
    const math::LaneInstruction& from = of_.unit.program[value(m.in[0]).numbers[0]];
    strip.dtype = from.result();
    const Loop::PartialReduction& e = l_.partial_reductions[i.result.index];
    const std::optional<Combine> combine = combine_of(*i.op, strip.dtype);
    if (!combine || from.op <= math::LaneOp::constant || size_of(strip.dtype) != e.size || e.size != size_)
      return false;
    strip.combine = *combine;
    i.reducer->start(1, &strip.start);
    of_.native.addresses.push_back({0, -1, static_cast<int32_t>(i.result.index)});
    of_.native.ops.push_back(i.op);
    return batches_ == 1 || strip.combine == Combine::sum || strip.combine == Combine::product;
  }
  bool add_result(const LoopMember& m, int64_t batch, Strip& strip) {
    const Value& v = value(m.in[0]);
    const Loop::PartialReduction& e = l_.partial_reductions[m.instruction->result.index];
    const int64_t per_batch = l_.blocks_down() * e.width * e.size;
    if (static_cast<int64_t>(v.numbers.size()) <= batch || !lies_near(per_batch)) return false;
    const auto at = static_cast<uint32_t>(steps_.size());
    strip.reduced.push_back(
        {v.numbers.back(), {UnitMemory::address, at, false, static_cast<int32_t>(batch * per_batch)}});
    return true;
  }

  const Loop& l_;
  const LoopGraph& g_;
  const int64_t batches_;
  StripUnit of_;
  int size_ = 0;
  std::vector<int32_t> steps_;  // by address
  std::vector<Value> values_;
};

// Batches that a unit takes at once. Operands that they share are then read once, and their sums do not wait for each other.
int64_t batches_at_once(const Loop& l) {
  constexpr int64_t kMost = 4, kMostOfFew = 8, kMostInstructions = 48, kFew = 8;
  const int64_t most = std::clamp<int64_t>(kMostInstructions / static_cast<int64_t>(l.instructions.size()), 1,
                                           l.width <= kFew ? kMostOfFew : kMost);
  if (l.inner <= most) return l.inner;
  return l.inner % most != 0 && l.inner % (most - 1) == 0 ? std::max<int64_t>(most - 1, 1) : most;
}

// Columns are summed apart: blocks of fewer columns change no sum, and several threads have work again.
void narrow_blocks(Loop& l) {
  constexpr int64_t kEnough = 32, kLeastWidth = 64, kLeastElements = 1 << 16, kStep = 32;
  while (l.blocks() < kEnough && l.block_width > kLeastWidth && l.elements() > kLeastElements * l.blocks())
    l.tile_width = l.block_width = round_up(ceil_div(l.block_width, int64_t{2}), kStep);
}
}  // namespace

std::optional<StripLoop> strip_loop(const Loop& loop) {
  if (loop.batches == 1 || loop.partial_reductions.size() != 1) return std::nullopt;
  const LoopGraph graph(loop);
  const int64_t batches = batches_at_once(loop);
  std::optional<StripUnit> many = StripMaker(loop, graph, batches).run();
  // A unit of one batch takes those that are left.
  std::optional<StripUnit> one;
  if (!many || loop.inner % batches != 0) one = batches > 1 ? StripMaker(loop, graph, 1).run() : std::nullopt;
  if (!many && !one) return std::nullopt;
  StripLoop all{{}, std::make_shared<Loop>(loop)};
  Loop& out = *all.loop;
  Instruction i{};
  i.kind = Instruction::native;
  out.instructions.clear();
  out.instructions.push_back(std::move(i));
  out.fills.clear();
  out.tile_rows = out.block_rows;
  out.scratch_tiles = 0;
  out.ports = many ? many->ports : one->ports;
  if (many) out.block_batches = round_up(out.block_batches, batches);
  narrow_blocks(out);
  for (std::optional<StripUnit>* unit : {&many, &one})
    if (*unit) {
      all.units.push_back(std::move((*unit)->unit));
      out.units.push_back(std::move((*unit)->native));
    }
  return all;
}

}  // namespace gradtape::core::jit
