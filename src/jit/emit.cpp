// From a unit to machine code: one pass over its instructions, with registers given out on the way (linear scan). The
// register whose value is read again last is given up first (Belady). A value that lies in memory is read from there
// again, others are spilled to the stack.
#include <algorithm>
#include <array>
#include <deque>

#include "jit/assembler.hpp"
#include "jit/unit.hpp"

namespace gradtape::core::jit {

namespace {
using math::LaneInstruction;
using math::LaneOp;
using Xbyak::Reg64;

constexpr int kNone = -1;
constexpr int kNever = INT32_MAX;

// Addresses that stay in registers; further ones are read from the table at each use.
constexpr std::array kPointers{Xbyak::Operand::R8,  Xbyak::Operand::R9,  Xbyak::Operand::R10, Xbyak::Operand::RBX,
                               Xbyak::Operand::R12, Xbyak::Operand::R13, Xbyak::Operand::R14, Xbyak::Operand::R15};
constexpr std::size_t kUnsavedPointers = 3;  // the first ones belong to the called function

class Emitter {
 public:
  Emitter(const Unit& unit, std::size_t most_bytes, void* buffer)
      : u_(unit), a_(unit.element_size, most_bytes, buffer), values_(unit.program.code().size()) {
    for (const Unit::Value& v : u_.inputs) value(v.instruction).home = &v.memory;
    for (const Unit::Value& v : u_.outputs) value(v.instruction).result = &v.memory;
    find_uses();
  }

  std::size_t emit() {
    const std::size_t pointers = std::min<std::size_t>(u_.addresses, kPointers.size());
    begin(pointers);
    const Xbyak::Reg64 &n = a_.rdx, &i = a_.rcx;
    Xbyak::Label vectors, rest, elements, end;
    a_.xor_(a_.ecx, a_.ecx);
    a_.sub(n, vector_elements());
    a_.jl(rest, a_.T_NEAR);
    a_.align_code(16);
    a_.L(vectors);
    body(false);
    a_.add(i, vector_elements());
    a_.cmp(i, n);
    a_.jle(vectors, a_.T_NEAR);
    a_.L(rest);
    a_.add(n, vector_elements());
    a_.cmp(i, n);
    a_.jge(end, a_.T_NEAR);
    a_.L(elements);
    body(true);
    a_.inc(i);
    a_.cmp(i, n);
    a_.jl(elements, a_.T_NEAR);
    a_.L(end);
    finish(pointers);
    return a_.getSize();
  }

 private:
  struct Value {
    std::vector<int> uses;               // numbers of the instructions that read it, rising
    const UnitMemory* home = nullptr;    // where it can be read again
    const UnitMemory* result = nullptr;  // where the unit leaves it
    // While the body is emitted:
    std::size_t next = 0;  // index of its next use
    int reg = kNone, spill = kNone;
    bool stored = false;
  };

  Value& value(int32_t i) { return values_[static_cast<std::size_t>(i)]; }
  const LaneInstruction& instruction(int32_t i) const { return u_.program[i]; }
  bool is_mask(int32_t i) const { return instruction(i).result() == Dtype::boolean; }
  int vector_elements() const { return Assembler::kVectorBytes / u_.element_size; }

  void find_uses() {
    for (std::size_t k = 0; k < values_.size(); ++k)
      for (int32_t x : u_.program.code()[k].in)
        if (x >= 0) {
          std::vector<int>& uses = value(x).uses;
          if (uses.empty() || uses.back() != static_cast<int>(k)) uses.push_back(static_cast<int>(k));
        }
  }

  // ---- the frame

  void begin(std::size_t pointers) {
    a_.push(a_.rbp);
    a_.mov(a_.rbp, a_.rsp);
    for (std::size_t k = kUnsavedPointers; k < pointers; ++k) a_.push(Reg64(kPointers[k]));
    a_.and_(a_.rsp, -Assembler::kVectorBytes);
    a_.sub(a_.rsp, kFrameToCome);
    frame_at_ = a_.getSize() - sizeof(int32_t);
    for (std::size_t k = 0; k < pointers; ++k)
      a_.mov(Reg64(kPointers[k]), a_.ptr[a_.rdi + static_cast<int>(k * sizeof(void*))]);
  }
  void finish(std::size_t pointers) {
    a_.vzeroupper();
    const int saved = pointers > kUnsavedPointers ? static_cast<int>(pointers - kUnsavedPointers) : 0;
    a_.lea(a_.rsp, a_.ptr[a_.rbp - 8 * saved]);
    for (std::size_t k = pointers; k-- > kUnsavedPointers;) a_.pop(Reg64(kPointers[k]));
    a_.pop(a_.rbp);
    a_.ret();
    a_.rewrite(frame_at_, static_cast<uint64_t>(spills_ * Assembler::kVectorBytes), sizeof(int32_t));
    a_.align_code(Assembler::kVectorBytes);
    for (std::size_t k = 0; k < pool_.size(); ++k) {
      a_.L(pool_labels_[k]);
      for (int i = 0; i < Assembler::kVectorBytes; i += u_.element_size)
        if (u_.element_size == 4)
          a_.dd(static_cast<uint32_t>(pool_[k]));
        else
          a_.dq(pool_[k]);
    }
  }

  // ---- memory

  Xbyak::Address constant(uint64_t bits) {
    const auto known = std::ranges::find(pool_, bits);
    const auto at = static_cast<std::size_t>(known - pool_.begin());
    if (known == pool_.end()) {
      pool_.push_back(bits);
      pool_labels_.emplace_back();
    }
    return a_.ptr[a_.rip + pool_labels_[at]];
  }
  Xbyak::Address address(const UnitMemory& m, bool mask) {
    Xbyak::RegExp at = a_.rsi + static_cast<int>(m.at);
    if (m.kind == UnitMemory::address && m.at < kPointers.size()) {
      at = Xbyak::RegExp(Reg64(kPointers[m.at]));
    } else if (m.kind == UnitMemory::address) {
      a_.mov(a_.r11, a_.ptr[a_.rdi + static_cast<int>(m.at * sizeof(void*))]);
      at = Xbyak::RegExp(a_.r11);
    }
    if (!m.one) at = at + a_.rcx * (mask ? 1 : u_.element_size);
    if (!mask) return a_.ptr[at];
    return m.one || a_.is_single() ? a_.byte[at] : a_.ptr[at];
  }
  Xbyak::Address spilled(int slot) { return a_.ptr[a_.rsp + slot * Assembler::kVectorBytes]; }

  void load(int32_t i, int to) {
    const Value& v = value(i);
    const LaneInstruction& from = instruction(i);
    if (v.spill != kNone) {
      a_.reload(to, spilled(v.spill));
    } else if (from.op == LaneOp::constant) {
      a_.reload(to, constant(from.bits));
    } else {
      const bool mask = is_mask(i);
      const UnitMemory& m = v.home ? *v.home : *v.result;
      const Xbyak::Address at = address(m, mask);
      if (mask)
        m.one ? a_.broadcast_mask(to, at) : a_.load_mask(to, at, constant(0));
      else
        m.one ? a_.broadcast(to, at) : a_.load(to, at);
    }
  }
  void store(int32_t i) {
    Value& v = value(i);
    const bool mask = is_mask(i);
    if (mask && !a_.is_single()) {
      const int free = take(kNone);
      a_.store_mask(address(*v.result, true), v.reg, free);
      give_back(free);
    } else if (mask) {
      a_.store_mask(address(*v.result, true), v.reg, kNone);
    } else {
      a_.store(address(*v.result, false), v.reg);
    }
    v.stored = true;
  }

  // ---- registers

  int next_use(const Value& v) const { return v.next < v.uses.size() ? v.uses[v.next] : kNever; }

  // A register for the value, or for none yet. Locked ones are not taken.
  int take(int32_t i) {
    int best = kNone, furthest = -1;
    for (int r = 0; r < Assembler::kRegisters; ++r) {
      if (locked_[static_cast<std::size_t>(r)]) continue;
      const int32_t holds = held_[static_cast<std::size_t>(r)];
      const int use = holds == kNone ? kNever : next_use(value(holds));
      if (use > furthest) furthest = use, best = r;
      if (holds == kNone) break;
    }
    const auto r = static_cast<std::size_t>(best);
    if (held_[r] != kNone) evict(held_[r]);
    held_[r] = i;
    locked_[r] = true;
    if (i != kNone) value(i).reg = best;
    return best;
  }
  void evict(int32_t i) {
    Value& v = value(i);
    const bool again = v.home || v.stored || v.spill != kNone || instruction(i).op == LaneOp::constant;
    if (!again && next_use(v) != kNever) {
      if (free_spills_.empty()) free_spills_.push_back(spills_++);
      v.spill = free_spills_.back();
      free_spills_.pop_back();
      a_.spill(spilled(v.spill), v.reg);
    }
    give_back(v.reg);
    v.reg = kNone;
  }
  void give_back(int r) {
    held_[static_cast<std::size_t>(r)] = kNone;
    locked_[static_cast<std::size_t>(r)] = false;
  }
  void release(int32_t i) {
    Value& v = value(i);
    if (v.reg != kNone) give_back(v.reg), v.reg = kNone;
    if (v.spill != kNone) free_spills_.push_back(v.spill), v.spill = kNone;
  }

  int in_register(int32_t i) {
    Value& v = value(i);
    if (v.reg == kNone) {
      take(i);
      load(i, v.reg);
    }
    locked_[static_cast<std::size_t>(v.reg)] = true;
    return v.reg;
  }
  // Whether the value may be an operand in memory: it is in no register and is read this once, or is a constant.
  bool can_stay(int32_t i) {
    const Value& v = value(i);
    if (v.reg != kNone) return false;
    if (v.spill != kNone || instruction(i).op == LaneOp::constant) return true;
    const UnitMemory& m = v.home ? *v.home : *v.result;
    return !a_.is_single() && !m.one && !is_mask(i) && v.next + 1 >= v.uses.size();
  }
  // The value in its register, or in memory.
  template <class F>
  void with(int32_t i, F&& f) {
    const Value& v = value(i);
    if (!can_stay(i))
      f(a_.vector(in_register(i)));
    else if (v.spill != kNone)
      f(spilled(v.spill));
    else if (instruction(i).op == LaneOp::constant)
      f(constant(instruction(i).bits));
    else
      f(address(v.home ? *v.home : *v.result, false));
  }

  // ---- instructions

  void body(bool single) {
    a_.set_single(single);
    held_.fill(kNone);
    locked_.fill(false);
    free_spills_.clear();
    for (int s = spills_; s-- > 0;) free_spills_.push_back(s);
    for (Value& v : values_) v.next = 0, v.reg = v.spill = kNone, v.stored = false;
    for (std::size_t k = 0; k < values_.size(); ++k) {
      const auto i = static_cast<int32_t>(k);
      const LaneInstruction& x = instruction(i);
      if (x.op == LaneOp::input || x.op == LaneOp::constant) continue;
      if (value(i).uses.empty() && !value(i).result) continue;
      step(i, x);
    }
  }
  void step(int32_t i, const LaneInstruction& x) {
    if (x.op == LaneOp::select)
      select(i, x);
    else if (x.in[1] < 0)
      with(x.in[0], [&](const Xbyak::Operand& from) { a_.unary(x.op, x.dtype, result(i, x), from); });
    else
      binary(i, x);
    for (int32_t operand : x.in)
      if (operand >= 0 && next_use(value(operand)) == kNever) release(operand);
    locked_.fill(false);
    if (value(i).result) {
      locked_[static_cast<std::size_t>(value(i).reg)] = true;
      store(i);
      locked_.fill(false);
    }
    if (value(i).uses.empty()) release(i);
  }
  // The register of the result, which may be that of an operand that is not read again.
  int result(int32_t i, const LaneInstruction& x) {
    for (int32_t operand : x.in) {
      if (operand < 0) continue;
      Value& v = value(operand);
      while (v.next < v.uses.size() && v.uses[v.next] <= i) ++v.next;
    }
    for (int32_t operand : x.in)
      if (operand >= 0 && next_use(value(operand)) == kNever && value(operand).reg != kNone) {
        give_back(value(operand).reg);
        value(operand).reg = kNone;
      }
    return take(i);
  }
  void binary(int32_t i, const LaneInstruction& x) {
    int32_t first = x.in[0], second = x.in[1];
    // Integers have "greater" only.
    const bool swapped = x.op == LaneOp::less && !is_floating(x.dtype);
    const bool commutes = x.op == LaneOp::add || x.op == LaneOp::multiply || x.op == LaneOp::equal ||
                          x.op == LaneOp::not_equal || (x.op >= LaneOp::bit_and && x.op <= LaneOp::bit_xor);
    if (swapped || (commutes && can_stay(first) && !can_stay(second))) std::swap(first, second);
    const int a = in_register(first);
    with(second, [&](const Xbyak::Operand& b) { a_.binary(x.op, x.dtype, result(i, x), a, b); });
  }
  void select(int32_t i, const LaneInstruction& x) {
    const auto is_zero = [&](int32_t k) { return instruction(k).op == LaneOp::constant && instruction(k).bits == 0; };
    const int mask = in_register(x.in[0]);
    if (is_zero(x.in[1])) {
      with(x.in[2], [&](const Xbyak::Operand& y) { a_.clear_where(result(i, x), mask, y); });
    } else if (is_zero(x.in[2])) {
      with(x.in[1], [&](const Xbyak::Operand& y) { a_.bit_and(result(i, x), mask, y); });
    } else {
      const int other = in_register(x.in[2]);
      with(x.in[1], [&](const Xbyak::Operand& y) { a_.select(result(i, x), mask, y, other); });
    }
  }

  static constexpr int kFrameToCome = 0x7fffff00;

  const Unit& u_;
  Assembler a_;
  std::vector<Value> values_;
  std::array<int32_t, Assembler::kRegisters> held_{};
  std::array<bool, Assembler::kRegisters> locked_{};
  std::vector<int> free_spills_;
  int spills_ = 0;
  std::vector<uint64_t> pool_;
  std::deque<Xbyak::Label> pool_labels_;
  std::size_t frame_at_ = 0;
};
}  // namespace

bool can_emit(const LaneInstruction& i) {
  if (i.op <= LaneOp::constant || i.op >= LaneOp::bit_and || is_floating(i.dtype)) return true;
  return i.op == LaneOp::add || i.op == LaneOp::subtract || i.op == LaneOp::equal || i.op == LaneOp::less ||
         (i.op == LaneOp::multiply && i.dtype == Dtype::int32);
}

std::optional<std::vector<uint8_t>> emit(const Unit& unit) {
  // Twice a few instructions of 16 bytes at most for each of the unit's, and a constant for each.
  std::vector<uint8_t> buffer(4096 + unit.program.code().size() * 384);
  try {
    Emitter emitter(unit, buffer.size(), buffer.data());
    buffer.resize(emitter.emit());
  } catch (const Xbyak::Error&) {
    return std::nullopt;
  }
  return buffer;
}

}  // namespace gradtape::core::jit
