#include "jit/strips.hpp"

#include <algorithm>
#include <unordered_map>

#include "graph/op.hpp"
#include "jit/frame.hpp"
#include "jit/members.hpp"

namespace gradtape::core::jit {

namespace {
using Instruction = Loop::Instruction;
using Strip = Unit::Strip;

class StripMaker {
 public:
  explicit StripMaker(const Loop& loop) : l_(loop), g_(loop), out_(std::make_shared<Loop>(loop)) {
    out_->ports.clear();
  }

  std::optional<StripLoop> run() {
    Loop::NativeUnit native;
    Strip strip{};
    for (std::size_t k = 0; k + 1 < g_.members.size(); ++k)
      if (!add(g_.members[k], native)) return std::nullopt;
    if (!add_reduction(g_.members.back(), native, strip) || native.addresses.size() > Frame::kMostMoved)
      return std::nullopt;
    strip.steps = std::move(steps_);
    unit_.strip = std::move(strip);
    unit_.addresses = static_cast<uint32_t>(native.addresses.size());
    become_one_tile(std::move(native));
    return StripLoop{std::move(unit_), std::move(out_)};
  }

 private:
  // An operand's memory: its port, and bytes from one row or column to the next.
  struct Walk {
    uint32_t port;
    int64_t row, column;
  };

  bool add(const LoopMember& m, Loop::NativeUnit& native) {
    const Instruction& i = *m.instruction;
    if (!m.element_size || i.level != Loop::Level::full || i.result.kind != Loop::TileRef::scratch) return false;
    if (*m.element_size != 0 && size_ != 0 && size_ != *m.element_size) return false;
    if (*m.element_size != 0) unit_.element_size = size_ = *m.element_size;
    SmallVector<int32_t, 3> operands;
    for (std::size_t k = 0; k < m.in.size(); ++k) {
      const auto [known, fresh] = numbers_.try_emplace(m.in[k], 0);
      if (fresh) {
        const std::optional<UnitMemory> memory = memory_of(g_.value(m.in[k]).at, native);
        if (!memory) return false;
        known->second = unit_.program.input(operand_dtype(i, k));
        unit_.inputs.push_back({known->second, *memory});
      }
      operands.push_back(known->second);
    }
    const std::optional<int32_t> result = record(i, operands, unit_.program);
    if (!result) return false;
    numbers_[m.out] = *result;
    for (const Op* op : {i.before, i.op})
      if (op) native.ops.push_back(op);
    return true;
  }

  std::optional<UnitMemory> memory_of(Loop::TileRef at, Loop::NativeUnit& native) {
    const std::optional<Walk> walk = at.kind == Loop::TileRef::port ? of_port(at.index, 0, 0) : of_fill(at.index);
    if (!walk || walk->row < 0 || walk->row > INT32_MAX) return std::nullopt;
    const Loop::Port& from = l_.ports[walk->port];
    Loop::Port port{from.slot, from.offset, 0, static_cast<uint32_t>(walk->row), static_cast<uint32_t>(walk->column)};
    port.per_batch = from.per_batch, port.per_outer = from.per_outer;
    native.addresses.push_back({static_cast<uint32_t>(out_->ports.size())});
    out_->ports.push_back(port);
    steps_.push_back(static_cast<int32_t>(walk->row));
    return UnitMemory{UnitMemory::address, static_cast<uint32_t>(steps_.size() - 1), walk->column == 0};
  }
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
  bool add_reduction(const LoopMember& m, Loop::NativeUnit& native, Strip& strip) {
    const Instruction& i = *m.instruction;
    const auto reduced = i.kind == Instruction::partial_columns ? numbers_.find(m.in[0]) : numbers_.end();
    if (reduced == numbers_.end()) return false;
    strip.reduced = reduced->second;
    const math::LaneInstruction& from = unit_.program[strip.reduced];
    strip.dtype = from.result();
    const Loop::PartialReduction& e = l_.partial_reductions[i.result.index];
    const std::optional<Combine> combine = combine_of(*i.op, strip.dtype);
    if (!combine || from.op <= math::LaneOp::constant || size_of(strip.dtype) != e.size || e.size != size_)
      return false;
    strip.combine = *combine;
    i.reducer->start(1, &strip.start);
    strip.result = {UnitMemory::address, static_cast<uint32_t>(steps_.size())};
    native.addresses.push_back({0, -1, static_cast<int32_t>(i.result.index)});
    native.ops.push_back(i.op);
    return true;
  }

  void become_one_tile(Loop::NativeUnit native) {
    Instruction i{};
    i.kind = Instruction::native;
    out_->instructions.clear();
    out_->instructions.push_back(std::move(i));
    out_->units.push_back(std::move(native));
    out_->fills.clear();
    out_->tile_rows = out_->block_rows;
    out_->scratch_tiles = 0;
  }

  const Loop& l_;
  LoopGraph g_;
  std::shared_ptr<Loop> out_;
  Unit unit_;
  int size_ = 0;
  std::vector<int32_t> steps_;                    // by address
  std::unordered_map<int32_t, int32_t> numbers_;  // by value: the instruction of the unit that gives it
};
}  // namespace

std::optional<StripLoop> strip_loop(const Loop& loop) {
  if (loop.batches == 1 || loop.partial_reductions.size() != 1) return std::nullopt;
  return StripMaker(loop).run();
}

}  // namespace gradtape::core::jit
