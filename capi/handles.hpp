// Handles: numbers in pointers' clothes, looked up at every call.
//
// An object in a context has the number of a slot (slots.hpp). A context's own handle is
//   bit 63: 0 | 62-56: kind | 55-46: home | 45-0: which of the contexts that lived there
#pragma once

#include <memory>
#include <variant>

#include "autodiff/sparse_products.hpp"
#include "autodiff/tape.hpp"
#include "capi/slots.hpp"
#include "run/function.hpp"

namespace gradtape::core::capi {

enum class Kind : uint8_t { context = 0x41, tensor = 0x42, tape = 0x43, function = 0x44, sparsity = 0x45 };
std::string_view name_of(Kind kind);  // empty for what is no kind

inline uint64_t bits_of(const void* handle) { return reinterpret_cast<uint64_t>(handle); }
template <class H>
H to_handle(uint64_t bits) {
  return reinterpret_cast<H>(bits);
}
inline Kind kind_of(uint64_t handle) { return static_cast<Kind>(handle >> kKindShift); }

using Object = std::variant<std::monostate, Tensor, VariablePtr, std::shared_ptr<Tape>, std::shared_ptr<Function>,
                            std::shared_ptr<SparseMatrix>>;

// The slots of the process. Its mutex is held over a fork.
extern Pages<Object> handle_pages;

class HandleTable {
 public:
  explicit HandleTable(uint64_t context) : slots_(handle_pages, context) {}

  uint64_t add(Object object);
  Object* find(uint64_t handle) const {  // null: not a live handle of this table
    Slot<Object>* slot = slots_.find(handle);
    return slot ? &slot->object : nullptr;
  }
  Object remove(uint64_t handle);  // monostate: not a live handle
  bool is_lent(uint64_t handle) const;
  void set_lent(uint64_t handle);
  void collect_tensors(Tensors& out);  // the values of all live tensor handles
  void clear() { slots_.clear(); }
  std::size_t live() const { return slots_.live(); }  // how many handles are valid

  Slot<Object>* slot(uint64_t handle) const { return slots_.find(handle); }  // any thread, while the table lives

  // Whether the handle is, or was, of another context that lives.
  bool is_foreign(uint64_t handle) const { return slots_.is_foreign(handle); }

 private:
  SlotTable<Object> slots_;
};

}  // namespace gradtape::core::capi
