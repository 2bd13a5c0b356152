// A program while it is made: its slots, with the facts known of them, and the instructions that compute them.
#pragma once

#include <map>

#include "base/hash_index.hpp"
#include "plan/ir/program.hpp"
#include "plan/lower/known_bands.hpp"
#include "plan/structure_hash.hpp"

namespace gradtape::core {

struct Rule;

// An op with its operands, before it is an instruction.
struct Expression {
  const Op* op;
  AttrsPtr attrs;
  SmallVector<Operand, 2> in;
  SmallVector<Spec, 1> out;

  const Elementwise* elementwise() const { return std::get_if<Elementwise>(&op->computation); }
  const Reduction* reduction() const { return std::get_if<Reduction>(&op->computation); }
};

class ProgramBuilder {
 public:
  using Slots = SmallVector<uint32_t, 1>;
  using Operands = SmallVector<Operand, 1>;

  // fixed: the program is a function's, whose constants never change. rules: those that apply, in order.
  ProgramBuilder(Recorder& recorder, bool fixed, std::span<const Rule* const> rules)
      : recorder_(recorder), fixed_(fixed), rules_(rules) {
    p_.may_pad = p_.may_reduce = false;
  }
  void reserve(std::size_t slots, std::size_t instructions);
  Program take() { return std::move(p_); }

  // ---- facts

  const Spec& spec(const Operand& x) const { return p_.slots[x.slot]; }
  Dtype dtype(const Operand& x) const { return p_.slots[x.slot].dtype; }
  // The number that all elements are, where it is known beforehand and a double holds it exactly.
  std::optional<double> number(const Operand& x) const { return facts_[x.slot].number; }
  // The instruction that computes the slot; null: a leaf or a constant.
  const Instruction* producer(const Operand& x) const;
  // Whether the slot has the same value in each call of a function.
  bool is_fixed(const Operand& x) const { return facts_[x.slot].fixed; }
  bool is_leaf(const Operand& x) const { return x.slot < p_.leaves; }
  KnownBands& bands() { return bands_; }

  // ---- values

  Operand whole(uint32_t slot) const { return {slot, row_major(p_.slots[slot].shape)}; }
  Operand add_leaf(const Tensor& leaf);
  // A number, as a slot of rank 0; equal ones share a slot. value: an element of that dtype.
  uint32_t constant(Dtype dtype, const void* value);
  uint32_t constant(Dtype dtype, double value);
  // The number, broadcast to the shape.
  Operand constant(Dtype dtype, double value, const Shape& shape);

  // ---- instructions

  // The op in whose name instructions are added from now on, for messages.
  void set_user_op(const Op& op) { of_ = &op; }
  // Applies the rules, and emits what they leave.
  Operands add(Expression e);
  Operand multiply(const Operand& a, const Operand& b, const Spec& spec);
  // Emits the expression, with operands as execution asks for them, or finds the instruction that computes the same.
  Slots emit(Expression e);
  // A copy in row-major order.
  Operand copy(const Operand& x);
  // x under another shape: a view where the layout allows it, else a copy.
  Operand reshape(const Operand& x, const Shape& shape);

  // By output of the schedule's nodes, the slot that holds it or kNone. The program is complete.
  void set_results(std::vector<uint32_t> results);

 private:
  // A hash of an instruction without its outputs. Equal ones compute the same (128 bits: no chance collision).
  using Key = StructureHash::Value;
  static Key key_of(const Expression& e);

  struct Facts {
    std::optional<double> number = {};
    uint32_t producer = kNone;
    bool fixed = false;
  };
  uint32_t new_slot(Dtype dtype, const Shape& shape, Facts facts);
  void fit_operands(Expression& e);
  bool is_placed(Expression& e);

  Recorder& recorder_;
  bool fixed_;
  std::span<const Rule* const> rules_;
  Program p_;
  std::vector<Facts> facts_;  // by slot
  KnownBands bands_;
  std::map<std::pair<Dtype, uint64_t>, uint32_t> constants_;  // by their bits
  std::vector<Key> keys_;                                     // by instruction
  HashIndex known_;                                           // instructions, for those that compute the same
  const Op* of_ = nullptr;
};

}  // namespace gradtape::core
