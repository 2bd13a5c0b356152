#include "plan/passes/fusion.hpp"

#include <algorithm>
#include <queue>

namespace gradtape::core {

namespace {
constexpr std::size_t kMostVisited = 512;  // groups looked at in search of a cycle, before a group is left alone

Shape without_ones(std::span<const int64_t> dims) {
  Shape out;
  for (int64_t d : dims)
    if (d != 1) out.push_back(d);
  return out;
}
std::span<const int64_t> row_axes(const Shape& space, int split) { return space.dims().first(split); }
int64_t columns(const Shape& space, int split) { return space.product(split, space.rank()); }
}  // namespace

bool is_row_shape(const Shape& shape, const Shape& space, int split) {
  return without_ones(shape.dims()) == without_ones(row_axes(space, split));
}

const Ints& axes_of(const Instruction& reduction) { return axes_of(*reduction.op, *reduction.attrs); }

namespace {
// When readers in the loop that computes a slot can have its values.
enum class Availability { per_element, per_row, at_end };

class Grouper {
 public:
  Grouper(const Program& p, bool joins)
      : p_(p),
        joins_(joins),
        groups_(p.instructions.size()),
        parent_(p.instructions.size()),
        users_(p.instructions.size()),
        readers_(p.instructions.size()),
        producer_(p.slots.size(), kNone) {
    for (uint32_t i = 0; i < p.instructions.size(); ++i) {
      parent_[i] = i;
      for (uint32_t slot : p.instructions[i].out) producer_[slot] = i;
      add(i);
    }
  }

  std::vector<Group> in_order() {
    std::vector<uint32_t> waiting(groups_.size(), 0);
    for (uint32_t g = 0; g < groups_.size(); ++g)
      if (find(g) == g)
        for (uint32_t user : users_of(g)) ++waiting[user];
    // Those that can run, by their last instruction: what is recorded early runs early.
    std::priority_queue<std::pair<uint32_t, uint32_t>, std::vector<std::pair<uint32_t, uint32_t>>, std::greater<>>
        ready;
    for (uint32_t g = 0; g < groups_.size(); ++g)
      if (find(g) == g && waiting[g] == 0) ready.push({groups_[g].members.back(), g});
    std::vector<Group> ordered;
    ordered.reserve(
        static_cast<std::size_t>(std::ranges::count_if(groups_, [](const Group& g) { return !g.members.empty(); })));
    while (!ready.empty()) {
      const uint32_t g = ready.top().second;
      ready.pop();
      for (uint32_t user : users_of(g))
        if (--waiting[user] == 0) ready.push({groups_[user].members.back(), user});
      ordered.push_back(std::move(groups_[g]));
    }
    return ordered;
  }

 private:
  uint32_t find(uint32_t g) {
    while (parent_[g] != g) g = parent_[g] = parent_[parent_[g]];
    return g;
  }
  // Other groups that read it; valid until groups join.
  const SmallVector<uint32_t, 2>& users_of(uint32_t g) {
    SmallVector<uint32_t, 2>& users = users_[g];
    for (uint32_t& user : users) user = find(user);
    std::ranges::sort(users);
    users.resize(static_cast<std::size_t>(std::unique(users.begin(), users.end()) - users.begin()));
    if (const auto self = std::ranges::find(users, g); self != users.end())
      users.erase(static_cast<std::size_t>(self - users.begin()));
    return users;
  }

  void add(uint32_t i) {
    const Instruction& instruction = p_.instructions[i];
    Group& own = groups_[i];
    own.members.push_back(i);
    own.batch = instruction.batch;
    if (instruction.is_elementwise() || instruction.is_pad()) {
      own.is_loop = true;
      own.space = p_.slots[instruction.out[0]].shape;
    } else if (instruction.reduction()) {
      own.space = instruction.in[0].layout.shape;
      const ReductionAxes r = reduction_axes(own.space, axes_of(instruction), own.batch);
      own.is_loop = r.direction != Direction::mixed;
      own.split = r.split;
    } else if (instruction.places) {
      own.is_loop = own.keeps_space = true;
      own.space = instruction.in[0].layout.shape;
    }
    if (own.space.elements() == 0) own.is_loop = false;
    for (const Operand& x : instruction.in)
      if (producer_[x.slot] != kNone) {
        users_[find(producer_[x.slot])].push_back(i);
        readers_[producer_[x.slot]].push_back(i);
      }
    if (!own.is_loop) return;
    for (const Operand& x : instruction.in)
      if (producer_[x.slot] != kNone) try_join(find(producer_[x.slot]), find(i));
  }

  // ---- what fits together

  struct Space {
    Shape shape;
    int split;
  };
  const Shape& shape_read(const Instruction& i) const {
    return i.walks_operands() ? i.in[0].layout.shape : p_.slots[i.out[0]].shape;
  }
  Availability availability(const Space& space, const Instruction& i) const {
    if (i.places) return Availability::at_end;
    if (!i.reduction())
      return p_.slots[i.out[0]].shape == space.shape ? Availability::per_element : Availability::per_row;
    const Shape& operand = i.in[0].layout.shape;
    const bool rows =
        operand == space.shape && reduction_axes(operand, axes_of(i), i.batch).direction == Direction::rows;
    return rows && columns(space.shape, space.split) <= kMostColumns ? Availability::per_row : Availability::at_end;
  }

  // Whether x, which a loop over the space computes, is read element by element as it is computed, or row by row.
  bool reads_evenly(const Space& space, const Instruction& reader, const Operand& x) const {
    const bool full = shape_read(reader) == space.shape;
    if (x.layout.offset != 0 || reader.reads_whole(x)) return false;
    const bool dense = is_dense(x.layout) && x.layout.shape.elements() == p_.slots[x.slot].shape.elements();
    switch (availability(space, p_.instructions[producer_[x.slot]])) {
      case Availability::per_element: return full && dense && x.layout.shape == space.shape;
      case Availability::per_row: return full ? is_rows(x, space) : dense;
      case Availability::at_end: break;
    }
    return false;
  }
  bool is_rows(const Operand& x, const Space& space) const {
    Shape wider;
    if (space.split == kFree || !broadcast_shapes(x.layout.shape, space.shape, wider) || !(wider == space.shape))
      return false;
    const Layout wide = broadcast(x.layout, space.shape);
    int64_t step = 1;
    for (std::size_t i = space.shape.rank(); i-- > 0;) {
      if (space.shape[i] == 1) continue;
      const bool row = i < static_cast<std::size_t>(space.split);
      if (wide.strides[i] != (row ? step : 0)) return false;
      if (row) step *= space.shape[i];
    }
    return true;
  }

  // The space of a loop that does what both do.
  std::optional<Space> common_space(const Group& a, const Group& b) const {
    if (a.space == b.space) {
      if (a.split != kFree && b.split != kFree && a.split != b.split) return std::nullopt;
      return Space{a.space, a.split != kFree ? a.split : b.split};
    }
    // Or a group has a value for each row of the other.
    const auto rows_of = [&](const Group& rows, const Group& all) {
      return !rows.keeps_space && rows.split == kFree && all.split != kFree &&
             is_row_shape(rows.space, all.space, all.split) && columns(all.space, all.split) <= kMostColumns;
    };
    if (rows_of(b, a)) return Space{a.space, a.split};
    if (rows_of(a, b)) return Space{b.space, b.split};
    return std::nullopt;
  }
  // Whether group b reads evenly all that it reads of group a. The smaller one's members are looked at: so chains take
  // no time that grows with their length.
  bool all_read_evenly(const Space& space, uint32_t a, uint32_t b) {
    const auto reads = [&](uint32_t m) {
      return std::ranges::all_of(p_.instructions[m].in, [&](const Operand& x) {
        return producer_[x.slot] == kNone || find(producer_[x.slot]) != a || reads_evenly(space, p_.instructions[m], x);
      });
    };
    const Members &of_a = groups_[a].members, &of_b = groups_[b].members;
    if (of_b.size() <= of_a.size()) return std::ranges::all_of(of_b, reads);
    return std::ranges::all_of(of_a, [&](uint32_t m) {
      return std::ranges::all_of(readers_[m], [&](uint32_t reader) { return find(reader) != b || reads(reader); });
    });
  }

  // Group b reads what group a computes: makes them one where that is possible.
  void try_join(uint32_t a, uint32_t b) {
    if (a == b || !groups_[a].is_loop || !joins_ || groups_[a].batch != groups_[b].batch) return;
    if (groups_[a].members.size() + groups_[b].members.size() > kMostMembers) return;
    const std::optional<Space> space = common_space(groups_[a], groups_[b]);
    if (!space || !all_read_evenly(*space, a, b) || leads_around(a, b)) return;
    Group& to = groups_[b];
    to.space = space->shape;
    to.split = space->split;
    to.keeps_space |= groups_[a].keeps_space;
    merge(to.members, groups_[a].members);
    parent_[a] = b;
    users_[b].append(users_[a].begin(), users_[a].end());
    users_[a].clear();
  }

  // Both are sorted. The smaller one moves, mostly behind the other's end.
  static void merge(Members& to, Members& from) {
    if (to.size() < from.size()) std::swap(to, from);
    const auto middle = static_cast<std::ptrdiff_t>(to.size());
    const bool in_order = to.back() < from[0];
    to.append(from.begin(), from.end());
    if (!in_order) std::inplace_merge(to.begin(), to.begin() + middle, to.end());
    from.clear();
  }

  // Whether b depends on a through a third group, so that together they would wait for each other.
  bool leads_around(uint32_t a, uint32_t b) {
    SmallVector<uint32_t, 16> stack;
    for (uint32_t user : users_of(a))
      if (user != b) stack.push_back(user);
    const uint64_t visit = ++visit_;
    seen_.resize(groups_.size(), 0);
    std::size_t visited = 0;
    const uint32_t latest = groups_[b].members.back();
    while (!stack.empty()) {
      const uint32_t g = stack.back();
      stack.pop_back();
      if (seen_[g] == visit) continue;
      seen_[g] = visit;
      if (g == b || ++visited > kMostVisited) return true;
      if (groups_[g].members[0] > latest) continue;
      for (uint32_t user : users_of(g)) stack.push_back(user);
    }
    return false;
  }

  const Program& p_;
  bool joins_;
  std::vector<Group> groups_;
  std::vector<uint32_t> parent_;
  std::vector<SmallVector<uint32_t, 2>> users_;    // by group: groups that read it
  std::vector<SmallVector<uint32_t, 2>> readers_;  // by instruction: instructions that read it
  std::vector<uint32_t> producer_;
  std::vector<uint64_t> seen_;
  uint64_t visit_ = 0;
};
}  // namespace

std::vector<Group> fuse(const Program& program, bool joins) { return Grouper(program, joins).in_order(); }

}  // namespace gradtape::core
