// Slots and instructions of a program that is being made. Common subexpressions are found as they are emitted.
#include "plan/lower/builder.hpp"

#include <algorithm>
#include <cstring>

#include "ops/names.hpp"
#include "plan/ir/reduction_axes.hpp"
#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
// The number as a double, where that holds it exactly.
std::optional<double> number_at(const void* data, Dtype dtype) {
  return dispatch(dtype, [&]<class T>(Type<T>) -> std::optional<double> {
    T value;
    std::memcpy(&value, data, sizeof value);
    if constexpr (std::is_same_v<T, int64_t>)
      if (value > int64_t{1} << 53 || value < -(int64_t{1} << 53)) return std::nullopt;
    return static_cast<double>(value);
  });
}
}  // namespace

void ProgramBuilder::reserve(std::size_t slots, std::size_t instructions) {
  p_.slots.reserve(slots);
  facts_.reserve(slots);
  p_.instructions.reserve(instructions);
  keys_.reserve(instructions);
  known_.reserve(instructions);
}

// ---- slots

uint32_t ProgramBuilder::new_slot(Dtype dtype, const Shape& shape, Facts facts) {
  p_.slots.push_back({dtype, shape, false});
  facts_.push_back(facts);
  return static_cast<uint32_t>(p_.slots.size() - 1);
}

Operand ProgramBuilder::add_leaf(const Tensor& leaf) {
  ++p_.leaves;
  const bool fixed = fixed_ && leaf.value();
  const bool known = leaf.node()->literal || (fixed && leaf.rank() == 0);
  Facts facts{.fixed = fixed};
  if (known) facts.number = number_at(leaf.value()->data(), leaf.dtype());
  return whole(new_slot(leaf.dtype(), leaf.shape(), facts));
}

uint32_t ProgramBuilder::constant(Dtype dtype, const void* value) {
  uint64_t bits = 0;
  std::memcpy(&bits, value, size_of(dtype));
  const auto [known, is_new] = constants_.try_emplace({dtype, bits}, static_cast<uint32_t>(p_.slots.size()));
  if (!is_new) return known->second;
  BufferPtr buffer = recorder_.allocate(size_of(dtype), "constant");
  std::memcpy(buffer->data(), value, size_of(dtype));
  const uint32_t slot = new_slot(dtype, {}, {.number = number_at(value, dtype), .fixed = true});
  p_.constants.emplace_back(slot, std::move(buffer));
  return slot;
}
uint32_t ProgramBuilder::constant(Dtype dtype, double value) {
  uint64_t bits = 0;
  dispatch(dtype, [&]<class T>(Type<T>) {
    const T number = static_cast<T>(value);
    std::memcpy(&bits, &number, sizeof number);
  });
  return constant(dtype, &bits);
}
Operand ProgramBuilder::constant(Dtype dtype, double value, const Shape& shape) {
  return {constant(dtype, value), broadcast({{}, {}, 0}, shape)};
}

const Instruction* ProgramBuilder::producer(const Operand& x) const {
  const uint32_t i = facts_[x.slot].producer;
  return i == kNone ? nullptr : &p_.instructions[i];
}

// ---- instructions

// The outputs count too: a rule may leave operands that are smaller than the output, which repeats them.
ProgramBuilder::Key ProgramBuilder::key_of(const Expression& e) {
  StructureHash h;
  h.add(reinterpret_cast<uintptr_t>(e.op));
  if (e.attrs) h.add(hash_attrs(h.value()[0], *e.attrs));
  for (const Operand& in : e.in) {
    h.add(in.slot);
    h.add(in.layout.offset);
    h.add(in.layout.shape.rank());
    for (int64_t d : in.layout.shape) h.add(d);
    for (int64_t d : in.layout.strides) h.add(d);
  }
  for (const Spec& out : e.out) {
    h.add(static_cast<uint64_t>(out.dtype));
    h.add(out.shape.rank());
    for (int64_t d : out.shape) h.add(d);
  }
  return h.value();
}

namespace {
// The order of axes in which those of the reduction come last.
Ints order_with_last(const Ints& axes, std::size_t rank) {
  Ints order;
  for (int64_t i = 0; i < static_cast<int64_t>(rank); ++i)
    if (std::ranges::find(axes, i) == axes.end()) order.push_back(i);
  for (int64_t a : axes) order.push_back(a);
  return order;
}
}  // namespace

// Whether a loop puts the operands to their places. Scalars get the shape of the first one then.
bool ProgramBuilder::is_placed(Expression& e) {
  if (!e.op->placing) return false;
  std::vector<Layout> in;
  for (const Operand& x : e.in) in.push_back(x.layout);
  if (!e.op->placing->applies({*e.op, e.attrs.get()}, in)) return false;
  const Shape shape = in[0].shape;
  for (Operand& x : e.in)
    if (x.layout.shape.rank() == 0)
      x.layout = broadcast(x.layout, shape);
    else if (!(x.layout.shape == shape) && !is_dense(x.layout))
      x = copy(x);
  return true;
}

// A kernel reads dense memory. So does a reduction whose axes are neither the first nor the last ones. A view is read
// with these axes last; a view whose axes all have size 1 is copied.
void ProgramBuilder::fit_operands(Expression& e) {
  if (!e.op || e.elementwise()) return;
  if (!e.reduction()) {
    for (Operand& x : e.in)
      if (!is_dense(x.layout)) x = copy(x);
    return;
  }
  Operand& x = e.in[0];
  const std::size_t rank = x.layout.shape.rank();
  const Ints& axes = axes_of(*e.op, *e.attrs);
  if (is_dense(x.layout) || reduction_axes(x.layout.shape, axes).direction != Direction::mixed) return;
  const Layout moved = permute_axes(x.layout, order_with_last(axes, rank));
  Ints last;
  for (std::size_t i = rank - axes.size(); i < rank; ++i) last.push_back(static_cast<int64_t>(i));
  if (reduction_axes(moved.shape, last).direction == Direction::mixed) {  // all of its axes have size 1
    x = copy(x);
    return;
  }
  x.layout = moved;
  e.attrs = with_axes(*e.op, *e.attrs, std::move(last));
}

ProgramBuilder::Slots ProgramBuilder::emit(Expression e) {
  const bool places = e.op && is_placed(e);
  if (!places) fit_operands(e);
  const bool repeatable = !e.op || !calls_user(*e.op, e.attrs.get());
  const Key key = repeatable ? key_of(e) : Key{};
  if (repeatable)
    if (const uint32_t same = known_.find(key[0], [&](uint32_t i) { return keys_[i] == key; });
        same != HashIndex::kAbsent)
      return p_.instructions[same].out;
  const auto index = static_cast<uint32_t>(p_.instructions.size());
  const bool fixed = fixed_ && std::ranges::all_of(e.in, [&](const Operand& x) { return is_fixed(x); });
  p_.may_pad |= e.op && e.op->pad;
  p_.may_reduce |= e.op && e.reduction();
  Instruction instruction{e.op, std::move(e.attrs), std::move(e.in), {}, of_};
  instruction.places = places;
  for (const Spec& spec : e.out)
    instruction.out.push_back(new_slot(spec.dtype, spec.shape, {.producer = index, .fixed = fixed}));
  if (repeatable) known_.add(key[0], index);
  keys_.push_back(key);
  p_.instructions.push_back(std::move(instruction));
  return p_.instructions.back().out;
}

ProgramBuilder::Operands ProgramBuilder::add(Expression e) {
  for (const Rule* rule : rules_)
    if (rule->simplify)
      if (std::optional<Operand> same = rule->simplify(*this, e)) return {std::move(*same)};
  Operands results;
  for (uint32_t slot : emit(std::move(e))) results.push_back(whole(slot));
  return results;
}
Operand ProgramBuilder::multiply(const Operand& a, const Operand& b, const Spec& spec) {
  return add({&op<"multiply">.get(), nullptr, {a, b}, {{spec.dtype, spec.shape, false}}})[0];
}

Operand ProgramBuilder::copy(const Operand& x) {
  return whole(emit({nullptr, nullptr, {x}, {{dtype(x), x.layout.shape, false}}})[0]);
}
Operand ProgramBuilder::reshape(const Operand& x, const Shape& shape) {
  if (auto layout = reshape_layout(x.layout, shape)) return {x.slot, *layout};
  return {copy(x).slot, row_major(shape)};
}

void ProgramBuilder::set_results(std::vector<uint32_t> results) {
  p_.results = std::move(results);
  p_.wanted.assign(p_.slots.size(), 0);
  for (uint32_t slot : p_.results)
    if (slot != kNone) p_.wanted[slot] = 1;
}

}  // namespace gradtape::core
