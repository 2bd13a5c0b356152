#include "plan/ir/program.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>

#include "ops/registry.hpp"
#include "plan/ir/reduction_axes.hpp"
#include "plan/lower/bands.hpp"
#include "plan/lower/signs.hpp"

namespace gradtape::core {

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
    p_.slots.reserve(s_.slots + s_.slots / 4);
    p_.instructions.reserve(s_.nodes.size() + s_.nodes.size() / 4);
    known_.reserve(s_.nodes.size());
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
    origin_.push_back(Program::kNone);
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
    uint64_t bits = 0;
    std::memcpy(&bits, value, size_of(dtype));
    const auto [known, is_new] = constants_.try_emplace({dtype, bits}, static_cast<uint32_t>(p_.slots.size()));
    if (!is_new) return known->second;
    BufferPtr buffer = s_.recorder->allocate(size_of(dtype), "constant");
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
    instruction.of = of_;
    for (const Spec& spec : specs) instruction.out.push_back(new_slot(spec.dtype, spec.shape, fixed));
    if (repeatable) known_[key] = p_.instructions.size();
    for (uint32_t slot : instruction.out) origin_[slot] = static_cast<uint32_t>(p_.instructions.size());
    p_.instructions.push_back(std::move(instruction));
    return p_.instructions.back().out;
  }

  Operand copied(const Operand& x) {
    const Spec spec{p_.slots[x.slot].dtype, x.layout.shape, false};
    return whole(emit({nullptr, nullptr, {x}, {}}, std::span(&spec, 1))[0]);
  }
  Operand reshaped(const Operand& x, const Shape& shape) {
    if (auto layout = gradtape::core::reshaped(x.layout, shape)) return {x.slot, *layout};
    return {copied(x).slot, row_major(shape)};
  }

  void add(const Node& node) {
    of_ = node.within ? node.within : &node.op;
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
    Operand result = elementwise(node.op, node.attrs, in, spec);
    if (result.slot >= p_.leaves && is_dense(result.layout) && !banded_.contains(result.slot))
      if (std::optional<Banded> banded = banded_result(node, in)) banded_.emplace(result.slot, std::move(*banded));
    return result;
  }
  Operand elementwise(const Op& given, const AttrsPtr& attrs, SmallVector<Operand, 2> in, const Spec& spec) {
    const Op* op = &given;
    const Origins origins{p_, origin_, numbers_, [&](Dtype dtype, double value) { return number_slot(dtype, value); }};
    if (const auto same = simplify_signs(origins, op, in)) return {same->slot, broadcast(same->layout, spec.shape)};
    const auto& e = std::get<Elementwise>(op->computation);
    if (spec.shape.elements() > 0 && std::ranges::all_of(in, [&](const Operand& x) { return number(x).has_value(); }))
      return folded(*op, attrs, in, spec);
    if (in.size() == 2)
      for (std::size_t i : {0, 1}) {
        const std::optional<double> neutral = i == 0 ? e.neutral_left : e.neutral_right, got = number(in[i]);
        if (neutral && got && *neutral == *got) return {in[1 - i].slot, broadcast(in[1 - i].layout, spec.shape)};
      }
    for (Operand& x : in) x = easily_read(x, spec.shape);
    if (e.part) {
      const Operand part = whole(emit({e.part, nullptr, in, {}}, std::span(&spec, 1))[0]);
      if (e.rest->inputs.size() == 1) in.clear();
      in.push_back(part);
      op = e.rest;
    }
    return whole(emit({op, attrs, std::move(in), {}}, std::span(&spec, 1))[0]);
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
    e.loop(p_.slots[in.back().slot].dtype, spec.dtype)(tile);
    return {constant(spec.dtype, &result), broadcast({{}, {}, 0}, spec.shape)};
  }

  // ---- bands: what is 0 but on a few diagonals

  static constexpr std::size_t kMostBands = 8;

  // x, broadcast to the shape, as a banded matrix.
  std::optional<Banded> bands_in(const Operand& x, const Shape& shape) {
    if (const int64_t n = identity_[x.slot]; n > 1)
      return identity_seen(n, broadcast(x.layout, shape), number_slot(p_.slots[x.slot].dtype, 1));
    const auto known = banded_.find(x.slot);
    return known == banded_.end() ? std::nullopt : bands_seen(known->second, x.layout, shape);
  }
  uint32_t number_slot(Dtype dtype, double value) {
    uint64_t bits = 0;
    dispatch(dtype, [&](auto type) {
      const auto number = static_cast<typename decltype(type)::type>(value);
      std::memcpy(&bits, &number, sizeof number);
    });
    return constant(dtype, &bits);
  }

  // An elementwise result that is 0 wherever its banded operands are: the op applied to the bands. Where a set has two
  // operands, the op is linear in them together, so that bands in different places may stand side by side.
  std::optional<Banded> banded_result(const Node& node, const SmallVector<Operand, 2>& in) {
    if (!any_identity_) return std::nullopt;
    const Spec& spec = node.outputs[0].spec;
    for (uint8_t set : std::get<Elementwise>(node.op.computation).zero_where) {
      SmallVector<std::optional<Banded>, 3> operands(in.size());
      std::optional<Banded> result;
      bool fits = true;
      for (std::size_t i = 0; fits && i < in.size(); ++i) {
        if (!(set >> i & 1) || number(in[i]) == 0) continue;
        operands[i] = bands_in(in[i], spec.shape);
        fits = operands[i] && (!result || (operands[i]->row == result->row && operands[i]->column == result->column));
        if (!fits) break;
        if (!result) result = Banded{spec.shape, operands[i]->row, operands[i]->column, {}};
        for (const Band& b : operands[i]->bands)
          if (std::ranges::none_of(result->bands, [&](const Band& r) { return r.same_place(b); }))
            result->bands.push_back(b);
      }
      if (!fits || !result || result->bands.size() > kMostBands) continue;
      for (Band& b : result->bands) b.factors = on_one_band(node, in, set, operands, *result, b);
      return result;
    }
    return std::nullopt;
  }
  Operand on_one_band(const Node& node, const SmallVector<Operand, 2>& in, uint8_t set,
                      const SmallVector<std::optional<Banded>, 3>& operands, const Banded& result, const Band& band) {
    SmallVector<Operand, 2> x;
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (!(set >> i & 1) || !operands[i]) {
        x.push_back(on_band(in[i], result, band));
        continue;
      }
      const auto& bands = operands[i]->bands;
      const auto own = std::ranges::find_if(bands, [&](const Band& b) { return b.same_place(band); });
      const Dtype dtype = p_.slots[in[i].slot].dtype;
      x.push_back(own != bands.end() ? own->factors
                                     : Operand{number_slot(dtype, 0), broadcast({{}, {}, 0}, result.band_shape(band))});
    }
    return elementwise(node.op, node.attrs, x, {node.outputs[0].spec.dtype, result.band_shape(band), false});
  }

  // A banded result on its own: zeros, and its bands.
  std::optional<Operand> from_bands(const Operand& x) {
    constexpr int64_t kWorthIt = 1024;
    const auto known = banded_.find(x.slot);
    if (known == banded_.end() || x.layout.shape.elements() < kWorthIt) return std::nullopt;
    const Banded& m = known->second;
    const int64_t rows = m.shape[m.row], columns = m.shape[m.column];
    if (rows * columns != m.shape.elements() || m.row > m.column) return std::nullopt;
    static const Op& op = Registry::instance().builtin("bands");
    Ints offsets, firsts;
    SmallVector<Operand, 2> factors;
    for (const Band& b : m.bands) {
      offsets.push_back(b.offset);
      firsts.push_back(b.first);
      Layout line{{b.count}, {b.factors.layout.strides[m.column]}, b.factors.layout.offset};
      factors.push_back({b.factors.slot, line});
      if (!is_dense(line)) factors.back() = copied(factors.back());
    }
    auto attrs = std::make_shared<Attrs>();
    for (AttrValue value : {AttrValue(rows), AttrValue(columns), AttrValue(offsets), AttrValue(firsts)})
      attrs->values.push_back(std::move(value));
    const Spec spec{p_.slots[x.slot].dtype, {rows, columns}, false};
    return whole(emit({&op, std::move(attrs), std::move(factors), {}}, std::span(&spec, 1))[0]);
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
      if (n == 1 || (n > 0 && x.layout.strides[axis] == 0 && reduction.repeats != Reduction::other)) {
        repeated *= n;
        x.layout.shape[axis] = 1;
      } else {
        left.push_back(a);
      }
    }
    Operand result = x;
    if (!is_dense(x.layout) && reduction_axes(x.layout.shape, left).direction == Direction::mixed) move_last(x, left);
    if (!left.empty()) {
      auto attrs = std::make_shared<Attrs>(*node.attrs);
      attrs->values[node.op.attr_index("axis")] = std::move(left);
      result = whole(emit({&node.op, std::move(attrs), {x}, {}}, std::span(&spec, 1))[0]);
    }
    if (repeated > 1 && reduction.repeats == Reduction::sum) result = times(result, repeated);
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
    return product(x, {number_slot(spec.dtype, static_cast<double>(n)), broadcast({{}, {}, 0}, spec.shape)}, spec);
  }

  // ---- kernels

  void by_kernel(const Node& node, SmallVector<Operand, 2> in) {
    AttrsPtr attrs = node.attrs;
    if (node.op.rewrite) {
      const Shape& out = node.outputs[0].spec.shape;
      Rewrite w{node.op, {}, {}, {}, std::make_shared<Attrs>(*node.attrs), out};
      SmallVector<std::optional<Banded>, 2> diagonals;
      for (const Operand& x : in) {
        std::optional<Banded> d = bands_in(x, x.layout.shape);
        if (d && !d->is_diagonal()) d.reset();
        w.in.push_back(x.layout);
        w.identity.push_back(d ? d->shape[d->column] : 0);
        w.pattern.push_back(d ? pattern_of(*d) : x.layout);
        diagonals.push_back(std::move(d));
      }
      node.op.rewrite(w);
      if (w.same_as) {
        Operand result{in[*w.same_as].slot, w.result};
        if (const auto& d = diagonals[1 - *w.same_as]) result = product(result, by_row(*d), node.outputs[0].spec);
        values_[node.slot] = result;
        return;
      }
      for (std::size_t i = 0; i < in.size(); ++i) in[i].layout = w.in[i];
      attrs = std::move(w.attrs);
    }
    std::optional<Banded> banded;
    if (node.op.zero_padding && any_identity_)
      if (const auto paddings = node.op.zero_padding({node.op, node.attrs.get()}))
        if (const auto x = bands_in(in[0], in[0].layout.shape))
          banded = padded(*x, *paddings, node.outputs[0].spec.shape);
    for (Operand& x : in)
      if (!is_dense(x.layout)) x = copied(x);
    SmallVector<Spec, 1> specs;
    for (const Node::Output& out : node.outputs) specs.push_back(out.spec);
    const SmallVector<uint32_t, 1> out = emit({&node.op, std::move(attrs), std::move(in), {}}, specs);
    for (std::size_t i = 0; i < out.size(); ++i) values_[node.slot + i] = whole(out[i]);
    if (banded) banded_.emplace(out[0], std::move(*banded));
    if (node.op.is_identity && node.op.is_identity({node.op, node.attrs.get()})) {
      identity_[out[0]] = node.outputs[0].spec.shape[0];
      any_identity_ = true;
    }
  }

  // How a diagonal matrix lies in an identity matrix of its order.
  static Layout pattern_of(const Banded& d) {
    Layout pattern{d.shape, Shape::Dims(d.shape.rank(), 0), 0};
    pattern.strides[d.row] = d.shape[d.column];
    pattern.strides[d.column] = 1;
    return pattern;
  }
  // Its factors, one for each row.
  static Operand by_row(const Banded& d) {
    Operand factors = d.bands[0].factors;
    Layout& l = factors.layout;
    l.strides[d.row] = l.strides[d.column];
    l.shape[d.row] = d.shape[d.row];
    l.strides[d.column] = 0;
    l.shape[d.column] = 1;
    return factors;
  }

  // ---- what comes out

  // A kept value needs memory that holds it and nothing else.
  void keep_results() {
    p_.results.assign(s_.slots, Program::kNone);
    for (std::size_t i = 0; i < s_.nodes.size(); ++i) {
      const Node& node = *s_.nodes[i];
      for (std::size_t k = 0; k < node.outputs.size(); ++k) {
        if (!s_.keeps(i, k)) continue;
        Operand& x = values_[node.slot + k];
        const bool whole_slot = x.layout.offset == 0 && is_dense(x.layout) &&
                                x.layout.shape.elements() == p_.slots[x.slot].shape.elements();
        of_ = node.within ? node.within : &node.op;
        if (!whole_slot) x = copied(x);
        if (const auto sparse = from_bands(x)) x = *sparse;
        p_.results[node.slot + k] = x.slot;
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
  std::vector<uint32_t> origin_;                // by slot: the instruction that computes it
  std::vector<int64_t> identity_;               // by slot: the order of the identity matrix it holds
  std::vector<uint8_t> fixed_;                  // by slot: a function's constant
  std::map<std::pair<Dtype, uint64_t>, uint32_t> constants_;
  bool any_identity_ = false;
  const Op* of_ = nullptr;             // the op that the user called, whose node is being added
  std::map<uint32_t, Banded> banded_;  // by slot
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return key[0]; }
  };
  std::unordered_map<Key, std::size_t, KeyHash> known_;
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
    const bool moves =
        !std::ranges::any_of(i.in, [&](const Operand& x) { return varies[x.slot] != 0; }) && !(i.op && i.op->by_user);
    for (uint32_t slot : i.out) (moves ? made : varies)[slot] = 1;
    (moves ? constants.instructions : left).push_back(std::move(i));
  }
  for (const Instruction& i : left)
    for (const Operand& x : i.in) constants.wanted[x.slot] |= made[x.slot];
  for (std::size_t slot = 0; slot < made.size(); ++slot) constants.wanted[slot] |= made[slot] && program.wanted[slot];
  program.instructions = std::move(left);
  return constants;
}

}  // namespace gradtape::core
