// From a unit to machine code: one pass over its instructions, with registers given out on the way (linear scan). The
// register whose value is read again last is given up first (L. A. Belady, IBM Systems Journal 5(2), 1966). A value
// that lies in memory is read from there again, others are spilled to slots.
#include <algorithm>
#include <array>
#include <bit>

#include "base/isa.hpp"
#include "jit/frame.hpp"
#include "plan/ir/loop.hpp"

namespace gradtape::core::jit {

namespace {
using math::LaneInstruction;
using math::LaneOp;

constexpr int kNone = -1;
constexpr int kNever = INT32_MAX;
constexpr int kFarApart = 1 << 10, kRowsAhead = 12;
constexpr int kMostAccumulators = 8;  // of a strip: half of the registers

class Emitter {
 public:
  Emitter(const Unit& unit, std::size_t most_bytes, void* buffer)
      : u_(unit), a_(unit.element_size, most_bytes, buffer), frame_(unit, a_), values_(unit.program.code().size()) {
    for (const Unit::Value& v : u_.inputs) value(v.instruction).home = &v.memory;
    for (const Unit::Value& v : u_.outputs) value(v.instruction).result = &v.memory;
    if (u_.strip)
      for (std::size_t k = 0; k < u_.strip->reduced.size(); ++k)
        value(u_.strip->reduced[k].instruction).reduced = static_cast<int>(k);
    find_uses();
  }

  void emit() {
    frame_.begin();
    if (u_.strip)
      strip();
    else
      u_.straight ? body(true) : loop();
    frame_.finish();
  }
  std::size_t bytes() const { return a_.getSize(); }
  std::size_t spilled() const { return frame_.spilled(); }

 private:
  struct Value {
    std::size_t first = 0, last = 0;     // its uses: a part of uses_
    const UnitMemory* home = nullptr;    // where it can be read again
    const UnitMemory* result = nullptr;  // where the unit leaves it
    int reduced = kNone;                 // of a strip: by which batch
    // While the body is emitted:
    std::size_t next = 0;  // use
    int reg = kNone, slot = kNone;
    bool stored = false;
  };

  Value& value(int32_t i) { return values_[static_cast<std::size_t>(i)]; }
  static const UnitMemory& memory_of(const Value& v) { return v.home ? *v.home : *v.result; }
  const LaneInstruction& instruction(int32_t i) const { return u_.program[i]; }
  bool is_mask(int32_t i) const { return instruction(i).result() == Dtype::boolean; }
  bool is_constant(int32_t i) const { return instruction(i).op == LaneOp::constant; }

  // By value the numbers of the instructions that read it, rising. Instructions on which no result depends count for
  // nothing.
  void find_uses() {
    const std::vector<LaneInstruction>& code = u_.program.code();
    const auto is_needed = [&](std::size_t k) {
      return values_[k].result || values_[k].reduced != kNone || values_[k].last > values_[k].first;
    };
    for (std::size_t k = code.size(); k-- > 0;)
      if (is_needed(k))
        for (int32_t x : code[k].in)
          if (x >= 0) ++value(x).last;
    std::size_t start = 0;
    for (Value& v : values_) {
      v.first = start;
      v.last = start += v.last;
    }
    uses_.resize(start);
    for (Value& v : values_) v.next = v.first;
    for (std::size_t k = 0; k < code.size(); ++k)
      if (is_needed(k))
        for (int32_t x : code[k].in)
          if (x >= 0) uses_[value(x).next++] = static_cast<int>(k);
  }

  // Whole vectors, then the elements that are left one by one.
  void loop() {
    const Xbyak::Reg64 &n = a_.rdx, &i = a_.rcx;
    const int elements = Assembler::kVectorBytes / u_.element_size;
    Xbyak::Label vectors, rest, singles, end;
    a_.xor_(a_.ecx, a_.ecx);
    a_.sub(n, elements);
    a_.jl(rest, a_.T_NEAR);
    a_.align_code(16);
    a_.L(vectors);
    body(false);
    a_.add(i, elements);
    a_.cmp(i, n);
    a_.jle(vectors, a_.T_NEAR);
    a_.L(rest);
    a_.add(n, elements);
    a_.cmp(i, n);
    a_.jge(end, a_.T_NEAR);
    a_.L(singles);
    body(true);
    a_.inc(i);
    a_.cmp(i, n);
    a_.jl(singles, a_.T_NEAR);
    a_.L(end);
  }

  // ---- strips

  // Four vectors of columns at a time, then two, then one, or fewer where several batches need accumulators. The last
  // vector may lie over elements that are done already: they are computed again. Fewer columns than a vector has are
  // taken one by one.
  void strip() {
    const Xbyak::Reg64 &n = a_.rsi, &i = a_.rcx;
    const int elements = Assembler::kVectorBytes / u_.element_size;
    Xbyak::Label ones, singles, end;
    a_.xor_(a_.ecx, a_.ecx);
    a_.cmp(n, elements);
    a_.jl(singles, a_.T_NEAR);
    for (int vectors : {4, 2}) {
      if (vectors * static_cast<int>(u_.strip->reduced.size()) > kMostAccumulators) continue;
      Xbyak::Label again, fewer;
      a_.L(again);
      a_.lea(a_.rax, a_.ptr[i + vectors * elements]);
      a_.cmp(a_.rax, n);
      a_.jg(fewer, a_.T_NEAR);
      strip_of(vectors, false);
      a_.add(i, vectors * elements);
      a_.jmp(again, a_.T_NEAR);
      a_.L(fewer);
    }
    a_.L(ones);
    a_.cmp(i, n);
    a_.jge(end, a_.T_NEAR);
    a_.lea(a_.rax, a_.ptr[n - elements]);
    a_.cmp(i, a_.rax);
    a_.cmovg(i, a_.rax);
    strip_of(1, false);
    a_.add(i, elements);
    a_.jmp(ones, a_.T_NEAR);
    a_.L(singles);
    strip_of(1, true);
    a_.inc(i);
    a_.cmp(i, n);
    a_.jl(singles, a_.T_NEAR);
    a_.L(end);
  }
  // Whether the address is that of one element for all columns.
  bool is_one(std::size_t address) const {
    return std::ranges::any_of(u_.inputs, [&](const Unit::Value& v) { return v.memory.at == address && v.memory.one; });
  }
  void strip_of(int vectors, bool single) {
    static_assert(std::has_single_bit(static_cast<uint64_t>(Loop::kRowsApart)));
    const Unit::Strip& s = *u_.strip;
    const Xbyak::Reg64 &rows = a_.rdx, &row = a_.r11;
    const int elements = Assembler::kVectorBytes / u_.element_size, batches = static_cast<int>(s.reduced.size());
    registers_ = Assembler::kRegisters - vectors * batches;
    a_.set_single(single);
    const auto each_vector = [&](auto&& f) {
      for (int v = 0; v < vectors; ++v) frame_.set_ahead(v * elements), f(registers_ + v * batches);
      frame_.set_ahead(0);
    };
    const auto each = [&](auto&& f) {
      each_vector([&](int first) {
        for (int b = 0; b < batches; ++b)
          f(first + b, frame_.address(s.reduced[static_cast<std::size_t>(b)].result, false));
      });
    };
    const auto start = [&](int to, const Xbyak::Address&) { a_.reload(to, frame_.constant(s.start)); };
    each([&](int to, const Xbyak::Address& at) { start(to, at), a_.store(at, to); });
    Xbyak::Label apart, next, done;
    a_.xor_(a_.r11d, a_.r11d);
    a_.L(apart);
    each(start);
    a_.L(next);
    each_vector([&](int first) { accumulators_ = first, body(single); });
    for (std::size_t k = 0; k < s.steps.size(); ++k) {
      if (s.steps[k] >= kFarApart) frame_.prefetch(k, s.steps[k] * kRowsAhead, is_one(k));
      frame_.move(k, s.steps[k]);
    }
    a_.inc(row);
    a_.cmp(row, rows);
    a_.je(done, a_.T_NEAR);
    a_.test(a_.r11d, static_cast<uint32_t>(Loop::kRowsApart - 1));
    a_.jnz(next, a_.T_NEAR);
    a_.L(done);
    each([&](int own, const Xbyak::Address& at) {
      a_.load(0, at);
      combine(0, 0, own);
      a_.store(at, 0);
    });
    a_.cmp(row, rows);
    a_.jne(apart, a_.T_NEAR);
    frame_.load_pointers();
  }
  // to = a o b, as Reducer::add_rows has it: extremes are nan where an operand is. For them, no other register is in use
  // but accumulators and a value.
  void combine(int to, int a, int b) {
    const Unit::Strip& s = *u_.strip;
    if (s.combine == Combine::sum) return a_.binary(LaneOp::add, s.dtype, to, a, a_.vector(b));
    if (s.combine == Combine::product) return a_.binary(LaneOp::multiply, s.dtype, to, a, a_.vector(b));
    const int mask = b == 1 ? 2 : 1;
    a_.binary(LaneOp::not_equal, s.dtype, mask, a, a_.vector(a));
    const int most = b == 3 ? 4 : 3;
    a_.extreme(s.combine == Combine::maximum, most, a, b);
    a_.select(to, mask, a_.vector(a), most);
  }
  void body(bool single) {
    a_.set_single(single);
    held_.fill(kNone);
    locked_.fill(false);
    frame_.give_back_all_slots();
    for (Value& v : values_) v.next = v.first, v.reg = v.slot = kNone, v.stored = false;
    for (std::size_t k = 0; k < values_.size(); ++k) {
      const auto i = static_cast<int32_t>(k);
      const LaneInstruction& x = instruction(i);
      if (x.op == LaneOp::input || x.op == LaneOp::constant) continue;
      if (is_read(value(i)) || value(i).result || value(i).reduced != kNone) step(i, x);
    }
  }

  // ---- memory

  void load(int32_t i, int to) {
    const Value& v = value(i);
    if (v.slot != kNone)
      return u_.straight ? a_.broadcast(to, frame_.slot(v.slot)) : a_.reload(to, frame_.slot(v.slot));
    if (is_constant(i)) return a_.reload(to, frame_.constant(instruction(i).bits));
    const UnitMemory& m = memory_of(v);
    const Xbyak::Address at = frame_.address(m, is_mask(i));
    if (is_mask(i))
      m.one ? a_.broadcast_mask(to, at) : a_.load_mask(to, at, frame_.constant(0));
    else
      m.one ? a_.broadcast(to, at) : a_.load(to, at);
  }
  void store(int32_t i) {
    Value& v = value(i);
    if (is_mask(i)) {
      const int free = a_.is_single() ? kNone : take(kNone);
      a_.store_mask(frame_.address(*v.result, true), v.reg, free);
      if (free != kNone) give_back(free);
    } else {
      a_.store(frame_.address(*v.result, false), v.reg);
    }
    v.stored = true;
  }
  void spill(Value& v) {
    v.slot = frame_.take_slot();
    u_.straight ? a_.store(frame_.slot(v.slot), v.reg) : a_.spill(frame_.slot(v.slot), v.reg);
  }

  // ---- registers

  bool is_read(const Value& v) const { return v.first < v.last; }
  int next_use(const Value& v) const { return v.next < v.last ? uses_[v.next] : kNever; }

  // A register for the value, or for none yet. Locked ones are not taken.
  int take(int32_t i) {
    int best = kNone, furthest = -1;
    for (int r = 0; r < registers_; ++r) {
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
    const bool again = v.home || v.stored || v.slot != kNone || is_constant(i);
    if (!again && next_use(v) != kNever) spill(v);
    leave_register(v);
  }
  void leave_register(Value& v) {
    give_back(v.reg);
    v.reg = kNone;
  }
  void give_back(int r) {
    held_[static_cast<std::size_t>(r)] = kNone;
    locked_[static_cast<std::size_t>(r)] = false;
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
  // Whether the value may be an operand in memory. There it must have the form that registers have, and it must not be
  // read again soon.
  bool can_stay(int32_t i) {
    const Value& v = value(i);
    if (v.reg != kNone) return false;
    if (is_constant(i)) return true;
    if (v.slot != kNone) return !u_.straight;
    const UnitMemory& m = memory_of(v);
    return !a_.is_single() && !m.one && !is_mask(i) && v.next + 1 >= v.last;
  }
  // Calls f with the value in its register, or in memory.
  template <class F>
  void with(int32_t i, F&& f) {
    const Value& v = value(i);
    if (!can_stay(i))
      f(a_.vector(in_register(i)));
    else if (is_constant(i))
      f(frame_.constant(instruction(i).bits));
    else if (v.slot != kNone)
      f(frame_.slot(v.slot));
    else
      f(frame_.address(memory_of(v), false));
  }

  // ---- instructions

  void step(int32_t i, const LaneInstruction& x) {
    if (x.op == LaneOp::call)
      call(i, x);
    else if (x.op == LaneOp::select)
      select(i, x);
    else if (x.op == LaneOp::multiply_add || x.op == LaneOp::subtract_product)
      fused(i, x);
    else if (x.op == LaneOp::shift_left || x.op == LaneOp::shift_right)
      shift(i, x);
    else if (x.in[1] < 0)
      with(x.in[0], [&](const Xbyak::Operand& from) { a_.unary(x.op, result(i, x), from); });
    else
      binary(i, x);
    for (int32_t operand : x.in)
      if (operand >= 0 && next_use(value(operand)) == kNever && value(operand).slot != kNone)
        frame_.give_back_slot(std::exchange(value(operand).slot, kNone));
    locked_.fill(false);
    if (value(i).result) {
      locked_[static_cast<std::size_t>(value(i).reg)] = true;
      store(i);
      locked_.fill(false);
    }
    if (const int k = value(i).reduced; k != kNone) combine(accumulators_ + k, accumulators_ + k, value(i).reg);
    if (!is_read(value(i))) leave_register(value(i));
  }
  // The register of the result, which may be that of an operand that is not read again. Slots are given back
  // behind the instruction: it may read them.
  int result(int32_t i, const LaneInstruction& x) {
    pass_uses(i, x);
    leave_registers(x);
    return take(i);
  }
  // Operands that are not read again.
  void leave_registers(const LaneInstruction& x) {
    for (int32_t operand : x.in)
      if (operand >= 0 && next_use(value(operand)) == kNever && value(operand).reg != kNone)
        leave_register(value(operand));
  }
  void pass_uses(int32_t i, const LaneInstruction& x) {
    for (int32_t operand : x.in) {
      if (operand < 0) continue;
      Value& v = value(operand);
      while (v.next < v.last && uses_[v.next] <= i) ++v.next;
    }
  }

  void binary(int32_t i, const LaneInstruction& x) {
    int32_t first = x.in[0], second = x.in[1];
    const bool swapped = x.op == LaneOp::less && !is_floating(x.dtype);  // integers have "greater" alone
    const bool commutes = x.op == LaneOp::add || x.op == LaneOp::multiply || x.op == LaneOp::equal ||
                          x.op == LaneOp::not_equal || (x.op >= LaneOp::bit_and && x.op <= LaneOp::bit_xor);
    if (swapped || (commutes && can_stay(first) && !can_stay(second))) std::swap(first, second);
    const int a = in_register(first);
    with(second, [&](const Xbyak::Operand& b) { a_.binary(x.op, x.dtype, result(i, x), a, b); });
  }
  void select(int32_t i, const LaneInstruction& x) {
    const auto is_zero = [&](int32_t k) { return is_constant(k) && instruction(k).bits == 0; };
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
  void shift(int32_t i, const LaneInstruction& x) {
    const int from = in_register(x.in[0]);
    a_.shift(x.op, result(i, x), from, static_cast<int>(x.bits));
  }
  // The result takes the register of an operand that is not read again; if there is none, a copy of the first one.
  void fused(int32_t i, const LaneInstruction& x) {
    using Fused = Assembler::Fused;
    auto [a, b, c] = x.in;
    const auto dies = [&](int32_t k) { return !is_constant(k) && value(k).next + 1 >= value(k).last; };
    if (a != b && !dies(a) && dies(b)) std::swap(a, b);
    const bool over_addend = dies(c) && !dies(a) && c != a && c != b, negated = x.op == LaneOp::subtract_product;
    const int32_t over = over_addend ? c : a;
    // The second of the two others may lie in memory.
    int32_t first = over_addend ? a : b, second = over_addend ? b : c;
    Fused form = over_addend ? Fused::addend : Fused::factor_then_addend;
    if (can_stay(first) && !can_stay(second)) {
      std::swap(first, second);
      if (!over_addend) form = Fused::factor_then_factor;
    }
    const int from = in_register(over), other = in_register(first);
    with(second, [&](const Xbyak::Operand& y) {
      const bool taken_over = dies(over) && over != first && over != second;
      int to = from;
      if (taken_over) {
        pass_uses(i, x);
        take_over(i, over);
      } else {
        to = take(i);
        a_.copy(to, from);
        pass_uses(i, x);
      }
      a_.fused(form, negated, to, other, y);
    });
    leave_registers(x);
  }
  void take_over(int32_t i, int32_t from) {
    value(i).reg = std::exchange(value(from).reg, kNone);
    held_[static_cast<std::size_t>(value(i).reg)] = i;
  }
  // No register survives a call.
  void call(int32_t i, const LaneInstruction& x) {
    for (int k = 0; k < 3 && x.in[static_cast<std::size_t>(k)] >= 0; ++k) {
      const int32_t operand = x.in[static_cast<std::size_t>(k)];
      const int reg = in_register(operand);
      if (is_mask(operand))
        a_.store_mask(frame_.call_memory(k, true), reg, kNone);
      else
        a_.store(frame_.call_memory(k, false), reg);
    }
    pass_uses(i, x);
    for (int32_t holds : held_)
      if (holds != kNone) evict(holds);
    frame_.call(u_.calls[x.bits]);
    const int to = take(i);
    if (is_mask(i))
      a_.broadcast_mask(to, frame_.call_memory(Frame::kResult, true));
    else
      a_.broadcast(to, frame_.call_memory(Frame::kResult, false));
  }

  const Unit& u_;
  Assembler a_;
  Frame frame_;
  std::vector<Value> values_;
  std::vector<int> uses_;
  std::array<int32_t, Assembler::kRegisters> held_{};
  int registers_ = Assembler::kRegisters;  // for values
  int accumulators_ = kNone;               // of a strip's vector: the first batch's
  std::array<bool, Assembler::kRegisters> locked_{};
};
}  // namespace

bool can_emit(const LaneInstruction& i) {
  // Loops for the baseline round products and sums apart.
  if (i.op == LaneOp::multiply_add || i.op == LaneOp::subtract_product) return isa() != Isa::baseline;
  if (i.op <= LaneOp::constant || i.op >= LaneOp::bit_and || is_floating(i.dtype)) return true;
  return i.op == LaneOp::add || i.op == LaneOp::subtract || i.op == LaneOp::equal || i.op == LaneOp::less ||
         (i.op == LaneOp::multiply && i.dtype == Dtype::int32);
}

std::optional<Code> emit(const Unit& unit) {
  // Instructions with an operand in memory take some ten bytes, and most of the unit's are one or two of them.
  const std::size_t usual = 4096 + (unit.program.code().size() + 4 * unit.calls.size()) * (unit.straight ? 40 : 80);
  for (const std::size_t most : {usual, 4 * usual}) {
    std::vector<uint8_t> buffer(most);
    try {
      Emitter emitter(unit, buffer.size(), buffer.data());
      emitter.emit();
      buffer.resize(emitter.bytes());
      return Code{std::move(buffer), emitter.spilled()};
    } catch (const Xbyak::Error& e) {
      if (static_cast<int>(e) != Xbyak::ERR_CODE_IS_TOO_BIG) break;
    }
  }
  return std::nullopt;
}

}  // namespace gradtape::core::jit
