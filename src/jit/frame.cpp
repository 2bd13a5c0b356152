#include "jit/frame.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace gradtape::core::jit {

namespace {
using Xbyak::Operand;
using Xbyak::Reg64;

constexpr std::array kPointers{Operand::R8,  Operand::R9,  Operand::R10, Operand::RBX,
                               Operand::R12, Operand::R13, Operand::R14, Operand::R15};
static_assert(kPointers.size() == Frame::kMostMoved);
constexpr std::size_t kUnsaved = 3;  // the first ones need not be restored

constexpr int kMostFrame = 1 << 16;  // a thread's stack may be small
// The memory of a call: the tile, its operands, its result.
constexpr int kOperandsAt = 64, kCallBytes = kOperandsAt + 4 * 8;
static_assert(sizeof(Tile) <= kOperandsAt && kCallBytes % Assembler::kVectorBytes == 0);
}  // namespace

// A straight-line unit may call functions: its addresses lie in registers that these leave alone.
Frame::Frame(const Unit& unit, Assembler& assembler)
    : u_(unit),
      a_(assembler),
      table_(unit.straight ? assembler.rbx : assembler.rdi),
      scratch_(unit.straight ? assembler.r12 : assembler.rsi) {}

std::size_t Frame::pointers() const { return u_.straight ? 0 : std::min<std::size_t>(u_.addresses, kPointers.size()); }
int Frame::call_bytes() const { return u_.calls.empty() ? 0 : kCallBytes; }

void Frame::begin() {
  a_.push(a_.rbp);
  a_.mov(a_.rbp, a_.rsp);
  save_registers();
  a_.and_(a_.rsp, -Assembler::kVectorBytes);
  a_.sub(a_.rsp, kMostFrame);  // the size is known in the end
  size_at_ = a_.getSize() - sizeof(int32_t);
  load_pointers();
  if (u_.straight) a_.mov(table_, a_.rdi), a_.mov(scratch_, a_.rsi);
  if (u_.calls.empty()) return;
  a_.mov(a_.qword[a_.rsp + static_cast<int>(offsetof(Tile, n))], 1);
  for (int k = 0; k <= kResult; ++k) {
    const std::size_t at = k == kResult ? offsetof(Tile, out) : offsetof(Tile, in) + static_cast<std::size_t>(k) * 8;
    a_.lea(a_.rax, call_memory(k, false));
    a_.mov(a_.ptr[a_.rsp + static_cast<int>(at)], a_.rax);
  }
}
void Frame::finish() {
  a_.vzeroupper();
  restore_registers();
  a_.pop(a_.rbp);
  a_.ret();
  const int64_t bytes = (u_.spills_at ? 0 : int64_t{slots_} * slot_bytes()) + call_bytes();
  if (bytes > kMostFrame) throw Xbyak::Error(Xbyak::ERR_OFFSET_IS_TOO_BIG);
  a_.rewrite(size_at_, static_cast<uint64_t>(round_up(bytes, int64_t{Assembler::kVectorBytes})), sizeof(int32_t));
  a_.align_code(Assembler::kVectorBytes);
  for (std::size_t k = 0; k < constants_.size(); ++k) {
    a_.L(labels_[k]);
    for (int i = 0; i < Assembler::kVectorBytes; i += u_.element_size)
      if (u_.element_size == 4)
        a_.dd(static_cast<uint32_t>(constants_[k]));
      else
        a_.dq(constants_[k]);
  }
}
void Frame::save_registers() {
  if (u_.straight) a_.push(table_), a_.push(scratch_);
  for (std::size_t k = kUnsaved; k < pointers(); ++k) a_.push(Reg64(kPointers[k]));
}
void Frame::restore_registers() {
  const std::size_t saved = u_.straight ? 2 : std::max(pointers(), kUnsaved) - kUnsaved;
  a_.lea(a_.rsp, a_.ptr[a_.rbp - static_cast<int>(8 * saved)]);
  for (std::size_t k = pointers(); k-- > kUnsaved;) a_.pop(Reg64(kPointers[k]));
  if (u_.straight) a_.pop(scratch_), a_.pop(table_);
}

Xbyak::Address Frame::address(const UnitMemory& m, bool mask) {
  Xbyak::RegExp at = scratch_ + static_cast<int>(m.at);
  if (m.kind == UnitMemory::address && m.at < pointers()) {
    at = Xbyak::RegExp(Reg64(kPointers[m.at]));
  } else if (m.kind == UnitMemory::address) {
    a_.mov(a_.r11, a_.ptr[table_ + static_cast<int>(m.at * sizeof(void*))]);
    at = Xbyak::RegExp(a_.r11);
  }
  at = at + m.offset;
  const int size = mask ? 1 : u_.element_size;
  if (!m.one && !u_.straight) at = at + a_.rcx * size + ahead_ * size;
  if (!mask) return a_.ptr[at];
  return m.one || a_.is_single() ? a_.byte[at] : a_.ptr[at];
}
void Frame::move(std::size_t address, int32_t bytes) {
  if (bytes != 0) a_.add(Reg64(kPointers[address]), static_cast<uint32_t>(bytes));
}
void Frame::prefetch(std::size_t address, int64_t bytes, bool one) {
  if (bytes > INT32_MAX / 2) return;
  const Xbyak::RegExp at = Reg64(kPointers[address]) + static_cast<int>(bytes);
  a_.prefetcht0(a_.ptr[one ? at : at + a_.rcx * u_.element_size]);
}
void Frame::load_pointers() {
  for (std::size_t k = 0; k < pointers(); ++k)
    a_.mov(Reg64(kPointers[k]), a_.ptr[table_ + static_cast<int>(k * sizeof(void*))]);
}
Xbyak::Address Frame::constant(uint64_t bits) {
  const auto [known, fresh] = known_constants_.try_emplace(bits, constants_.size());
  if (fresh) constants_.push_back(bits), labels_.emplace_back();
  return a_.ptr[a_.rip + labels_[known->second]];
}

Xbyak::Address Frame::slot(int number) const {
  const int64_t behind = int64_t{number} * slot_bytes();
  if (!u_.spills_at) return a_.ptr[a_.rsp + call_bytes() + static_cast<int>(behind)];
  if (*u_.spills_at + behind > INT32_MAX) throw Xbyak::Error(Xbyak::ERR_OFFSET_IS_TOO_BIG);
  return a_.ptr[scratch_ + static_cast<int>(*u_.spills_at + behind)];
}
int Frame::take_slot() {
  if (free_slots_.empty()) return slots_++;
  const int slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}
void Frame::give_back_all_slots() {
  free_slots_.clear();
  for (int slot = slots_; slot-- > 0;) free_slots_.push_back(slot);
}

Xbyak::Address Frame::call_memory(int operand, bool mask) const {
  const Xbyak::RegExp at = a_.rsp + (kOperandsAt + 8 * operand);
  return mask ? a_.byte[at] : a_.ptr[at];
}
void Frame::call(const Unit::Call& to) {
  a_.mov(a_.rax, reinterpret_cast<uint64_t>(to.attrs.get()));
  a_.mov(a_.ptr[a_.rsp + static_cast<int>(offsetof(Tile, attrs))], a_.rax);
  a_.mov(a_.rdi, a_.rsp);
  a_.mov(a_.rax, reinterpret_cast<uint64_t>(to.fn));
  a_.call(a_.rax);
}

}  // namespace gradtape::core::jit
