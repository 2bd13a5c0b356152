#include "plan/passes/rematerialise.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
constexpr std::size_t kLeastBytes = 1 << 20;  // of a value: smaller ones stay in the cache
constexpr std::size_t kMostCopies = 2;        // instructions for one value

class Rematerialiser {
 public:
  Rematerialiser(const Program& p, std::vector<Group>& groups)
      : p_(p),
        groups_(groups),
        producer_(p.slots.size(), kNone),
        readers_(p.slots.size()),
        first_group_(p.instructions.size(), kNone) {
    for (uint32_t g = 0; g < groups.size(); ++g)
      for (uint32_t m : groups[g].members) {
        first_group_[m] = g;
        for (uint32_t slot : p.instructions[m].out) producer_[slot] = m;
        note_reads(m, g);
      }
  }

  void run() {
    for (uint32_t i = 0; i < p_.instructions.size(); ++i)
      if (first_group_[i] != kNone && may_be_copied(i)) try_copy(i);
    if (!copied_) return;
    for (uint32_t g = 0; g < groups_.size(); ++g)
      if (groups_[g].is_loop) drop_unread(g);
    std::erase_if(groups_, [](const Group& g) { return g.members.empty(); });
  }

 private:
  const Instruction& at(uint32_t i) const { return p_.instructions[i]; }
  std::size_t bytes(uint32_t slot) const { return bytes_of(p_.slots[slot]); }

  bool may_be_copied(uint32_t i) const {
    const Instruction& x = at(i);
    if (!x.is_elementwise() || !std::get<Elementwise>(x.op->computation).cheap) return false;
    const Group& g = groups_[first_group_[i]];
    return g.is_loop && p_.slots[x.out[0]].shape == g.space;
  }
  bool computes(const Group& g, uint32_t slot) const {
    return producer_[slot] != kNone && std::ranges::binary_search(g.members, producer_[slot]);
  }
  void note_reads(uint32_t instruction, uint32_t group) {
    for (const Operand& x : at(instruction).in)
      if (readers_[x.slot].empty() || readers_[x.slot].back() != group) readers_[x.slot].push_back(group);
  }
  bool reads(uint32_t group, uint32_t slot) const { return std::ranges::count(readers_[slot], group) != 0; }
  // Whether each of the group's instructions that read the slot goes through it as the loop goes through its space.
  bool reads_evenly(const Group& g, uint32_t slot) const {
    if (!g.is_loop || !(g.space == p_.slots[slot].shape)) return false;
    for (uint32_t m : g.members)
      for (const Operand& x : at(m).in) {
        if (x.slot != slot) continue;
        const Shape& walked = at(m).walks_operands() ? x.layout.shape : p_.slots[at(m).out[0]].shape;
        if (x.layout.offset != 0 || at(m).is_pad() || !is_dense(x.layout) || !(x.layout.shape == g.space) ||
            !(walked == g.space))
          return false;
      }
    return true;
  }

  // The needs of a reader that computes a slot itself: instructions to copy, and bytes that it does not read anyway.
  struct Copies {
    std::vector<uint32_t> instructions;
    std::size_t more_bytes = 0;
  };
  bool collect(uint32_t group, uint32_t slot, std::size_t size, Copies& copies) const {
    const Group& reader = groups_[group];
    const uint32_t i = producer_[slot];
    copies.instructions.push_back(i);
    if (copies.instructions.size() > kMostCopies) return false;
    for (const Operand& x : at(i).in) {
      if (computes(reader, x.slot) || std::ranges::count(copies.instructions, producer_[x.slot])) continue;
      const uint32_t from = producer_[x.slot];
      const bool is_kept = from == kNone || p_.wanted[x.slot] || !groups_[first_group_[from]].is_loop;
      if (is_kept || bytes(x.slot) * 8 <= size) {
        if (!reads(group, x.slot)) copies.more_bytes += bytes(x.slot);
      } else if (!may_be_copied(from) || !(p_.slots[x.slot].shape == reader.space) ||
                 !collect(group, x.slot, size, copies)) {
        return false;
      }
    }
    return copies.more_bytes <= size + size / 8;  // then hardly more memory lives at once than before
  }

  // If all groups that read the result can compute it themselves, they do.
  void try_copy(uint32_t i) {
    const uint32_t slot = at(i).out[0];
    if (p_.wanted[slot] || bytes(slot) < kLeastBytes) return;
    std::vector<std::pair<uint32_t, Copies>> readers;
    for (uint32_t g : readers_[slot]) {
      if (computes(groups_[g], slot)) continue;
      Copies copies;
      if (!reads_evenly(groups_[g], slot) || !collect(g, slot, bytes(slot), copies)) return;
      readers.emplace_back(g, std::move(copies));
    }
    copied_ |= !readers.empty();
    for (auto& [g, copies] : readers) {
      auto& members = groups_[g].members;
      for (uint32_t copy : copies.instructions) note_reads(copy, g);
      members.append(copies.instructions.begin(), copies.instructions.end());
      std::ranges::sort(members);
      members.resize(static_cast<std::size_t>(std::unique(members.begin(), members.end()) - members.begin()));
    }
  }

  // Drops the members whose results nothing reads any more.
  void drop_unread(uint32_t g) {
    auto& members = groups_[g].members;
    for (std::size_t k = members.size(); k-- > 0;) {
      if (!at(members[k]).is_elementwise()) continue;
      const uint32_t slot = at(members[k]).out[0];
      const bool within = std::any_of(members.begin() + static_cast<long>(k), members.end(), [&](uint32_t m) {
        return std::ranges::any_of(at(m).in, [&](const Operand& x) { return x.slot == slot; });
      });
      const bool outside = std::ranges::any_of(
          readers_[slot], [&](uint32_t reader) { return reader != g && !computes(groups_[reader], slot); });
      if (!p_.wanted[slot] && !within && !outside) members.erase(k);
    }
  }

  bool copied_ = false;
  const Program& p_;
  std::vector<Group>& groups_;
  std::vector<uint32_t> producer_;              // by slot: the instruction
  std::vector<std::vector<uint32_t>> readers_;  // by slot: groups, some more than once
  std::vector<uint32_t> first_group_;           // by instruction: the group that fusion put it in
};
}  // namespace

void rematerialise(const Program& program, std::vector<Group>& groups) {
  if (std::ranges::any_of(program.slots, [](const Spec& s) { return bytes_of(s) >= kLeastBytes; }))
    Rematerialiser(program, groups).run();
}

}  // namespace gradtape::core
