// operator new of a test program, replaced: the library's allocations come through it as well.
#pragma once

namespace test {

// While it lives, the n-th allocation of this thread fails, and so do all after it.
class Armed {
 public:
  explicit Armed(long n);
  ~Armed();
};
bool allocation_failed();  // has one failed since the last Armed began?

}  // namespace test
