// operator new of a test program, replaced: the library's allocations come through it as well.
#pragma once

#include <cstddef>

#include "sanitizer.hpp"

namespace test {

// While it lives, the n-th allocation of this thread fails, and so do all after it.
class Armed {
 public:
  explicit Armed(long n);
  ~Armed();
};
bool allocation_failed();       // has one failed since the last Armed began?
std::size_t bytes_allocated();  // by this thread, ever

// For Armed, where a function is run again: the first allocation would fail; but under a sanitizer the context's blocks
// are always fresh.
inline const long kFirstInReplay = under_address_sanitizer() ? 1 << 30 : 0;

}  // namespace test
