// operator new and delete of a test program, with allocations that fail on demand.
#include "failing_allocator.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {
// Counts down while armed; the allocation that reaches 0 fails, and so do all after it until disarmed.
thread_local long countdown = -1;
thread_local bool failed = false;
thread_local std::size_t allocated = 0;

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (countdown >= 0 && countdown-- == 0) {
    failed = true;
    countdown = 0;
    throw std::bad_alloc();
  }
  allocated += bytes;
  void* p = alignment > alignof(std::max_align_t)
                ? std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)
                : std::malloc(bytes ? bytes : 1);
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace

void* operator new(std::size_t n) { return allocate(n, 0); }
void* operator new[](std::size_t n) { return allocate(n, 0); }
void* operator new(std::size_t n, std::align_val_t a) { return allocate(n, static_cast<std::size_t>(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return allocate(n, static_cast<std::size_t>(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  try {
    return allocate(n, 0);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](std::size_t n, const std::nothrow_t& t) noexcept { return operator new(n, t); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace test {

Armed::Armed(long n) {
  failed = false;
  countdown = n;
}
Armed::~Armed() { countdown = -1; }
bool allocation_failed() { return failed; }
std::size_t bytes_allocated() { return allocated; }

}  // namespace test
