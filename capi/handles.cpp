#include "capi/handles.hpp"

namespace gradtape::capi {

namespace {
constexpr uint64_t mask(int bits) { return (uint64_t{1} << bits) - 1; }
Kind kind_of(const Object& object) {
  if (std::holds_alternative<std::shared_ptr<Function>>(object)) return Kind::function;
  return std::holds_alternative<std::shared_ptr<Tape>>(object) ? Kind::tape : Kind::tensor;
}
}  // namespace

uint64_t pack(const HandleParts& p) {
  uint64_t bits = static_cast<uint64_t>(p.kind);
  bits = bits << kContextBits | p.context;
  bits = bits << kContextLifeBits | p.context_life;
  bits = bits << kLifeBits | p.life;
  return bits << kSlotBits | p.slot;
}

HandleParts unpack(uint64_t bits) {
  HandleParts p{};
  p.slot = static_cast<uint32_t>(bits & mask(kSlotBits));
  p.life = static_cast<uint32_t>((bits >>= kSlotBits) & mask(kLifeBits));
  p.context_life = static_cast<uint32_t>((bits >>= kLifeBits) & mask(kContextLifeBits));
  p.context = static_cast<uint32_t>((bits >>= kContextLifeBits) & mask(kContextBits));
  p.kind = static_cast<Kind>(bits >> kContextBits);
  return p;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::context: return "context";
    case Kind::tensor: return "tensor";
    case Kind::tape: return "tape";
    case Kind::function: return "function";
  }
  return "unknown";
}

uint64_t HandleTable::add(Object object) {
  uint32_t index = free_;
  if (index == kNone) {
    if (slots_ > mask(kSlotBits))
      fail(Status::out_of_memory, "a context can hold {} live handles; release some", slots_);
    if (slots_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Slot[]>(kChunk));
    index = slots_++;
  } else {
    free_ = slot_at(index).next_free;
  }
  Slot& slot = slot_at(index);
  slot.object = std::move(object);
  slot.lent = false;
  return pack({kind_of(slot.object), context_, context_life_, slot.life, index});
}

HandleTable::Slot* HandleTable::slot_of(uint64_t handle) {
  const HandleParts p = unpack(handle);
  if (p.context != context_ || p.context_life != context_life_ || p.slot >= slots_) return nullptr;
  Slot& slot = slot_at(p.slot);
  if (slot.life != p.life || std::holds_alternative<std::monostate>(slot.object) || kind_of(slot.object) != p.kind)
    return nullptr;
  return &slot;
}

Object* HandleTable::find(uint64_t handle) {
  Slot* slot = slot_of(handle);
  return slot ? &slot->object : nullptr;
}

Object HandleTable::remove(uint64_t handle) {
  Slot* slot = slot_of(handle);
  if (!slot) return {};
  Object object = std::exchange(slot->object, Object{});
  if (slot->life < mask(kLifeBits)) {
    ++slot->life;
    slot->next_free = free_;
    free_ = unpack(handle).slot;
  }
  return object;
}

bool HandleTable::is_lent(uint64_t handle) {
  const Slot* slot = slot_of(handle);
  return slot && slot->lent;
}
void HandleTable::set_lent(uint64_t handle) {
  if (Slot* slot = slot_of(handle)) slot->lent = true;
}

void HandleTable::collect_tensors(Tensors& out) {
  for (uint32_t i = 0; i < slots_; ++i)
    if (const auto* t = std::get_if<Tensor>(&slot_at(i).object)) out.push_back(*t);
}

void HandleTable::clear() {
  for (uint32_t i = 0; i < slots_; ++i) slot_at(i).object = Object{};
}

}  // namespace gradtape::capi
