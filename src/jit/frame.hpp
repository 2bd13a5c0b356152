// The frame of a native function: its entry and end, the registers with addresses, spilled values, constants.
#pragma once

#include <deque>
#include <unordered_map>

#include "jit/assembler.hpp"
#include "jit/unit.hpp"

namespace gradtape::core::jit {

class Frame {
 public:
  Frame(const Unit& unit, Assembler& assembler);

  void begin();
  void finish();

  Xbyak::Address address(const UnitMemory& memory, bool mask);
  // From now on addresses are those of the elements so far behind.
  void set_ahead(int elements) { ahead_ = elements; }
  // Moves an address that lies in a register, and all of them back.
  void move(std::size_t address, int32_t bytes);
  // Asks for memory so many bytes behind an address: of one element for all, or of the column's.
  void prefetch(std::size_t address, int64_t bytes, bool one);
  void load_pointers();
  static constexpr std::size_t kMostMoved = 8;  // addresses
  Xbyak::Address constant(uint64_t bits);

  // Slots for values that no register has room for.
  int take_slot();
  void give_back_slot(int slot) { free_slots_.push_back(slot); }
  void give_back_all_slots();
  Xbyak::Address slot(int number) const;
  std::size_t spilled() const { return u_.spills_at ? static_cast<std::size_t>(slots_ * slot_bytes()) : 0; }

  // The tile of a call, which lies at the end of the stack: an operand's or the result's memory.
  static constexpr int kResult = 3;
  Xbyak::Address call_memory(int operand, bool mask) const;
  void call(const Unit::Call& to);

 private:
  // Addresses of a loop's unit that stay in registers; further ones are read from the table at each use.
  std::size_t pointers() const;
  int slot_bytes() const { return u_.straight ? u_.element_size : Assembler::kVectorBytes; }
  int call_bytes() const;
  void save_registers();
  void restore_registers();

  const Unit& u_;
  Assembler& a_;
  const Xbyak::Reg64 table_, scratch_;
  std::vector<int> free_slots_;
  int slots_ = 0, ahead_ = 0;
  std::size_t size_at_ = 0;  // of the stack's size in the code
  std::unordered_map<uint64_t, std::size_t> known_constants_;
  std::vector<uint64_t> constants_;
  std::deque<Xbyak::Label> labels_;  // of the constants
};

}  // namespace gradtape::core::jit
