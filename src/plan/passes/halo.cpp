#include "plan/passes/halo.hpp"

#include <algorithm>

namespace gradtape::core {

std::optional<int64_t> shift_of(const Program& program, const Instruction& i, const Shape& space) {
  const auto paddings = i.op->pad ? i.op->pad->zeros_around({*i.op, i.attrs.get()}) : std::nullopt;
  const Shape &in = i.in[0].layout.shape, &out = program.slots[i.out[0]].shape;
  if (!paddings || !(out == space) || !(program.slots[i.in[0].slot].shape == in)) return std::nullopt;
  std::size_t axis = 0;
  while (axis < out.rank() && out[axis] == 1) ++axis;
  for (std::size_t k = axis + 1; k < out.rank(); ++k)
    if (in[k] != out[k]) return std::nullopt;
  return axis < out.rank() ? (*paddings)[2 * axis] * out.product(axis + 1, out.rank()) : 0;
}

namespace {
constexpr int64_t kMostHalo = 128;  // elements that a tile computes beside its own
constexpr uint32_t kMany = UINT32_MAX - 1;

class HaloFinder {
 public:
  HaloFinder(const Program& p, std::vector<Group>& groups)
      : p_(p), groups_(groups), computed_by_(p.slots.size(), kNone), readers_(p.slots.size()) {
    for (uint32_t g = 0; g < groups.size(); ++g)
      for (uint32_t m : groups[g].members) {
        for (uint32_t slot : at(m).out) computed_by_[slot] = computed_by_[slot] == kNone ? g : kMany;
        for (const Operand& x : at(m).in) readers_[x.slot].push_back({g, m});
      }
  }

  void run() {
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      if (!groups_[g].is_loop || groups_[g].members.size() < 2) continue;
      const Members members = groups_[g].members;
      for (uint32_t m : members)
        if (at(m).is_pad()) try_join(computed_by_[at(m).in[0].slot], g);
    }
    std::erase_if(groups_, [](const Group& g) { return g.members.empty(); });
  }

 private:
  struct Reader {
    uint32_t group, instruction;
  };
  const Instruction& at(uint32_t i) const { return p_.instructions[i]; }

  // Whether an operand is read one element after the other, or is one number.
  static bool is_linear(const Operand& x, const Shape& space) {
    const Layout wide = broadcast(x.layout, space);
    return is_dense(wide) || std::ranges::all_of(wide.strides, [](int64_t s) { return s == 0; });
  }

  // The shifts by which group b reads the results of group a; empty if b reads a result in another way as well.
  std::optional<Group::Shifted> shifted(uint32_t a, uint32_t b) const {
    Group::Shifted result{groups_[a].members, groups_[a].space, INT64_MAX, INT64_MIN};
    for (uint32_t m : groups_[a].members) {
      const Instruction& i = at(m);
      const uint32_t slot = i.out[0];
      if (!i.is_elementwise() || !(p_.slots[slot].shape == result.space) || p_.wanted[slot] || computed_by_[slot] != a)
        return std::nullopt;
      if (!std::ranges::all_of(i.in, [&](const Operand& x) { return is_linear(x, result.space); })) return std::nullopt;
      for (const Reader& r : readers_[slot]) {
        if (r.group == a) continue;
        const Instruction& reader = at(r.instruction);
        const auto shift = r.group == b && reader.is_pad() ? shift_of(p_, reader, groups_[b].space) : std::nullopt;
        if (!shift) return std::nullopt;
        result.least = std::min(result.least, *shift);
        result.most = std::max(result.most, *shift);
      }
    }
    if (result.halo() > kMostHalo) return std::nullopt;
    return result;
  }

  void try_join(uint32_t a, uint32_t b) {
    if (a == kNone || a == kMany || a == b || groups_[a].members.empty()) return;
    Group &from = groups_[a], &to = groups_[b];
    if (!from.is_loop || from.shifted || from.members.size() + to.members.size() > kMostMembers) return;
    std::optional<Group::Shifted> joined = shifted(a, b);
    if (!joined || !add_shifted(to.shifted, std::move(*joined))) return;
    merge(to.members, from.members);
    from.members.clear();
  }
  // Groups over one space are shifted together. Returns whether they can be.
  static bool add_shifted(std::shared_ptr<const Group::Shifted>& to, Group::Shifted more) {
    if (to) {
      more.least = std::min(to->least, more.least);
      more.most = std::max(to->most, more.most);
      if (!(to->space == more.space) || more.halo() > kMostHalo) return false;
      merge(more.members, to->members);
    }
    to = std::make_shared<const Group::Shifted>(std::move(more));
    return true;
  }
  static void merge(Members& to, const Members& more) {
    to.append(more.begin(), more.end());
    std::ranges::sort(to);
  }

  const Program& p_;
  std::vector<Group>& groups_;
  std::vector<uint32_t> computed_by_;         // by slot: the group
  std::vector<std::vector<Reader>> readers_;  // by slot
};
}  // namespace

void fuse_halos(const Program& program, std::vector<Group>& groups) {
  if (program.may_pad && std::ranges::any_of(program.instructions, [](const Instruction& i) { return i.is_pad(); }))
    HaloFinder(program, groups).run();
}

}  // namespace gradtape::core
