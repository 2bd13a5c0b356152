#include "plan/program.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "ops/registry.hpp"
#include "plan/direction.hpp"

namespace gradtape {

namespace {
// The number as a double, where that holds it exactly.
std::optional<double> number_at(const void* data, Dtype dtype) {
  return dispatch(dtype, [&](auto type) -> std::optional<double> {
    using T = typename decltype(type)::type;
    T value;
    std::memcpy(&value, data, sizeof value);
    if constexpr (std::is_same_v<T, int64_t>)
      if (value > int64_t{1} << 53 || value < -(int64_t{1} << 53)) return std::nullopt;
    return static_cast<double>(value);
  });
}

class ProgramBuilder {
 public:
  explicit ProgramBuilder(const Schedule& s) : s_(s) {}

  Program build() {
    add_leaves();
    for (const Node* node : s_.nodes) add(*node);
    keep_results();
    drop_unused();
    return std::move(p_);
  }

 private:
  using Key = std::array<uint64_t, 2>;

  // ---- slots

  uint32_t new_slot(Dtype dtype, const Shape& shape, bool fixed) {
    p_.slots.push_back({dtype, shape, false});
    numbers_.push_back(std::nullopt);
    identity_.push_back(0);
    fixed_.push_back(fixed);
    return static_cast<uint32_t>(p_.slots.size() - 1);
  }
  Operand whole(uint32_t slot) const { return {slot, row_major(p_.slots[slot].shape)}; }

  void add_leaves() {
    p_.leaves = static_cast<uint32_t>(s_.leaves.size());
    values_.resize(s_.slots);
    for (std::size_t i = 0; i < s_.leaves.size(); ++i) {
      const Tensor& leaf = s_.leaves[i];
      const uint32_t slot = new_slot(leaf.dtype(), leaf.shape(), s_.fixed && leaf.value());
      const bool known = leaf.node()->literal || (s_.fixed && leaf.rank() == 0 && leaf.value());
      if (known) numbers_[slot] = number_at(leaf.value()->data(), leaf.dtype());
      values_[i] = whole(slot);
    }
  }

  // A number known beforehand, as a slot of rank 0.
  uint32_t constant(Dtype dtype, const void* value) {
    BufferPtr buffer = s_.recorder->allocate(size_of(dtype));
    std::memcpy(buffer->data(), value, size_of(dtype));
    const uint32_t slot = new_slot(dtype, {}, true);
    numbers_[slot] = number_at(value, dtype);
    p_.constants.emplace_back(slot, std::move(buffer));
    return slot;
  }

  // ---- instructions

  static void mix(Key& key, uint64_t value) {
    key = {hash_mix(key[0], value), hash_mix(key[1], value ^ 0xD6E8FEB86659FD93ull)};
  }
  static Key key_of(const Instruction& i) {
    Key key{0x243F6A8885A308D3ull, 0x13198A2E03707344ull};
    mix(key, reinterpret_cast<uintptr_t>(i.op));
    if (i.attrs)
      for (const AttrValue& value : i.attrs->values) mix(key, hash_attr(key[0], value));
    for (const Operand& in : i.in) {
      mix(key, in.slot);
      mix(key, static_cast<uint64_t>(in.layout.offset));
      mix(key, in.layout.shape.rank());
      for (int64_t d : in.layout.shape) mix(key, static_cast<uint64_t>(d));
      for (int64_t d : in.layout.strides) mix(key, static_cast<uint64_t>(d));
    }
    return key;
  }

  // Adds the instruction, or finds an equal one. specs: of the outputs.
  SmallVector<uint32_t, 1> emit(Instruction instruction, std::span<const Spec> specs) {
    const bool repeatable = !instruction.op || !instruction.op->by_user;
    const Key key = repeatable ? key_of(instruction) : Key{};
    if (repeatable)
      if (auto it = known_.find(key); it != known_.end()) return p_.instructions[it->second].out;
    const bool fixed =
        s_.fixed && std::ranges::all_of(instruction.in, [&](const Operand& x) { return fixed_[x.slot] != 0; });
    for (const Spec& spec : specs) instruction.out.push_back(new_slot(spec.dtype, spec.shape, fixed));
    if (repeatable) known_[key] = p_.instructions.size();
    p_.instructions.push_back(std::move(instruction));
    return p_.instructions.back().out;
  }

  Operand copied(const Operand& x) {
    const Spec spec{p_.slots[x.slot].dtype, x.layout.shape, false};
    return whole(emit({nullptr, nullptr, {x}, {}}, std::span(&spec, 1))[0]);
  }
  Operand reshaped(const Operand& x, const Shape& shape) {
    if (auto layout = gradtape::reshaped(x.layout, shape)) return {x.slot, *layout};
    return {copied(x).slot, row_major(shape)};
  }

  void add(const Node& node) {
    SmallVector<Operand, 2> in;
    for (const Tensor& t : node.inputs) in.push_back(values_[t.node()->slot + t.index()]);
    const Shape& shape = node.outputs[0].spec.shape;
    const Computation& how = node.op.computation;
    if (std::holds_alternative<Alias>(how)) {
      const std::size_t first = in.size() - node.outputs.size();
      for (std::size_t i = 0; i < node.outputs.size(); ++i)
        values_[node.slot + i] = reshaped(in[first + i], node.outputs[i].spec.shape);
    } else if (const auto* view = std::get_if<StridedView>(&how)) {
      values_[node.slot] = {in[0].slot, view->layout({{node.op, node.attrs.get()}, in[0].layout, shape})};
    } else if (node.op.is_elementwise()) {
      values_[node.slot] = elementwise(node, in);
    } else if (const auto* reduction = std::get_if<Reduction>(&how)) {
      values_[node.slot] = reduced(node, *reduction, in[0]);
    } else {
      by_kernel(node, std::move(in));
    }
  }

  // ---- elementwise

  std::optional<double> number(const Operand& x) const { return numbers_[x.slot]; }

  Operand elementwise(const Node& node, const SmallVector<Operand, 2>& in) {
    const Spec& spec = node.outputs[0].spec;
    const Operand result = elementwise(node.op, node.attrs, in, spec);
    const std::optional<Diagonal> diagonal = diagonal_of(node, in);
    if (diagonal && result.slot >= p_.leaves && is_dense(result.layout)) diagonals_.try_emplace(result.slot, *diagonal);
    return result;
  }
  Operand elementwise(const Op& op, const AttrsPtr& attrs, const SmallVector<Operand, 2>& in, const Spec& spec) {
    const auto& e = std::get<Elementwise>(op.computation);
    if (spec.shape.elements() > 0 && std::ranges::all_of(in, [&](const Operand& x) { return number(x).has_value(); }))
      return folded(op, attrs, in, spec);
    if (in.size() == 2)
      for (std::size_t i : {0, 1}) {
        const std::optional<double> neutral = i == 0 ? e.neutral_left : e.neutral_right, got = number(in[i]);
        if (neutral && got && *neutral == *got) return {in[1 - i].slot, broadcast(in[1 - i].layout, spec.shape)};
      }
    SmallVector<Operand, 2> operands(in);
    for (Operand& x : operands) x = easily_read(x, spec.shape);
    return whole(emit({&op, attrs, std::move(operands), {}}, std::span(&spec, 1))[0]);
  }
  // What would be gathered from afar again and again is put in order once.
  Operand easily_read(const Operand& x, const Shape& shape) {
    constexpr int64_t kAgain = 4;
    std::size_t last = x.layout.shape.rank();
    while (last > 0 && x.layout.shape[last - 1] == 1) --last;
    if (last == 0 || x.layout.strides[last - 1] == 1 || x.layout.strides[last - 1] == 0) return x;
    Layout distinct = x.layout;
    for (std::size_t i = 0; i < distinct.shape.rank(); ++i)
      if (distinct.strides[i] == 0) distinct.shape[i] = 1;
    const bool once = fixed_[x.slot] != 0;  // a function's constant: before the first call
    if (!once && distinct.shape.elements() * kAgain > shape.elements()) return x;
    const Operand dense = copied({x.slot, distinct});
    return {dense.slot, broadcast(dense.layout, x.layout.shape)};
  }
  Operand folded(const Op& op, const AttrsPtr& attrs, const SmallVector<Operand, 2>& in, const Spec& spec) {
    const auto& e = std::get<Elementwise>(op.computation);
    uint64_t operands[3], result;
    Tile tile{1, {}, &result, attrs.get()};
    for (std::size_t i = 0; i < std::min<std::size_t>(in.size(), 3); ++i) {
      dispatch(p_.slots[in[i].slot].dtype, [&](auto type) {
        const auto value = static_cast<typename decltype(type)::type>(*number(in[i]));
        std::memcpy(&operands[i], &value, sizeof value);
      });
      tile.in[i] = &operands[i];
    }
    const Dtype from = p_.slots[in.back().slot].dtype;
    (e.select ? e.select(from, spec.dtype) : e.table[static_cast<int>(from)])(tile);
    return {constant(spec.dtype, &result), broadcast({{}, {}, 0}, spec.shape)};
  }

  // ---- diagonals: what is 0 but on the ones of an identity matrix, the seed of a Jacobian

  struct Diagonal {
    int64_t order;
    Layout pattern;  // how its elements lie in the identity matrix: one axis has stride 1, one the order, the others 0
    std::size_t column, row;  // those axes
    Operand factors;          // what stands on the ones: of the same shape, but size 1 along `column`
  };

  // x as a part of an identity matrix, seen over `shape`.
  std::optional<Diagonal> diagonal_in(const Operand& x, const Shape& shape) {
    if (const int64_t n = identity_[x.slot]; n > 1 && x.layout.offset == 0) return on_ones(n, broadcast(x.layout, shape), x);
    const auto known = diagonals_.find(x.slot);
    if (known == diagonals_.end() || x.layout.offset != 0 || !is_dense(x.layout)) return std::nullopt;
    const Diagonal& d = known->second;
    const std::optional<Layout> pattern = along(d.pattern, d.pattern.shape, x.layout.shape),
                                factors = along(d.factors.layout, d.pattern.shape, x.layout.shape);
    if (!pattern || !factors) return std::nullopt;
    std::optional<Diagonal> seen = on_ones(d.order, broadcast(*pattern, shape), {});
    if (!seen) return std::nullopt;
    // The axis of the columns has one factor: its stride says nothing.
    Layout wide = broadcast(*factors, shape);
    wide.shape[seen->column] = 1;
    seen->factors = {d.factors.slot, wide};
    return seen;
  }
  // A layout over `from` as one over `to`, which differs in axes of size 1 alone. The layout's own sizes may be 1 where
  // from's are not.
  static std::optional<Layout> along(const Layout& layout, const Shape& from, const Shape& to) {
    Layout out{to, Shape::Dims(to.rank(), 0), layout.offset};
    std::size_t k = 0;
    for (std::size_t i = 0; i < to.rank(); ++i) {
      if (to[i] == 1) continue;
      while (k < from.rank() && from[k] == 1) ++k;
      if (k == from.rank() || from[k] != to[i]) return std::nullopt;
      out.strides[i] = layout.strides[k++];
    }
    for (; k < from.rank(); ++k)
      if (from[k] != 1) return std::nullopt;
    return out;
  }
  std::optional<Diagonal> on_ones(int64_t n, const Layout& pattern, const Operand& identity) {
    Diagonal d{n, pattern, SIZE_MAX, SIZE_MAX, {}};
    for (std::size_t i = 0; i < pattern.shape.rank(); ++i) {
      if (pattern.shape[i] == 1 || pattern.strides[i] == 0) continue;
      std::size_t& axis = pattern.strides[i] == 1 ? d.column : d.row;
      if (axis != SIZE_MAX || pattern.shape[i] != n || (pattern.strides[i] != 1 && pattern.strides[i] != n))
        return std::nullopt;
      axis = i;
    }
    if (d.column == SIZE_MAX || d.row == SIZE_MAX) return std::nullopt;
    if (identity.layout.shape.rank() > 0) d.factors = {one(p_.slots[identity.slot].dtype), broadcast({{}, {}, 0}, ones_at(d))};
    return d;
  }
  static Shape ones_at(const Diagonal& d) { return d.pattern.shape.replaced(d.column, 1); }
  uint32_t one(Dtype dtype) {
    uint64_t bits = 0;
    dispatch(dtype, [&](auto type) {
      const auto value = static_cast<typename decltype(type)::type>(1);
      std::memcpy(&bits, &value, sizeof value);
    });
    return constant(dtype, &bits);
  }

  // Of an elementwise result that is 0 wherever its diagonal operands are: the op applied to what stands on the ones.
  std::optional<Diagonal> diagonal_of(const Node& node, const SmallVector<Operand, 2>& in) {
    if (diagonals_.empty() && !any_identity_) return std::nullopt;
    const auto& e = std::get<Elementwise>(node.op.computation);
    const Spec& spec = node.outputs[0].spec;
    for (uint8_t set : e.zero_where) {
      std::optional<Diagonal> all;
      SmallVector<Operand, 2> on_ones(in);
      bool fits = true;
      for (std::size_t i = 0; fits && i < in.size(); ++i) {
        if (!(set >> i & 1) || number(in[i]) == 0) continue;
        std::optional<Diagonal> d = diagonal_in(in[i], spec.shape);
        fits = d && (!all || (all->order == d->order && all->pattern.strides == d->pattern.strides));
        if (!fits) break;
        on_ones[i] = d->factors;
        if (!all) all = std::move(d);
      }
      if (!fits || !all) continue;
      for (std::size_t i = 0; i < in.size(); ++i) {
        if ((set >> i & 1) && number(in[i]) != 0) continue;
        Layout& x = on_ones[i].layout = broadcast(in[i].layout, spec.shape);
        x.strides[all->row] += x.strides[all->column];
        x.shape[all->column] = 1;
      }
      all->factors = elementwise(node.op, node.attrs, on_ones, {spec.dtype, ones_at(*all), false});
      return all;
    }
    return std::nullopt;
  }

  // ---- reductions

  // Over axes along which the operand only repeats, there is nothing to read: a sum is a product.
  Operand reduced(const Node& node, const Reduction& reduction, Operand x) {
    const Spec& spec = node.outputs[0].spec;
    Ints left;
    int64_t repeated = 1;
    for (int64_t a : std::get<Ints>(node.attrs->values[node.op.attr_index("axis")])) {
      const auto axis = static_cast<std::size_t>(a);
      const int64_t n = x.layout.shape[axis];
      if (n == 1 || (n > 0 && x.layout.strides[axis] == 0)) {
        repeated *= n;
        x.layout.shape[axis] = 1;
      } else {
        left.push_back(a);
      }
    }
    Operand result = x;
    if (!is_dense(x.layout) && direction_of(x.layout.shape, left).direction == Direction::mixed) move_last(x, left);
    if (!left.empty()) {
      auto attrs = std::make_shared<Attrs>(*node.attrs);
      attrs->values[node.op.attr_index("axis")] = std::move(left);
      result = whole(emit({&node.op, std::move(attrs), {x}, {}}, std::span(&spec, 1))[0]);
    }
    if (repeated > 1 && reduction.adds) result = times(result, repeated);
    return reshaped(result, spec.shape);
  }
  // A view can as well be read with the axes that go as the last ones.
  static void move_last(Operand& x, Ints& axes) {
    Ints perm;
    for (std::size_t i = 0; i < x.layout.shape.rank(); ++i)
      if (std::ranges::find(axes, static_cast<int64_t>(i)) == axes.end()) perm.push_back(static_cast<int64_t>(i));
    const std::size_t kept = perm.size();
    for (int64_t a : axes) perm.push_back(a);
    x.layout = permuted(x.layout, perm);
    for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(kept + i);
  }
  Operand product(const Operand& a, const Operand& b, const Spec& spec) {
    static const Op& multiply = Registry::instance().builtin("multiply");
    return elementwise(multiply, nullptr, {a, b}, {spec.dtype, spec.shape, false});
  }
  Operand times(const Operand& x, int64_t n) {
    const Spec spec{p_.slots[x.slot].dtype, x.layout.shape, false};
    std::byte value[8];
    dispatch(spec.dtype, [&](auto type) {
      const auto number = static_cast<typename decltype(type)::type>(n);
      std::memcpy(value, &number, sizeof number);
    });
    const Operand factor{constant(spec.dtype, value), broadcast({{}, {}, 0}, spec.shape)};
    return product(x, factor, spec);
  }

  // ---- kernels

  void by_kernel(const Node& node, SmallVector<Operand, 2> in) {
    AttrsPtr attrs = node.attrs;
    if (node.op.rewrite) {
      Rewrite w{node.op, {}, {}, {}, std::make_shared<Attrs>(*node.attrs), node.outputs[0].spec.shape};
      SmallVector<std::optional<Diagonal>, 2> diagonals;
      for (const Operand& x : in) {
        diagonals.push_back(diagonal_in(x, x.layout.shape));
        w.in.push_back(x.layout);
        w.identity.push_back(diagonals.back() ? diagonals.back()->order : 0);
        w.pattern.push_back(diagonals.back() ? diagonals.back()->pattern : x.layout);
      }
      node.op.rewrite(w);
      if (w.same_as) {
        values_[node.slot] = {in[*w.same_as].slot, w.result};
        if (const auto& d = diagonals[1 - *w.same_as])
          values_[node.slot] = product(values_[node.slot], d->factors, node.outputs[0].spec);
        return;
      }
      for (std::size_t i = 0; i < in.size(); ++i) in[i].layout = w.in[i];
      attrs = std::move(w.attrs);
    }
    for (Operand& x : in)
      if (!is_dense(x.layout)) x = copied(x);
    SmallVector<Spec, 1> specs;
    for (const Node::Output& out : node.outputs) specs.push_back(out.spec);
    const SmallVector<uint32_t, 1> out = emit({&node.op, std::move(attrs), std::move(in), {}}, specs);
    for (std::size_t i = 0; i < out.size(); ++i) values_[node.slot + i] = whole(out[i]);
    if (node.op.is_identity && node.op.is_identity({node.op, node.attrs.get()})) {
      identity_[out[0]] = node.outputs[0].spec.shape[0];
      any_identity_ = true;
    }
  }

  // ---- what comes out

  // A kept value needs memory that holds it and nothing else.
  void keep_results() {
    p_.results.assign(s_.slots, Program::kNone);
    for (std::size_t i = 0; i < s_.nodes.size(); ++i) {
      if (!s_.kept[i]) continue;
      for (std::size_t k = 0; k < s_.nodes[i]->outputs.size(); ++k) {
        Operand& x = values_[s_.nodes[i]->slot + k];
        const bool whole_slot = x.layout.offset == 0 && is_dense(x.layout) &&
                                x.layout.shape.elements() == p_.slots[x.slot].shape.elements();
        if (!whole_slot) x = copied(x);
        p_.results[s_.nodes[i]->slot + k] = x.slot;
      }
    }
    p_.wanted.assign(p_.slots.size(), 0);
    for (uint32_t slot : p_.results)
      if (slot != Program::kNone) p_.wanted[slot] = 1;
  }
  void drop_unused() {
    std::vector<uint8_t> needed(p_.wanted);
    std::vector<uint8_t> used(p_.instructions.size(), 0);
    for (std::size_t i = p_.instructions.size(); i-- > 0;) {
      const Instruction& instruction = p_.instructions[i];
      used[i] = std::ranges::any_of(instruction.out, [&](uint32_t slot) { return needed[slot] != 0; });
      if (!used[i]) continue;
      for (const Operand& x : instruction.in) needed[x.slot] = 1;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < p_.instructions.size(); ++i)
      if (used[i]) {
        if (kept != i) p_.instructions[kept] = std::move(p_.instructions[i]);
        ++kept;
      }
    p_.instructions.erase(p_.instructions.begin() + static_cast<std::ptrdiff_t>(kept), p_.instructions.end());
  }

  const Schedule& s_;
  Program p_;
  std::vector<Operand> values_;                 // by output of the schedule's nodes
  std::vector<std::optional<double>> numbers_;  // by slot: one number, known beforehand
  std::vector<int64_t> identity_;               // by slot: the order of the identity matrix it holds
  std::vector<uint8_t> fixed_;                  // by slot: a function's constant
  bool any_identity_ = false;
  std::map<uint32_t, Diagonal> diagonals_;  // by slot
  std::map<Key, std::size_t> known_;
};
}  // namespace

Program make_program(const Schedule& s) { return ProgramBuilder(s).build(); }

Program take_out_constants(Program& program, const std::vector<uint8_t>& variable) {
  Program constants;
  constants.leaves = program.leaves;
  constants.slots = program.slots;
  constants.constants = program.constants;
  constants.wanted.assign(program.slots.size(), 0);
  std::vector<uint8_t> varies(program.slots.size(), 0);
  std::ranges::copy(variable, varies.begin());
  std::vector<Instruction> left;
  std::vector<uint8_t> made(program.slots.size(), 0);
  for (Instruction& i : program.instructions) {
    const bool moves = !std::ranges::any_of(i.in, [&](const Operand& x) { return varies[x.slot] != 0; }) &&
                       !(i.op && i.op->by_user);
    for (uint32_t slot : i.out) (moves ? made : varies)[slot] = 1;
    (moves ? constants.instructions : left).push_back(std::move(i));
  }
  for (const Instruction& i : left)
    for (const Operand& x : i.in) constants.wanted[x.slot] |= made[x.slot];
  for (std::size_t slot = 0; slot < made.size(); ++slot) constants.wanted[slot] |= made[slot] && program.wanted[slot];
  program.instructions = std::move(left);
  return constants;
}

}  // namespace gradtape
