// Handles: numbers that say what they are, of which context, and which life of which slot they mean.
//
//   bit 63: 0 | 62-56: kind | 55-46: context | 45-36: life of the context | 35-22: life of the slot | 21-0: slot
//
// A slot whose lives are used up is never used again, so that within a context no stale handle comes to mean something
// else.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "autodiff/tape.hpp"
#include "run/function.hpp"

namespace gradtape::capi {

enum class Kind : uint8_t { context = 0x41, tensor = 0x42, tape = 0x43, function = 0x44 };

inline constexpr int kSlotBits = 22, kLifeBits = 14, kContextLifeBits = 10, kContextBits = 10;

struct HandleParts {
  Kind kind;
  uint32_t context, context_life, life, slot;
};
uint64_t pack(const HandleParts& p);
HandleParts unpack(uint64_t bits);
inline uint64_t bits_of(const void* handle) { return reinterpret_cast<uint64_t>(handle); }
template <class H>
H to_handle(uint64_t bits) {
  return reinterpret_cast<H>(bits);
}
std::string_view name_of(Kind kind);

using Object = std::variant<std::monostate, Tensor, VariablePtr, std::shared_ptr<Tape>, std::shared_ptr<Function>>;

class HandleTable {
 public:
  HandleTable(uint32_t context, uint32_t context_life) : context_(context), context_life_(context_life) {}

  uint64_t add(Object object);
  Object* find(uint64_t handle);   // null: not a live handle of this table
  Object remove(uint64_t handle);  // monostate: not a live handle
  bool is_lent(uint64_t handle);
  void set_lent(uint64_t handle);
  void collect_tensors(Tensors& out);  // the values of all live tensor handles
  void clear();

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Slot {
    Object object;
    uint32_t life = 0;
    uint32_t next_free = kNone;
    bool lent = false;
  };
  Slot* slot_of(uint64_t handle);

  uint32_t context_, context_life_;
  // In chunks, whose addresses stay.
  static constexpr uint32_t kChunk = 1024;
  Slot& slot_at(uint32_t index) { return chunks_[index / kChunk][index % kChunk]; }
  std::vector<std::unique_ptr<Slot[]>> chunks_;
  uint32_t slots_ = 0;
  uint32_t free_ = kNone;
};

}  // namespace gradtape::capi
