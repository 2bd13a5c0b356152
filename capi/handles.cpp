#include "capi/handles.hpp"

namespace gradtape::core::capi {

static_assert(std::is_trivially_destructible_v<Pages<Object>>, "handles are looked up while the process ends");
constinit Pages<Object> handle_pages;

namespace {
Kind kind_of(const Object& object) {
  if (std::holds_alternative<std::shared_ptr<Function>>(object)) return Kind::function;
  if (std::holds_alternative<std::shared_ptr<SparseMatrix>>(object)) return Kind::sparsity;
  return std::holds_alternative<std::shared_ptr<Tape>>(object) ? Kind::tape : Kind::tensor;
}
}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::context: return "context";
    case Kind::tensor: return "tensor";
    case Kind::tape: return "tape";
    case Kind::function: return "function";
    case Kind::sparsity: return "sparsity";
  }
  return {};
}

uint64_t HandleTable::add(Object object) {
  const auto kind = static_cast<uint8_t>(kind_of(object));
  return slots_.add(kind, std::move(object));
}

Object HandleTable::remove(uint64_t handle) {
  Slot<Object>* slot = slots_.find(handle);
  return slot ? slots_.remove(*slot) : Object{};
}

bool HandleTable::is_lent(uint64_t handle) const {
  const Slot<Object>* slot = slots_.find(handle);
  return slot && slot->lent;
}
void HandleTable::set_lent(uint64_t handle) {
  if (Slot<Object>* slot = slots_.find(handle)) slot->lent = true;
}

void HandleTable::collect_tensors(Tensors& out) {
  slots_.for_each([&](const Slot<Object>& slot) {
    if (const auto* t = std::get_if<Tensor>(&slot.object)) out.push_back(*t);
  });
}

}  // namespace gradtape::core::capi
