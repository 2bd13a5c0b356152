// Pages are mapped for each publication: a loop's units lie in one.
#include "jit/code_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "base/ceil_div.hpp"
#include "base/isa.hpp"
#include "plan/settings.hpp"

namespace gradtape::core::jit {

namespace {
std::atomic<std::size_t> used{0};
}

std::size_t code_bytes() { return used; }

std::size_t pages_of(std::size_t bytes) { return round_up(bytes, static_cast<std::size_t>(sysconf(_SC_PAGESIZE))); }

namespace {
std::shared_ptr<const std::byte> map(std::span<const uint8_t> code) {
  const std::size_t bytes = pages_of(code.size());
  if (used.fetch_add(bytes) + bytes > kMostCodeBytes) {
    used -= bytes;
    return nullptr;
  }
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED) std::memcpy(at, code.data(), code.size());
  if (at == MAP_FAILED || mprotect(at, bytes, PROT_READ | PROT_EXEC) != 0) {
    if (at != MAP_FAILED) munmap(at, bytes);
    used -= bytes;
    return nullptr;
  }
  return {static_cast<const std::byte*>(at), [bytes](const std::byte* code) {
            munmap(const_cast<std::byte*>(code), bytes);
            used -= bytes;
          }};
}

bool find_out() {
  if (!Settings::instance().has_native_code() || processor_isa() == Isa::baseline) return false;
  constexpr uint8_t kReturn[] = {0xC3};
  return map(kReturn) != nullptr;
}
}  // namespace

bool is_available() {
  static const bool available = find_out();
  return available;
}

std::shared_ptr<const std::byte> publish(std::span<const uint8_t> code) { return is_available() ? map(code) : nullptr; }

}  // namespace gradtape::core::jit
