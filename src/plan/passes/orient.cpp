#include "plan/passes/orient.hpp"

#include <algorithm>
#include <map>

#include "ops/names.hpp"
#include "plan/ir/reduction_axes.hpp"
#include "plan/loops/geometry.hpp"
#include "plan/passes/dead_code.hpp"
#include "plan/passes/sum_factors.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kLeastElements = 4096;  // of the space: smaller ones take no time
constexpr std::size_t kMostMembers = 16;  // instructions behind a reduction, and their operands
constexpr std::size_t kMostAxes = 4;      // two of batches, rows, columns

// Estimates in ns for each element of the space.
constexpr double kGathered = 2.2, kInMemory = 2.5;     // as the loop was; not in a loop
constexpr double kOverRows = 0.2, kOverColumns = 0.6;  // in a loop here, which reduces rows or columns
constexpr double kOfRows = 1, kOfColumns = 10;         // more for each row
constexpr double kPartOfVector = 1.2;                  // more where columns do not fill a vector
constexpr double kCopied = 2, kTile = 60;              // a copied element, a tile
constexpr int64_t kVector = 8;
constexpr int64_t kLeastOfSums = 12;  // terms of a sum, for its factors to cost less behind it

using Axes = SmallVector<std::size_t, kMostAxes>;

// Neighbouring axes over which each operand runs evenly, as one.
struct Axis {
  int64_t size;
  bool goes;                        // is reduced
  SmallVector<int64_t, 4> strides;  // by operand
  std::size_t first, last;          // of the space's axes
};

// The instructions behind a reduction, and the operands that they read from elsewhere.
struct Cone {
  const Shape& space;
  std::vector<uint32_t> members;  // the last one first
  std::vector<Operand> operands;  // over the space
};

// An order of the axes: batches, one of rows, one of columns.
struct Order {
  Axes axes;
  double time;
};

class Orienter {
 public:
  explicit Orienter(Program& p) : p_(p), producer_(p.slots.size(), kNone), readers_(p.slots.size(), 0) {
    for (uint32_t i = 0; i < p.instructions.size(); ++i) {
      for (uint32_t slot : p.instructions[i].out) producer_[slot] = i;
      for (const Operand& x : p.instructions[i].in) ++readers_[x.slot];
    }
  }

  void run() {
    for (const Instruction& i : p_.instructions) {
      if (!i.reduction() || !try_order(i)) instructions_.push_back(i);
    }
    if (!changed_) return;
    p_.instructions = std::move(instructions_);
    eliminate_dead_code(p_);
  }

 private:
  const Shape& shape_of(uint32_t slot) const { return p_.slots[slot].shape; }
  std::size_t size_of_slot(uint32_t slot) const { return size_of(p_.slots[slot].dtype); }

  // ---- what is behind a reduction

  // The elementwise instruction that computes the operand element by element; null: there is none.
  const Instruction* made_by(const Operand& x, const Shape& space) const {
    if (producer_[x.slot] == kNone || p_.wanted[x.slot] || !(shape_of(x.slot) == space)) return nullptr;
    if (x.layout.offset != 0 || !is_dense(broadcast(x.layout, space))) return nullptr;
    const Instruction& i = p_.instructions[producer_[x.slot]];
    if (!i.is_elementwise()) return nullptr;
    return std::get<Elementwise>(i.op->computation).cheap || readers_[x.slot] == 1 ? &i : nullptr;
  }
  void collect(const Operand& x, Cone& cone) const {
    const Instruction* i = cone.members.size() < kMostMembers ? made_by(x, cone.space) : nullptr;
    if (!i) {
      const Layout wide = broadcast(x.layout, cone.space);
      if (find(cone.operands, x.slot, wide) == cone.operands.size()) cone.operands.push_back({x.slot, wide});
      return;
    }
    if (std::ranges::count(cone.members, producer_[x.slot])) return;
    cone.members.push_back(producer_[x.slot]);
    for (const Operand& operand : i->in) collect(operand, cone);
  }
  static std::size_t find(const std::vector<Operand>& operands, uint32_t slot, const Layout& wide) {
    return static_cast<std::size_t>(std::ranges::find_if(operands,
                                                         [&](const Operand& x) {
                                                           return x.slot == slot && x.layout.offset == wide.offset &&
                                                                  x.layout.strides == wide.strides;
                                                         }) -
                                    operands.begin());
  }

  static std::vector<Axis> axes_of_space(const Cone& cone, const Ints& reduced) {
    std::vector<Axis> axes;
    for (std::size_t i = 0; i < cone.space.rank(); ++i) {
      if (cone.space[i] == 1) continue;
      Axis axis{cone.space[i], std::ranges::count(reduced, static_cast<int64_t>(i)) != 0, {}, i, i};
      for (const Operand& x : cone.operands) axis.strides.push_back(x.layout.strides[i]);
      Axis* before = axes.empty() ? nullptr : &axes.back();
      bool even = before && before->goes == axis.goes;
      for (std::size_t k = 0; even && k < cone.operands.size(); ++k)
        even = before->strides[k] == axis.strides[k] * axis.size;
      if (!even) {
        axes.push_back(std::move(axis));
        continue;
      }
      before->size *= axis.size;
      before->strides = std::move(axis.strides);
      before->last = i;
    }
    return axes;
  }

  // ---- the order of axes

  bool lies_well(const Cone& cone, const std::vector<Axis>& axes, const Axes& order, std::size_t k) const {
    const auto size = static_cast<int64_t>(size_of_slot(cone.operands[k].slot));
    for (std::size_t a : order)
      if (axes[a].strides[k] < 0) return false;
    const int64_t column = axes[order.back()].strides[k], row = axes[order[order.size() - 2]].strides[k];
    return column == 0 ? row <= 1 : column == 1 && row * size <= INT32_MAX;
  }
  static int64_t distinct(const std::vector<Axis>& axes, std::size_t k) {
    int64_t n = 1;
    for (const Axis& a : axes)
      if (a.strides[k] != 0) n *= a.size;
    return n;
  }
  static bool keeps_order(const std::vector<Axis>& axes, const Axes& order) {
    std::size_t last = 0;
    for (std::size_t a : order) {
      if (axes[a].goes) continue;
      if (a < last) return false;
      last = a;
    }
    return true;
  }
  double time_of(const Cone& cone, const std::vector<Axis>& axes, const Axes& order) const {
    const Axis &columns = axes[order.back()], &rows = axes[order[order.size() - 2]];
    const auto all = static_cast<double>(cone.space.elements()), width = static_cast<double>(columns.size);
    const int64_t tile = columns.size >= kTileElements
                             ? kTileElements
                             : std::min(kTileElements / columns.size, rows.size) * columns.size;
    double copied = 0;
    for (std::size_t k = 0; k < cone.operands.size(); ++k)
      if (!lies_well(cone, axes, order, k)) copied += static_cast<double>(distinct(axes, k));
    const Axis& reduced = columns.goes ? columns : rows;
    if (!keeps_order(axes, order)) copied += all / static_cast<double>(reduced.size);
    const double loop = columns.goes ? kOverColumns + kOfColumns / width : kOverRows + kOfRows / width;
    return loop + (columns.size < kVector ? kPartOfVector : 0) + kTile / static_cast<double>(tile) +
           kCopied * copied / all;
  }
  Order best_order(const Cone& cone, const std::vector<Axis>& axes) const {
    std::size_t reduced = 0;
    while (!axes[reduced].goes) ++reduced;
    Order best{{}, cone.space.elements() > 0 ? kInMemory * 100 : 0};
    for (std::size_t columns = 0; columns < axes.size(); ++columns) {
      // The sum goes over the columns, or over the rows.
      std::size_t rows = reduced;
      if (columns == reduced) rows = reduced + 1 == axes.size() ? axes.size() - 2 : axes.size() - 1;
      Axes order;
      for (std::size_t a = 0; a < axes.size(); ++a)
        if (a != columns && a != rows) order.push_back(a);
      order.push_back(rows);
      order.push_back(columns);
      const double time = time_of(cone, axes, order);
      if (time < best.time) best = {order, time};
    }
    return best;
  }

  // ---- the new instructions

  bool try_order(const Instruction& reduction) {
    const Operand& x = reduction.in[0];
    const Shape& space = x.layout.shape;
    if (space.elements() < kLeastElements || !made_by(x, space)) return false;
    Cone cone{space, {}, {}};
    collect(x, cone);
    const std::vector<Axis> axes = axes_of_space(cone, axes_of(*reduction.op, *reduction.attrs));
    const auto reduced = std::ranges::count_if(axes, &Axis::goes);
    if (reduced != 1 || axes.size() < 3 || axes.size() > kMostAxes || cone.operands.size() > kMostMembers) return false;
    const bool in_memory =
        reduction_axes(space, axes_of(*reduction.op, *reduction.attrs)).direction == Direction::mixed;
    if (!in_memory)
      for (std::size_t k = 0; k < cone.operands.size(); ++k)
        if (distinct(axes, k) == space.elements()) return false;  // its loop reads this operand as it lies
    const Order order = best_order(cone, axes);
    if (order.time >= (in_memory ? kInMemory : kGathered)) return false;
    add(reduction, cone, axes, order.axes);
    return changed_ = true;
  }

  uint32_t add_slot(Dtype dtype, Shape shape) {
    p_.slots.push_back({dtype, std::move(shape), false});
    p_.wanted.push_back(0);
    return static_cast<uint32_t>(p_.slots.size() - 1);
  }
  // The operand over the new space; a copy of it where it lies unevenly.
  Operand ordered(const Cone& cone, const std::vector<Axis>& axes, const Axes& order, std::size_t k, const Op* of) {
    const Operand& x = cone.operands[k];
    Layout wide{{}, {}, x.layout.offset}, distinct{{}, {}, x.layout.offset};
    for (std::size_t a : order) {
      const int64_t stride = axes[a].strides[k];
      wide.shape.push_back(axes[a].size), wide.strides.push_back(stride);
      distinct.shape.push_back(stride == 0 ? 1 : axes[a].size), distinct.strides.push_back(stride);
    }
    if (lies_well(cone, axes, order, k)) return {x.slot, std::move(wide)};
    std::vector<int64_t> key{x.slot, distinct.offset};
    key.insert(key.end(), distinct.shape.begin(), distinct.shape.end());
    key.insert(key.end(), distinct.strides.begin(), distinct.strides.end());
    const auto [known, fresh] = copies_.try_emplace(std::move(key), 0);
    if (fresh) {
      known->second = add_slot(p_.slots[x.slot].dtype, distinct.shape);
      instructions_.push_back({nullptr, nullptr, {{x.slot, distinct}}, {known->second}, of});
    }
    return {known->second, broadcast(row_major(distinct.shape), wide.shape)};
  }
  void add(const Instruction& reduction, const Cone& cone, const std::vector<Axis>& axes, const Axes& order) {
    const auto batch = static_cast<uint8_t>(order.size() - 2);
    std::vector<Operand> operands;
    for (std::size_t k = 0; k < cone.operands.size(); ++k)
      operands.push_back(ordered(cone, axes, order, k, reduction.of));
    Shape space, result;
    int64_t reduced = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Axis& axis = axes[order[i]];
      space.push_back(axis.size);
      result.push_back(axis.goes ? 1 : axis.size);
      if (axis.goes) reduced = static_cast<int64_t>(i);
    }
    FactoredSum sum{reduction.in[0]};
    if (cone.space.elements() >= kLeastOfSums * shape_of(reduction.out[0]).elements())
      sum = without_factors(p_, reduction, [&](const Operand& x) { return made_by(x, cone.space); });
    std::map<uint32_t, uint32_t> now;  // by slot of a member: its slot in the new order
    std::vector<uint32_t> members(cone.members);
    std::ranges::sort(members);
    for (uint32_t m : members) {
      Instruction i = p_.instructions[m];
      if (sum.product == &p_.instructions[m]) i.in = sum.in;
      for (Operand& x : i.in) {
        const auto member = now.find(x.slot);
        if (member != now.end() && made_by(x, cone.space))
          x = {member->second, row_major(space)};
        else
          x = operands[find(cone.operands, x.slot, broadcast(x.layout, cone.space))];
      }
      const uint32_t slot = i.out[0];
      i.out[0] = now[slot] = add_slot(p_.slots[slot].dtype, space);
      i.batch = batch;
      instructions_.push_back(std::move(i));
    }
    const bool keeps = keeps_order(axes, order);
    const uint32_t to = keeps ? reduction.out[0] : add_slot(p_.slots[reduction.out[0]].dtype, result);
    Instruction last = reduction;
    last.attrs = with_axes(*reduction.op, *reduction.attrs, Ints{reduced});
    last.in = {{now[sum.terms.slot], row_major(space)}};
    last.batch = batch;
    last.out = {sum.has_factors() ? like(to) : to};
    instructions_.push_back(last);
    if (sum.has_factors()) multiply(last.out[0], sum, reduction.of, to);
    if (!keeps) add_in_order(reduction, axes, order, to);
  }
  uint32_t like(uint32_t slot) { return add_slot(p_.slots[slot].dtype, shape_of(slot)); }
  // The sum with its factors again.
  void multiply(uint32_t from, const FactoredSum& sum, const Op* of, uint32_t to) {
    const Shape shape = shape_of(to);
    for (std::size_t k = 0; k < sum.factors.size(); ++k) {
      const uint32_t product = k + 1 == sum.factors.size() && !sum.negated ? to : like(to);
      const Operand number{sum.factors[k].slot, broadcast({{}, {}, sum.factors[k].layout.offset}, shape)};
      instructions_.push_back({&op<"multiply">.get(), nullptr, {{from, row_major(shape)}, number}, {product}, of});
      from = product;
    }
    if (sum.negated) instructions_.push_back({&op<"negative">.get(), nullptr, {{from, row_major(shape)}}, {to}, of});
  }
  // A copy of the result in the order of the axes that it had.
  void add_in_order(const Instruction& reduction, const std::vector<Axis>& axes, const Axes& order, uint32_t from) {
    const Shape::Dims steps = strides_of(shape_of(from));
    Layout layout{{}, {}, 0};
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (axes[a].goes) continue;
      layout.shape.push_back(axes[a].size);
      layout.strides.push_back(steps[static_cast<std::size_t>(std::ranges::find(order, a) - order.begin())]);
    }
    instructions_.push_back({nullptr, nullptr, {{from, std::move(layout)}}, reduction.out, reduction.of});
  }

  Program& p_;
  std::vector<uint32_t> producer_;  // by slot: the instruction
  std::vector<uint32_t> readers_;   // by slot: how many operands
  std::vector<Instruction> instructions_;
  std::map<std::vector<int64_t>, uint32_t> copies_;  // by slot and layout
  bool changed_ = false;
};
}  // namespace

void orient(Program& program) {
  if (program.may_reduce &&
      std::ranges::any_of(program.instructions, [](const Instruction& i) { return i.reduction() != nullptr; }))
    Orienter(program).run();
}

}  // namespace gradtape::core
