#include "plan/fuse.hpp"

#include <algorithm>

namespace gradtape {

namespace {
constexpr std::size_t kMostInstructions = 128;
constexpr uint32_t kNone = UINT32_MAX;

// Which steps run together. A group runs at the place of its last member. It stays open, and may take in a further
// step, until something outside reads one of its results: from then on a later member could come too late for that
// reader.
class Groups {
 public:
  Groups(const std::vector<Step>& steps, const std::vector<Spec>& specs)
      : steps_(steps), specs_(specs), group_of_(steps.size(), kNone), producer_(specs.size(), kNone) {
    for (uint32_t i = 0; i < steps.size(); ++i)
      for (uint32_t slot : steps[i].out) producer_[slot] = i;
    for (uint32_t i = 0; i < steps.size(); ++i) place(i);
  }

  bool is_fused(uint32_t step) const { return group_of_[step] != kNone; }
  // The members of the group that runs at this step; empty where it runs later.
  const std::vector<uint32_t>& running_at(uint32_t step) const {
    static const std::vector<uint32_t> none;
    const std::vector<uint32_t>& members = groups_[group_of_[step]].members;
    return members.back() == step ? members : none;
  }
  uint32_t group_of_slot(uint32_t slot) const { return producer_[slot] == kNone ? kNone : group_of_[producer_[slot]]; }
  uint32_t group_of(uint32_t step) const { return group_of_[step]; }

 private:
  struct Group {
    std::vector<uint32_t> members;
    bool open = true;
  };

  const Shape& shape_of(uint32_t step) const { return specs_[steps_[step].out[0]].shape; }

  void place(uint32_t step) {
    const bool elementwise = steps_[step].op->is_elementwise();
    if (elementwise) {
      group_of_[step] = static_cast<uint32_t>(groups_.size());
      groups_.push_back({{step}, true});
    }
    for (uint32_t slot : steps_[step].in) {
      const uint32_t from = group_of_slot(slot);
      if (from == kNone || from == group_of_[step]) continue;
      if (elementwise && can_join(from, step))
        join(from, group_of_[step]);
      else
        groups_[from].open = false;
    }
  }
  bool can_join(uint32_t group, uint32_t step) const {
    const Group &g = groups_[group], &own = groups_[group_of_[step]];
    return g.open && g.members.size() + own.members.size() <= kMostInstructions &&
           shape_of(g.members[0]) == shape_of(step);
  }
  void join(uint32_t from, uint32_t to) {
    for (uint32_t member : groups_[from].members) group_of_[member] = to;
    std::vector<uint32_t>& members = groups_[to].members;
    members.insert(members.end(), groups_[from].members.begin(), groups_[from].members.end());
    std::ranges::sort(members);
    groups_[from].members.clear();
  }

  const std::vector<Step>& steps_;
  const std::vector<Spec>& specs_;
  std::vector<uint32_t> group_of_, producer_;
  std::vector<Group> groups_;
};

// Merges neighbouring axes over which an operand runs evenly, and leaves out those of size 1.
void merge_axes(const Shape& shape, const Shape& operand, Fused::Input& input) {
  const Shape::Dims full = broadcast_strides(operand, shape);
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const std::size_t last = input.loop.rank();
    if (last > 0 && input.strides[last - 1] == full[axis] * shape[axis]) {
      input.loop[last - 1] *= shape[axis];
      input.strides[last - 1] = full[axis];
    } else {
      input.loop.push_back(shape[axis]);
      input.strides.push_back(full[axis]);
    }
  }
}

// Turns the members of one group into instructions over tiles.
class Builder {
 public:
  Builder(const std::vector<Step>& steps, const std::vector<Spec>& specs)
      : steps_(steps), specs_(specs), fused_(std::make_shared<Fused>()) {}

  // leaves_group(slot): whether something outside needs the value.
  template <class Leaves>
  Step build(const std::vector<uint32_t>& members, Leaves&& leaves_group) {
    shape_ = specs_[steps_[members[0]].out[0]].shape;
    fused_->elements = shape_.elements();
    find_last_reads(members);
    for (std::size_t i = 0; i < members.size(); ++i) add(steps_[members[i]], i, leaves_group);
    step_.fused = fused_;
    return step_;
  }

 private:
  struct Value {
    uint32_t slot;
    Fused::Place place;
    std::size_t last_read;  // instruction
  };

  void find_last_reads(const std::vector<uint32_t>& members) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      for (uint32_t slot : steps_[members[i]].in)
        if (Value* v = find(slot)) v->last_read = i;
      values_.push_back({steps_[members[i]].out[0], {Fused::Place::scratch, kNone}, i});
    }
  }
  Value* find(uint32_t slot) {
    auto it = std::ranges::find(values_, slot, &Value::slot);
    return it == values_.end() ? nullptr : &*it;
  }

  uint32_t take_scratch() {
    if (free_.empty()) return fused_->scratch_tiles++;
    const uint32_t tile = free_.back();
    free_.pop_back();
    return tile;
  }

  Fused::Place input(uint32_t slot) {
    const auto known = std::ranges::find(step_.in, slot);
    if (known != step_.in.end()) return {Fused::Place::input, static_cast<uint32_t>(known - step_.in.begin())};
    const Spec& spec = specs_[slot];
    Fused::Input in{};
    in.size = static_cast<uint8_t>(size_of(spec.dtype));
    in.kind = spec.shape == shape_         ? Fused::Input::stepping
              : spec.shape.elements() == 1 ? Fused::Input::fixed
                                           : Fused::Input::strided;
    if (in.kind == Fused::Input::strided) {
      merge_axes(shape_, spec.shape, in);
      // Leading axes of size 1 on either side leave the elements where they are.
      if (in.loop.rank() == 1 && in.strides[0] == 1)
        in.kind = Fused::Input::stepping;
      else
        in.scratch = fused_->scratch_tiles++;
    }
    fused_->inputs.push_back(std::move(in));
    step_.in.push_back(slot);
    return {Fused::Place::input, static_cast<uint32_t>(step_.in.size() - 1)};
  }

  template <class Leaves>
  void add(const Step& member, std::size_t index, Leaves&& leaves_group) {
    const auto& e = std::get<Elementwise>(member.op->computation);
    const uint32_t out = member.out[0];
    Fused::Instruction instruction{};
    // The condition of `where` is a bool beside operands of the result's dtype: the last input tells.
    const Dtype dtype = specs_[member.in.back()].dtype;
    instruction.tile = e.select ? e.select(dtype, specs_[out].dtype) : e.table[static_cast<int>(dtype)];
    instruction.attrs = member.attrs;
    for (uint32_t slot : member.in) {
      const Value* v = find(slot);
      instruction.operands.push_back(v ? v->place : input(slot));
    }
    Value& result = *find(out);
    if (leaves_group(out)) {
      result.place = {Fused::Place::output, static_cast<uint32_t>(step_.out.size())};
      step_.out.push_back(out);
      fused_->output_sizes.push_back(static_cast<uint8_t>(size_of(specs_[out].dtype)));
    } else {
      result.place = {Fused::Place::scratch, take_scratch()};
    }
    instruction.result = result.place;
    // Only now: a result that shared the tile of a smaller operand would overwrite what is still to be read.
    for (uint32_t slot : member.in)
      if (Value* v = find(slot);
          v && v->last_read == index && v->place.kind == Fused::Place::scratch && v->place.index != kNone) {
        free_.push_back(v->place.index);
        v->place.index = kNone;
      }
    fused_->instructions.push_back(std::move(instruction));
  }

  const std::vector<Step>& steps_;
  const std::vector<Spec>& specs_;
  std::shared_ptr<Fused> fused_;
  Shape shape_;
  Step step_;
  std::vector<Value> values_;
  std::vector<uint32_t> free_;  // scratch tiles nothing needs any more
};
}  // namespace

std::vector<Step> fuse(std::vector<Step> steps, const std::vector<Spec>& specs, const std::vector<uint8_t>& wanted) {
  const Groups groups(steps, specs);
  // A slot leaves its group where it is wanted, or where a step of another group reads it.
  std::vector<uint8_t> leaves(wanted);
  for (uint32_t i = 0; i < steps.size(); ++i)
    for (uint32_t slot : steps[i].in)
      if (groups.group_of_slot(slot) != groups.group_of(i)) leaves[slot] = 1;
  std::vector<Step> result;
  for (uint32_t i = 0; i < steps.size(); ++i) {
    if (!groups.is_fused(i)) {
      result.push_back(std::move(steps[i]));
    } else if (const auto& members = groups.running_at(i); !members.empty()) {
      Step step = Builder(steps, specs).build(members, [&](uint32_t slot) { return leaves[slot] != 0; });
      if (!step.out.empty()) result.push_back(std::move(step));
    }
  }
  return result;
}

}  // namespace gradtape
